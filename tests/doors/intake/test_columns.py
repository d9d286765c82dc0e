# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which column became what, how sure that is, and what an explicit mapping changes."""

from __future__ import annotations

import pytest

from purring.core.errors import Refused
from purring.doors.intake import Reading, preview, read_mapping
from purring.doors.intake.headers import dictionary, fields_of
from tests.doors.intake.cast import BRITAIN, HEADER, NORWAY, invoices, opened, workbook


def fields(reading: Reading) -> dict[str, tuple[str, str]]:
    assert reading.columns is not None
    return {column.header: (column.field, column.sure) for column in reading.columns.columns}


def test_canonical_names_are_certain_and_known_names_likely() -> None:
    found = fields(opened("number,Kunde,Due Date,amount,Something else\n1,Ana,2026-11-20,5,x\n"))
    assert found == {
        "number": ("number", "certain"),
        "Kunde": ("customer", "likely"),
        "Due Date": ("due", "likely"),
        "amount": ("amount", "certain"),
        "Something else": ("", "ignored"),
    }


def test_a_mapping_wins_over_every_name() -> None:
    text = "Nr,Who,Date A,Date B,amount,Net\n1,Ana,2026-11-20,2026-12-20,5,4\n"
    mapping = {"Nr": "number", "Who": "customer", "Date A": "issued", "date b": "due", "amount": "", "Net": "amount"}
    reading = opened(text, mapping=mapping)
    assert fields(reading)["Date B"] == ("due", "given")
    assert fields(reading)["amount"] == ("", "ignored")
    assert invoices(text, BRITAIN, mapping)[0].amount_minor == 400


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"amount": "sum_total"}, "no field"),
        ({"amount": "amount", "due": "amount"}, "two columns"),
        ({"Nowhere": "amount"}, "none of the mapped columns"),
        ({"amount": "payer", "due": "po_number"}, "no kind of list"),
    ],
)
def test_a_wrong_mapping_is_refused(mapping: dict[str, str], says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        opened(f"{HEADER}\n1,Ana,2026-11-20,5\n", mapping=mapping)
    assert refused.value.code == "bad_mapping"


def test_headers_of_another_file_in_the_mapping_are_reported() -> None:
    reading = opened(f"{HEADER}\n1,Ana,2026-11-20,5\n", mapping={"amount": "amount", "Betaler": "payer", "x": ""})
    assert reading.kind == "invoices"
    assert reading.columns is not None
    assert reading.columns.unknown_in_mapping == ("Betaler", "x")


@pytest.mark.parametrize("data", [b"[]", b"{", b'{"a": 1}', b'{"a": "nothing"}', b"\xff", b"null"])
def test_a_mapping_file_that_is_none(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_mapping(data)
    assert refused.value.code == "bad_mapping"


def test_a_mapping_file() -> None:
    assert read_mapping('\ufeff{"Fakt.nr": "number", "Notat": ""}'.encode()) == {"Fakt.nr": "number", "Notat": ""}


def test_contents_tell_where_names_do_not() -> None:
    text = (
        "Ref to,Who owes,Opened,Closes,Value of it,Write to\n"
        "A-1,Ana & Co,2026-10-01,2026-10-31,12.50,ana@a.example\n"
        "A-2,Bo Ltd,2026-10-05,2026-11-04,99.00,bo@b.example\n"
    )
    found = fields(opened(text))
    assert {name for name, sure in found.values() if sure == "guess"} == {
        "number", "customer", "issued", "due", "amount", "email",
    }  # fmt: skip
    assert invoices(text)[1].due.isoformat() == "2026-11-04"


def test_a_lonely_unnamed_date_is_not_taken_for_the_due_date() -> None:
    reading = opened("number,customer,amount,Day\n1,Ana,5.00,2026-11-20\n")
    assert reading.columns is not None
    assert reading.columns.missing == ("due",)
    with pytest.raises(Refused, match="no column for due") as refused:
        list(reading.rows())
    assert (refused.value.code, refused.value.params["field"]) == ("missing_columns", "due")


def test_a_file_without_column_names_is_understood_or_refused() -> None:
    text = "A-1,Ana & Co,2026-10-01,2026-10-31,12.50\nA-2,Bo Ltd,2026-10-05,2026-11-04,99.00\n"
    assert [row.line for row in invoices(text)] == [1, 2]
    assert fields(opened(text))["column 4"] == ("due", "guess")


def test_two_columns_of_the_same_name_are_not_chosen_between() -> None:
    reading = opened("number,customer,due,amount,amount\n1,Ana,2026-11-20,5,6\n")
    assert reading.columns is not None
    assert reading.columns.missing == ("amount",)
    assert "2 columns are called 'amount'" in reading.columns.unclear[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, newline: str) -> None:
    lines = [HEADER, '1,"Ana; Bo, Cy | Di",2026-11-20,"1250.50"', "2,Ed,2026-11-20,2.00"]
    quoted = [line.replace(",", "\0") for line in lines]
    text = newline.join(quoted).replace("Ana; Bo\0", "Ana; Bo,").replace("\0", delimiter) + newline
    first, second = invoices(text)
    assert (first.customer, first.amount_minor, second.line) == ("Ana; Bo, Cy | Di", 125050, 3)


def test_excels_separator_line_and_single_quotes() -> None:
    assert invoices("sep=;\nnumber;customer;due;amount\n1;Ana;2026-11-20;5,50\n", NORWAY)[0].line == 3
    text = "'number','customer','due','amount'\n'1','Ana, Bo','2026-11-20','5.50'\n"
    assert invoices(text)[0].customer == "Ana, Bo"


def test_decimal_commas_do_not_pass_for_separators() -> None:
    rows = "".join(f"{n};Ana;20.11.2026;{n},50\n" for n in range(1, 40))
    assert len(invoices("Fakturanr;Kunde;Forfall;Beløp\n" + rows, NORWAY)) == 39


def test_customers_invoices_and_payments_are_told_apart() -> None:
    kinds = {
        "customer,email\nAna,a@a.example\n": "customers",
        "Name,Phone,City\nAna,+47 22 00 11 22,Oslo\n": "customers",
        f"{HEADER}\n1,Ana,2026-11-20,5\n": "invoices",
        "Invoice number,Invoice date,Customer,Total\n1,2026-11-20,Ana,5\n": "invoices",
        "date,amount,reference,payer\n2026-11-20,5,RF18,Ana\n": "payments",
        "Customer,Payment date,Amount,Invoice no\nAna,2026-11-20,5,1\n": "payments",
    }
    assert {text: opened(text).kind for text in kinds} == kinds


def test_every_canonical_name_is_in_the_dictionary_of_its_kind() -> None:
    for kind in ("invoices", "customers", "payments"):
        words = dictionary(kind)
        for name in fields_of(kind):
            assert words[name.replace("_", "")][0] == (name, 0)


def test_a_preview_shows_cells_understanding_and_refusals() -> None:
    text = f"{HEADER},Note\n1,Ana,20.11.2026,\"1.234,50\",x\n2,Bo,31.02.2026,5,y\n" + "3,Cy,20.11.2026,5,z\n" * 40  # fmt: skip
    shown = preview(opened(text, NORWAY), n=5)
    assert (shown.kind, shown.total, shown.headers) == ("invoices", 42, (*HEADER.split(","), "Note"))
    assert shown.raw[0] == (2, ("1", "Ana", "20.11.2026", "1.234,50", "x"))
    assert shown.rows[0] == (
        2,
        {"number": "1", "customer": "Ana", "due": "2026-11-20", "amount": "1234.50", "currency": "NOK"},
    )
    assert [(row.line, row.field) for row in shown.refused] == [(3, "due")]


def test_a_preview_of_a_file_that_must_be_mapped_first() -> None:
    shown = preview(opened("number,Who,x\n1,Ana,2\n"))
    assert shown.missing == ("due", "amount")
    assert shown.raw == ((2, ("1", "Ana", "2")),)
    assert shown.rows == ()


def test_a_preview_of_a_workbook_and_an_attachment() -> None:
    shown = preview(opened(workbook(HEADER.split(","), [1, "Ana", "2026-11-20", "=1+1"])))
    assert shown.raw[0][1] == ("1", "Ana", "2026-11-20", "…")
    assert preview(opened(b"%PDF-1.7\n%%EOF")).kind == "attachment"
