# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was agreed is said in writing: a plan, a day to pay, a later due date, a smaller sum; and kindly, that what they asked for cannot be.

It is a message in the words of the playbook, in the customer's language, and leaves as one that a person wrote
(`own_messages`): by the rounds, once, and only while the account is still as it was when it was worded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.core.plans import Instalments
from purring.facts.agreements.models import PaymentPlan
from purring.facts.answers.actions import agree_day, decline_day
from purring.facts.answers.models import Answer
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.facts.offers.actions import agree_proposal, agree_settlement, decline_proposal
from purring.facts.offers.models import PlanProposal, Settlement
from purring.followup.beginnings import day_of, facts_about, linked, manner_of
from purring.followup.models import OwnMessage, Reminder
from purring.followup.own_messages import addresses, keep_draft, want_message
from purring.language.answering import compose_answer
from purring.language.facts import Agreement, Instalment, Proposal
from purring.language.tags import Case

NOTHING = Proposal()


@dataclass(frozen=True, slots=True)
class Told:
    """One message to be put into words: which answer of the playbook, about what, and what it is in answer to."""

    customer: Customer
    case: Case
    key: str
    """Of the message: said twice, it is one."""
    invoices: Sequence[Invoice]
    proposal: Proposal = NOTHING
    agreement: Agreement | None = None
    said: str = ""
    """What the person wants to say first."""
    reply_to: Message | None = None


@transaction.atomic
def decline_and_say(
    proposal: PlanProposal, *, today: date, now: datetime, actor: str, user_id: int | None, said: str = ""
) -> None:
    """A person declines a plan; the customer is told, with what the person wants to `say` first. Refuses what
    `decline_proposal` refuses, and words that may hurt (`unkind`)."""
    invoices = list(proposal.invoices.filter(settled_on=None).order_by("due", "id"))
    decline_proposal(proposal, now=now, actor=actor, reason=said)
    told = Told(proposal.customer, "plan_declined", f"declined-{proposal.pk}", invoices)
    _say(replace(told, said=said, reply_to=proposal.message), today, now, actor, user_id)


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
def decline_day_and_say(
    asked: Answer, *, today: date, now: datetime, actor: str, user_id: int | None, said: str = ""
) -> None:
    """A person cannot wait as long as the customer asked; the customer is told, with what the person wants to `say`
    first. Refuses what `decline_day` refuses, and words that may hurt (`unkind`)."""
    invoices = list(asked.invoices.filter(settled_on=None).order_by("due", "id"))
    decline_day(asked, now=now, actor=actor, user_id=user_id, reason=said)
    told = Told(asked.customer, "day_declined", f"late-{asked.pk}", invoices)
    _say(replace(told, said=said, reply_to=asked.message), today, now, actor, user_id)


@transaction.atomic
def agree_day_and_say(
    asked: Answer, *, today: date, now: datetime, actor: str, user_id: int | None, pay_on: date | None = None
) -> None:
    """A person agrees to the day a customer asked for, or to another one; the customer gets it in writing."""
    promise = agree_day(asked, on=today, now=now, actor=actor, user_id=user_id, pay_on=pay_on)
    invoices = list(promise.invoices.order_by("due", "id"))
    agreed = Agreement(today, pay_on=promise.pay_on, amount_minor=promise.amount)
    told = Told(asked.customer, "promise_to_pay", f"late-{asked.pk}", invoices, agreement=agreed)
    _say(replace(told, reply_to=asked.message), today, now, actor, user_id)


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
    _say(Told(customer, "sum_agreed", f"sum-{made.pk}", invoices, agreement=agreed), today, now, actor, user_id)
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
    rows = tuple(Instalment(one.due, one.amount) for one in plan.instalments.order_by("number"))
    invoices = list(plan.invoices.filter(settled_on=None).order_by("due", "id"))
    told = Told(plan.customer, "plan_agreed", f"plan-{plan.pk}", invoices, Proposal(instalments=rows))
    return _say(replace(told, reply_to=reply_to), today, now, actor, user_id)


def confirm_day(
    invoice: Invoice, *, today: date, now: datetime, actor: str, user_id: int | None = None
) -> Reminder | None:
    """The new day of an invoice in writing."""
    key = f"day-{invoice.pk}-{invoice.due.isoformat()}"
    told = Told(invoice.customer, "day_agreed", key, [invoice], Proposal(deferred_until=invoice.due))
    return _say(told, today, now, actor, user_id)


def _say(told: Told, today: date, now: datetime, actor: str, user_id: int | None) -> Reminder | None:
    customer = told.customer
    org = customer.organization_id
    known = OwnMessage.objects.of(org).filter(key=told.key, customer=customer).first()
    if known:
        return Reminder.objects.of(org).filter(note_id=known.note_id).first() if known.note_id else None
    address = next(iter(addresses(customer)), "")
    if not address or customer.holds.filter(exclusion=True, released_at=None).exists():
        return None
    own = keep_draft(
        customer,
        told.key,
        now=now,
        author_id=user_id,
        reply_to=told.reply_to,
        address=address,
        invoices=[one.pk for one in told.invoices],
        **_words(told, address, today),
    )
    return want_message(own, today=today, now=now, actor=actor, user_id=user_id)


def _words(told: Told, address: str, today: date) -> dict[str, str]:
    customer, manner = told.customer, manner_of(told.customer)
    replied_on = day_of(customer, told.reply_to)
    facts = facts_about(customer, list(told.invoices), address, today, replied_on=replied_on)
    facts = linked(customer, told.invoices, replace(facts, proposal=told.proposal, agreement=told.agreement))
    words = compose_answer(told.case, facts, added=told.said, **manner)
    text = words.text.strip()
    if not text:
        raise Refused("no_wording", f"there are no words for {told.case} in {manner['language']}")
    return {"subject": words.subject, "text": text, "begun_with": text}
