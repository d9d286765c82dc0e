# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever Babel writes in five languages is read back as the same value. The seed of a run is printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.core.money import to_minor
from purring.doors.intake import InvoiceRow, Limits, LocaleFacts, read
from purring.doors.intake.dates import DateColumn
from purring.doors.intake.numbers import NumberColumn, read_number

PLACES = [
    LocaleFacts("en", "GB", "GBP"),
    LocaleFacts("en", "US", "USD"),
    LocaleFacts("af", "ZA", "ZAR"),
    LocaleFacts("fr", "FR", "EUR"),
    LocaleFacts("es", "ES", "EUR"),
    LocaleFacts("nb", "NO", "NOK"),
]
LOCALES = pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.language}_{place.country}")


def _babel(place: LocaleFacts) -> str:
    return f"{place.language}_{place.country}"


@LOCALES
@given(day=st.dates(date(1990, 1, 1), date(2069, 12, 31)), style=st.sampled_from(["short", "medium", "long", "full"]))
def test_a_formatted_date_is_read_back(place: LocaleFacts, day: date, style: str) -> None:
    text = format_date(day, style, locale=_babel(place))
    column = DateColumn(place, Limits())
    column.observe(text, 1)
    assert column.settle(text) == day


@LOCALES
@given(number=st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_formatted_number_is_read_back(place: LocaleFacts, number: Decimal) -> None:
    text = format_decimal(number, format="#,##0.00", locale=_babel(place))
    column = NumberColumn(place)
    column.observe(text, 1)
    assert Decimal(column.settle(read_number(text), text).text()) == number


@LOCALES
@given(
    number=st.decimals(min_value="0.01", max_value=10**9, places=2),
    currency=st.sampled_from(["EUR", "NOK", "USD", "GBP", "ZAR", "CHF", "CAD", "SEK"]),
)
def test_formatted_money_is_read_back_with_its_currency(place: LocaleFacts, number: Decimal, currency: str) -> None:
    text = format_currency(number, currency, locale=_babel(place))
    file = f'number;customer;due;amount;currency\n1;Ana;2026-11-20;"{text}";{currency}\n'.encode()
    (row,) = read(file, locale=place).rows()
    assert isinstance(row, InvoiceRow), row
    assert (row.amount_minor, row.currency) == (to_minor(str(number), currency), currency)


@given(
    days=st.lists(st.dates(date(2020, 1, 1), date(2030, 12, 31)), min_size=2, max_size=30),
    pattern=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_a_whole_column_is_read_in_one_order_or_refused(days: list[date], pattern: str) -> None:
    texts = [day.strftime(pattern) for day in days]
    column = DateColumn(LocaleFacts("en", "CA", "CAD"), Limits())
    for line, text in enumerate(texts, 2):
        column.observe(text, line)
    if any(day.day > 12 for day in days):
        assert [column.settle(text) for text in texts] == days


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    try:
        number = read_number(text)
    except Refused:
        return
    assert (number.whole + number.fraction).isascii()
    assert (number.whole + number.fraction).isdigit()
