# SPDX-License-Identifier: Apache-2.0
"""A provider's own count of decimals. Ours is CLDR's, and providers differ from it and from each other: Stripe counts
Icelandic krónur in hundredths, PayPal Hungarian forint in whole ones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from purring.core.errors import Refused, Trouble
from purring.core.money import MAX_MINOR, exponent


def _ten(power: int) -> int:
    return int(10**power)


def outward(amount: int, currency: str, places: int) -> int:
    """Our minor units in a provider's, which have `places` decimals. Refuses (`not_offered`) what it cannot express."""
    ours = exponent(currency)
    if places >= ours:
        return amount * _ten(places - ours)
    whole, rest = divmod(amount, _ten(ours - places))
    if rest:
        raise Refused("not_offered", f"this way of paying takes {currency} with {places} decimals only", field="amount")
    return whole


def inward(amount: int, currency: str, places: int) -> int:
    """A provider's units in ours. Raises `Trouble` for a fraction of our smallest unit: no real payment has one."""
    ours = exponent(currency)
    if ours >= places:
        return amount * _ten(ours - places)
    whole, rest = divmod(amount, _ten(places - ours))
    if rest:
        raise Trouble(f"the provider tells an amount of {currency} that does not exist", permanent=True)
    return whole


def known_or_none(read: Callable[[], int]) -> int | None:
    """What `read` tells, or None where it is no amount of ours. For a fee: it may have fractions that no payment has, and
    nobody's payment waits for it."""
    try:
        return read()
    except Trouble:
        return None


def decimal_text(amount: int, currency: str, places: int) -> str:
    """Our minor units as the decimal text of a provider with `places` decimals."""
    units = outward(amount, currency, places)
    if not places:
        return str(units)
    return f"{units // 10**places}.{units % 10**places:0{places}d}"


def from_decimal(text: object, currency: str) -> int:
    """A provider's decimal text in our minor units. Raises `Trouble` when it is none, or has a fraction too fine."""
    try:
        value = Decimal(str(text)).scaleb(exponent(currency))
        if abs(value) <= MAX_MINOR and value == value.to_integral_value():
            return int(value)
    except ArithmeticError:
        pass
    raise Trouble(f"the provider tells an amount that cannot be read: {str(text)[:40]!r}", permanent=True)
