# SPDX-License-Identifier: AGPL-3.0-or-later
"""What would leave, exactly as it would: without storing or releasing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from purring.core.answers import Contact
from purring.core.errors import Refused
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.followup.accounts import load_accounts
from purring.followup.drafting import Drafting, NotNow
from purring.followup.intentions import Held, held
from purring.followup.models import WAITING, Reminder
from purring.followup.schedules import Followed
from purring.language.compose import Words

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
    rows = {
        row.customer_id: row
        for row in Reminder.objects.of(organization).filter(on=today, payment=None, request=None, note=None)
    }
    for start in range(0, len(ids), CHUNK):
        for key, one in load_accounts(organization, ids[start : start + CHUNK], today, followed).items():
            decision = one.decide(today)
            if decision.contact:
                going.append(Going(key, one.customer.name, decision.contact, rows.get(key)))
            if most_held is None or len(stopped) < most_held:
                stopped += held(one, decision)
    return TodayView(going, stopped)


def words_of(reminder: Reminder, now: datetime) -> Words:
    """The words that would leave now for a waiting reminder, or that did leave. Refuses when it would be withdrawn."""
    organization = reminder.organization
    if reminder.message:
        said = reminder.message
        return Words(said.subject, said.text, said.html, said.language, said.language.replace("-", "_"))
    if reminder.state not in WAITING:
        raise Refused("not_waiting", "this message did not leave, and will not")
    drafting = Drafting(organization, [reminder], reminder.on, None, Followed(organization))
    try:
        return drafting.draft(reminder).words
    except NotNow as reason:
        raise Refused("facts_changed", f"this message would not leave any more: {reason}") from None
