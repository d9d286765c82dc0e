# SPDX-License-Identifier: AGPL-3.0-or-later
"""Amounts in a provider's own decimals and back: exact, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused, Trouble
from purring.core.money import exponent
from purring.core.units import decimal_text, from_decimal, inward, outward

CURRENCIES = st.sampled_from(["EUR", "NOK", "JPY", "KWD", "ISK", "HUF", "RSD", "BHD"])


@given(CURRENCIES, st.integers(1, 10**12), st.integers(0, 3))
def test_there_and_back_is_the_same_or_refused(currency: str, amount: int, places: int) -> None:
    try:
        units = outward(amount, currency, places)
    except Refused:
        assert amount % 10 ** (exponent(currency) - places)
        return
    assert inward(units, currency, places) == amount
    assert from_decimal(decimal_text(amount, currency, places), currency) == amount


def test_where_providers_differ() -> None:
    assert outward(500, "ISK", 2) == 50_000
    assert decimal_text(1_250_00, "HUF", 0) == "1250"
    assert decimal_text(7, "EUR", 2) == "0.07"
    assert from_decimal("12.5", "EUR") == 1_250
    with pytest.raises(Refused):
        decimal_text(1_250_50, "HUF", 0)


@pytest.mark.parametrize("text", ["", "abc", None, "1.005", "NaN", "Infinity", "1e99", "1e999999"])
def test_what_no_payment_has_is_trouble(text: object) -> None:
    with pytest.raises(Trouble):
        from_decimal(text, "EUR")


def test_a_fraction_of_the_smallest_unit_is_trouble() -> None:
    with pytest.raises(Trouble):
        inward(1_234, "JPY", 2)
