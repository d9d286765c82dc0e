# SPDX-License-Identifier: Apache-2.0
"""Numbers as strangers' e-invoices write them: tolerant where nothing is lost, None where it would be a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from purring.core.errors import Refused
from purring.core.money import MAX_MINOR, exponent
from purring.papers.einvoice.terms import Terms

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,30})?|[+-]?\.[0-9]{1,30}")


def read_number(value: object) -> Decimal | None:
    """A decimal of XML Schema, or None."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(text := value.strip()):
        return None
    return Decimal(text)


def read_minor(value: object, currency: str) -> int | None:
    """Minor units of an amount in major units, or None when it is none or has a part of a minor unit."""
    number = read_number(value)
    if number is None:
        return None
    minor = number.scaleb(exponent(currency))
    return int(minor) if minor == int(minor) and abs(minor) <= MAX_MINOR else None


@dataclass(frozen=True, slots=True)
class Stated:
    """The sums as the document states them, minor units; None where it states none."""

    net: int | None
    """BT-109."""
    tax: int | None
    """BT-110."""
    gross: int | None
    """BT-112."""
    paid: int | None
    """BT-113."""
    rounding: int | None
    """BT-114: added to the amount due."""
    payable: int | None
    """BT-115: what is asked for."""


def read_stated(terms: Terms, currency: str) -> Stated:
    try:
        exponent(currency)
    except Refused:
        return Stated(None, None, None, None, None, None)
    sums = (
        read_minor(terms.get(term), currency) for term in ("BT-109", "BT-110", "BT-112", "BT-113", "BT-114", "BT-115")
    )
    return Stated(*sums)
