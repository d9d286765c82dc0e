# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls: what is beside the telephone, what came of a call, and the day on which a person calls again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db import transaction

from purring.core import reasons
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.messages.actions import log_call
from purring.facts.messages.models import Conversation, Message, Outcome
from purring.facts.organizations.models import Organization
from purring.followup.beginnings import facts_about
from purring.followup.models import PLANNING, Task
from purring.followup.own_wordings import own_wordings
from purring.followup.saying import language_for
from purring.followup.tasks import finish_task, record_task
from purring.language.calling import CallSheet, call_sheet
from purring.language.facts import MessageFacts
from purring.language.tags import Voice

WROTE_WITHIN = timedelta(days=120)
"""Earlier messages are not spoken of on the telephone."""
ASKED = ("courtesy", "due_today", "friendly", "follow_up", "firm", "final", "request")


def sheet_of(customer: Customer, invoices: list[Invoice], today: date, number: str = "") -> CallSheet:
    """The call sheet about these open invoices of one currency, in the customer's language. Refuses (`no_wording`)."""
    organization = customer.organization
    language = language_for(customer.language, organization.language, country=customer.country)
    return call_sheet(
        facts_of_call(customer, invoices, today, number),
        language,
        country=customer.country or None,
        voice=cast(Voice, organization.voice),
        own=own_wordings(organization, language),
    )


def facts_of_call(customer: Customer, invoices: list[Invoice], today: date, number: str = "") -> MessageFacts:
    """What may be said on the telephone about these open invoices of one currency, and when we wrote about them."""
    organization = customer.organization
    facts = facts_about(customer, invoices, number, today)
    rows = Message.objects.of(organization).filter(customer=customer, direction="out", kind__in=ASKED)
    since = rows.filter(at__gte=_start(organization, today - WROTE_WITHIN)).order_by("at")
    days = dict.fromkeys(at.astimezone(organization.zone).date() for (at,) in since.values_list("at"))
    return replace(facts, earlier=tuple(days)[-2:])


def _start(organization: Organization, day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), organization.zone)


@transaction.atomic
def record_call(
    customer: Customer,
    outcome: str,
    *,
    on: date,
    now: datetime,
    actor: str,
    user_id: int | None = None,
    again_on: date | None = None,
    **told: Any,
) -> Conversation:
    """A call was made. Once somebody was spoken to, a message was left or another day was named, what asked for the call
    is done."""
    called = log_call(customer, outcome, on=on, now=now, actor=actor, again_on=again_on, **told)
    if called.outcome != Outcome.NO_ANSWER or called.again_on:
        for task in Task.objects.of(customer.organization_id).filter(customer=customer, code="call", done_at=None):
            finish_task(task, now=now, actor=actor, user_id=user_id)
    return called


def call_again(organization: Organization, now: datetime, today: date | None = None) -> int:
    """A task for every customer who is to be called again and still owes something; how many."""
    today = today or organization.today(now)
    due = Conversation.objects.of(organization).filter(again_on__lte=today, again_told_at=None).order_by("id")
    made = 0
    for called in due.select_related("customer")[:500]:
        with transaction.atomic():
            list(Customer.objects.of(organization).select_for_update().filter(pk=called.customer_id).values_list("id"))
            if (
                not Conversation.objects.of(organization)
                .filter(pk=called.pk, again_told_at=None)
                .update(again_told_at=now)
            ):
                continue
            open_ones = called.customer.invoices.filter(settled_on=None).order_by("due", "id")
            rows = list(open_ones.values_list("id", "number")[:50])
            if not rows:
                continue
            made += record_task(
                organization,
                "call",
                customer_id=called.customer_id,
                subjects=(f"again {called.pk}",),
                invoice_ids=[key for key, _ in rows],
                why=reasons.tell("task_call", {"invoices": tuple(number for _, number in rows)}),
                today=today,
                now=now,
                actor=PLANNING,
            )
    return made
