# SPDX-License-Identifier: Apache-2.0
"""Instalment plans: what a debtor may build without asking, the days and sums of a plan, and what of it goes too far.

Amounts are minor units of one currency, days are calendar days. Not here: what a missed instalment means (the decision),
and who may offer what.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from purring.core.calendar import EVERY_DAY, ONE_DAY, Calendar
from purring.core.errors import Refused
from purring.core.money import split

RHYTHMS = ("weekly", "fortnightly", "monthly")
MOST_INSTALMENTS = 60
"""A longer plan is a loan, with laws of its own."""
_WEEKS = {"weekly": 1, "fortnightly": 2}

Instalments = tuple[tuple[date, int], ...]
"""(day, amount), in order of days."""


class Limits(NamedTuple):
    """What a creditor agrees to without a person; `most` of less than 2 means no plans."""

    most: int
    """Instalments at most, the first payment counted."""
    first_percent: int
    """Of the whole, what the first payment is at least."""
    first_within_days: int
    last_within_days: int
    """Calendar days from today to the last payment."""
    smallest: int
    """An instalment is at least this much."""


class Wish(NamedTuple):
    """What a debtor asks for; the sums and days follow from it."""

    number: int
    rhythm: str
    first_on: date
    first: int | None = None
    """The first payment; None: as much as the others."""


def build(total: int, wish: Wish, calendar: Calendar = EVERY_DAY, not_after: date | None = None) -> Instalments:
    """The instalments of a wish: they add up to `total` exactly, and their days rise.

    A month later is the same day of the month, or its last where it has no such day. A day off moves to the next working
    day of `calendar`; where that lies after `not_after`, to the one before. Refuses (`bad_plan`, `bad_amount`) what
    cannot be a plan at all.
    """
    if wish.rhythm not in RHYTHMS:
        raise Refused("bad_plan", f"{wish.rhythm!r} is no rhythm; use one of {', '.join(RHYTHMS)}", field="rhythm")
    if not 1 <= wish.number <= MOST_INSTALMENTS:
        raise Refused("bad_plan", f"a plan has from 1 to {MOST_INSTALMENTS} instalments", field="number")
    first = wish.first if wish.number > 1 else total
    rest = wish.number - 1 if first is not None else wish.number
    if first is not None and not 0 < first <= total - rest:
        raise Refused("bad_amount", "the first payment is more than zero and leaves something to pay", field="first")
    if total < wish.number:
        raise Refused("bad_amount", "there is less to pay than instalments", field="number")
    amounts = [] if first is None else [first]
    if rest:
        amounts += split(total - (first or 0), [1] * rest)
    days: list[date] = []
    for at in range(wish.number):
        day = _moved(_day(wish, at), calendar, not_after)
        while days and day <= days[-1]:
            day = calendar.shift(days[-1] + ONE_DAY)
        days.append(day)
    return tuple(zip(days, amounts, strict=True))


def _day(wish: Wish, at: int) -> date:
    if weeks := _WEEKS.get(wish.rhythm):
        return wish.first_on + timedelta(weeks=weeks * at)
    return months_later(wish.first_on, at)


def months_later(day: date, count: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _moved(day: date, calendar: Calendar, not_after: date | None) -> date:
    later = calendar.shift(day)
    if not_after is None or later <= not_after or day > not_after:
        return later
    while not calendar.is_working(day):
        day -= ONE_DAY
    return day


def beyond(instalments: Instalments, limits: Limits, today: date) -> tuple[str, ...]:
    """Which limits a plan goes beyond: `number`, `first`, `first_on`, `last_on`, `smallest`; nothing when it is inside.

    The last instalment may be smaller than the smallest: it is what is left.
    """
    total = sum(amount for _, amount in instalments)
    found = []
    if len(instalments) > max(limits.most, 1):
        found.append("number")
    if instalments[0][1] * 100 < total * limits.first_percent:
        found.append("first")
    if not today <= instalments[0][0] <= today + timedelta(limits.first_within_days):
        found.append("first_on")
    if instalments[-1][0] > last_day(limits, today):
        found.append("last_on")
    if any(amount < limits.smallest for _, amount in instalments[:-1]):
        found.append("smallest")
    return tuple(found)


def last_day(limits: Limits, today: date) -> date:
    """The last day on which an instalment may fall."""
    return today + timedelta(limits.last_within_days)


def gentlest(
    total: int, limits: Limits, today: date, calendar: Calendar = EVERY_DAY, rhythms: Sequence[str] = RHYTHMS[::-1]
) -> Wish | None:
    """The plan within the limits with the most instalments, of the slowest rhythm that allows at least two; None where
    the limits allow no plan of this sum."""
    for rhythm in rhythms:
        for number in range(min(limits.most, MOST_INSTALMENTS, total), 1, -1):
            first_on = calendar.shift(today + timedelta(min(limits.first_within_days, 7)))
            if first_on > today + timedelta(limits.first_within_days):
                first_on = today
            wish = Wish(number, rhythm, first_on, _least_first(total, number, limits))
            try:
                made = build(total, wish, calendar, last_day(limits, today))
            except Refused:
                continue
            if not beyond(made, limits, today):
                return wish
    return None


def _least_first(total: int, number: int, limits: Limits) -> int | None:
    """The first payment that the limits ask for, where it is more than an even share."""
    least = -(-total * limits.first_percent // 100)
    return least if least > -(-total // number) else None
