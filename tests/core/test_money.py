# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money: whole minor units, exact splitting, and the texts at the border."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.core.money import MAX_MINOR, exponent, is_currency, split, threshold_minor, to_minor, to_text

CURRENCIES = sorted(get_global("all_currencies"))
amounts = st.integers(-MAX_MINOR, MAX_MINOR)
weights = st.lists(st.one_of(st.integers(0, 1000), st.fractions(0, 1000)), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(("code", "decimals"), [("EUR", 2), ("NOK", 2), ("ZAR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_decimals(code: str, decimals: int) -> None:
    assert exponent(code) == decimals


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XYZ", "€"])
def test_what_is_no_currency(code: str) -> None:
    assert not is_currency(code)
    with pytest.raises(Refused, match="not a currency"):
        exponent(code)


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("1250.50", "EUR", 125_050),
        ("0.01", "EUR", 1),
        ("7", "EUR", 700),
        ("7.5", "EUR", 750),
        ("-3.10", "EUR", -310),
        ("500", "JPY", 500),
        ("1.001", "KWD", 1_001),
        ("0", "EUR", 0),
    ],
)
def test_from_text(text: str, code: str, minor: int) -> None:
    assert to_minor(text, code) == minor


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", ".5", "5.", "1,5", "1 000", "1e3", "+5", "--5", "0x1", "٣", "1.001", "NaN", "1.٣", " 1", "5.-1", "10000000000001"],
)  # fmt: skip
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        to_minor(text, "EUR")
    assert refusal.value.code == "bad_amount"


@given(amounts, st.sampled_from(CURRENCIES))
def test_there_and_back(minor: int, code: str) -> None:
    text = to_text(minor, code)
    assert to_minor(text, code) == minor
    assert -int(Decimal(text).as_tuple().exponent) == exponent(code)
    assert Decimal(text).scaleb(exponent(code)) == minor


@pytest.mark.parametrize(
    ("major", "code", "minor"),
    [("50.00", "EUR", 5_000), ("50.00", "JPY", 50), ("50.00", "KWD", 50_000), ("0.005", "EUR", 1), ("0.4", "JPY", 1)],
)
def test_a_threshold_is_the_same_number_everywhere(major: str, code: str, minor: int) -> None:
    assert threshold_minor(major, code) == minor


@given(st.decimals(0, 10**9, places=4), st.sampled_from(CURRENCIES))
def test_a_threshold_is_the_smallest_that_is_not_below(major: Decimal, code: str) -> None:
    unit = Decimal(10) ** exponent(code)
    least = threshold_minor(str(major), code)
    assert least / unit >= major
    assert (least - 1) / unit < major


@pytest.mark.parametrize(
    ("amount", "shares", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (1, [1, 1], [1, 0]),
        (5, [0, 1], [0, 5]),
        (0, [3, 4], [0, 0]),
        (100, [Fraction(1, 3), Fraction(2, 3)], [33, 67]),
    ],
)
def test_splitting(amount: int, shares: list[int | Fraction], parts: list[int]) -> None:
    assert split(amount, shares) == parts


@pytest.mark.parametrize("major", ["", "ten", "NaN", "Infinity", "1,5"])
def test_what_is_no_threshold(major: str) -> None:
    with pytest.raises(Refused, match="not an amount"):
        threshold_minor(major, "EUR")


@given(amounts, weights)
def test_no_cent_is_made_or_lost_by_splitting(amount: int, shares: list[int | Fraction]) -> None:
    parts = split(amount, shares)
    assert sum(parts) == amount
    total = sum(Fraction(share) for share in shares)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - Fraction(amount) * Fraction(share) / total) < 1
    assert split(-amount, shares) == [-part for part in parts]


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1], [2, -1]])
def test_weights_that_say_nothing(shares: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, shares)
