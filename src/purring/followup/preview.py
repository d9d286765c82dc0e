# SPDX-License-Identifier: AGPL-3.0-or-later
"""What would leave, exactly as it would: without storing or releasing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from purring.core.decide import Contact
from purring.core.errors import Refused
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.followup.accounts import load_accounts
from purring.followup.drafting import Sender, edited, variants
from purring.followup.models import WAITING, Reminder
from purring.followup.planning import Held, held
from purring.followup.saying import Saying
from purring.followup.schedules import Followed
from purring.language.compose import Words, compose

CHUNK = 500


@dataclass(frozen=True)
class Going:
    """One contact that would go out today."""

    customer_id: int
    customer: str
    contact: Contact
    reminder: Reminder | None


@dataclass(frozen=True)
class TodayView:
    going: list[Going]
    held: list[Held]


def look_at(organization: Organization, today: date, *, most_held: int | None = None) -> TodayView:
    """What goes out today and what is held, with reasons, decided from the facts of now."""
    followed = Followed(organization)
    going: list[Going] = []
    stopped: list[Held] = []
    ids = list(
        Invoice.objects.of(organization)
        .filter(settled_on=None)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()
    )
    rows = {row.customer_id: row for row in Reminder.objects.of(organization).filter(on=today, payment=None)}
    for start in range(0, len(ids), CHUNK):
        for key, one in load_accounts(organization, ids[start : start + CHUNK], today, followed).items():
            decision = one.decide(today)
            if decision.contact:
                going.append(Going(key, one.customer.name, decision.contact, rows.get(key)))
            if most_held is None or len(stopped) < most_held:
                stopped += held(one, decision)
    return TodayView(going, stopped)


def words_of(reminder: Reminder, now: datetime, sender: Sender | None = None) -> Words:
    """The words that would leave now for a waiting reminder, or that did leave. Refuses when it would be withdrawn."""
    organization = reminder.organization
    if reminder.message:
        said = reminder.message
        return Words(said.subject, said.text, said.html, said.language, said.language.replace("-", "_"))
    if reminder.state not in WAITING:
        raise Refused("not_waiting", "this message did not leave, and will not")
    one = load_accounts(organization, [reminder.customer_id], reminder.on)[reminder.customer_id]
    payment = reminder.payment
    invoice_ids = set(one.invoice_ids.values()) | ({payment.invoice_id} if payment and payment.invoice_id else set())
    saying = Saying(organization, [reminder.customer_id], invoice_ids)
    stage, channel = reminder.stage, reminder.channel
    if payment:
        paid = payment.invoice
        to = one.account.reach["email"].to or ""
        facts = saying.thanks(payment, to, paid.balance if paid else 0, reminder.on)
    else:
        contact = one.decide(reminder.on).contact
        if contact is None:
            raise Refused("facts_changed", "the facts changed: this message would not leave any more")
        facts = saying.facts(one, contact, reminder.on)
        stage, channel = contact.stage, contact.channel
    language = saying.language_of(reminder.customer_id)
    words = compose(
        stage,  # type: ignore[arg-type]
        channel,  # type: ignore[arg-type]
        facts,
        language,
        country=one.customer.country or None,
        variant=variants(organization, [reminder.customer_id]).get((reminder.customer_id, stage), 0),
        voice=organization.voice,  # type: ignore[arg-type]
        own=(sender.own_wordings if sender else {}).get(language),
    )
    return edited(words, reminder) if reminder.own_text else words
