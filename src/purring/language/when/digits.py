# SPDX-License-Identifier: Apache-2.0
"""Numbers in digits as people group them: 1 250,50 · 1.250,50 · 1,250.50 · 1'250.50 · 1,50,000 · 500,- · 500:-

Which mark is the decimal one is told by the number itself: the last of two different marks is; a single mark before three
digits groups thousands (no currency in daily use here has three decimals); before one, two or more than three it
is the decimal mark.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_SPACES = " \u00a0\u202f\u2009"
_NUMBER = re.compile(
    rf"(?P<whole>\d{{1,3}}(?P<mark>[{_SPACES}'’.,])\d{{3}}(?:(?P=mark)\d{{3}})*(?!\d)|\d{{1,3}}(?:,\d{{2}})+,\d{{3}}(?!\d)|\d+)"
    rf"(?:(?P<point>[.,])(?P<cents>\d+))?"
    rf"(?P<tail>\s?(?:[,.:]\s?[-–—]{{1,2}}|/[-–—=]|[-–—]{{2}}))?"
    rf"(?!\d|[.,:/'’-]\d)"
)
_ONE_SPACE_GROUP = re.compile(rf"[{_SPACES}]\d{{3}}(?!\d)")


class Digits(NamedTuple):
    """A number in digits: value, where it ends, and what its writing says about it."""

    value: Decimal
    end: int
    grouped: bool
    cents: str
    tail: bool


def number_at(text: str, start: int) -> Digits | None:
    """The number in digits at a place of a text, or None: dates, times and codes are not numbers."""
    found = _NUMBER.match(text, start)
    if found is None:
        return None
    mark, point, cents = found["mark"], found["point"], found["cents"] or ""
    whole = found["whole"]
    if point and mark == point:
        return None
    if point and not mark and len(cents) == 3 and whole.lstrip("0") and len(whole) <= 3 and "," not in whole:
        whole, point, cents, mark = whole + cents, None, "", point
    plain = "".join(char for char in whole if char.isdigit())
    if len(plain) > 15 or len(cents) > 8:
        return None
    value = Decimal(int(plain)) + (Decimal(int(cents)).scaleb(-len(cents)) if cents else 0)
    return Digits(value, found.end(), bool(mark) or "," in found["whole"], cents, bool(found["tail"]))
