# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows that cannot be taken: refused with line, field and what to do, while the good rows of the file are kept."""

from __future__ import annotations

import pytest

from purring.doors.intake import CustomerRow, Refusal
from purring.doors.intake.fold import fold
from purring.doors.intake.words import NOT_OWED
from tests.doors.intake.cast import (
    AMERICA,
    BRITAIN,
    HEADER,
    NORWAY,
    invoices,
    opened,
    outcomes,
    refusals,
    taken,
    workbook,
)

GOOD = "1001,Ana,2026-11-20,12.50"


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("email", "ana@", "bad_email"),
        ("email", "ana example.com", "bad_email"),
        ("email", "ana@example", "bad_email"),
        ("email", "a@b.example; c@d.example", "bad_email"),
        ("email", "ana@example.com\\nBcc: all@example.com", "bad_email"),
        ("email", ".ana@example.com", "bad_email"),
        ("email", "a" * 65 + "@example.com", "bad_email"),
        ("country", "Atlantis", "unknown_country"),
        ("country", "ZZ", "unknown_country"),
        ("language", "Klingon", "unknown_language"),
        ("language", "fi", "unknown_language"),
        ("kind", "banana", "unknown_kind"),
        ("gender", "banana", "unknown_gender"),
        ("phone", "call me", "bad_phone"),
        ("phone", "4.72E+10", "shortened"),
        ("currency", "banana", "unknown_currency"),
        ("issued", "31/02/2026", "bad_date"),
        ("paid", "20.00", "bad_amount"),
        ("paid", "-1", "negative"),
        ("balance", "20.00", "bad_amount"),
        ("document", "Kreditnota", "credit_note"),
        ("document", "Payment", "not_an_invoice"),
        ("po_number", "x" * 81, "too_long"),
        ("description", "x" * 20_000, "too_long"),
    ],
)
def test_one_bad_field_refuses_its_row_alone(column: str, cell: str, code: str) -> None:
    cell = cell.replace("\\n", "\n")
    text = f'{HEADER},{column}\n{GOOD},\n1002,Bo,2026-11-20,12.50,"{cell}"\n'
    assert [row.number for row in taken(text)] == ["1001"]
    assert refusals(text) == [(3, column, code)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (",Ana,2026-11-20,5", "number"),
        ("1,,2026-11-20,5", "customer"),
        ("1,Ana,,5", "due"),
        ("1,Ana,2026-11-20,", "amount"),
        ("1,\u200b,2026-11-20,5", "customer"),
        ("1,-,2026-11-20,5", "customer"),
    ],
)
def test_a_missing_value(row: str, field: str) -> None:
    assert refusals(f"{HEADER}\n{row}\n") == [(2, field, "missing")]


def test_every_reason_of_a_row_is_told_at_once() -> None:
    text = f"{HEADER},email,country\n1,Ana,31/02/2026,-5,nobody,Atlantis\n"
    assert {field for _, field, _ in refusals(text)} == {"due", "amount", "email", "country"}


def test_reasons_say_what_to_do() -> None:
    for row in outcomes(f"{HEADER},email,country\n1,Ana,31/02/2026,-5,nobody,Atlantis\n2,Bo,,,,\n"):
        assert isinstance(row, Refusal)
        assert any(mark in row.reason for mark in (";", "?")), row.reason


@pytest.mark.parametrize(
    ("formula", "column"),
    [
        ("=1+1", "amount"), ("=cmd|' /C calc'!A0", "customer"), ('=HYPERLINK("http://x.example","pay")', "customer"),
        ("@SUM(1+1)", "customer"), ("+cmd|' /C calc'!A0", "customer"), ("-2+3+cmd|' /C calc'!A0", "number"),
        ("\t=1+1", "customer"), ("＝1+1", "amount"),
    ],
)  # fmt: skip
def test_formulas_in_text_files_are_refused(formula: str, column: str) -> None:
    cells = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {column: formula.replace('"', '""')}
    ((line, field, code),) = refusals(HEADER + "\n" + ",".join(f'"{cell}"' for cell in cells.values()) + "\n")
    assert (line, field) == (2, column)
    assert code in ("formula", "bad_number")


def test_formulas_in_workbooks_are_refused_only_where_they_are_used() -> None:
    data = workbook(
        [*HEADER.split(","), "margin"],
        [1, "Ana", "2026-11-20", 5, "=D2*2"],
        [2, "Bo", "2026-11-20", "=2+3", 1],
        [3, "Cy", "=TODAY()", 5, 1],
    )
    assert [row.number for row in taken(data)] == ["1"]
    assert refusals(data) == [(3, "amount", "unusable_cell"), (4, "due", "unusable_cell")]
    reasons = [row.reason for row in outcomes(data) if isinstance(row, Refusal)]
    assert all("paste it back as values" in reason for reason in reasons)


def test_texts_that_only_look_a_little_like_formulas_are_kept() -> None:
    text = f'{HEADER},phone,description\n="00123",- Ana & Co -,2026-11-20,5,+47 22 00 11 22,-10 % for loyal customers\n'
    (row,) = invoices(text)
    assert (row.number, row.customer, row.phone) == ("00123", "- Ana & Co -", "+47 22 00 11 22")
    assert row.description == "-10 % for loyal customers"


def test_numbers_that_a_spreadsheet_spoiled_are_refused() -> None:
    assert refusals(f"{HEADER}\n2.02611E+11,Ana,2026-11-20,5\n") == [(2, "number", "shortened")]
    from datetime import date

    data = workbook(HEADER.split(","), [date(2026, 4, 3), "Ana", "2026-11-20", date(2026, 1, 5)])
    assert refusals(data) == [(2, "number", "became_date"), (2, "amount", "bad_number")]


def test_a_separator_inside_an_unquoted_text_moves_no_column() -> None:
    assert refusals(f"{HEADER}\n1,Smith, John,2026-11-20,5\n") == [(2, "", "too_many_fields")]


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    text = f'{HEADER},description\r\n\r\n1,Ana,2026-11-20,5,"two\r\nlines"\r\n\r\n2,Bo,2026-02-31,5,\r\n'
    assert [row.line for row in taken(text)] == [3]
    assert refusals(text) == [(6, "due", "bad_date")]


def test_the_same_invoice_twice_is_one_if_the_rows_agree() -> None:
    text = f"{HEADER}\n{GOOD}\n2,Bo,2026-11-20,5\n1001,ana ,20 November 2026,£12.50\n".replace("ana ", "Ana")
    assert sorted(row.number for row in invoices(text)) == ["1001", "2"]


def test_the_same_invoice_twice_with_other_content_is_refused_with_both_lines() -> None:
    text = f"{HEADER}\n{GOOD}\n2,Bo,2026-11-20,5\n1001,Ana,2026-11-20,13.00\n"
    assert [row.number for row in taken(text)] == ["2"]
    assert refusals(text) == [(2, "amount", "duplicate"), (4, "amount", "duplicate")]
    assert all("lines 2 and 4" in row.reason for row in outcomes(text) if isinstance(row, Refusal))


def test_the_same_number_of_two_customers_is_two_invoices() -> None:
    assert len(invoices(f"{HEADER}\n{GOOD}\n1001,Bo,2026-11-20,5\n")) == 2


def test_lines_of_one_invoice_become_one_with_all_descriptions() -> None:
    (row,) = invoices(f"{HEADER},description\n{GOOD},Desk\n{GOOD},Chair\n{GOOD},Desk\n")
    assert (row.description, row.line) == ("Desk; Chair", 2)


def test_a_row_that_says_paid_is_paid_unless_its_amounts_say_otherwise() -> None:
    assert invoices(f"{HEADER},status\n{GOOD},Betalt\n", BRITAIN)[0].paid_minor == 1250
    assert invoices(f"{HEADER},status,paid\n{GOOD},Paid,12.50\n")[0].paid_minor == 1250
    assert refusals(f"{HEADER},status,paid\n{GOOD},Paid,0.00\n") == [(2, "status", "contradiction")]
    assert invoices(f"{HEADER},status\n{GOOD},delivered on Monday\n")[0].status == "delivered on Monday"


@pytest.mark.parametrize("status", ["Void", "utkast", "annulée", "gekanselleer", "anulado"])
def test_a_status_that_says_nothing_is_owed_is_passed_on_so_that_a_known_invoice_can_be_closed(status: str) -> None:
    (row,) = invoices(f"{HEADER},status\n{GOOD},{status}\n")
    assert (row.status, row.paid_minor) == (status, None)
    assert fold(status) in NOT_OWED


def test_an_open_balance_lowers_what_is_asked() -> None:
    assert invoices(f"{HEADER},balance\n{GOOD},2.50\n")[0].paid_minor == 1000
    assert invoices(f"{HEADER},balance,paid\n{GOOD},2.50,0.00\n")[0].paid_minor == 1000
    assert invoices("number,customer,due,Open balance\n1,Ana,2026-11-20,2.50\n")[0].amount_minor == 250


@pytest.mark.parametrize(
    ("said", "code"),
    [("Noorweë", "NO"), ("Norvège", "NO"), ("Noruega", "NO"), ("Norge", "NO"), ("Norway", "NO"), ("NOR", "NO"),
     ("no", "NO"), ("UK", "GB"), ("Suid-Afrika", "ZA"), ("Sør-Afrika", "ZA"), ("États-Unis", "US"), ("Holland", "NL")],
)  # fmt: skip
def test_countries_by_any_name(said: str, code: str) -> None:
    assert invoices(f"{HEADER},country\n{GOOD},{said}\n")[0].country == code


@pytest.mark.parametrize(
    ("said", "tag"),
    [("norsk bokmål", "nb"), ("no", "nb"), ("nn", "nb"), ("Norwegian", "nb"), ("anglais", "en"), ("en-GB", "en"),
     ("Afrikaans", "af"), ("Frans", "fr"), ("inglés", "en"), ("pt", "pt-PT"), ("pt_BR", "pt-BR"), ("Deutsch", "de"),
     ("fr_CA", "fr")],
)  # fmt: skip
def test_languages_by_any_name(said: str, tag: str) -> None:
    assert invoices(f"{HEADER},language\n{GOOD},{said}\n")[0].language == tag


def test_portuguese_of_a_customer_in_brazil() -> None:
    assert invoices(f"{HEADER},language,country\n{GOOD},portugués,Brasil\n")[0].language == "pt-BR"


@pytest.mark.parametrize(
    ("said", "kind"),
    [("Bedrift", "business"), ("particulier", "consumer"), ("empresa", "business"), ("B2C", "consumer"),
     ("besigheid", "business"), ("ukjent", "unknown"), ("", "")],
)  # fmt: skip
def test_kinds_of_customers_in_any_language(said: str, kind: str) -> None:
    assert invoices(f"{HEADER},kind\n{GOOD},{said}\n")[0].kind == kind


def test_customers_with_one_contact() -> None:
    text = """customer;kind;contact;title;gender;given_name;family_name;address;address2;postcode;city;email
Nordlys Kafé;bedrift;Ingrid Berg;Fru;kvinne;Ingrid;Berg;Havnegata 2;Inngang B;9008;Tromsø;Ingrid Berg <ingrid@nordlys.example>
"""
    (row,) = opened(text, NORWAY).rows()
    assert isinstance(row, CustomerRow)
    assert (row.address, row.postcode, row.city) == (("Havnegata 2", "Inngang B"), "9008", "Tromsø")
    assert (row.gender, row.title, row.kind, row.email) == ("f", "Fru", "business", "ingrid@nordlys.example")


def test_two_customers_of_the_same_name_need_a_reference() -> None:
    text = "customer,email\nJan Botha,jan@a.example\nJan Botha,jan@b.example\n"
    assert refusals(text) == [(2, "email", "duplicate"), (3, "email", "duplicate")]
    with_ref = "customer,customer_ref,email\nJan Botha,1,jan@a.example\nJan Botha,2,jan@b.example\n"
    assert refusals(with_ref) == []


def test_two_equal_payments_may_both_be_real() -> None:
    text = "date,amount,invoice\n2026-11-20,5.00,A\n2026-11-20,5.00,A\n"
    assert len(list(opened(text, AMERICA).rows())) == 2


def test_a_payment_for_nothing_is_refused() -> None:
    assert refusals("date,amount,invoice,method\n2026-11-20,5.00,,card\n") == [(2, "invoice", "missing")]
