# SPDX-License-Identifier: Apache-2.0
"""What is in question, and which stage has come: rules 2 (in question), 3 (ladder), 4 (days) and 9 (the end).

An item is what is asked for by itself: an invoice, or one instalment of a plan.
"""

from __future__ import annotations

from datetime import date, timedelta

from purring.core.answers import NOT_DUE, Answer, Wanted
from purring.core.calendar import ONE_DAY, Calendar
from purring.core.facts import Account, Invoice
from purring.core.schedule import RANK, Schedule, Step


class Item:
    """Something that is asked for by itself: an invoice, or one instalment of a plan."""

    __slots__ = (
        "ask", "counted", "currency", "due", "generation", "instalment", "invoices", "issued",
        "known_on", "order", "plan", "schedule", "start", "step", "subject", "when",
    )  # fmt: skip

    def __init__(self, invoice: Invoice, order: int, ask: int, schedule: Schedule) -> None:
        self.invoices: tuple[str, ...] = (invoice.ref,)
        self.subject = f"{invoice.ref}#{invoice.generation}"
        self.plan: str | None = None
        self.instalment: int | None = None
        self.due = invoice.due
        self.start = invoice.counts_from or invoice.due
        self.issued = invoice.issued
        self.known_on = invoice.known_on
        self.order = order
        self.ask = ask
        self.currency = invoice.currency
        self.counted = invoice.counted
        self.schedule = invoice.schedule or schedule
        self.step: Step | None = None
        self.when = invoice.due

    def key(self) -> tuple[date, date, int]:
        return (self.due, self.issued, self.order)


def by_currency(items: list[Item]) -> list[list[Item]]:
    if not items:
        return []
    first = items[0].currency
    if all(item.currency == first for item in items):
        return [items]
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.currency, []).append(item)
    return list(groups.values())


def candidate(
    group: list[Item],
    calendar: Calendar,
    today: date,
    answers: dict[str, Answer],
    tasks: list[Wanted],
    later: list[date],
    account: Account,
) -> tuple[tuple[date, date, int], list[Item], Item, bool] | None:
    """The contact this currency asks for today: sort key, what it carries, the oldest, and whether the day is quiet."""
    in_question: list[Item] = []
    oldest: Item | None = None
    for item in group:
        if item.due >= today:
            later.append(item.due + ONE_DAY)
        elif _next_overdue(item):
            in_question.append(item)
            if oldest is None or item.key() < oldest.key():
                oldest = item
        elif item.counted:
            _final(item, today, answers, tasks, later, account)
    if oldest is None:
        return _early(group, calendar, today, later)
    if oldest.when > today:
        later.append(oldest.when)
        later.extend(item.start for item in in_question if item.start > today)  # a pay run has its step on that day
        if all(_on_its_due_step(item, calendar, today) for item in in_question):
            return _early(in_question, calendar, today, later)
        return None
    for item in group:  # an invoice due today rides along only when its own step falls today
        later.append(item.due)
        if item.due == today and (step := _early_step(item, calendar, today)) and step.days == 0:
            item.step = step
            in_question.append(item)
    return oldest.key(), in_question, oldest, not calendar.is_working(today)


def _next_overdue(item: Item) -> bool:
    """Set the item's next overdue step and the day it comes; False when it is through its last stage (rule 3)."""
    schedule = item.schedule
    last = item.counted[-1] if item.counted else None
    top = max(RANK[counted.stage] for counted in item.counted) if last else -1
    for step in schedule.overdue:
        if RANK[step.stage] > top:
            item.step = step
            item.when = item.start + timedelta(step.days)
            if last and last.on >= item.when and (before := schedule.step_of.get(last.stage)):
                item.when = last.on + timedelta(step.days - before.days)
            return True
    if last and schedule.repeat_every:
        item.step = schedule.overdue[-1]
        item.when = last.on + timedelta(schedule.repeat_every)
        return True
    return False


def _final(
    item: Item, today: date, answers: dict[str, Answer], tasks: list[Wanted], later: list[date], account: Account
) -> None:
    """Rule 9: through the last stage, and the gap has passed."""
    ends = item.counted[-1].on + timedelta(item.schedule.gap_days)
    if today < ends:
        later.append(ends)
        return
    for ref in item.invoices:
        if answers[ref] is NOT_DUE:
            answers[ref] = Answer("final_reached", {"on": item.counted[-1].on, "stage": item.counted[-1].stage})
    if ("final_reached", item.subject) not in account.raised:
        tasks.append(Wanted("final_reached", item.invoices, (item.subject,)))


def _early_step(item: Item, calendar: Calendar, today: date) -> Step | None:
    """The step before or on the due date that would go today but for a quiet day (rules 3 and 4)."""
    schedule = item.schedule
    if not schedule.early:
        return None
    top = max((RANK[counted.stage] for counted in item.counted), default=-1)
    for step in schedule.early:
        day = item.start + timedelta(step.days)
        if day > today:
            return None
        if RANK[step.stage] <= top or day < item.known_on:
            continue
        shifted = calendar.shift(day)
        if shifted < today or (step.days < 0 and shifted >= item.start):
            continue
        return step
    return None


def _on_its_due_step(item: Item, calendar: Calendar, today: date) -> bool:
    """True for an invoice past due whose step on the due date was moved by a weekend or holiday, to today or later.

    It does not stand in its own way: the step goes out on the day it moved to, unless something else is in question.
    """
    step = _early_step(item, calendar, today)
    return step is not None and step.days == 0


def _early(
    group: list[Item], calendar: Calendar, today: date, later: list[date]
) -> tuple[tuple[date, date, int], list[Item], Item, bool] | None:
    carried: list[Item] = []
    oldest: Item | None = None
    for item in group:
        step = _early_step(item, calendar, today)
        if step:
            item.step = step
            carried.append(item)
            if oldest is None or item.key() < oldest.key():
                oldest = item
        for coming in item.schedule.early:
            day = item.start + timedelta(coming.days)
            if day > today:
                later.append(day)
                break
    if oldest is None:
        return None
    return oldest.key(), carried, oldest, not calendar.is_working(today)
