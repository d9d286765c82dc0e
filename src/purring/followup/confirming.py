# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was agreed is said in writing: a plan, a later day, a smaller sum; and kindly, that a plan they asked for cannot be.

It is a message in the words of the playbook, in the customer's language, and leaves as one that a person wrote
(`own_messages`): by the rounds, once, and only while the account is still as it was when it was worded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from django.db import transaction

from purring.core.errors import Refused
from purring.core.plans import Instalments
from purring.facts.agreements.models import PaymentPlan
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.facts.offers.actions import agree_proposal, agree_settlement, decline_proposal
from purring.facts.offers.models import PlanProposal, Settlement
from purring.followup.beginnings import facts_about
from purring.followup.linking import Linking
from purring.followup.models import OwnMessage, Reminder
from purring.followup.own_messages import addresses, keep_draft, want_message
from purring.followup.own_wordings import own_wordings
from purring.followup.saying import language_for
from purring.language.answering import compose_answer
from purring.language.facts import Agreement, Instalment, MessageFacts, Proposal
from purring.language.tags import Case, Voice


@transaction.atomic
def decline_and_say(
    proposal: PlanProposal, *, today: date, now: datetime, actor: str, user_id: int | None, said: str = ""
) -> None:
    """A person declines a plan; the customer is told, with what the person wants to `say` first. Refuses what
    `decline_proposal` refuses, and words that may hurt (`unkind`)."""
    invoices = list(proposal.invoices.filter(settled_on=None).order_by("due", "id"))
    decline_proposal(proposal, now=now, actor=actor, reason=said)
    _say(
        proposal.customer,
        "plan_declined",
        f"declined-{proposal.pk}",
        invoices,
        Proposal(),
        today=today,
        now=now,
        actor=actor,
        user_id=user_id,
        said=said,
        reply_to=proposal.message,
    )


@transaction.atomic
def agree_and_say(
    proposal: PlanProposal,
    *,
    today: date,
    now: datetime,
    actor: str,
    user_id: int | None,
    instalments: Instalments | None = None,
) -> None:
    """A person agrees to a plan that was asked for; the customer gets it in writing."""
    plan = agree_proposal(proposal, on=today, now=now, actor=actor, instalments=instalments)
    confirm_plan(plan, today=today, now=now, actor=actor, user_id=user_id, reply_to=proposal.message)


@transaction.atomic
def settle_and_say(
    customer: Customer,
    invoices: Sequence[Invoice],
    amount: int,
    until: date,
    *,
    today: date,
    now: datetime,
    actor: str,
    user_id: int | None,
    reason: str = "",
) -> Settlement:
    """A smaller sum is agreed; the customer gets it in writing."""
    made = agree_settlement(customer, invoices, amount, until, on=today, now=now, actor=actor, reason=reason)
    agreed = Agreement(today, pay_on=until, amount_minor=amount)
    _say(
        customer,
        "sum_agreed",
        f"sum-{made.pk}",
        invoices,
        Proposal(),
        today=today,
        now=now,
        actor=actor,
        user_id=user_id,
        agreement=agreed,
    )
    return made


def confirm_plan(
    plan: PaymentPlan,
    *,
    today: date,
    now: datetime,
    actor: str,
    user_id: int | None = None,
    reply_to: Message | None = None,
) -> Reminder | None:
    """The plan in writing: its days and amounts. None where no e-mail address works."""
    rows = [Instalment(one.due, one.amount) for one in plan.instalments.order_by("number")]
    invoices = list(plan.invoices.filter(settled_on=None).order_by("due", "id"))
    return _say(
        plan.customer,
        "plan_agreed",
        f"plan-{plan.pk}",
        invoices,
        Proposal(instalments=tuple(rows)),
        today=today,
        now=now,
        actor=actor,
        user_id=user_id,
        reply_to=reply_to,
    )


def confirm_day(
    invoice: Invoice, *, today: date, now: datetime, actor: str, user_id: int | None = None
) -> Reminder | None:
    """The new day of an invoice in writing."""
    return _say(
        invoice.customer,
        "day_agreed",
        f"day-{invoice.pk}-{invoice.due.isoformat()}",
        [invoice],
        Proposal(deferred_until=invoice.due),
        today=today,
        now=now,
        actor=actor,
        user_id=user_id,
    )


def _say(
    customer: Customer,
    case: Case,
    key: str,
    invoices: Sequence[Invoice],
    proposal: Proposal,
    *,
    today: date,
    now: datetime,
    actor: str,
    user_id: int | None,
    said: str = "",
    reply_to: Message | None = None,
    agreement: Agreement | None = None,
) -> Reminder | None:
    org = customer.organization_id
    known = OwnMessage.objects.of(org).filter(key=key, customer=customer).first()
    if known:
        return Reminder.objects.of(org).filter(note_id=known.note_id).first() if known.note_id else None
    address = next(iter(addresses(customer)), "")
    if not address or customer.holds.filter(exclusion=True, released_at=None).exists():
        return None
    facts = facts_about(customer, list(invoices), address, today, replied_on=_day(customer, reply_to))
    facts = replace(facts, proposal=proposal, agreement=agreement)
    own = keep_draft(
        customer,
        key,
        now=now,
        author_id=user_id,
        reply_to=reply_to,
        address=address,
        invoices=[one.pk for one in invoices],
        **_words(customer, case, facts, invoices, said),
    )
    return want_message(own, today=today, now=now, actor=actor, user_id=user_id)


def _words(
    customer: Customer, case: Case, facts: MessageFacts, invoices: Sequence[Invoice], said: str
) -> dict[str, Any]:
    organization = customer.organization
    language = language_for(customer.language, organization.language)
    linking = Linking(organization, preview=True)
    link = linking.link([one.pk for one in invoices])
    facts = linking.put(facts, link, "friendly", "email", {one.entity_id for one in invoices})
    own, voice = own_wordings(organization, language), cast(Voice, organization.voice)
    words = compose_answer(case, facts, language, country=customer.country or None, voice=voice, added=said, own=own)
    text = words.text.strip()
    if not text:
        raise Refused("no_wording", f"there are no words for {case} in {language}")
    return {"subject": words.subject, "text": text, "begun_with": text}


def _day(customer: Customer, message: Message | None) -> date | None:
    return message.at.astimezone(customer.organization.zone).date() if message else None
