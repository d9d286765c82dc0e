# SPDX-License-Identifier: Apache-2.0
"""Discounts for early payment: a ladder such as "2 % within 10 days, 1 % within 20", and what is to pay on a day.

Percentages are hundredths of a percent as whole numbers (200 is 2 %), amounts minor units. A discount is taken off the
gross and rounded half up, as papers print it. Not here: what it does to tax (law), and the credit note.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from purring.core.errors import Refused

MOST_RUNGS = 3
MOST_PERCENT = 5000
MOST_DAYS = 180


class Rung(NamedTuple):
    """So much off when paid within so many days of the invoice's date."""

    percent: int
    days: int


class Early(NamedTuple):
    """So much off when paid not later than a day."""

    percent: int
    until: date


class Price(NamedTuple):
    """What pays an invoice on a day: `amount`, which is what is open less `discount`, not later than `until`."""

    amount: int
    discount: int
    percent: int
    until: date | None


def check_ladder(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """The rungs by day. Refuses (`bad_ladder`) one that gives nothing, and one that gives more for waiting."""
    if len(rungs) > MOST_RUNGS:
        raise Refused("bad_ladder", f"a ladder has at most {MOST_RUNGS} rungs", field="ladder")
    ladder = tuple(sorted(rungs, key=lambda rung: rung.days))
    for at, rung in enumerate(ladder):
        if not 0 < rung.percent <= MOST_PERCENT or not 0 <= rung.days <= MOST_DAYS:
            raise Refused(
                "bad_ladder",
                f"a discount is above 0 and up to {MOST_PERCENT // 100} %, within {MOST_DAYS} days",
                field="ladder",
            )
        if at and (rung.days == ladder[at - 1].days or rung.percent >= ladder[at - 1].percent):
            raise Refused("bad_ladder", "who pays later gets less off; the rungs fall from day to day", field="ladder")
    return ladder


def discount(amount: int, percent: int) -> int:
    """What `percent` takes off an amount, rounded half up."""
    return (amount * percent + 5000) // 10000


def prices(gross: int, balance: int, offers: Iterable[Early], on: date) -> tuple[Price, ...]:
    """What would pay the rest of an invoice from `on`, by day and the best first; without those that are past or give
    nothing. `gross` is what was asked for in all: a part that was paid in time counts towards it."""
    found = []
    for offer in sorted(offers, key=lambda one: one.until):
        off = min(discount(gross, offer.percent), balance)
        if offer.until >= on and off > 0:
            found.append(Price(balance - off, off, offer.percent, offer.until))
    return tuple(found)


def price(gross: int, balance: int, offers: Iterable[Early], on: date) -> Price:
    """What pays an invoice on a day; without a discount all that is open."""
    best = max(prices(gross, balance, offers, on), key=lambda one: one.discount, default=None)
    return best or Price(balance, 0, 0, None)
