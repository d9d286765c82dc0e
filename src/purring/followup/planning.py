# SPDX-License-Identifier: AGPL-3.0-or-later
"""The round that plans: which customers are written to today. It stores intentions; nothing leaves here.

A customer is looked at when `look_on` has come: every fact sets it to now, every decision to the first later day on
which the answer could differ. Running it again, twice at once or after an outage changes nothing that is right already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from purring.core import reasons
from purring.core.decide import Answer, Contact, Count, Decision, Wanted
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal import actions as journal
from purring.facts.organizations.models import Organization
from purring.followup.accounts import Loaded, load_accounts
from purring.followup.hours import send_after
from purring.followup.models import WAITING, Reminder, ReminderItem, State, Task
from purring.followup.schedules import Followed
from purring.kit.batches import insert_rows
from purring.kit.zones import zone_of

BATCH = 1000
YES_HOLDS = timedelta(days=4)
"""An approval given in the evening before a long weekend is still meant on the first working day after it."""
ACTOR = "round:plan"


class Held(NamedTuple):
    """Invoices of one customer that something stops today, with the reason."""

    customer: str
    invoices: list[str]
    code: str
    why: str


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
    last = 0
    while True:
        with transaction.atomic():
            ids = _due(organization, today, last, batch, everyone)
            if ids:
                _plan_batch(organization, ids, followed, today, now, done, everyone)
        if len(ids) < batch:
            break
        last = ids[-1]
    Organization.objects.filter(pk=organization.pk).update(planned_on=today)
    return done


def _due(organization: Organization, today: date, after: int, batch: int, everyone: bool) -> list[int]:
    """The next customers to look at, locked; those another worker holds are its own."""
    rows = Customer.objects.of(organization).filter(id__gt=after).order_by("id")
    if everyone:
        open_invoices = Invoice.objects.of(organization).filter(customer=OuterRef("pk"), settled_on=None)
        rows = rows.filter(Q(look_on__lte=today) | Exists(open_invoices))
    else:
        rows = rows.filter(look_on__lte=today)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return list(rows.values_list("id", flat=True)[:batch])


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
    yeses = _yeses(organization, ids, today)
    existing = _existing(organization, ids, today)
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
        Customer.objects.of(organization).filter(id__any_of=keys).update(look_on=day)


def _existing(organization: Organization, ids: list[int], today: date) -> dict[int, Reminder]:
    """Today's reminder per customer; intentions of earlier days are withdrawn, today decides afresh."""
    waiting = Reminder.objects.of(organization).filter(customer_id__any_of=ids, payment=None, request=None)
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


def _yeses(organization: Organization, ids: list[int], today: date) -> dict[int, Yes]:
    """Approvals of the last days that came too late in the day: they hold for the same message on the next one."""
    rows = Reminder.objects.of(organization).filter(
        customer_id__any_of=ids,
        on__lt=today,
        on__gte=today - YES_HOLDS,
        state__in=(*WAITING, State.WITHDRAWN),
        payment=None,
        request=None,
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


def first_reason(decision: Decision) -> str:
    """Why nothing goes out, for an intention that is withdrawn."""
    for answer in decision.answers.values():
        if answer.code not in ("not_due", "send"):
            return reasons.why_hold(answer)
    return reasons.why_hold(Answer("settled" if not decision.answers else "not_due"))


def withdraw(reminder: Reminder, why: str, now: datetime) -> None:
    """An intention is given up; what it would have counted for is free again."""
    reminder.items.all().delete()
    reminder.state, reminder.detail, reminder.lease, reminder.lease_until = State.WITHDRAWN, why[:500], "", None
    reminder.ended_at = now
    reminder.save(update_fields=["state", "detail", "lease", "lease_until", "ended_at"])
    journal.write(
        reminder.organization_id,
        "reminder.withdrawn",
        at=now,
        actor=ACTOR,
        customer_id=reminder.customer_id,
        reminder=reminder.pk,
        why=why,
    )


class NewReminder(NamedTuple):
    """A reminder about to be stored: the columns that are not empty at first."""

    organization: int
    customer: int
    on: date
    stage: str
    channel: str
    address: str
    language: str
    currency: str
    asked: int
    why: str
    state: str
    send_after: datetime
    planned_at: datetime
    released_at: datetime | None
    ended_at: datetime | None
    approved_at: datetime | None = None
    approved_by: int | None = None
    detail: str = ""
    attempts: int = 0
    lease: str = ""
    own_subject: str = ""
    own_text: str = ""


class NewItem(NamedTuple):
    """What a reminder counts for, about to be stored."""

    organization: int
    invoice: int
    instalment: int | None
    generation: int
    stage: str
    occurrence: int
    amount: int


def make_reminder(organization: Organization, one: Loaded, contact: Contact, today: date, now: datetime) -> NewReminder:
    customer = one.customer
    zone = zone_of(customer.timezone, customer.country, organization.timezone)
    who = f"{organization.slug}/{customer.ref}"
    called = contact.channel == "phone"  # a call is a task for a person and counts as said on its day
    return NewReminder(
        organization.pk,
        customer.id,
        today,
        contact.stage,
        contact.channel,
        contact.to or "",
        customer.language,
        contact.currency,
        contact.asked,
        reasons.why_send(contact, today)[:300],
        State.SENT.value if called else State.PLANNED.value,
        send_after(today, zone, organization.sending_from, organization.sending_until, who),
        now,
        now if called else None,
        now if called else None,
    )


def _with_yes(reminder: NewReminder, yes: Yes) -> NewReminder:
    same = (reminder.stage, reminder.channel, reminder.currency, reminder.asked) == yes[:4]
    return reminder._replace(approved_at=yes.approved_at, approved_by=yes.approved_by) if same else reminder


def make_items(organization: Organization, one: Loaded, contact: Contact) -> list[NewItem]:
    """What the contact counts for. The amount of an instalment over several invoices stands with the first."""
    items = []
    generations = {invoice.ref: invoice.generation for invoice in one.account.invoices}
    for count in contact.counts:
        instalment = instalment_of(one, count)
        for place, ref in enumerate(count.invoices):
            invoice_id = one.invoice_ids[ref]
            generation = 0 if instalment else generations[ref]
            occurrence = one.occurrences.get((instalment, invoice_id, generation, count.stage), 0)
            amount = 0 if place else count.amount
            items.append(NewItem(organization.pk, invoice_id, instalment, generation, count.stage, occurrence, amount))
    return items


def instalment_of(one: Loaded, count: Count) -> int | None:
    """The id of the instalment a count is for, None when it is for the invoice itself."""
    if count.plan is None or count.instalment is None:
        return None
    return one.instalment_ids[count.plan, count.instalment]


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
        customer_id__any_of=[reminder.customer for reminder, _ in fresh], on=today, payment=None, request=None
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
        actor=ACTOR,
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
                actor=ACTOR,
            )


Stored = tuple[int, int | None, str]
"""Invoice, instalment and stage of a stored item."""


def stored_items(organization: Organization, reminder_ids: Iterable[int]) -> dict[int, list[Stored]]:
    """What intentions count for, by reminder."""
    items: dict[int, list[Stored]] = defaultdict(list)
    rows = ReminderItem.objects.of(organization).filter(reminder_id__any_of=list(reminder_ids))
    for key, invoice_id, instalment_id, stage in rows.values_list(
        "reminder_id", "invoice_id", "instalment_id", "stage"
    ):
        items[key].append((invoice_id, instalment_id, stage))
    return items


def same_contact(reminder: Reminder, items: list[Stored], contact: Contact, one: Loaded) -> bool:
    """True when the stored intention is what the decision says now."""
    if (reminder.stage, reminder.channel, reminder.address, reminder.currency, reminder.asked) != (
        contact.stage,
        contact.channel,
        contact.to or "",
        contact.currency,
        contact.asked,
    ):
        return False
    wanted = {
        (one.invoice_ids[ref], instalment_of(one, count), count.stage)
        for count in contact.counts
        for ref in count.invoices
    }
    return len(items) == len(wanted) and set(items) == wanted


def record_tasks(organization: Organization, wanted: list[tuple[Loaded, Wanted]], today: date, now: datetime) -> int:
    """Store the tasks that are not there yet; how many."""
    made = 0
    for one, task in wanted:
        made += record_task(
            organization,
            task.code,
            customer_id=None if task.code == "data_stale" else one.customer.id,
            subjects=(str(organization.data_checked_on),) if task.code == "data_stale" else task.subjects,
            invoice_ids=[one.invoice_ids[ref] for ref in task.invoices],
            why=reasons.why_task(task),
            today=today,
            now=now,
            actor=ACTOR,
        )
    return made


def record_task(
    organization: Organization,
    code: str,
    *,
    customer_id: int | None,
    subjects: tuple[str, ...],
    invoice_ids: list[int],
    why: str,
    today: date,
    now: datetime,
    actor: str,
) -> int:
    """A task for each subject that has none; a task that was done and is wanted again is opened again. How many."""
    made = 0
    for subject in subjects:
        task, new = Task.objects.of(organization).get_or_create(
            organization=organization,
            customer=Customer.objects.of(organization).get(pk=customer_id) if customer_id else None,
            code=code,
            subject=subject,
            defaults={"why": why[:500], "opened_on": today},
        )
        if not new and task.done_at:
            task.done_at = task.done_by = None
            task.opened_on, task.why = today, why[:500]
            task.save(update_fields=["done_at", "done_by", "opened_on", "why"])
        elif not new:
            continue
        task.invoices.set(Invoice.objects.of(organization).filter(id__in=invoice_ids))
        journal.write(
            organization.pk,
            "task.opened",
            at=now,
            actor=actor,
            customer_id=customer_id,
            task=task.pk,
            code=code,
            invoices=invoice_ids,
        )
        made += 1
    return made


def held(one: Loaded, decision: Decision) -> list[Held]:
    """What something stops today: per code, the invoices and the reason."""
    groups: dict[str, Held] = {}
    for ref, answer in decision.answers.items():
        if answer.code in ("send", "settled", "not_due"):
            continue
        if answer.code not in groups:
            groups[answer.code] = Held(one.customer.ref, [], answer.code, reasons.why_hold(answer))
        groups[answer.code].invoices.append(ref)
    return list(groups.values())
