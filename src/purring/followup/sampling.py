# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each step of a schedule would say to one real customer, on its day, in any voice. Nothing is decided or stored:
it shows how the words sound before a first message has its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from purring.core.answers import Contact, Count
from purring.core.errors import Refused
from purring.facts.customers.models import Contact as Person
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.followup.accounts import load_accounts
from purring.followup.linking import Linking
from purring.followup.own_wordings import own_wordings
from purring.followup.saying import Saying
from purring.followup.schedules import Followed
from purring.language.compose import Words, compose
from purring.language.tags import LATE

LOOKED_AT = 60


class Sample(NamedTuple):
    """One step: its day, and its words; none for a call, or where the wording cannot be used."""

    on: date
    words: Words | None


def sample_invoices(organization: Organization, most: int = 6) -> list[Invoice]:
    """Open invoices to show words with, of different customers and first of different languages, the organization's own
    before all; the latest due first, because of them most steps are still to come."""
    reached = Person.objects.of(organization).exclude(email="").values("customer_id")
    rows = Invoice.objects.of(organization).filter(settled_on=None, customer__in=reached).select_related("customer")
    found = list(rows.order_by("-due", "-id")[:LOOKED_AT]) or list(
        Invoice.objects.of(organization)
        .filter(settled_on=None)
        .select_related("customer")
        .order_by("-due", "-id")[:most]
    )
    by_customer = list({one.customer_id: one for one in reversed(found)}.values())[::-1]
    by_language = list({one.customer.language: one for one in reversed(by_customer)}.values())[::-1]
    by_language.sort(key=lambda one: one.customer.language != organization.language)
    return (by_language + [one for one in by_customer if one not in by_language])[:most]


class Sampling:
    """The words for one invoice. The voice is given, the schedule's steps too, so that nothing has to be kept first."""

    def __init__(self, organization: Organization, invoice: Invoice, today: date) -> None:
        self._organization, self._invoice = organization, invoice
        followed = Followed(organization)
        self._one = load_accounts(organization, [invoice.customer_id], today, followed)[invoice.customer_id]
        self._saying = Saying(organization, [invoice.customer_id], [invoice.pk])
        self._linking = Linking(organization, preview=True)
        self._language = self._saying.language_of(invoice.customer_id)
        self._own = own_wordings(organization, self._language)

    @property
    def due(self) -> date:
        return self._invoice.due

    @property
    def to(self) -> str:
        """The address that would be written to, or empty."""
        return self._one.account.reach["email"].to or ""

    def steps(self, steps: Sequence[dict[str, Any]], voice: str) -> list[Sample]:
        """The steps one after the other, as if nothing was answered."""
        found: list[Sample] = []
        for step in steps:
            on = self._invoice.due + timedelta(step["days"])
            before = found[-1].on if found else None
            found.append(Sample(on, self.say(step["stage"], step["channel"], on, voice, before)))
        return found

    def say(self, stage: str, channel: str, on: date, voice: str, before: date | None = None) -> Words | None:
        """The words of one stage on a day; `before`: the day of the last message."""
        if channel == "phone":
            return None
        number = self._invoice.number
        contact = Contact(
            stage=stage,
            channel=channel,
            to=self.to,
            currency=self._invoice.currency,
            asked=self._invoice.balance,
            invoices=(number,),
            counts=(Count((number,), None, None, stage, self._invoice.balance),),
            oldest=number,
            due=self._invoice.due,
            repeated=False,
            broken_promise=None,
        )
        facts = self._saying.facts(self._one, contact, on)
        if before and stage in LATE:
            facts = replace(facts, previous="silence", previous_on=before)
        link = self._linking.link([self._invoice.pk])
        facts = self._linking.put(facts, link, stage, channel, {self._invoice.entity_id})  # type: ignore[arg-type]
        try:
            return compose(
                stage,  # type: ignore[arg-type]
                channel,  # type: ignore[arg-type]
                facts,
                self._language,
                country=self._one.customer.country or None,
                voice=voice,  # type: ignore[arg-type]
                own=self._own,
            )
        except Refused:
            return None
