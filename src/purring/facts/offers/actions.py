# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on what is offered: a plan is agreed to or asked for, a due date put off, a smaller sum agreed, work or goods
taken instead of money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from purring.core.calendar import working_days
from purring.core.errors import Refused
from purring.core.plans import Instalments, Wish, beyond, build, last_day
from purring.facts.agreements.actions import agree_plan, record_promise
from purring.facts.agreements.models import PaymentPlan
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import change_due_date
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.messages.models import Message
from purring.facts.offers.models import Consent, PlanProposal, Settlement
from purring.facts.offers.terms import limits_of, may_agree_alone, rhythms_of, terms_of
from purring.facts.payments.actions import record_payment
from purring.facts.payments.models import Payment

CUSTOMER = "customer"
MOST_A_DAY = 20
"""Plans that one customer agrees to or asks for; more come from no person."""
IN_KIND = "in_kind"
"""Where a payment in goods or work comes from."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody agreed to on a page, and from where."""

    text: str
    language: str
    key: str
    """Of the form; the same again is the same consent."""
    address: str = ""
    agent: str = ""
    link: str = ""
    automatic: bool = False
    """The words say that each instalment is taken by the automatic payment there is."""


@transaction.atomic
def ask_for_plan(
    customer: Customer, invoices: Sequence[Invoice], wish: Wish, agreed: Agreed, *, on: date, now: datetime
) -> PaymentPlan | PlanProposal:
    """The customer agrees to a plan over open invoices. Inside the limits it is agreed at once; beyond them, and for
    customers who get none alone, it becomes a proposal that waits for a person, and nothing is asked meanwhile.

    Refuses what is no plan, and invoices that are settled, in several currencies, or of somebody else.
    """
    touch(customer.organization_id, [customer.pk])
    if known := Consent.objects.of(customer.organization_id).filter(key=agreed.key, customer=customer).first():
        return known.plan or known.proposal
    _refuse_too_many(customer, now)
    open_now = _open(customer, invoices)
    total = sum(one.balance for one in open_now)
    terms = terms_of(customer, on)
    limits = limits_of(terms, customer, open_now[0].currency)
    instalments = build(total, wish, working_days(customer.country), last_day(limits, on))
    consent = _consent(customer, "plan", agreed, now)
    if limits.most > 1 and wish.rhythm in rhythms_of(terms) and not beyond(instalments, limits, on):
        consent.plan = agree_plan(customer, open_now, instalments, on=on, now=now, actor=CUSTOMER)
        consent.save(update_fields=["plan"])
        _end_proposals(customer, open_now, now)
        return consent.plan
    return _propose(customer, open_now, instalments, consent, on, now)


def _refuse_too_many(customer: Customer, now: datetime) -> None:
    lately = Consent.objects.of(customer.organization_id).filter(customer=customer, at__gt=now - timedelta(days=1))
    if lately.count() >= MOST_A_DAY:
        raise Refused("too_many", "so many plans in one day cannot be taken; please write to us")


def _open(customer: Customer, invoices: Sequence[Invoice]) -> list[Invoice]:
    """These invoices as they are now, locked with the account."""
    rows = Invoice.objects.of(customer.organization_id).filter(
        pk__in=[one.pk for one in invoices], customer=customer, settled_on=None
    )
    found = list(rows.order_by("due", "id"))
    if not found or len(found) < len(invoices):
        raise Refused("settled", "something of it is not open any more", field="invoices")
    if len({one.currency for one in found}) > 1:
        raise Refused("bad_plan", "a plan is in one currency", field="invoices")
    return found


def _consent(customer: Customer, kind: str, agreed: Agreed, now: datetime, invoice: Invoice | None = None) -> Consent:
    made = Consent(
        organization_id=customer.organization_id,
        customer=customer,
        kind=kind,
        text=agreed.text,
        language=agreed.language,
        at=now,
        address=agreed.address[:45],
        agent=agreed.agent[:300],
        link=agreed.link,
        key=agreed.key,
        automatic=agreed.automatic,
        invoice=invoice,
    )
    made.save(force_insert=True)
    return made


def _propose(
    customer: Customer, invoices: Sequence[Invoice], instalments: Instalments, consent: Consent, on: date, now: datetime
) -> PlanProposal:
    _end_proposals(customer, invoices, now)
    message = Message(
        organization_id=customer.organization_id,
        customer=customer,
        direction="in",
        channel="page",
        kind="reply",
        address="",
        language=consent.language,
        text=consent.text,
        at=now,
        needs_answer=True,
    )
    message.save(force_insert=True)
    made = PlanProposal(
        organization_id=customer.organization_id,
        customer=customer,
        currency=invoices[0].currency,
        instalments=[[day.isoformat(), amount] for day, amount in instalments],
        consent=consent,
        message=message,
    )
    made.save(force_insert=True)
    made.invoices.set(invoices)
    write(
        customer.organization_id,
        "plan.asked",
        at=now,
        actor=CUSTOMER,
        customer_id=customer.pk,
        text=consent.text,
        proposal=made.pk,
        invoices=[one.pk for one in invoices],
        instalments=made.instalments,
    )
    return made


def _end_proposals(customer: Customer, invoices: Sequence[Invoice], now: datetime) -> None:
    """Another plan takes the place of what was asked for before about the same invoices."""
    rows = PlanProposal.objects.of(customer.organization_id).filter(
        customer=customer, state="open", invoices__in=invoices
    )
    for one in rows.distinct():
        one.state, one.decided_at, one.decided_by = "declined", now, CUSTOMER
        one.save(update_fields=["state", "decided_at", "decided_by"])
        customer.messages.filter(pk=one.message_id, answered_at=None).update(answered_at=now)


@transaction.atomic
def agree_proposal(
    proposal: PlanProposal,
    *,
    on: date,
    now: datetime,
    actor: str,
    instalments: Instalments | None = None,
) -> PaymentPlan:
    """A person agrees, perhaps with other instalments (spoken about with the customer). Their message has its answer.

    Refuses a proposal that is decided (`decided`), and what `agree_plan` refuses.
    """
    proposal = _undecided(proposal)
    planned = instalments or tuple((date.fromisoformat(day), amount) for day, amount in proposal.instalments)
    if planned[0][0] < on:
        raise Refused(
            "bad_date", f"the first instalment, {planned[0][0]}, is past; change its day", field="instalments"
        )
    plan = agree_plan(proposal.customer, list(proposal.invoices.all()), planned, on=on, now=now, actor=actor)
    proposal.plan = plan
    if instalments is None:
        Consent.objects.of(proposal.organization_id).filter(pk=proposal.consent_id).update(plan=plan)
    _decide(proposal, "agreed", now, actor, "")
    return plan


@transaction.atomic
def decline_proposal(proposal: PlanProposal, *, now: datetime, actor: str, reason: str = "") -> None:
    """A person has answered that it cannot be so; the invoices' own ladders go on. Refuses one that is decided."""
    proposal = _undecided(proposal)
    _decide(proposal, "declined", now, actor, reason)
    write(
        proposal.organization_id,
        "plan.declined",
        at=now,
        actor=actor,
        customer_id=proposal.customer_id,
        text=reason,
        proposal=proposal.pk,
        invoices=list(proposal.invoices.order_by("pk").values_list("pk", flat=True)),
    )


def _undecided(proposal: PlanProposal) -> PlanProposal:
    touch(proposal.organization_id, [proposal.customer_id])
    found = PlanProposal.objects.of(proposal.organization_id).select_for_update().get(pk=proposal.pk)
    if found.state != "open":
        raise Refused("decided", "this was decided already")
    return found


def _decide(proposal: PlanProposal, state: str, now: datetime, actor: str, reason: str) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by, proposal.reason = state, now, actor[:80], reason[:300]
    proposal.save(update_fields=["state", "decided_at", "decided_by", "reason", "plan"])
    proposal.customer.messages.filter(pk=proposal.message_id, answered_at=None).update(answered_at=now)


def deferral_until(invoice: Invoice, days: int, on: date) -> date | None:
    """The latest day to which an invoice may be put off without a person: once, and not into the past."""
    until = invoice.due + timedelta(days)
    return until if days and not invoice.generation and until > max(invoice.due, on) else None


@transaction.atomic
def defer(invoice: Invoice, due: date, agreed: Agreed, *, on: date, now: datetime) -> None:
    """The customer puts the due date off within the limits; the invoice starts afresh from there.

    Refuses a day beyond the limits (`beyond_limits`), and what `change_due_date` refuses.
    """
    touch(invoice.organization_id, [invoice.customer_id])
    if Consent.objects.of(invoice.organization_id).filter(key=agreed.key, customer=invoice.customer_id).exists():
        return
    invoice = Invoice.objects.of(invoice.organization_id).select_related("customer").get(pk=invoice.pk)
    terms = terms_of(invoice.customer, on)
    last = deferral_until(invoice, terms.deferral_days, on)
    on_plan = invoice.plans.filter(cancelled_at=None).exists()
    if last is None or not invoice.due < due <= last or on_plan or not may_agree_alone(terms, invoice.customer):
        raise Refused("beyond_limits", f"invoice {invoice.number} cannot be put off to {due}", field="due")
    change_due_date(invoice, due, today=on, now=now, actor=CUSTOMER)
    _consent(invoice.customer, "deferral", agreed, now, invoice)


@transaction.atomic
def agree_settlement(
    customer: Customer,
    invoices: Sequence[Invoice],
    amount: int,
    until: date,
    *,
    on: date,
    now: datetime,
    actor: str,
    reason: str = "",
) -> Settlement:
    """Take less: when `amount` comes in on these invoices by `until`, the rest is written off. Until then it counts as a
    promise of that sum. Refuses a sum that is no less (`bad_amount`), a past day (`bad_date`), invoices that are not
    open or not of one currency."""
    touch(customer.organization_id, [customer.pk])
    covered = _open(customer, invoices)
    owed = sum(one.balance for one in covered)
    if not 0 < amount < owed:
        raise Refused("bad_amount", "a settlement is more than zero and less than what is open", field="amount")
    if until < on:
        raise Refused("bad_date", f"{until} is past", field="until")
    if customer.settlements.filter(taken_on=None, ended_at=None, until__gte=on, invoices__in=covered).exists():
        raise Refused("duplicate", "a smaller sum is agreed for one of these already; end that first", field="invoices")
    made = Settlement(
        organization_id=customer.organization_id,
        customer=customer,
        currency=covered[0].currency,
        owed=owed,
        amount=amount,
        until=until,
        reason=reason,
        agreed_on=on,
        agreed_by=actor[:80],
    )
    made.save(force_insert=True)
    made.invoices.set(covered)
    write(
        customer.organization_id,
        "settlement.agreed",
        at=now,
        actor=actor,
        customer_id=customer.pk,
        text=reason,
        settlement=made.pk,
        amount=amount,
        owed=owed,
        currency=made.currency,
        until=until.isoformat(),
        invoices=[one.pk for one in covered],
    )
    record_promise(
        customer, until, on=on, now=now, actor=actor, invoices=covered, amount=amount, currency=made.currency
    )
    return made


@transaction.atomic
def end_settlement(settlement: Settlement, *, now: datetime, actor: str) -> None:
    """Take an agreement to take less back before it is met. The promise that came with it stays until it is withdrawn."""
    touch(settlement.organization_id, [settlement.customer_id])
    mine = Settlement.objects.of(settlement.organization_id).filter(pk=settlement.pk, taken_on=None, ended_at=None)
    if mine.update(ended_at=now):
        write(
            settlement.organization_id,
            "settlement.ended",
            at=now,
            actor=actor,
            customer_id=settlement.customer_id,
            invoices=list(settlement.invoices.order_by("pk").values_list("pk", flat=True)),
            settlement=settlement.pk,
            amount=settlement.amount,
            currency=settlement.currency,
        )


@transaction.atomic
def settle_in_kind(
    invoice: Invoice, worth: int, what: str, *, on: date, now: datetime, actor: str, key: str = ""
) -> Payment:
    """Goods or work instead of money, worth so much: it counts as a payment, named as what it is. Refuses nothing named
    (`bad_kind`) and more than is open (`bad_amount`)."""
    touch(invoice.organization_id, [invoice.customer_id])
    invoice = Invoice.objects.of(invoice.organization_id).select_related("customer").get(pk=invoice.pk)
    if key and (known := Payment.objects.of(invoice.organization_id).filter(source=IN_KIND, external_ref=key).first()):
        return known
    if not what.strip():
        raise Refused("bad_kind", "say what was taken instead of money", field="what")
    if not 0 < worth <= invoice.balance:
        raise Refused("bad_amount", "more than zero, and at most what is open", field="worth")
    return record_payment(
        invoice.customer,
        worth,
        invoice.currency,
        on=on,
        now=now,
        actor=actor,
        invoice=invoice,
        method="other",
        source=IN_KIND,
        external_ref=key,
        note=what.strip()[:300],
    )
