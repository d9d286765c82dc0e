# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes out today: messages that wait, those of one customer together, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from purring.doors.desk.desk import Desk
from purring.doors.desk.money import Total
from purring.doors.desk.paging import page_of
from purring.followup.approvals import waiting
from purring.followup.models import GONE, WAITING, Reminder, ReminderItem
from purring.kit.together import Question, together

SHOWN = 40
"""Customers on one page; the rest is counted, and chosen with them if a person wants."""


class Going(NamedTuple):
    """A message that waits. `joined`: the one above is to the same customer."""

    reminder: Reminder
    invoices: list[tuple[int, str]]
    """Id and number."""
    joined: bool


class Totals(NamedTuple):
    """What some messages come to."""

    messages: int
    customers: int
    amounts: list[Total]


class Day(NamedTuple):
    """The state of the day's messages."""

    going: Totals
    gone: int
    newest: int
    """The newest that waits: what comes later was not on the page."""


def page(desk: Desk, after: str = "") -> tuple[list[Going], str]:
    """A page of what waits today in the order in which it leaves, all of a customer at their first; and the next key."""
    mine = waiting(desk.organization, desk.today)
    sooner = Q(send_after__lt=OuterRef("send_after")) | Q(send_after=OuterRef("send_after"), pk__lt=OuterRef("pk"))
    earlier = Reminder.objects.of(desk.organization).filter(
        sooner, customer=OuterRef("customer"), on=desk.today, state__in=WAITING
    )
    firsts = mine.filter(~Exists(earlier)).select_related("customer")
    found, more = page_of(firsts, ("send_after", "id"), after, SHOWN, datetime.fromisoformat)
    return _with_the_others(desk, found), more


def rows_of(desk: Desk, ids: Sequence[int]) -> list[Going]:
    """These messages, as rows of the page."""
    rows = Reminder.objects.of(desk.organization).filter(pk__in=ids, state__in=WAITING).select_related("customer")
    return _with_invoices(desk, [(row, False) for row in rows.order_by("send_after", "id")])


def _with_the_others(desk: Desk, firsts: Sequence[Reminder]) -> list[Going]:
    if not firsts:
        return []
    others: dict[int, list[Reminder]] = defaultdict(list)
    rows = waiting(desk.organization, desk.today).filter(customer_id__in=[row.customer_id for row in firsts])
    for row in rows.exclude(pk__in=[row.pk for row in firsts]):
        others[row.customer_id].append(row)
    shown: list[tuple[Reminder, bool]] = []
    for first in firsts:
        shown.append((first, False))
        for row in others[first.customer_id]:
            row.customer = first.customer
            shown.append((row, True))
    return _with_invoices(desk, shown)


def _with_invoices(desk: Desk, shown: Sequence[tuple[Reminder, bool]]) -> list[Going]:
    ids = [row.pk for row, _ in shown]
    items = ReminderItem.objects.of(desk.organization).filter(reminder_id__in=ids, amount__gt=0).order_by("id")
    asked = Reminder.objects.of(desk.organization).filter(pk__in=ids).exclude(request=None)
    counted, requests = together(
        Question(items, "reminder_id", "invoice_id", "invoice__number"),
        Question(asked, "id", "request_id", "request__number"),
    )
    invoices: dict[int, dict[int, str]] = defaultdict(dict)
    for reminder_id, invoice_id, number in [*counted, *requests]:
        invoices[reminder_id][invoice_id] = number
    return [Going(row, list(invoices[row.pk].items()), joined) for row, joined in shown]


def day(desk: Desk) -> Day:
    """The day in figures."""
    rows = Reminder.objects.of(desk.organization).filter(on=desk.today).order_by()
    here = Q(state__in=WAITING)
    found = rows.values_list("currency", "customer_id").annotate(
        count=Count("id", filter=here),
        sum=Sum("asked", filter=here),
        gone=Count("id", filter=Q(state__in=GONE) & ~Q(channel="phone")),
        newest=Max("id", filter=here),
    )
    parts = list(found)
    newest = max((part[5] or 0 for part in parts), default=0)
    return Day(_added(part[:4] for part in parts if part[2]), sum(part[4] for part in parts), newest)


def totals(rows: QuerySet[Reminder]) -> Totals:
    """What these messages come to."""
    found = rows.order_by().values_list("currency", "customer_id")
    return _added(found.annotate(count=Count("id"), sum=Sum("asked")))


def _added(parts: Iterable[tuple[str, int, int, int]]) -> Totals:
    """Currency, customer, messages, amount: a customer may be in several currencies, and is one all the same."""
    customers: set[int] = set()
    amounts: dict[str, int] = defaultdict(int)
    messages = 0
    for currency, customer_id, count, asked in parts:
        customers.add(customer_id)
        amounts[currency] += asked
        messages += count
    sums = sorted((Total(amount, currency) for currency, amount in amounts.items() if amount), reverse=True)
    return Totals(messages, len(customers), sums)


def chosen(desk: Desk, ids: Sequence[int], newest: int) -> QuerySet[Reminder]:
    """What of the chosen messages still waits; `newest` above zero: all of today up to that one."""
    rows = waiting(desk.organization, desk.today)
    return rows.filter(pk__lte=newest) if newest else rows.filter(pk__in=list(ids))
