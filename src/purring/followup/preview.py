# SPDX-License-Identifier: AGPL-3.0-or-later
"""What would leave, exactly as it would: without storing or releasing anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from purring.core.answers import Contact
from purring.core.errors import Refused
from purring.core.foresee import after, foresee
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Attachment
from purring.facts.organizations.models import Organization
from purring.followup.accounts import load_accounts
from purring.followup.drafting import Draft, Drafting, NotNow
from purring.followup.models import WAITING, Reminder, State
from purring.followup.saying import Document
from purring.followup.schedules import Followed
from purring.language.compose import Words


class Letter(NamedTuple):
    """One message as its reader gets it."""

    words: Words
    to: str
    """The address; empty: the channel has none."""
    name: str
    """Whom it speaks to."""
    signed_by: str
    """The person who signs, with their title; empty: the business alone."""
    documents: list[Document]
    """What goes along, as far as it is kept already."""


def words_of(reminder: Reminder, now: datetime) -> Words:
    """The words that would leave now for a waiting reminder, or that did leave. Refuses when it would be withdrawn."""
    return letter_of(reminder, now).words


def letter_of(reminder: Reminder, now: datetime) -> Letter:
    """The whole message that would leave now for a waiting reminder, or that did leave. Refuses when it would be withdrawn."""
    organization = reminder.organization
    if reminder.message:
        said = reminder.message
        words = Words(said.subject, said.text, said.html, said.language, said.language.replace("-", "_"))
        kept = Attachment.objects.of(organization).filter(id__in=said.attachment_ids).order_by("id")
        documents = [Document(*row) for row in kept.values_list(*Document._fields)]
        return Letter(words, said.address, "", "", documents)
    if reminder.state not in WAITING:
        raise Refused("not_waiting", "this message did not leave, and will not")
    return _drafted(reminder, reminder.on)


def letters_of(organization: Organization, reminders: Sequence[Reminder]) -> dict[int, Letter | str]:
    """The whole messages of one day that would leave now, drafted together; or the sentence why one would not."""
    letters: dict[int, Letter | str] = {}
    if reminders:
        drafting = Drafting(organization, list(reminders), reminders[0].on, None, Followed(organization))
        for reminder in reminders:
            try:
                letters[reminder.pk] = _letter(drafting.draft(reminder))
            except (NotNow, Refused) as reason:
                letters[reminder.pk] = str(reason)
    return letters


def _drafted(reminder: Reminder, on: date) -> Letter:
    drafting = Drafting(reminder.organization, [reminder], on, None, Followed(reminder.organization))
    try:
        draft = drafting.draft(reminder)
    except NotNow as reason:
        raise Refused("facts_changed", f"this message would not leave any more: {reason}") from None
    return _letter(draft)


def _letter(draft: Draft) -> Letter:
    asks = draft.facts.organization
    signed = ", ".join(part for part in (asks.sender_name, asks.sender_title) if part)
    return Letter(draft.words, draft.to.email, draft.to.name, signed, draft.documents)


# --- the days ahead ---------------------------------------------------------------------------------------------


class Coming(NamedTuple):
    """The next contact of one customer, on a day ahead."""

    customer_id: int
    customer: str
    contact: Contact


LOOKED_AT = 200
"""Accounts decided for one page of a day ahead."""


def coming(organization: Organization, today: date, day: date, after_id: int = 0) -> tuple[list[Coming], int]:
    """Whom the day ahead writes to, if nothing new comes until then and what waits today leaves; in the order of the
    accounts, a bounded number of them after `after_id`, and the key to go on from (0: that was all)."""
    rows = Customer.objects.of(organization).filter(look_on__lte=day, id__gt=after_id).order_by("id")
    ids = list(rows.values_list("id", flat=True)[: LOOKED_AT + 1])
    shown = ids[:LOOKED_AT]
    leaving = _leaving(organization, today, shown)
    found = []
    for key, one in load_accounts(organization, shown, today, few=True).items():
        account = one.account
        if key in leaving and (contact := one.decide(today).contact):
            account = after(account, contact, today)
        first = today + timedelta(1)
        horizon = (day - first).days
        following = foresee(account, one.schedule, one.law, one.calendar, first, horizon_days=horizon)
        if following and following.on == day:
            found.append(Coming(key, one.customer.name, following.contact))
    return found, shown[-1] if len(ids) > LOOKED_AT else 0


def letter_ahead(organization: Organization, customer: Customer, today: date, day: date) -> Letter:
    """The words of that contact, as the facts of now make them. Refuses where they hang on what leaves today."""
    if _leaving(organization, today, [customer.pk]):
        raise Refused("after_today", "it is worded once today's message to them has left")
    reminder = Reminder(
        pk=0,
        organization=organization,
        customer=customer,
        on=day,
        language=customer.language,
        channel="email",
        state=State.PLANNED,
    )
    return _drafted(reminder, day)


def _leaving(organization: Organization, today: date, ids: list[int]) -> set[int]:
    """Those of the customers for whom a step of the ladder waits today."""
    rows = Reminder.objects.of(organization).filter(customer_id__any_of=ids, on=today, state__in=WAITING)
    rows = rows.filter(payment=None, request=None, note=None, debit=None)
    return set(rows.values_list("customer_id", flat=True))
