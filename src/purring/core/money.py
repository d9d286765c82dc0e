# SPDX-License-Identifier: Apache-2.0
"""Money as whole minor units of an ISO 4217 currency, and exact splitting. Never a float.

An amount in this code base is an `int` of minor units (cents, øre, fils; yen have none) next to its
currency code. Texts like ``"1250.50"`` are major units and cross the border here only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from babel.core import get_global
from babel.numbers import get_currency_precision

from purring.core.errors import Refused

MAX_MINOR = 10**15
"""Larger amounts are refused: a typing error, and the largest that every database and formatter here takes."""


@lru_cache(1)
def _known_currencies() -> frozenset[str]:
    return frozenset(get_global("all_currencies"))


def is_currency(code: str) -> bool:
    """True for a known ISO 4217 code in capitals (CLDR's list)."""
    return code in _known_currencies()


@lru_cache(512)
def exponent(currency: str) -> int:
    """Number of decimals of a currency (ISO 4217 as in CLDR): EUR 2, JPY 0, KWD 3. Refuses an unknown code."""
    if not is_currency(currency):
        raise Refused("unknown_currency", f"{currency!r} is not a currency; use a code such as EUR", value=currency)
    return int(get_currency_precision(currency))


def to_minor(text: str, currency: str) -> int:
    """Minor units of a decimal text in major units, e.g. ``("1250.50", "EUR")`` -> 125050.

    Takes an optional minus sign and a dot; refuses (`bad_amount`) anything else, too many decimals for the
    currency, and more than `MAX_MINOR`.
    """
    places = exponent(currency)
    body = text[1:] if text[:1] == "-" else text
    whole, dot, fraction = body.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (dot and not (fraction.isascii() and fraction.isdigit())):
        raise Refused("bad_amount", f'{text!r} is not an amount; write it like "1250.50"', value=text)
    if len(fraction) > places:
        raise Refused("bad_amount", f"{text!r} has more decimals than {currency} ({places})", value=text)
    minor = int(whole + fraction.ljust(places, "0"))
    if minor > MAX_MINOR:
        raise Refused("bad_amount", f"{text!r} is larger than any amount taken here", value=text)
    return -minor if text[:1] == "-" else minor


def to_text(minor: int, currency: str) -> str:
    """Decimal text in major units with the currency's decimals, e.g. ``(125050, "EUR")`` -> "1250.50"."""
    places = exponent(currency)
    if not places:
        return str(minor)
    whole, fraction = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}.{fraction:0{places}d}"


def threshold_minor(major: str, currency: str) -> int:
    """The smallest amount in minor units that is not below `major` units; the same number in every currency.

    ``("50.00", "JPY")`` -> 50, ``("0.005", "EUR")`` -> 1.
    """
    places = exponent(currency)
    try:
        return math.ceil(Decimal(major) * Decimal(10**places))
    except (InvalidOperation, ValueError, OverflowError):
        raise Refused("bad_amount", f'{major!r} is not an amount; write it like "50.00"', value=major) from None


def split(amount: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Divide minor units by weights so that the parts add up exactly (largest remainder, earliest first on a tie).

    `amount` may be negative; weights are not negative and not all zero.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and must add up to more than zero")
    sign = -1 if amount < 0 else 1
    exact = [Fraction(abs(amount)) * Fraction(weight) / Fraction(total) for weight in weights]
    parts = [int(share) for share in exact]
    missing = abs(amount) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[:missing]:
        parts[i] += 1
    return [sign * part for part in parts]
