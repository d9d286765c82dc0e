# SPDX-License-Identifier: AGPL-3.0-or-later
"""Approving, editing and skipping what waits, before it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.actions import approve_first_day
from purring.facts.organizations.models import Organization
from purring.followup import courtesy
from purring.followup.models import WAITING, Reminder, State


def waiting(organization: Organization, on: date | None = None) -> QuerySet[Reminder]:
    """Intentions that have not left yet, in the order in which they will."""
    rows = Reminder.objects.of(organization).filter(state__in=WAITING)
    return (rows.filter(on=on) if on else rows).order_by("send_after", "id")


def needs_approval(organization: Organization) -> bool:
    """True while nothing may leave without a person's yes: before the first day, or every day by choice."""
    return organization.first_day_approved_at is None or organization.approves_each_day


@transaction.atomic
def approve(
    organization: Organization,
    *,
    now: datetime,
    actor: str,
    on: date | None = None,
    reminder_ids: Iterable[int] | None = None,
    user_id: int | None = None,
) -> int:
    """Let what waits leave: all of a day (default: every day), or the ones named. How many were approved now.

    Approving everything is also the yes to the first day (R23), even when nothing waits yet.
    """
    rows = waiting(organization, on).filter(approved_at=None)
    if reminder_ids is not None:
        rows = rows.filter(id__in=list(reminder_ids))
    ids = list(rows.values_list("id", flat=True))
    Reminder.objects.of(organization).filter(id__in=ids).update(approved_at=now, approved_by_id=user_id)
    if ids:
        write(organization.pk, "reminders.approved", at=now, actor=actor, reminders=ids)
    if reminder_ids is None:
        approve_first_day(organization, now=now, actor=actor)
    return len(ids)


def _mine(reminder: Reminder) -> Reminder:
    row = Reminder.objects.of(reminder.organization_id).select_for_update().get(pk=reminder.pk)
    if row.state not in WAITING:
        raise Refused("not_waiting", f"this message is {row.get_state_display()} and cannot be changed any more")
    return row


@transaction.atomic
def skip(reminder: Reminder, *, now: datetime, actor: str) -> None:
    """Not today: the stage counts as not said, and the next day decides afresh."""
    row = _mine(reminder)
    row.items.all().delete()
    row.state, row.ended_at, row.lease, row.lease_until = State.SKIPPED, now, "", None
    row.save(update_fields=["state", "ended_at", "lease", "lease_until"])
    write(row.organization_id, "reminder.skipped", at=now, actor=actor, customer_id=row.customer_id, reminder=row.pk)


@transaction.atomic
def edit(reminder: Reminder, subject: str, text: str, *, now: datetime, actor: str, overrule: bool = False) -> None:
    """A person's own words for this one message. They leave only if what is asked stays the same. Words that may hurt are refused (`unkind`, with the findings), unless the person says that they
    shall leave all the same: then the journal keeps in spite of what."""
    row = _mine(reminder)
    subject, text = subject.strip(), text.replace("\r\n", "\n").strip()
    if not text or "\n" in subject or len(subject) > 300 or len(text) > 20_000:
        raise Refused("bad_text", "a message needs text, and a subject of one line", field="text")
    grave = courtesy.blocking(courtesy.judge(row, subject, text))
    if grave and not overrule:
        raise courtesy.refused(grave)
    row.own_subject, row.own_text = subject, text
    row.lease, row.lease_until = "", None  # a worker that holds it has the old words: it may not let them go
    row.save(update_fields=["own_subject", "own_text", "lease", "lease_until"])
    data: dict[str, Any] = {"reminder": row.pk}
    if grave:
        data["overruled"] = [[one.code, one.field, one.start, one.end] for one in grave]
    write(
        row.organization_id,
        courtesy.EDITED,
        at=now,
        actor=actor,
        customer_id=row.customer_id,
        text=text,
        **data,
    )
