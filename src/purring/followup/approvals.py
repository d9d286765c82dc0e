# SPDX-License-Identifier: AGPL-3.0-or-later
"""Approving, editing and skipping what waits, before it leaves; and which messages wait for a person's yes at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.core import get_global
from django.db import transaction
from django.db.models import Q, QuerySet

from purring.core.errors import Refused
from purring.core.money import exponent, threshold_minor
from purring.facts.journal.actions import write
from purring.facts.organizations.actions import approve_first_day
from purring.facts.organizations.models import Membership, Organization, Role
from purring.followup import courtesy
from purring.followup.models import WAITING, Reminder


def waiting(organization: Organization, on: date | None = None) -> QuerySet[Reminder]:
    """Intentions that have not left yet, in the order in which they will."""
    rows = Reminder.objects.of(organization).filter(state__among=WAITING)
    return (rows.filter(on=on) if on else rows).order_by("send_after", "id")


GRAVE = ("firm", "final")
"""Stages that a rule can ask a person's yes for."""
APPROVERS: dict[str, frozenset[str]] = {
    Role.COLLECTOR: frozenset((Role.COLLECTOR, Role.ACCOUNTANT, Role.OWNER)),
    Role.ACCOUNTANT: frozenset((Role.ACCOUNTANT, Role.OWNER)),
    Role.OWNER: frozenset((Role.OWNER,)),
}
"""Roles that may give the yes, by `Organization.approver`."""


def may_approve(organization: Organization, role: str) -> bool:
    """Whether a person of this role may let messages leave that wait for a yes."""
    return role in APPROVERS.get(organization.approver, APPROVERS[Role.OWNER])


def needs_approval(organization: Organization) -> bool:
    """True while there are messages that may not leave without a person's yes: before the first day, or by rule."""
    return asking(organization) is not None


def asking(organization: Organization) -> Q | None:
    """Which messages wait for a person's yes, as a condition on reminders; None: none does. A thank-you never does, once the
    first day is approved."""
    if organization.first_day_approved_at is None:
        return Q(pk__isnull=False)
    if organization.approves_each_day:
        return Q(payment=None)
    rules = Q(stage__in=GRAVE) if organization.approves_firm else None
    if organization.approves_above:
        above = _above(organization.approves_above)
        rules = rules | above if rules else above
    return rules


def needs_yes(organization: Organization, stage: str, asked: int, currency: str, *, thanks: bool = False) -> bool:
    """The same for one message, by what it is."""
    if organization.first_day_approved_at is None:
        return True
    if thanks:
        return False
    if organization.approves_each_day or (organization.approves_firm and stage in GRAVE):
        return True
    above = organization.approves_above
    return bool(above) and asked > threshold_minor(above, currency)


def to_approve(organization: Organization, on: date | None = None) -> QuerySet[Reminder]:
    """What waits for a person's yes and has none yet, in the order in which it will leave."""
    rules = asking(organization)
    rows = waiting(organization, on).filter(approved_at=None)
    return rows.filter(rules) if rules is not None else rows.none()


def _above(major: str) -> Q:
    """Asks for more than this, whatever the decimals of its currency."""
    found = Q(asked__gt=threshold_minor(major, "EUR"))
    for currencies in _other_decimals():
        found &= ~Q(currency__in=currencies)
    for currencies in _other_decimals():
        found |= Q(asked__gt=threshold_minor(major, currencies[0]), currency__in=currencies)
    return found


@lru_cache(1)
def _other_decimals() -> tuple[tuple[str, ...], ...]:
    """Currencies that have not two decimals, by how many they have."""
    by_places: dict[int, list[str]] = {}
    for code in sorted(get_global("all_currencies")):
        if (places := exponent(code)) != exponent("EUR"):
            by_places.setdefault(places, []).append(code)
    return tuple(tuple(codes) for codes in by_places.values())


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

    Approving everything is also the yes to the first day (R23), even when nothing waits yet. Refuses (`not_approver`) a
    person whose role may not give the yes here.
    """
    if user_id is not None:
        mine = Membership.objects.of(organization).filter(user_id=user_id).values_list("role", flat=True)
        if not any(may_approve(organization, role) for role in mine):
            raise Refused("not_approver", "somebody else here gives the yes to messages")
    rows = waiting(organization, on).filter(approved_at=None).select_for_update(of=("self",))
    if reminder_ids is not None:
        rows = rows.filter(id__any_of=list(reminder_ids))
    ids = list(rows.values_list("id", flat=True))
    Reminder.objects.of(organization).filter(id__any_of=ids).update(approved_at=now, approved_by_id=user_id)
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


@transaction.atomic
def take_back_words(reminder: Reminder, *, now: datetime, actor: str) -> bool:
    """It leaves in the usual words again; False when it does anyway."""
    row = _mine(reminder)
    if not row.own_text:
        return False
    row.own_subject = row.own_text = ""
    row.lease, row.lease_until = "", None  # a worker that holds it has the old words: it may not let them go
    row.save(update_fields=["own_subject", "own_text", "lease", "lease_until"])
    write(row.organization_id, "reminder.unedited", at=now, actor=actor, customer_id=row.customer_id, reminder=row.pk)
    return True
