# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person does in the morning with messages that wait, one or many at once. Each act names the journal entry by which
it can be undone (`undoing`) for as long as nothing has left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from purring.core.errors import Refused
from purring.facts.agreements.actions import hold
from purring.facts.agreements.models import Hold
from purring.facts.customers.models import Customer
from purring.facts.journal.actions import record_many, write
from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import approve_first_day
from purring.facts.organizations.models import Organization
from purring.followup.accounts import load_accounts
from purring.followup.approvals import approve, needs_yes
from purring.followup.hours import may_begin
from purring.followup.intentions import withdraw
from purring.followup.models import WAITING, PutOff, Reminder, ReminderItem, State
from purring.kit.zones import zone_of


class Done(NamedTuple):
    """What an act did: to how many messages and customers, how many of those named did not wait for it any more, and the
    entry by which it is undone."""

    number: int
    customers: int = 0
    missed: int = 0
    entry: int | None = None


@transaction.atomic
def approve_many(
    organization: Organization,
    ids: Sequence[int],
    *,
    now: datetime,
    actor: str,
    user_id: int | None,
    first: bool = False,
) -> Done:
    """Yes to these messages; `first`: it is also the yes to the first day (R23)."""
    count = approve(organization, now=now, actor=actor, reminder_ids=ids, user_id=user_id)
    entry = _last(organization, "reminders.approved", now, actor) if count else None
    if first:
        approve_first_day(organization, now=now, actor=actor)
    customers = _customers(organization, entry.data["reminders"]) if entry else 0
    return Done(count, customers, len(ids) - count, entry.pk if entry else None)


@transaction.atomic
def skip_many(organization: Organization, ids: Sequence[int], *, now: datetime, actor: str) -> Done:
    """Not today: their stages count as not said, and the next day decides afresh."""
    rows = _locked(organization, ids)
    if not rows:
        return Done(0, missed=len(ids))
    found = [row.pk for row in rows]
    ReminderItem.objects.of(organization).filter(reminder_id__any_of=found).delete()
    Reminder.objects.of(organization).filter(id__any_of=found).update(
        state=State.SKIPPED, ended_at=now, lease="", lease_until=None
    )
    told = [(row.customer_id, None, {"reminder": row.pk}) for row in rows]
    record_many(organization.pk, "reminder.skipped", told, at=now, actor=actor)
    entry = write(organization.pk, "reminders.skipped", at=now, actor=actor, reminders=found)
    return Done(len(found), len({row.customer_id for row in rows}), len(ids) - len(found), entry.pk)


@transaction.atomic
def hold_many(organization: Organization, ids: Sequence[int], *, on: date, now: datetime, actor: str) -> Done:
    """Their customers are on hold until a person releases them, and what waited for them is withdrawn."""
    customer_ids = set(
        Reminder.objects.of(organization).filter(id__any_of=list(ids)).values_list("customer_id", flat=True)
    )
    customers = lock_accounts(organization, customer_ids)
    rows = [row for row in _locked(organization, ids) if row.payment_id is None]
    held = Hold.objects.of(organization).filter(
        customer_id__any_of=list(customer_ids), released_at=None, invoice=None, exclusion=False
    )
    already = set(held.values_list("customer_id", flat=True))
    fresh = {row.customer_id for row in rows} - already
    placed = [hold(customers[key], on=on, now=now, actor=actor).pk for key in sorted(fresh)]
    for row in rows:
        withdraw(row, "a person put the customer on hold", now, actor)
    if not rows:
        return Done(0, missed=len(ids))
    found = [row.pk for row in rows]
    entry = write(organization.pk, "holds.placed", at=now, actor=actor, holds=placed, reminders=found)
    return Done(len(found), len({row.customer_id for row in rows}), len(ids) - len(found), entry.pk)


class Leaving(NamedTuple):
    """When a message leaves that a person wants gone, and the entry by which that is undone."""

    at: datetime
    entry: int


@transaction.atomic
def send_now(reminder: Reminder, *, any_hour: bool, now: datetime, actor: str, user_id: int | None) -> Leaving:
    """Let it leave with the next round instead of at its hour: approved, and still decided, worded and checked as every one.

    Before the sending hours it leaves when they begin. `any_hour` gives up the sending hours for this one message, never
    those of the law. Refuses `too_late` when none of today's hours is left.
    """
    organization = reminder.organization
    lock_accounts(organization, [reminder.customer_id])
    rows = _locked(organization, [reminder.pk])
    if not rows:
        raise Refused("not_waiting", "this message does not wait any more")
    row = rows[0]
    today = organization.today(now)
    if row.on != today:
        raise Refused("another_day", "this message was decided for another day")
    one = load_accounts(organization, [row.customer_id], today)[row.customer_id]
    zone = zone_of(one.customer.timezone, one.customer.country, organization.timezone)
    hours = (organization.sending_from, organization.sending_until)
    at = may_begin(now, today, zone, None if any_hour else hours, one.law.hours(row.channel, today))
    if at is None:
        raise Refused("too_late", "the hours in which they may be written to are over for today")
    thanks = row.payment_id is not None
    approves = row.approved_at is None and needs_yes(organization, row.stage, row.asked, row.currency, thanks=thanks)
    if approves:
        approve(organization, now=now, actor=actor, reminder_ids=[row.pk], user_id=user_id)
    data: dict[str, Any] = {"was": row.send_after.isoformat(), "any_hour": any_hour, "approved": approves}
    row.send_after, row.any_hour = at, any_hour
    row.save(update_fields=["send_after", "any_hour"])
    entry = write(
        row.organization_id,
        "reminder.hurried",
        at=now,
        actor=actor,
        customer_id=row.customer_id,
        reminder=row.pk,
        **data,
    )
    return Leaving(at, entry.pk)


@transaction.atomic
def put_off(
    organization: Organization,
    subject: str,
    until: date,
    *,
    customer_id: int | None,
    now: datetime,
    actor: str,
    user_id: int,
) -> int:
    """Something that needs a person waits until a day, and is then back by itself. Refuses a day that is not ahead. The
    entry by which it is undone."""
    if until <= organization.today(now):
        raise Refused("bad_date", "it can wait until tomorrow or a later day", field="until")
    PutOff.objects.of(organization).update_or_create(
        organization=organization, subject=subject, defaults={"until": until, "at": now, "by_id": user_id}
    )
    entry = write(
        organization.pk,
        "need.put_off",
        at=now,
        actor=actor,
        customer_id=customer_id,
        subject=subject,
        until=until.isoformat(),
    )
    return entry.pk


@transaction.atomic
def bring_back(
    organization: Organization,
    subject: str,
    *,
    customer_id: int | None,
    now: datetime,
    actor: str,
    at: datetime | None = None,
) -> bool:
    """It needs a person again now; `at`: only if it was put off at that moment. False when it does already."""
    rows = PutOff.objects.of(organization).filter(subject=subject)
    gone, _ = (rows.filter(at=at) if at else rows).delete()
    if gone:
        write(organization.pk, "need.back", at=now, actor=actor, customer_id=customer_id, subject=subject)
    return bool(gone)


def lock_accounts(organization: Organization, ids: Iterable[int]) -> dict[int, Customer]:
    """The accounts, locked in the order in which every round does it: two that lock in different orders would wait for
    each other."""
    rows = Customer.objects.of(organization).filter(id__any_of=list(ids)).order_by("id").select_for_update()
    return {row.pk: row for row in rows}


def _locked(organization: Organization, ids: Sequence[int]) -> list[Reminder]:
    """Those of the messages that still wait, locked."""
    rows = Reminder.objects.of(organization).filter(id__any_of=list(ids), state__in=WAITING)
    return list(rows.order_by("id").select_for_update())


def _customers(organization: Organization, ids: Sequence[int]) -> int:
    rows: QuerySet[Reminder] = Reminder.objects.of(organization).filter(id__any_of=list(ids))
    return rows.values("customer_id").distinct().count()


def _last(organization: Organization, kind: str, now: datetime, actor: str) -> Entry:
    found = Entry.objects.of(organization).filter(kind=kind, at=now, actor=actor).order_by("-id").first()
    assert found is not None
    return found
