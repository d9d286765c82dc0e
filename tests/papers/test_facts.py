# SPDX-License-Identifier: AGPL-3.0-or-later
"""The facts of a paper: what is taken, and that each refusal says where and what."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.papers.facts import (
    Account,
    PlanFacts,
    ReceiptFacts,
    ReminderFacts,
    StatementFacts,
    read_facts,
    read_invoice,
)
from tests.papers.sample import INVOICE, changed, invoice, line


def test_the_whole_invoice() -> None:
    facts = read_invoice(INVOICE)
    assert facts.seller.accounts == (Account("iban", "DE89370400440532013000", bic="COBADEFFXXX"),)
    assert facts.buyer.contact == "Frau Ana Sörensen"
    assert (facts.buyer.vat_id, facts.buyer.endpoint, facts.corrects) == ("", None, "")
    assert (facts.issued, facts.due, facts.delivered) == (date(2026, 5, 4), date(2026, 5, 18), date(2026, 4, 30))
    (only,) = facts.lines
    assert (only.quantity, only.unit_price, only.tax_rate) == (Decimal(1), Decimal(1100), Decimal(19))
    assert [(one.kind, one.amount) for one in facts.charges] == [("interest", 828)]
    assert facts.early_payment[0].percent == 2


def test_what_is_needed_is_enough() -> None:
    facts = read_invoice(
        {
            "seller": {"name": "Thandi Mokoena", "country": "ZA"},
            "buyer": {"name": "Karoo Coffee"},
            "number": "7",
            "issued": "2026-05-04",
            "due": "2026-05-18",
            "currency": "ZAR",
            "lines": [{"description": "Photos", "unit_price": "1500"}],
        }
    )
    (only,) = facts.lines
    assert (facts.kind, only.quantity, only.unit, only.tax_category) == ("invoice", Decimal(1), "C62", "Z")


@pytest.mark.parametrize(("rate", "category"), [("0", "Z"), ("0.00", "Z"), ("19", "S"), ("5.5", "S")])
def test_tax_category_when_not_said(rate: str, category: str) -> None:
    assert invoice(lines=[line(tax_rate=rate)]).lines[0].tax_category == category


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"colour": "red"}, "unknown_key", "colour"),
        ({"seller__bank": "x"}, "unknown_key", "seller.bank"),
        ({"lines__0__price": "1"}, "unknown_key", "lines[0].price"),
        ({"currency": None}, "missing", "currency"),
        ({"currency": ...}, "missing", "currency"),
        ({"seller__country": ...}, "missing", "seller.country"),
        ({"buyer__name": None}, "missing", "buyer.name"),
        ({"lines": []}, "missing", "lines"),
        ({"currency": "EURO"}, "unknown_currency", "currency"),
        ({"seller__country": "Germany"}, "unknown_country", "seller.country"),
        ({"buyer__country": "de"}, "unknown_country", "buyer.country"),
        ({"issued": "04.05.2026"}, "bad_date", "issued"),
        ({"due": "2026-02-30"}, "bad_date", "due"),
        ({"lines__0__quantity": "1,5"}, "bad_amount", "lines[0].quantity"),
        ({"lines__0__quantity": 1}, "bad_amount", "lines[0].quantity"),
        ({"lines__0__quantity": "NaN"}, "bad_amount", "lines[0].quantity"),
        ({"lines__0__unit_price": "-1.00"}, "bad_amount", "lines[0].unit_price"),
        ({"lines__0__unit_price": "1e9"}, "bad_amount", "lines[0].unit_price"),
        ({"lines__0__unit_price": "٣"}, "bad_amount", "lines[0].unit_price"),
        ({"lines__0__discount": "0.001"}, "bad_amount", "lines[0].discount"),
        ({"lines__0__tax_rate": "101"}, "bad_amount", "lines[0].tax_rate"),
        ({"lines__0__tax_category": "X"}, "bad_facts", "lines[0].tax_category"),
        ({"lines__0__unit": "piece"}, "too_long", "lines[0].unit"),
        ({"lines__0__unit": "h"}, "bad_facts", "lines[0].unit"),
        ({"paid": "-5.00"}, "bad_amount", "paid"),
        ({"charges__0__kind": "penalty"}, "bad_facts", "charges[0].kind"),
        ({"seller__accounts__0__scheme": "paypal"}, "bad_facts", "seller.accounts[0].scheme"),
        ({"seller": "Brandt"}, "bad_facts", "seller"),
        ({"lines": {}}, "bad_facts", "lines"),
        ({"lines": [7]}, "bad_facts", "lines[0]"),
        ({"kind": "bill"}, "bad_facts", "kind"),
        ({"payment_link": "javascript:alert(1)"}, "bad_link", "payment_link"),
        ({"payment_link": 'https://a.example/"><script>'}, "bad_link", "payment_link"),
        ({"buyer__language": "German"}, "bad_facts", "buyer.language"),
        ({"number": ""}, "bad_facts", "number"),
        ({"number": "7" * 61}, "too_long", "number"),
        ({"note": "x" * 5001}, "too_long", "note"),
        ({"buyer__name": "Caf\x00é"}, "control_character", "buyer.name"),
        ({"buyer__name": "two\nlines"}, "control_character", "buyer.name"),
        ({"buyer__name": "GmbH\u202excod"}, "control_character", "buyer.name"),
        ({"note": "bell \x07"}, "control_character", "note"),
        ({"lines__0__description": "half \ud800"}, "control_character", "lines[0].description"),
    ],
)
def test_refused_by_its_place(changes: dict[str, Any], code: str, place: str) -> None:
    with pytest.raises(Refused) as refused:
        read_invoice(changed(**changes) if "colour" not in changes else INVOICE | changes)
    assert (refused.value.code, refused.value.params["path"]) == (code, place)
    assert refused.value.message.startswith(f"{place}: ")


def test_too_many_lines() -> None:
    with pytest.raises(Refused, match=r"lines: 10,000 entries; at most 2,000") as refused:
        invoice(lines=[line()] * 10_000)
    assert refused.value.code == "too_many"
    assert len(invoice(lines=[line()] * 2_000).lines) == 2_000


def test_amounts_that_are_larger_than_money() -> None:
    with pytest.raises(Refused, match=r"lines\[0\]: larger than any amount"):
        invoice(lines=[line(unit_price="999999999999", quantity="999999999999")])


def test_long_texts_may_have_lines_and_blanks_go() -> None:
    facts = invoice(note="  one\r\ntwo ", buyer__name=" Cafe\u0301 ")
    assert (facts.note, facts.buyer.name) == ("one\ntwo", "Café")


def test_names_from_right_to_left_keep_their_marks() -> None:
    assert invoice(buyer__name="מאפיית\u200f שלום").buyer.name == "מאפיית\u200f שלום"


def test_discounts_for_early_payment_stand_by_day() -> None:
    early = [{"percent": "1", "until": "2026-05-15"}, {"percent": "2", "until": "2026-05-11"}]
    assert [one.percent for one in invoice(early_payment=early).early_payment] == [2, 1]


# --- the other papers ---------------------------------------------------------------------------------------


def test_kind_follows_the_paper() -> None:
    assert read_invoice(changed(kind=...), "credit_note").kind == "credit_note"
    assert read_invoice(changed(kind="payment_request")).kind == "payment_request"
    with pytest.raises(Refused, match="kind: 'invoice' does not fit"):
        read_invoice(INVOICE, "credit_note")


def test_reminder() -> None:
    facts = read_facts("reminder", INVOICE | {"stage": "friendly", "days_overdue": 6})
    assert isinstance(facts, ReminderFacts)
    assert (facts.stage, facts.language, facts.days_overdue, facts.invoice.number) == ("friendly", "de", 6, "2026-0417")
    other = read_facts("reminder", INVOICE | {"stage": "firm", "days_overdue": 30, "language": "nb"})
    assert isinstance(other, ReminderFacts)
    assert other.language == "nb"
    for wrong in ({"stage": "angry", "days_overdue": 6}, {"stage": "firm", "days_overdue": "6"}, {"stage": "firm"}):
        with pytest.raises(Refused):
            read_facts("reminder", INVOICE | wrong)
    with pytest.raises(Refused, match="stage: unknown key"):
        read_facts("invoice", INVOICE | {"stage": "firm"})


def test_receipt_and_plan() -> None:
    receipt = read_facts("receipt", INVOICE | {"payment": {"on": "2026-05-20", "amount": "500.00", "method": "card"}})
    assert isinstance(receipt, ReceiptFacts)
    assert (receipt.payment.on, receipt.payment.amount, receipt.payment.method) == (date(2026, 5, 20), 50_000, "card")
    plan = read_facts("plan", INVOICE | {"instalments": [{"due": "2026-06-01", "amount": "654.50"}] * 2})
    assert isinstance(plan, PlanFacts)
    assert sum(one.amount for one in plan.instalments) == 130_900
    with pytest.raises(Refused, match="payment: is missing"):
        read_facts("receipt", INVOICE)
    with pytest.raises(Refused, match="instalments: at least one"):
        read_facts("plan", INVOICE | {"instalments": []})
    with pytest.raises(Refused, match=r"instalments\[0\].amount: 0.00 must be more than zero"):
        read_facts("plan", INVOICE | {"instalments": [{"due": "2026-06-01", "amount": "0.00"}]})


STATEMENT = {
    "seller": INVOICE["seller"],
    "buyer": INVOICE["buyer"],
    "as_of": "2026-06-30",
    "invoices": [
        {
            "number": "1",
            "issued": "2026-05-04",
            "due": "2026-05-18",
            "amount": "100.00",
            "paid": "40.00",
            "balance": "60.00",
        },
        {"number": "2", "issued": "2026-05-05", "due": "2026-05-19", "amount": "-20.00"},
    ],
    "payments": [{"on": "2026-06-01", "amount": "40.00", "method": "transfer"}],
}


def test_statement() -> None:
    facts = read_facts("statement", STATEMENT)
    assert isinstance(facts, StatementFacts)
    assert (facts.currency, facts.language) == ("EUR", "de")  # of the seller's country, as none is said
    assert [one.balance for one in facts.invoices] == [6_000, -2_000]
    named = read_facts("statement", STATEMENT | {"currency": "CHF"})
    assert isinstance(named, StatementFacts)
    assert named.currency == "CHF"


def test_a_statement_that_does_not_add_up() -> None:
    rows = [STATEMENT["invoices"][0] | {"balance": "61.00"}]
    with pytest.raises(Refused, match=r"invoices\[0\].balance: is not the amount less what is paid"):
        read_facts("statement", STATEMENT | {"invoices": rows})


def test_unknown_paper() -> None:
    with pytest.raises(Refused, match="'poem' is not a paper"):
        read_facts("poem", INVOICE)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["1", "EUR", "2026-05-04", "DE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*INVOICE, "x"]), inner, max_size=4),
    max_leaves=8,
)


@given(key=st.sampled_from(list(INVOICE)), value=anything)
def test_nothing_but_a_refusal_comes_of_rubbish(key: str, value: object) -> None:
    with suppress(Refused):
        assert read_invoice(INVOICE | {key: value}).number
