# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts of agreeing: promises, plans, holds, check-ins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.agreements.models import CheckIn, Hold, Instalment, PaymentPlan, Promise
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write


def _told(customer: Customer, kind: str, now: datetime, actor: str, text: str = "", **data: Any) -> None:
    touch(customer.organization_id, [customer.pk])
    write(customer.organization_id, kind, at=now, actor=actor, customer_id=customer.pk, text=text, **data)


@transaction.atomic
def record_promise(
    customer: Customer,
    pay_on: date,
    *,
    on: date,
    now: datetime,
    actor: str,
    invoices: Sequence[Invoice] | None = None,
    amount: int | None = None,
    currency: str = "",
    said_by_phone: bool = False,
    note: str = "",
) -> Promise:
    """The customer promised to pay by `pay_on`: the invoices named, or all that are open on that day."""
    if pay_on < on:
        raise Refused("bad_date", f"the promised day {pay_on} is before {on}", field="pay_on")
    open_now = customer.invoices.filter(settled_on=None, issued__lte=on)
    covered = list(open_now if invoices is None else invoices)
    for invoice in covered:
        if invoice.settled_on or invoice.customer_id != customer.pk:
            raise Refused("settled", f"invoice {invoice.number} is not open with {customer.name}", field="invoices")
    promise = Promise(
        organization_id=customer.organization_id,
        customer=customer,
        said_on=on,
        pay_on=pay_on,
        amount=amount,
        currency=currency,
        said_by_phone=said_by_phone,
        note=note,
    )
    promise.save(force_insert=True)
    promise.invoices.set(covered)
    _told(
        customer,
        "promise.recorded",
        now,
        actor,
        note,
        promise=promise.pk,
        pay_on=pay_on.isoformat(),
        amount=amount,
        invoices=[invoice.pk for invoice in covered],
    )
    return promise


@transaction.atomic
def withdraw_promises(customer: Customer, *, now: datetime, actor: str, grace_days: int = 0) -> int:
    """Withdraw every promise whose day, with the days of grace after it, has not passed; how many."""
    today = customer.organization.today(now)
    open_ones = customer.promises.filter(withdrawn_at=None, pay_on__gte=today - timedelta(grace_days))
    changed = open_ones.update(withdrawn_at=now)
    if changed:
        _told(customer, "promise.withdrawn", now, actor, count=changed)
    return int(changed)


@transaction.atomic
def agree_plan(
    customer: Customer,
    invoices: Sequence[Invoice],
    instalments: Sequence[tuple[date, int]],
    *,
    on: date,
    now: datetime,
    actor: str,
) -> PaymentPlan:
    """A plan over open invoices of one currency; instalments (due, minor units) add up to what is open. It takes the
    place of any plan on the same invoices."""
    if not invoices or not instalments:
        raise Refused("bad_plan", "a plan needs invoices and instalments")
    if any(invoice.customer_id != customer.pk or invoice.settled_on for invoice in invoices):
        raise Refused("bad_plan", f"a plan covers open invoices of {customer.name}", field="invoices")
    if len({invoice.pk for invoice in invoices}) != len(invoices):
        raise Refused("bad_plan", "a plan names each invoice once", field="invoices")
    if any(amount <= 0 for _, amount in instalments):
        raise Refused("bad_amount", "an instalment is more than zero", field="instalments")
    if len({invoice.currency for invoice in invoices}) != 1:
        raise Refused("bad_plan", "a plan covers invoices of one currency", field="invoices")
    if sum(amount for _, amount in instalments) != sum(invoice.balance for invoice in invoices):
        raise Refused("bad_amount", "the instalments do not add up to what is open", field="instalments")
    _end_plans(customer, invoices, now)
    plan = PaymentPlan(organization_id=customer.organization_id, customer=customer, since=on)
    plan.save(force_insert=True)
    plan.invoices.set(invoices)
    for number, (due, amount) in enumerate(sorted(instalments)):
        Instalment(organization_id=customer.organization_id, plan=plan, number=number, due=due, amount=amount).save(
            force_insert=True
        )
    _told(
        customer,
        "plan.agreed",
        now,
        actor,
        plan=plan.pk,
        invoices=[invoice.pk for invoice in invoices],
        instalments=[[due.isoformat(), amount] for due, amount in sorted(instalments)],
    )
    return plan


def _end_plans(customer: Customer, invoices: Sequence[Invoice], now: datetime) -> int:
    active = customer.plans.filter(cancelled_at=None, invoices__in=invoices).values_list("id", flat=True)
    return int(customer.plans.filter(id__in=list(active)).update(cancelled_at=now))


@transaction.atomic
def cancel_plan(plan: PaymentPlan, *, now: datetime, actor: str) -> None:
    """The invoices' own ladders go on where they stopped."""
    if PaymentPlan.objects.of(plan.organization_id).filter(pk=plan.pk, cancelled_at=None).update(cancelled_at=now):
        about = list(plan.invoices.order_by("pk").values_list("pk", flat=True))
        _told(plan.customer, "plan.cancelled", now, actor, plan=plan.pk, invoices=about)


@transaction.atomic
def hold(
    customer: Customer,
    *,
    on: date,
    now: datetime,
    actor: str,
    invoice: Invoice | None = None,
    until: date | None = None,
    reason: str = "",
    exclusion: bool = False,
) -> Hold:
    """Not now: for the customer or one invoice, until a last silent day or until released."""
    if until and until < on:
        raise Refused("bad_date", f"{until} is before {on}", field="until")
    if invoice and invoice.settled_on:
        raise Refused("settled", f"invoice {invoice.number} is settled; there is nothing to hold")
    made = Hold(
        organization_id=customer.organization_id,
        customer=customer,
        invoice=invoice,
        until=until,
        since=on,
        reason=reason,
        exclusion=exclusion,
    )
    made.save(force_insert=True)
    kind = "customer.excluded" if exclusion else "hold.placed"
    _told(
        customer,
        kind,
        now,
        actor,
        reason,
        hold=made.pk,
        invoice=invoice.pk if invoice else None,
        until=until.isoformat() if until else None,
    )
    return made


@transaction.atomic
def release_holds(
    customer: Customer, *, now: datetime, actor: str, invoice: Invoice | None = None, exclusion: bool = False
) -> int:
    """Release the holds of the customer, or of one invoice (or, with `exclusion`, include the customer again)."""
    holds = customer.holds.filter(released_at=None, invoice=invoice, exclusion=exclusion)
    changed = int(holds.update(released_at=now))
    if changed:
        kind = "customer.included" if exclusion else "hold.released"
        _told(customer, kind, now, actor, count=changed, invoice=invoice.pk if invoice else None)
    return changed


@transaction.atomic
def release_one_hold(placed: Hold, *, now: datetime, actor: str) -> bool:
    """Release this hold and no other; False when it was released before."""
    changed = Hold.objects.of(placed.organization_id).filter(pk=placed.pk, released_at=None).update(released_at=now)
    if changed:
        _told(placed.customer, "hold.released", now, actor, count=1, hold=placed.pk, invoice=placed.invoice_id)
    return bool(changed)


@transaction.atomic
def ask_check_in(
    customer: Customer, kind: str, *, now: datetime, actor: str, invoice: Invoice | None = None
) -> CheckIn:
    """We asked whether the invoice arrived (`receipt`) or whether they are content (`satisfaction`)."""
    if kind not in ("receipt", "satisfaction"):
        raise Refused("bad_kind", "a check-in asks for receipt or satisfaction", field="kind")
    asked = CheckIn(
        organization_id=customer.organization_id, customer=customer, invoice=invoice, kind=kind, asked_at=now
    )
    asked.save(force_insert=True)
    _told(customer, "check_in.asked", now, actor, check_in=asked.pk, kind_of_check=kind)
    return asked


@transaction.atomic
def answer_check_in(check_in: CheckIn, answer: str, *, now: datetime, actor: str, note: str = "") -> None:
    """`yes` or `no`; silence is no answer and blocks nothing."""
    if answer not in ("yes", "no"):
        raise Refused("bad_answer", "the answer is yes or no", field="answer")
    check_in.answer, check_in.answered_at, check_in.note = answer, now, note
    check_in.save(update_fields=["answer", "answered_at", "note"])
    _told(check_in.customer, "check_in.answered", now, actor, note, check_in=check_in.pk, answer=answer)
