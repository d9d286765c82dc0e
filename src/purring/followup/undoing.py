# SPDX-License-Identifier: AGPL-3.0-or-later
"""Undoing what a person did this morning, for as long as nothing has left: the journal entry of the act says what it was.

Nothing is rolled back blindly: what was skipped or held is decided once more from the facts of now, and is put back as it
was (own words and approval included) only where that says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from purring.core.errors import Refused
from purring.facts.agreements.actions import release_one_hold
from purring.facts.agreements.models import Hold
from purring.facts.customers.actions import touch
from purring.facts.journal.actions import record_many, write
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import Organization
from purring.followup.accounts import load_accounts
from purring.followup.intentions import NewItem, make_items
from purring.followup.models import WAITING, Reminder, ReminderItem, State, Task
from purring.followup.morning import bring_back, lock_accounts
from purring.kit.batches import insert_rows
from purring.kit.tenancy import reach


class Undone(NamedTuple):
    """How many were taken back, and of how many it was too late or had been done already; the messages that wait again."""

    number: int
    missed: int = 0
    reminders: tuple[int, ...] = ()


class _Undo(NamedTuple):
    """Who undoes which act, and when."""

    organization: Organization
    entry: Entry
    now: datetime
    actor: str

    @property
    def ids(self) -> list[int]:
        data = self.entry.data
        return list(data["reminders"]) if "reminders" in data else [data["reminder"]]

    def told(self, kind: str, rows: Sequence[Reminder]) -> None:
        lines = [(row.customer_id, None, {"reminder": row.pk}) for row in rows]
        record_many(self.organization.pk, kind, lines, at=self.now, actor=self.actor)


def undo(organization: Organization, entry_id: int, *, now: datetime, actor: str) -> Undone:
    """Take back the act that this entry tells of. Refuses `not_undoable` another kind of act, and one of another day."""
    entry = reach(Entry, organization, pk=entry_id)
    way = WAYS.get(entry.kind)
    if way is None or not entry.actor.startswith("user:"):
        raise Refused("not_undoable", "this cannot be taken back here")
    if organization.today(entry.at) != organization.today(now):
        raise Refused("not_undoable", "that was on another day; it cannot be taken back here any more")
    with transaction.atomic():
        return way(_Undo(organization, entry, now, actor))


def _approval(one: _Undo) -> Undone:
    """The yes is taken back where it still stands as it was given. Whoever has it in hand may not let it go."""
    rows = _waiting(one).filter(approved_at=one.entry.at)
    found = list(rows)
    keys = [row.pk for row in found]
    Reminder.objects.of(one.organization).filter(id__any_of=keys).update(
        approved_at=None, approved_by=None, lease="", lease_until=None
    )
    if one.organization.first_day_approved_at == one.entry.at:
        one.organization.first_day_approved_at = None
        one.organization.save(update_fields=["first_day_approved_at"])
        write(one.organization.pk, "first_day.taken_back", at=one.now, actor=one.actor)
    if keys:
        write(one.organization.pk, "reminders.approval_taken_back", at=one.now, actor=one.actor, reminders=keys)
    return Undone(len(keys), len(one.ids) - len(keys), tuple(keys))


def _skip(one: _Undo) -> Undone:
    back = _restored(one, State.SKIPPED)
    return Undone(len(back), len(one.ids) - len(back), tuple(back))


def _hold(one: _Undo) -> Undone:
    """These holds and no others; what was withdrawn because of them waits again."""
    placed = Hold.objects.of(one.organization).filter(id__any_of=one.entry.data["holds"])
    held = list(placed.select_related("customer").order_by("customer_id"))
    lock_accounts(one.organization, [hold.customer_id for hold in held])
    released = [release_one_hold(hold, now=one.now, actor=one.actor) for hold in held]
    back = _restored(one, State.WITHDRAWN)
    return Undone(max(len(back), sum(released)), len(one.ids) - len(back), tuple(back))


def _hurry(one: _Undo) -> Undone:
    row = _waiting(one).first()
    data = one.entry.data
    if row is None or (not row.any_hour and row.send_after == datetime.fromisoformat(data["was"])):
        return Undone(0, 1)
    row.send_after, row.any_hour, row.lease, row.lease_until = datetime.fromisoformat(data["was"]), False, "", None
    if data["approved"] and row.approved_at == one.entry.at:
        row.approved_at = row.approved_by = None
    row.save(update_fields=["send_after", "any_hour", "lease", "lease_until", "approved_at", "approved_by"])
    one.told("reminder.unhurried", [row])
    return Undone(1, 0, (row.pk,))


def _put_off(one: _Undo) -> Undone:
    back = bring_back(
        one.organization,
        one.entry.data["subject"],
        customer_id=one.entry.customer_id,
        now=one.now,
        actor=one.actor,
        at=one.entry.at,
    )
    return Undone(int(back), int(not back))


def _task(one: _Undo) -> Undone:
    rows = Task.objects.of(one.organization).filter(pk=one.entry.data["task"], done_at=one.entry.at)
    task = rows.first()
    if task is None:
        return Undone(0, 1)
    if task.customer_id:
        touch(one.organization.pk, [task.customer_id])
    rows.update(done_at=None, done_by=None)
    write(
        one.organization.pk,
        "task.reopened",
        at=one.now,
        actor=one.actor,
        customer_id=task.customer_id,
        task=task.pk,
        code=task.code,
    )
    return Undone(1)


WAYS: dict[str, Callable[[_Undo], Undone]] = {
    "reminders.approved": _approval,
    "reminders.skipped": _skip,
    "holds.placed": _hold,
    "reminder.hurried": _hurry,
    "need.put_off": _put_off,
    "task.done": _task,
}
"""Acts that can be undone, by the kind of their entry."""


def _waiting(one: _Undo) -> QuerySet[Reminder]:
    rows = Reminder.objects.of(one.organization).filter(id__any_of=one.ids, state__in=WAITING)
    return rows.order_by("id").select_for_update()


def _restored(one: _Undo, state: State) -> list[int]:
    """What this act ended waits again, where today's decision is still the same; elsewhere the next round decides."""
    today = one.organization.today(one.now)
    ended = Reminder.objects.of(one.organization).filter(
        id__any_of=one.ids, state=state, ended_at=one.entry.at, on=today
    )
    customer_ids = set(ended.values_list("customer_id", flat=True))
    if not customer_ids:
        return []
    lock_accounts(one.organization, customer_ids)
    loaded = load_accounts(one.organization, customer_ids, today)
    back: list[Reminder] = []
    items: list[tuple[int, NewItem]] = []
    for row in ended.order_by("id").select_for_update():
        if not row.is_notice:
            account = loaded[row.customer_id]
            contact = account.decide(today).contact
            same = contact and (contact.stage, contact.channel, contact.currency, contact.asked) == (
                row.stage,
                row.channel,
                row.currency,
                row.asked,
            )
            if contact and not same:  # the next round makes today's anew
                row.state = State.WITHDRAWN
                row.save(update_fields=["state"])
            if not contact or not same:
                continue
            items += [(row.pk, item) for item in make_items(one.organization, account, contact)]
        back.append(row)
    keys = [row.pk for row in back]
    Reminder.objects.of(one.organization).filter(id__any_of=keys).update(
        state=State.PLANNED, ended_at=None, detail="", lease="", lease_until=None
    )
    insert_rows(ReminderItem, ("reminder", *NewItem._fields), [(key, *item) for key, item in items])
    one.told("reminder.restored", back)
    touch(one.organization.pk, customer_ids)
    return keys
