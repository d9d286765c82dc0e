# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days sales outstanding by the count-back method (also called exhaustion method): what was open on a day is covered by the
latest sales, month by month backwards, and the days of these months are counted, the last one by its part.

It needs no average and no season distorts it. Sales are what was invoiced, with tax, as what is open is too. Both come from
the rows by day, so that a month long past is told as it stood then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from purring.facts.invoices.models import Closure, CreditNote, Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Allocation

MOST_MONTHS = 36
"""Further back no sales are looked for: what is still open then is older than three years."""
Days = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Point:
    """How long it took on a day. `days` is None while there were no sales to cover what was open."""

    on: date
    open: int
    days: int | None


def trend(organization: Organization, currency: str, today: date, months: int = 12) -> list[Point]:
    """The ends of the last full months and today, the oldest first; none from before the first invoice. Two queries."""
    sales = dict(_by_day(Invoice.objects.of(organization).filter(currency=currency), "issued"))
    if not sales:
        return []
    paid = _by_day(Allocation.objects.of(organization).filter(payment__currency=currency), "on")
    mine: dict[str, Any] = {"invoice__currency": currency}
    credited = _by_day(CreditNote.objects.of(organization).filter(**mine, cancelled_at=None), "issued")
    closed = _by_day(Closure.objects.of(organization).filter(**mine, undone_at=None), "on")
    lowered: dict[date, int] = {}
    for day, amount in paid.union(credited, closed, all=True):
        lowered[day] = lowered.get(day, 0) + amount
    first = min(sales)
    ends = [end for end in [*_month_ends(today, months), today] if end >= first]
    return [Point(end, open_, count_back(open_, sales, end)) for end in ends for open_ in [_open(end, sales, lowered)]]


def count_back(open_: int, sales: Days, on: date) -> int | None:
    """Days of sales, back from a day, that come to what is open."""
    if open_ <= 0:
        return 0
    by_month: dict[tuple[int, int], int] = {}
    for day, amount in sales.items():
        if day <= on:
            by_month[day.year, day.month] = by_month.get((day.year, day.month), 0) + amount
    left, days, end = open_, 0, on
    for _ in range(MOST_MONTHS):
        sold, length = by_month.get((end.year, end.month), 0), end.day
        if sold >= left:
            return days + round(length * left / sold)
        left, days, end = left - sold, days + length, end - timedelta(length)
    return None


def _open(on: date, sales: Days, lowered: Days) -> int:
    """What was open at the end of a day."""
    asked = sum(amount for day, amount in sales.items() if day <= on)
    return asked - sum(amount for day, amount in lowered.items() if day <= on)


def _by_day(rows: QuerySet[Any], field: str) -> Any:
    """(day, sum of it), day by day."""
    return rows.order_by().values_list(field).annotate(sum=Sum("amount"))


def _month_ends(today: date, months: int) -> list[date]:
    ends: list[date] = []
    end = today.replace(day=1) - timedelta(1)
    for _ in range(months):
        ends.insert(0, end)
        end = end.replace(day=1) - timedelta(1)
    return ends
