# SPDX-License-Identifier: AGPL-3.0-or-later
"""Intentions: reminders before they leave, with what they count for. Made from a decision, compared with one, withdrawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from purring.core import reasons
from purring.core.answers import Answer, Contact, Count, Decision
from purring.facts.journal import actions as journal
from purring.facts.organizations.models import Organization
from purring.followup.accounts import Loaded
from purring.followup.hours import send_after, within
from purring.followup.models import PLANNING, Reminder, ReminderItem, State
from purring.kit.batches import Ids
from purring.kit.zones import zone_of


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
    opens, closes = within(one.law.hours(contact.channel, today), organization.sending_from, organization.sending_until)
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
        send_after(today, zone, opens, closes, who),
        now,
        now if called else None,
        now if called else None,
    )


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


Stored = tuple[int, int | None, str]
"""Invoice, instalment and stage of a stored item."""


def stored_items(organization: Organization, reminder_ids: Iterable[int]) -> dict[int, list[Stored]]:
    """What intentions count for, by reminder."""
    items: dict[int, list[Stored]] = defaultdict(list)
    rows = ReminderItem.objects.of(organization).filter(reminder_id__any_of=Ids(reminder_ids))
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


class Held(NamedTuple):
    """Invoices of one customer that something stops today, with the reason."""

    customer: str
    invoices: list[str]
    code: str
    why: str


def held(one: Loaded, decision: Decision) -> list[Held]:
    """What something stops today: per code and reason, the invoices."""
    groups: dict[tuple[str, str], Held] = {}
    for ref, answer in decision.answers.items():
        if answer.code in ("send", "settled", "not_due"):
            continue
        why = reasons.why_hold(answer)
        groups.setdefault((answer.code, why), Held(one.customer.ref, [], answer.code, why)).invoices.append(ref)
    return list(groups.values())


def first_reason(decision: Decision) -> str:
    """Why nothing goes out, for an intention that is withdrawn."""
    for answer in decision.answers.values():
        if answer.code not in ("not_due", "send"):
            return reasons.why_hold(answer)
    return reasons.why_hold(Answer("settled" if not decision.answers else "not_due"))


def withdraw(reminder: Reminder, why: str, now: datetime, actor: str = PLANNING) -> None:
    """An intention is given up; what it would have counted for is free again."""
    reminder.items.all().delete()
    reminder.state, reminder.detail, reminder.lease, reminder.lease_until = State.WITHDRAWN, why[:500], "", None
    reminder.ended_at = now
    reminder.save(update_fields=["state", "detail", "lease", "lease_until", "ended_at"])
    journal.write(
        reminder.organization_id,
        "reminder.withdrawn",
        at=now,
        actor=actor,
        customer_id=reminder.customer_id,
        reminder=reminder.pk,
        why=why,
    )
