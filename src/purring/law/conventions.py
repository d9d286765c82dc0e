# SPDX-License-Identifier: Apache-2.0
"""What is usual in a country around paying: when a claim lapses, when a due date really falls, which part of a debt a
payment fills first. Local stage names, terms and discounts are plain data in the country file (`model`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from purring.core.calendar import ONE_DAY, working_days
from purring.law.days import months_after
from purring.law.model import Kind

WARN_DAYS = 120
HOUSE_ORDER = ("principal", "interest", "costs")
"""The house fills the principal first: it claims less. The order of the law is in the country file."""


class Lapse(NamedTuple):
    """When a claim lapses, as far as is known. Acts that stop or restart the clock are not in here."""

    on: date | None
    """The last day, or None where it depends on more than the country."""
    soon: bool
    lapsed: bool
    note: str
    confidence: str


def limitation(kind: Kind, due: date, today: date) -> Lapse:
    """Warn before a claim lapses."""
    rule = kind.limitation
    if rule.years is None:
        return Lapse(None, False, False, rule.note, rule.basis.confidence)
    start = date(due.year, 12, 31) if rule.starts == "end_of_year" else due
    last = date.fromordinal(months_after(start.toordinal(), 12 * rule.years))
    lapsed = today > last
    soon = not lapsed and today + timedelta(WARN_DAYS) > last
    return Lapse(last, soon, lapsed, rule.note, rule.basis.confidence)


def payable_until(due: date, *countries: str) -> date:
    """The due date, moved to the next day that is a working day in each of these countries."""
    while not all(working_days(country).is_working(due) for country in countries):
        due += ONE_DAY
    return due


def allocate(amount: int, owed: Mapping[str, int], order: Sequence[str] = HOUSE_ORDER) -> dict[str, int]:
    """Fill `costs`, `interest` and `principal` with a payment in that order; what is left over is `rest`. Minor units."""
    left = amount
    filled = {}
    for part in order:
        filled[part] = min(left, owed.get(part, 0))
        left -= filled[part]
    return {**filled, "rest": left}
