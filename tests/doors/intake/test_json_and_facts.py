# SPDX-License-Identifier: AGPL-3.0-or-later
"""JSON: flat rows with canonical keys, one object per line, and the invoice facts that documents are made from."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest

from purring.doors.intake import Refusal, preview
from tests.doors.intake.cast import GERMANY, NORWAY, invoices, opened, refusals, taken

ROW = {"number": "1", "customer": "Åse", "due": "2026-11-20", "amount": "1250.50"}
FACTS: dict[str, Any] = {
    "kind": "invoice",
    "seller": {"name": "Tischlerei Brandt GmbH", "country": "DE"},
    "buyer": {
        "name": "Café Zürich & Söhne",
        "contact": "Frau Ana Sörensen",
        "address": {"lines": ["Hauptstraße 1"], "postcode": "10115", "city": "Berlin"},
        "country": "DE",
        "language": "de",
        "vat_id": None,
        "reference": "PO-77",
        "email": "ana@zuerich.example",
        "endpoint": None,
    },
    "number": "2026-0417",
    "issued": "2026-05-04",
    "due": "2026-05-18",
    "currency": "EUR",
    "lines": [
        {"description": "Tresen aus Eiche", "quantity": "1", "unit_price": "1100.00", "tax_rate": "19"},
        {"description": "Lieferung", "quantity": "3", "unit_price": "33.333", "discount": "0.50", "tax_rate": "7"},
    ],
    "paid": "100.00",
}


def facts(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(FACTS) | changes


def test_flat_rows_are_a_table() -> None:
    rows = [ROW, {"number": 2, "customer": "Bo", "due": "2026-11-20", "amount": 12.5, "currency": "EUR", "x": [1]}]
    first, second = invoices(json.dumps(rows), NORWAY)
    assert (first.line, first.customer, first.amount_minor, first.currency) == (1, "Åse", 125050, "NOK")
    assert (second.line, second.number, second.amount_minor, second.currency) == (2, "2", 1250, "EUR")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text", [json.dumps([ROW], indent=2), json.dumps([ROW]), json.dumps(ROW), json.dumps(ROW) + "\n"]
)
def test_a_list_one_object_and_objects_by_line(text: str, encoding: str) -> None:
    assert invoices(text.encode(encoding), NORWAY)[0].number == "1"


def test_a_long_list_on_one_line() -> None:
    rows = [ROW | {"number": str(n), "description": "x" * 60} for n in range(12_000)]
    assert len(invoices(json.dumps(rows), NORWAY)) == 12_000


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", True, "unusable_cell"),
        ("amount", [1], "unusable_cell"),
        ("due", {"day": 1}, "unusable_cell"),
        ("due", None, "missing"),
        ("amount", 12.345, "bad_amount"),
        ("amount", -3, "negative"),
        ("amount", 1e30, "bad_amount"),
    ],
)
def test_json_values_that_cannot_be_taken(field: str, value: object, code: str) -> None:
    assert refusals(json.dumps([ROW | {field: value}]), NORWAY) == [(1, field, code)]


def test_a_number_with_a_huge_exponent_is_refused_and_not_written_out() -> None:
    text = json.dumps([ROW | {"amount": 7}]).replace("7", "1e999999")
    assert refusals(text, NORWAY) == [(1, "amount", "bad_number")]


def test_invoice_facts_become_an_invoice() -> None:
    (row,) = invoices(json.dumps(FACTS), NORWAY)
    # 1100.00 + 19 % = 1309.00; 3 x 33.333 - 0.50 = 99.50 (99.499), + 7 % (6.965, half up) = 106.47
    assert (row.amount_minor, row.currency, row.paid_minor) == (141547, "EUR", 10000)
    assert (row.number, row.customer, row.due) == ("2026-0417", "Café Zürich & Söhne", date(2026, 5, 18))
    assert (row.po_number, row.language, row.address) == ("PO-77", "de", ("Hauptstraße 1",))
    assert row.description == "Tresen aus Eiche; Lieferung"


def test_a_preview_of_facts_names_their_lines() -> None:
    ((_, shown),) = preview(opened(json.dumps(FACTS), NORWAY)).rows
    assert (shown["lines"], shown["amount"]) == ("Tresen aus Eiche, Lieferung", "1415.47")


def test_several_facts_with_one_wrong() -> None:
    text = json.dumps([FACTS, facts(number="2"), facts(number="3", due="2026-02-31")])
    assert [row.number for row in taken(text, GERMANY)] == ["2026-0417", "2"]
    assert refusals(text, GERMANY) == [(3, "due", "bad_date")]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"color": "red"}, "color", "unknown_key"),
        ({"kind": "credit_note"}, "kind", "not_an_invoice"),
        ({"seller": {"country": "DE"}}, "seller.name", "missing"),
        ({"buyer": {"name": "A", "shoe": 1}}, "buyer.shoe", "unknown_key"),
        ({"buyer": {"name": "A", "email": "x"}}, "buyer.email", "bad_email"),
        ({"buyer": None}, "buyer", "missing"),
        ({"number": None}, "number", "missing"),
        ({"number": 7}, "number", "bad_facts"),
        ({"issued": "04.05.2026"}, "issued", "bad_date"),
        ({"due": "0026-05-18"}, "due", "bad_date"),
        ({"currency": "XXX"}, "currency", "unknown_currency"),
        ({"lines": []}, "lines", "missing"),
        ({"lines": [1]}, "lines[0]", "bad_facts"),
        ({"lines": [{"description": "A", "unit_price": "many"}]}, "lines[0].unit_price", "bad_amount"),
        ({"lines": [{"description": "A", "unit_price": "5", "quantity": "-1"}]}, "lines", "zero"),
        ({"lines": [{"description": "A", "unit_price": "5", "vat": "1"}]}, "lines[0].vat", "unknown_key"),
        ({"lines": [{"description": "A", "unit_price": "1e11"}] * 20}, "lines[0].unit_price", "bad_amount"),
        ({"paid": "99999.00"}, "paid", "bad_amount"),
        ({"paid": "1,00"}, "paid", "bad_amount"),
    ],
)
def test_facts_that_cannot_be_taken(changes: dict[str, Any], field: str, code: str) -> None:
    (row,) = opened(json.dumps(facts(**changes)), GERMANY).rows()
    assert isinstance(row, Refusal)
    assert (row.line, row.field, row.code) == (1, field, code)


def test_the_same_facts_twice_are_one_and_different_ones_refused() -> None:
    assert len(invoices(json.dumps([FACTS, FACTS]), GERMANY)) == 1
    assert refusals(json.dumps([FACTS, facts(paid="0.00")]), GERMANY) == [
        (1, "paid", "duplicate"),
        (2, "paid", "duplicate"),
    ]
