# SPDX-License-Identifier: AGPL-3.0-or-later
"""Local ways to write dates and amounts, and the rule for those with two readings:
the column's other values decide, then the organization's locale, else the cell is refused.
"""

from __future__ import annotations

from datetime import date

import pytest

from purring.doors.intake import InvoiceRow, LocaleFacts
from tests.doors.intake.cast import (
    AMERICA,
    BRITAIN,
    CANADA,
    FRANCE,
    GERMANY,
    HEADER,
    NORWAY,
    SOUTH_AFRICA,
    SPAIN,
    SWEDEN,
    invoices,
    outcomes,
    refusals,
)


def _table(field: str, *values: str) -> str:
    other = {"due": "2026-11-20", "amount": "5.50"}
    rows = "".join(
        f'{n};Ana;{value if field == "due" else other["due"]};"{value if field == "amount" else other["amount"]}"\n'
        for n, value in enumerate(values, 1)
    )
    return HEADER.replace(",", ";") + "\n" + rows


def amounts(*values: str, locale: LocaleFacts = BRITAIN) -> list[int | str]:
    """Minor units of each value, or the code of its refusal, when they stand in one column."""
    rows = outcomes(_table("amount", *values), locale)
    return [row.amount_minor if isinstance(row, InvoiceRow) else row.code for row in rows]


def dues(*values: str, locale: LocaleFacts = BRITAIN) -> list[date | str]:
    """The day of each value, or the code of its refusal, when they stand in one column."""
    rows = outcomes(_table("due", *values), locale)
    return [row.due if isinstance(row, InvoiceRow) else row.code for row in rows]


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("1250.50", 125050), ("1.234,56", 123456), ("1,234.56", 123456), ("1 234,56", 123456),
        ("1\u00a0234,56", 123456), ("1\u202f234,56", 123456), ("1'234.50", 123450), ("1’234.50", 123450),
        ("1,23,456.00", 12345600), ("12.345.678", 1234567800), ("1.234.567,8", 123456780), ("1234", 123400),
        ("1 234", 123400), ("1234.5", 123450), ("0,5", 50), (".50", 50), ("500,-", 50000), ("500.–", 50000),
        ("１２３４．５０", 123450), ("١٢٣٤", 123400), ("£1,234.50", 123450), ("1 234,50 GBP", 123450),
        ("GBP 12.00", 1200), ("+12.00", 1200), ("1250.5000", 125050),
    ],
)  # fmt: skip
def test_an_amount_in_any_dress(written: str, minor: int) -> None:
    assert amounts(written) == [minor]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("(123.45)", "negative"), ("-5", "negative"), ("5-", "negative"), ("−5,00", "negative"), ("0", "zero"),
        ("0,00", "zero"), ("-", "missing"), ("", "missing"), ("1.2.3", "bad_number"), ("12,34,5", "bad_number"),
        ("1..2", "bad_number"), ("twelve", "bad_number"), ("12abc", "unknown_currency"), ("NaN", "bad_number"),
        ("1e9", "bad_number"), ("Infinity", "bad_number"), ("0x10", "bad_number"), ("12.345678", "bad_amount"),
        ("9" * 30, "bad_amount"), ("1000000000000", "bad_amount"), ("5" * 70, "bad_number"), ("--5", "bad_number"),
        ("(-5)", "bad_number"),
        ("€5", "unknown_currency"), ("5 USD", "unknown_currency"), ("12 %", "unknown_currency"),
    ],
)  # fmt: skip
def test_an_amount_that_cannot_be_taken(written: str, code: str) -> None:
    said = [
        row.code
        for row in outcomes(f"{HEADER},currency\n1,Ana,2026-11-20,\"{written}\",GBP\n")
        if not isinstance(row, InvoiceRow)
    ]  # fmt: skip
    assert said == [code]


@pytest.mark.parametrize(
    ("locale", "outcome"),
    [
        (GERMANY, 123400),
        (SPAIN, 123400),
        (NORWAY, 123400),
        (FRANCE, 123400),
        (BRITAIN, "bad_amount"),
        (AMERICA, "bad_amount"),
        (SOUTH_AFRICA, "ambiguous"),
        (LocaleFacts("ar", "BH", "BHD"), 1234),
    ],
)
def test_one_thousand_two_hundred_or_one_and_a_bit_alone_in_its_column(locale: LocaleFacts, outcome: int | str) -> None:
    assert amounts("1.234", locale=locale) == [outcome]


@pytest.mark.parametrize("locale", [GERMANY, AMERICA, SOUTH_AFRICA])
@pytest.mark.parametrize(
    ("column", "outcome"),
    [
        (("1.234", "99,50"), [123400, 9950]),
        (("99.50", "1,234"), [9950, 123400]),
        (("1.234", "1.234.567"), [123400, 123456700]),
        (("1.234", "12.50"), ["bad_amount", 1250]),
        (("1.234", "12.50", "12,50"), ["ambiguous", 1250, 1250]),
        (("1.234", "nonsense", "7,5"), [123400, "bad_number", 750]),
    ],
)
def test_the_columns_other_amounts_decide_before_the_locale(
    column: tuple[str, ...], outcome: list[int | str], locale: LocaleFacts
) -> None:
    assert amounts(*column, locale=locale) == outcome


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03", "2026/11/03", "2026.11.3", "20261103", "2026-11-03T00:00:00Z", "2026-11-03 14:30",
        "3 November 2026", "November 3, 2026", "Nov 3, 2026 12:00 AM", "3rd of November 2026", "3 novembre 2026",
        "3 de noviembre de 2026", "3. nov. 2026", "3. november 2026", "martes, 3 de noviembre de 2026",
        "mardi 3 novembre 2026", "tirsdag 3. november 2026", "Dinsdag 03 November 2026", "03-Nov-26",
        "２０２６－１１－０３", "46329",
    ],
)  # fmt: skip
def test_a_date_in_any_dress(written: str) -> None:
    assert dues(written) == [date(2026, 11, 3)]


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2026", "2026-02-30", "31 februar 2026", "00/01/2026", "32/13/2026", "2026-13-01", "soon", "1/2",
        "12", "03/11/0026", "3 Nov 1026", "2226-01-01", "Monday 3 November 2026", "3 Smarch 2026", "99999",
        "03/11/2026/4", "3 nov 2026 2027",
    ],
)  # fmt: skip
def test_a_date_that_cannot_be(written: str) -> None:
    assert dues(written) == ["bad_date"]


@pytest.mark.parametrize(
    ("locale", "outcome"),
    [
        (BRITAIN, date(2026, 4, 3)),
        (NORWAY, date(2026, 4, 3)),
        (FRANCE, date(2026, 4, 3)),
        (SOUTH_AFRICA, date(2026, 4, 3)),
        (SWEDEN, date(2026, 4, 3)),
        (AMERICA, date(2026, 3, 4)),
        (CANADA, "ambiguous"),
        (LocaleFacts("en", "", "USD"), "ambiguous"),
        (LocaleFacts("nb", "", "NOK"), date(2026, 4, 3)),
        (LocaleFacts("de", "US", "USD"), "ambiguous"),
    ],
)
@pytest.mark.parametrize("mark", ["/", "-", "."])
def test_third_of_april_or_fourth_of_march(locale: LocaleFacts, outcome: date | str, mark: str) -> None:
    assert dues(f"03{mark}04{mark}2026", locale=locale) == [outcome]


@pytest.mark.parametrize("locale", [BRITAIN, AMERICA, CANADA])
def test_the_columns_other_dates_decide_before_the_locale(locale: LocaleFacts) -> None:
    assert dues("03/04/2026", "25/04/2026", locale=locale)[0] == date(2026, 4, 3)
    assert dues("03/04/2026", "04/25/2026", locale=locale)[0] == date(2026, 3, 4)
    assert dues("03/04/2026", "2026-04-25", "31/02/2026", "5/5/2026", locale=CANADA)[0] == "ambiguous"


def test_the_deciding_date_may_stand_far_below() -> None:
    column = ["03/04/2026"] * 3000 + ["25/04/2026"]
    assert set(dues(*column, locale=AMERICA)) == {date(2026, 4, 3), date(2026, 4, 25)}


def test_a_column_that_contradicts_itself_is_not_trusted() -> None:
    found = dues("13/04/2026", "04/13/2026", "03/04/2026", "05/05/2026", "2026-04-03")
    assert found == ["ambiguous", "ambiguous", "ambiguous", date(2026, 5, 5), date(2026, 4, 3)]


def test_the_header_may_say_the_order() -> None:
    text = "number,customer,Due date (mm/dd/yyyy),amount\n1,Ana,03/04/2026,5.50\n"
    assert invoices(text, CANADA)[0].due == date(2026, 3, 4)


def test_a_neighbouring_column_written_the_other_way_round_takes_the_locale_away() -> None:
    text = "number,customer,issued,due,amount\n1,Ana,03/04/2026,25/04/2026,5.50\n"
    assert refusals(text, AMERICA) == [(2, "issued", "ambiguous")]
    assert invoices(text, BRITAIN)[0].issued == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("written", "locale", "outcome"),
    [
        ("20.11.26", NORWAY, date(2026, 11, 20)),
        ("11/20/26", AMERICA, date(2026, 11, 20)),
        ("26-11-20", SWEDEN, date(2026, 11, 20)),
        ("26-11-31", NORWAY, date(2031, 11, 26)),
        ("99-12-31", NORWAY, date(1999, 12, 31)),
        ("03/04/26", CANADA, "ambiguous"),
        ("26/11/20", SOUTH_AFRICA, "ambiguous"),
    ],
)
def test_years_of_two_digits(written: str, locale: LocaleFacts, outcome: date | str) -> None:
    assert dues(written, locale=locale) == [outcome]


@pytest.mark.parametrize(
    ("cell", "column", "locale", "outcome"),
    [
        ("$5.00", "", AMERICA, "USD"),
        ("$5.00", "CAD", AMERICA, "CAD"),
        ("$5.00", "EUR", AMERICA, "unknown_currency"),
        ("$5.00", "", NORWAY, "unknown_currency"),
        ("kr 5", "", NORWAY, "NOK"),
        ("kr 5", "SEK", NORWAY, "SEK"),
        ("5 €", "", NORWAY, "EUR"),
        ("R5.00", "", SOUTH_AFRICA, "ZAR"),
        ("5", "eur", NORWAY, "EUR"),
        ("5", "€", NORWAY, "EUR"),
        ("5", "USD - US dollar", NORWAY, "USD"),
        ("5", "XXX", NORWAY, "unknown_currency"),
        ("5", "ABC", NORWAY, "unknown_currency"),
        ("5", "DEM", GERMANY, "unknown_currency"),
        ("5", "", NORWAY, "NOK"),
        ("5", "", LocaleFacts("en", "GB", ""), "unknown_currency"),
    ],
)
def test_which_currency(cell: str, column: str, locale: LocaleFacts, outcome: str) -> None:
    rows = outcomes(f"{HEADER},currency\n1,Ana,2026-11-20,{cell},{column}\n", locale)
    assert [row.currency if isinstance(row, InvoiceRow) else row.code for row in rows] == [outcome]


def test_the_header_may_name_the_currency() -> None:
    assert invoices("number,customer,due,Amount (EUR)\n1,Ana,2026-11-20,5\n", NORWAY)[0].currency == "EUR"
    assert invoices("number,customer,due,Total in USD\n1,Ana,2026-11-20,5\n", NORWAY)[0].currency == "USD"


@pytest.mark.parametrize(
    ("written", "currency", "outcome"),
    [("1250", "JPY", 1250), ("1250.5", "JPY", "bad_amount"), ("1.5", "KWD", 1500), ("1.2345", "KWD", "bad_amount")],
)
def test_decimals_of_the_currency(written: str, currency: str, outcome: int | str) -> None:
    rows = outcomes(f"{HEADER},currency\n1,Ana,2026-11-20,{written},{currency}\n")
    assert [row.amount_minor if isinstance(row, InvoiceRow) else row.code for row in rows] == [outcome]
