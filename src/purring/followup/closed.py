# SPDX-License-Identifier: AGPL-3.0-or-later
"""When an organization itself rests: closed days of its own, a pause, and how many messages may leave on one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import transaction

from purring.core.calendar import EVERY_DAY, Calendar, ClosedDays, WorkingDays
from purring.core.errors import Refused
from purring.facts.customers.actions import NOW
from purring.facts.customers.models import Customer
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.followup.models import WAITING, Reminder, State

LONGEST = timedelta(days=370)
Times = tuple[tuple[date, date], ...]


def times(organization: Organization) -> Times:
    """First and last day of each time the organization is closed."""
    days = organization.closed_days
    return tuple((date.fromisoformat(one["first"]), date.fromisoformat(one["last"])) for one in days)


@lru_cache(256)
def _around(calendar: WorkingDays, closed: Times) -> ClosedDays:
    return ClosedDays(calendar, closed)


def with_closed(calendar: WorkingDays, closed: Times) -> Calendar:
    """A country's calendar with our own closed days in it."""
    return _around(calendar, closed) if closed else calendar


def closed_on(organization: Organization, day: date) -> date | None:
    """The last of the closed days in a row around this one; None when the organization is not closed on it."""
    if not organization.closed_days:
        return None
    return ClosedDays(EVERY_DAY, times(organization)).closed_until(day)


def paused_on(organization: Organization, day: date) -> date | None:
    """The last day of the pause, when everything is paused on that day."""
    until = organization.paused_until
    return until if until and day <= until else None


def left_today(organization: Organization, on: date) -> int | None:
    """How many messages may still leave on a day; None when there is no limit."""
    if organization.most_a_day is None:
        return None
    return max(organization.most_a_day - gone_on(organization, on), 0)


def gone_on(organization: Organization, on: date) -> int:
    """How many messages left on a day, whatever became of them; calls are none."""
    rows = Reminder.objects.of(organization).filter(on=on, released_at__isnull=False).exclude(channel="phone")
    return rows.exclude(state__in=(*WAITING, State.WITHDRAWN, State.SKIPPED)).count()


@transaction.atomic
def close(organization: Organization, first: date, last: date, why: str, *, now: datetime, actor: str) -> None:
    """Days on which nothing leaves. Refuses (`bad_days`) a time that ends before it begins, is over, or is too long; the
    same time again is nothing."""
    if last < first:
        raise Refused("bad_days", "the last day is before the first", field="last")
    if last < organization.today(now):
        raise Refused("bad_days", "these days are over", field="last")
    if last - first > LONGEST:
        raise Refused("bad_days", "this is more than a year; pause everything instead", field="last")
    row = {"first": first.isoformat(), "last": last.isoformat(), "why": why.strip()[:100]}
    if any((one["first"], one["last"]) == (row["first"], row["last"]) for one in organization.closed_days):
        return
    _keep(organization, [*organization.closed_days, row])
    write(organization.pk, "days.closed", at=now, actor=actor, first=row["first"], last=row["last"], why=row["why"])


@transaction.atomic
def open_again(organization: Organization, first: date, last: date, *, now: datetime, actor: str) -> None:
    """A closed time is taken back; one that is not there is nothing."""
    key = (first.isoformat(), last.isoformat())
    left = [one for one in organization.closed_days if (one["first"], one["last"]) != key]
    if len(left) != len(organization.closed_days):
        _keep(organization, left)
        write(organization.pk, "days.opened", at=now, actor=actor, first=key[0], last=key[1])


def _keep(organization: Organization, rows: Iterable[dict[str, str]]) -> None:
    """Stored in order; and everybody is looked at again, since the next possible day may be another one."""
    organization.closed_days = sorted(rows, key=lambda one: one["first"])
    organization.save(update_fields=["closed_days"])
    Customer.objects.of(organization).update(look_on=NOW)


@transaction.atomic
def pause(organization: Organization, until: date, note: str, *, now: datetime, actor: str) -> None:
    """Nothing leaves until the end of this day. Refuses (`bad_day`) a day that is over. The same again is nothing."""
    if until < organization.today(now):
        raise Refused("bad_day", "this day is over", field="until")
    note = note.strip()[:200]
    if (organization.paused_until, organization.paused_note) == (until, note):
        return
    organization.paused_until, organization.paused_note = until, note
    organization.save(update_fields=["paused_until", "paused_note"])
    write(organization.pk, "sending.paused", at=now, actor=actor, until=until.isoformat(), note=note)


@transaction.atomic
def resume(organization: Organization, *, now: datetime, actor: str) -> bool:
    """Everything goes on; False when nothing was paused. What waited is decided afresh."""
    if organization.paused_until is None:
        return False
    organization.paused_until, organization.paused_note = None, ""
    organization.save(update_fields=["paused_until", "paused_note"])
    write(organization.pk, "sending.resumed", at=now, actor=actor)
    return True
