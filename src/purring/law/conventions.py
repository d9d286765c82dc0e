# SPDX-License-Identifier: Apache-2.0
"""What is usual in a country around paying: when a claim lapses, when a due date really falls, which part of a debt a
payment fills first, what a charge is called. Stage names, terms and discounts are plain data in the country file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from purring.core.calendar import ONE_DAY, working_days
from purring.law.days import months_after
from purring.law.model import Country, Kind
from purring.law.rates import CONFIDENCES

WARN_DAYS = 120
HOUSE_ORDER = ("principal", "interest", "costs")
"""The house fills the principal first: it claims less. The order of the law is in the country file."""
PART_OF = {"interest": "interest", "compensation": "costs", "fee": "costs"}
"""Which part of a debt a kind of charge is."""


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


class Ahead(NamedTuple):
    """The parts of a debt that a payment fills before the principal, in order, and the rule that says so."""

    parts: tuple[str, ...]
    rule: str


def ahead_of_principal(laws: Collection[Country], least: str = "high") -> Ahead:
    """What all of these laws fill before the principal; nothing when one of them does not, or is less sure than `least`."""
    orders = [law.allocation for law in laws]
    sure = CONFIDENCES.index(least)
    if not orders or any(CONFIDENCES.index(one.basis.confidence) > sure for one in orders):
        return Ahead((), "")
    before = [one.order[: one.order.index("principal")] if one.order else () for one in orders]
    parts = tuple(part for part in before[0] if all(part in others for others in before))
    return Ahead(parts, " + ".join(dict.fromkeys(one.basis.named for one in orders)) if parts else "")
