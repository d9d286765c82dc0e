# SPDX-License-Identifier: AGPL-3.0-or-later
"""The round that plans: which customers are written to today. It stores intentions; nothing leaves here.

A customer is looked at when `look_on` has come: every fact sets it to now, every decision to the first later day on
which the answer could differ. Running it again, twice at once or after an outage changes nothing that is right already.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from purring.core.answers import Decision, Wanted
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal import actions as journal
from purring.facts.organizations.models import Organization
from purring.followup.accounts import Loaded, load_accounts
from purring.followup.intentions import (
    Held,
    NewItem,
    NewReminder,
    Stored,
    first_reason,
    held,
    make_items,
    make_reminder,
    same_contact,
    stored_items,
    withdraw,
)
from purring.followup.models import PLANNING, WAITING, Reminder, ReminderItem, State
from purring.followup.open_charges import follow_open_charges
from purring.followup.schedules import Followed
from purring.followup.tasks import follow_disputes, record_task, record_tasks
from purring.kit.batches import GROWN, Ids, count_anew, insert_rows, sample, without_pauses

BATCH = 1000
YES_HOLDS = timedelta(days=4)
"""An approval given in the evening before a long weekend is still meant on the first working day after it."""

After = tuple[date | None, int]
"""The last customer that was looked at: the day it was due to be, and its id."""


@dataclass
class Planned:
    """What one pass found. `held` is only collected when asked for."""

    decided: int = 0
    reminders: int = 0
    withdrawn: int = 0
    tasks: int = 0
    held: list[Held] = field(default_factory=list)


def plan(
    organization: Organization,
    now: datetime,
    *,
    today: date | None = None,
    batch: int = BATCH,
    everyone: bool = False,
) -> Planned:
    """Plan one organization for its local day. Nothing while it is paused.

    `everyone` decides for every customer with something open, due to be looked at or not, and collects what is held.
    """
    today = today or organization.today(now)
    done = Planned()
    if organization.paused_until and today <= organization.paused_until:
        return done
    followed = Followed(organization)
    after: After = (None, 0)
    counted = 0
    while True:
        with transaction.atomic(), without_pauses():
            found, after = _due(organization, today, after, batch, everyone)
            if found:
                _plan_batch(organization, found, followed, today, now, done, everyone)
        if len(found) < batch:
            break
        if done.reminders >= max(batch, counted * GROWN):
            counted = done.reminders
            _count_anew(counted)
    if done.reminders > counted and done.reminders >= batch:
        _count_anew(done.reminders)
    done.tasks += follow_disputes(organization, today, now)
    done.tasks += follow_open_charges(organization, today, now)
    Organization.objects.filter(pk=organization.pk).update(planned_on=today)
    return done


def _count_anew(stored: int) -> None:
    """While the first round of a large book runs, too: what it stored is asked for again by every batch. On SQLite the
    invoices as well, which an import may have brought a moment ago: PostgreSQL sees how large a table is."""
    sample(Invoice._meta.db_table)
    count_anew(Customer, stored, ("organization", "look_on"))
    count_anew(Reminder, stored, ("organization", "customer", "on", "state", "payment", "message"))
    count_anew(ReminderItem, stored, ("organization", "reminder", "invoice", "instalment"))


def _due(organization: Organization, today: date, after: After, batch: int, everyone: bool) -> tuple[list[int], After]:
    """The next customers to look at, locked; those another worker holds are its own. And where to go on: in the order of
    the index that finds them."""
    rows = Customer.objects.of(organization)
    day, key = after
    if everyone:
        open_invoices = Invoice.objects.of(organization).filter(customer=OuterRef("pk"), settled_on=None)
        rows = rows.filter(Q(look_on__lte=today) | Exists(open_invoices), id__gt=key).order_by("id")
    else:
        rows = rows.filter(look_on__lte=today).order_by("look_on", "id")
        if day:
            rows = rows.filter(Q(look_on__gt=day) | Q(id__gt=key), look_on__gte=day)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    found = list(rows.values_list("look_on", "id")[:batch])
    return [one for _, one in found], (found[-1] if found else after)


def _plan_batch(
    organization: Organization,
    ids: list[int],
    followed: Followed,
    today: date,
    now: datetime,
    done: Planned,
    everyone: bool,
) -> None:
    loaded = load_accounts(organization, ids, today, followed)
    wanted = Ids(ids)
    yeses = _yeses(organization, wanted, today)
    existing = _existing(organization, wanted, today)
    items = stored_items(organization, [there.pk for there in existing.values()]) if existing else {}
    fresh: list[tuple[NewReminder, list[NewItem]]] = []
    tasks: list[tuple[Loaded, Wanted]] = []
    look_on: dict[date | None, list[int]] = defaultdict(list)
    for key in ids:
        one = loaded[key]
        decision = one.decide(today)
        done.decided += 1
        tasks += [(one, wanted) for wanted in decision.tasks]
        if everyone:
            done.held += held(one, decision)
        _settle_one(organization, one, decision, existing.get(key), items, today, now, fresh, done)
        if fresh and fresh[-1][0].customer == key and (yes := yeses.get(key)):
            fresh[-1] = (_with_yes(fresh[-1][0], yes), fresh[-1][1])
        look = decision.look_again_on
        if decision.contact:  # until it has gone (or its day is over) it is looked at again tomorrow
            look = date.fromordinal(today.toordinal() + 1)
        look_on[look].append(key)
    _store(organization, fresh, today, now, done)
    done.tasks += record_tasks(organization, tasks, today, now)
    for day, keys in look_on.items():
        Customer.objects.of(organization).filter(id__any_of=Ids(keys)).update(look_on=day)


def _existing(organization: Organization, ids: Ids, today: date) -> dict[int, Reminder]:
    """Today's reminder per customer; intentions of earlier days are withdrawn, today decides afresh."""
    waiting = Reminder.objects.of(organization).filter(
        customer_id__any_of=ids, payment=None, request=None, note=None, debit=None
    )
    old = list(waiting.filter(on__lt=today, state__in=WAITING).values_list("id", flat=True))
    if old:
        ReminderItem.objects.of(organization).filter(reminder_id__in=old).delete()
        Reminder.objects.of(organization).filter(id__in=old).update(
            state=State.WITHDRAWN, detail="its day passed; decided afresh"
        )
    return {reminder.customer_id: reminder for reminder in waiting.filter(on=today)}


class Yes(NamedTuple):
    """A person's approval of a message that could not leave in its hours."""

    stage: str
    channel: str
    currency: str
    asked: int
    approved_at: datetime
    approved_by: int | None


def _yeses(organization: Organization, ids: Ids, today: date) -> dict[int, Yes]:
    """Approvals of the last days that came too late in the day: they hold for the same message on the next one."""
    rows = Reminder.objects.of(organization).filter(
        customer_id__any_of=ids,
        on__lt=today,
        on__gte=today - YES_HOLDS,
        state__in=(*WAITING, State.WITHDRAWN),
        payment=None,
        request=None,
        note=None,
        debit=None,
        own_text="",
    )
    fields = ("customer_id", *Yes._fields)
    return {key: Yes(*rest) for key, *rest in rows.exclude(approved_at=None).order_by("on").values_list(*fields)}


def _settle_one(
    organization: Organization,
    one: Loaded,
    decision: Decision,
    there: Reminder | None,
    items: dict[int, list[Stored]],
    today: date,
    now: datetime,
    fresh: list[tuple[NewReminder, list[NewItem]]],
    done: Planned,
) -> None:
    """Make today's intention of one customer what the decision says."""
    contact = decision.contact
    if contact is None or (there and there.state not in (*WAITING, State.WITHDRAWN)):
        if there and there.state in WAITING and contact is None:
            withdraw(there, first_reason(decision), now)
            done.withdrawn += 1
        return
    if there and there.state in WAITING and same_contact(there, items.get(there.pk, []), contact, one):
        return
    reminder = make_reminder(organization, one, contact, today, now)
    if there:
        there.items.all().delete()
        there.delete()  # its journal entries stay; the new intention takes its place of the day
    fresh.append((reminder, make_items(organization, one, contact)))


def _with_yes(reminder: NewReminder, yes: Yes) -> NewReminder:
    same = (reminder.stage, reminder.channel, reminder.currency, reminder.asked) == yes[:4]
    return reminder._replace(approved_at=yes.approved_at, approved_by=yes.approved_by) if same else reminder


def _store(
    organization: Organization,
    fresh: list[tuple[NewReminder, list[NewItem]]],
    today: date,
    now: datetime,
    done: Planned,
) -> None:
    """Store new intentions with what they count for and their journal entries."""
    if not fresh:
        return
    insert_rows(Reminder, NewReminder._fields, [reminder for reminder, _ in fresh])
    stored = Reminder.objects.of(organization).filter(
        customer_id__any_of=Ids(reminder.customer for reminder, _ in fresh),
        on=today,
        payment=None,
        request=None,
        note=None,
        debit=None,
    )
    ids = dict(stored.values_list("customer_id", "id"))
    insert_rows(
        ReminderItem,
        ("reminder", *NewItem._fields),
        [(ids[reminder.customer], *item) for reminder, items in fresh for item in items],
    )
    journal.record_many(
        organization.pk,
        "reminder.planned",
        [
            (
                reminder.customer,
                None,
                {
                    "reminder": ids[reminder.customer],
                    "stage": reminder.stage,
                    "channel": reminder.channel,
                    "asked": reminder.asked,
                    "currency": reminder.currency,
                },
            )
            for reminder, _ in fresh
        ],
        at=now,
        actor=PLANNING,
    )
    done.reminders += len(fresh)
    for reminder, items in fresh:
        if reminder.channel == "phone":
            done.tasks += record_task(
                organization,
                "call",
                customer_id=reminder.customer,
                subjects=(f"{reminder.stage} {today}",),
                invoice_ids=[item.invoice for item in items],
                why=reminder.why,
                today=today,
                now=now,
                actor=PLANNING,
            )
