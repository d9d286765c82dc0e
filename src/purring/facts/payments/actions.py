# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on money that came in. Certain money is allocated to the invoice it names; the rest waits on account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.payments.filling import NOTHING, Beside, Money, filled_first
from purring.facts.payments.following import Arrived, money_came, money_went
from purring.facts.payments.many import refuse_wrong
from purring.facts.payments.models import ChargeAllocation, Payment, Reversal
from purring.facts.payments.settling import allocate, allocate_beside, change_credit, locked, take_back


@transaction.atomic
def record_payment(
    customer: Customer,
    amount: int,
    currency: str,
    *,
    on: date,
    now: datetime,
    actor: str,
    invoice: Invoice | None = None,
    pending: bool = False,
    method: str = "",
    source: str = "manual",
    external_ref: str = "",
    note: str = "",
) -> Payment:
    """Record a payment once: the same `source` and `external_ref` again returns the one that is there.

    With `invoice` it is set against it and what is over goes on account; without, all of it does. The principal is
    filled first, or charges asked beside it where the business follows the law in that (`filling`). `pending` says it is
    on its way and silences the invoice until it is settled or failed.
    """
    refuse_wrong(amount, currency, invoice, customer.pk)
    organization_id = customer.organization_id
    touch(organization_id, [customer.pk])  # first: it locks the account, so that two same payments come one by one
    if external_ref:
        booked = Payment.objects.of(organization_id).filter(source=source, external_ref=external_ref)
        known = booked.exclude(external_ref="").first()  # said once more for SQLite, which then takes the partial index
        if known:
            return known
    payment = Payment(
        organization_id=organization_id,
        customer=customer,
        invoice=invoice,
        amount=amount,
        currency=currency,
        on=on,
        method=method,
        source=source,
        external_ref=external_ref,
        note=note,
        recorded_at=now,
        settled_on=None if pending else on,
    )
    payment.save(force_insert=True)
    _write(payment, "payment.pending" if pending else "payment.recorded", now, actor)
    if not pending:
        _apply(payment, on, now, actor)
    return payment


def _apply(payment: Payment, on: date, now: datetime, actor: str) -> None:
    part, beside = 0, NOTHING
    if payment.invoice:
        invoice = locked(payment.invoice)
        (beside,) = filled_first(payment.organization_id, [Money(invoice, payment.amount, on)])
        allocate_beside(payment, invoice, beside, on, now=now, actor=actor)
        part = allocate(payment, invoice, payment.amount - beside.amount, on)
        if part:
            _write(payment, "payment.allocated", now, actor, allocated=part)
    left = payment.amount - part - beside.amount
    change_credit(payment.organization_id, payment.customer_id, payment.currency, left)
    if payment.invoice_id and part:
        money_came(payment.organization_id, [Arrived(payment.invoice_id, payment.on)], now, actor)


@transaction.atomic
def settle_payment(payment: Payment, *, on: date, now: datetime, actor: str) -> None:
    """A pending payment has arrived."""
    payment = _pending(payment)
    payment.settled_on = on
    payment.save(update_fields=["settled_on"])
    touch(payment.organization_id, [payment.customer_id])
    _write(payment, "payment.recorded", now, actor)
    _apply(payment, on, now, actor)


@transaction.atomic
def fail_payment(payment: Payment, *, on: date, now: datetime, actor: str) -> None:
    """A pending payment will not arrive."""
    payment = _pending(payment)
    payment.failed_on = on
    payment.save(update_fields=["failed_on"])
    touch(payment.organization_id, [payment.customer_id])
    _write(payment, "payment.failed", now, actor)


def _pending(payment: Payment) -> Payment:
    payment = Payment.objects.of(payment.organization_id).select_for_update().get(pk=payment.pk)
    if payment.settled_on or payment.failed_on:
        raise Refused("not_pending", "this payment is not pending any more")
    return payment


@transaction.atomic
def allocate_payment(payment: Payment, invoice: Invoice, amount: int, *, on: date, now: datetime, actor: str) -> int:
    """Set money on account against an invoice of the same customer and currency; what was set: at most the balance, and
    what goes to charges beside it where those come first (`filling`)."""
    payment = Payment.objects.of(payment.organization_id).select_for_update().get(pk=payment.pk)
    if (invoice.customer_id, invoice.currency) != (payment.customer_id, payment.currency):
        raise Refused("bad_allocation", "the invoice is another customer's, or in another currency")
    free = unapplied(payment)
    if not 0 < amount <= free:
        raise Refused("bad_amount", "more than this payment has left", field="amount")
    touch(payment.organization_id, [payment.customer_id])
    invoice = locked(invoice)
    (beside,) = filled_first(payment.organization_id, [Money(invoice, amount, payment.settled_on or on)])
    allocate_beside(payment, invoice, beside, on, now=now, actor=actor)
    part = allocate(payment, invoice, amount - beside.amount, on)
    change_credit(payment.organization_id, payment.customer_id, payment.currency, -part - beside.amount)
    _write(payment, "payment.allocated", now, actor, invoice=invoice, allocated=part)
    if part:
        money_came(payment.organization_id, [Arrived(invoice.pk, payment.on)], now, actor)
    return part + beside.amount


@transaction.atomic
def unallocate_payment(payment: Payment, invoice: Invoice, *, on: date, now: datetime, actor: str) -> int:
    """Take all that a payment gave an invoice and the charges beside it off again; it waits on account. How much it was.

    Refuses (`bad_allocation`) an invoice that the payment gave nothing.
    """
    touch(payment.organization_id, [payment.customer_id])
    payment = Payment.objects.of(payment.organization_id).select_for_update().get(pk=payment.pk)
    freed = _free(payment, invoice, on, now, actor)
    if not freed:
        raise Refused("bad_allocation", f"nothing of this payment is set against invoice {invoice.number}")
    change_credit(payment.organization_id, payment.customer_id, payment.currency, freed)
    return freed


@transaction.atomic
def move_payment(payment: Payment, customer: Customer, *, on: date, now: datetime, actor: str) -> None:
    """It was another customer's money: all of it is taken off invoices and goes on account there.

    Refuses money that is not here yet (`not_settled`), that has all gone back (`bad_amount`), the customer who has it
    already, and anybody of another organization (`bad_customer`).
    """
    organization_id, before = payment.organization_id, payment.customer_id
    if customer.organization_id != organization_id:
        raise Refused("bad_customer", "this customer is not one of yours", field="customer")
    touch(organization_id, sorted([before, customer.pk]))
    payment = Payment.objects.of(organization_id).select_for_update().get(pk=payment.pk)
    if payment.customer_id != before or customer.pk == before:
        raise Refused("bad_customer", "the payment stands with this customer already", field="customer")
    if not payment.settled_on:
        raise Refused("not_settled", "money can be moved once it has arrived")
    given = {*payment.allocations.values_list("invoice_id", flat=True)}
    given |= {*payment.charge_allocations.values_list("invoice_id", flat=True)}
    for invoice in Invoice.objects.of(organization_id).filter(pk__in=given).order_by("id"):
        freed = _free(payment, invoice, on, now, actor)
        change_credit(organization_id, before, payment.currency, freed)
    left = unapplied(payment)
    if not left:
        raise Refused("bad_amount", "all of this payment has gone back already")
    change_credit(organization_id, before, payment.currency, -left)
    payment.invoice = None
    _write(payment, "payment.moved_away", now, actor, left=left)
    payment.customer = customer
    payment.save(update_fields=["customer", "invoice"])
    change_credit(organization_id, customer.pk, payment.currency, left)
    _write(payment, "payment.moved_here", now, actor, left=left)


def _free(payment: Payment, invoice: Invoice, on: date, now: datetime, actor: str) -> int:
    """Take what a payment gave an invoice off it, and what it gave beside it; money on account is the caller's."""
    invoice = locked(invoice)
    part = sum(payment.allocations.filter(invoice=invoice).values_list("amount", flat=True))
    beside = sum(payment.charge_allocations.filter(invoice=invoice).values_list("amount", flat=True))
    if part:
        take_back(payment, invoice, part, on, now=now, actor=actor)
    allocate_beside(payment, invoice, Beside(-beside, ""), on, now=now, actor=actor)
    money_went(payment.organization_id, [invoice.pk] if part else [], now, actor)
    return part + beside


def unapplied(payment: Payment) -> int:
    """What a settled payment has neither allocated, nor set against charges, nor given back."""
    if not payment.settled_on:
        return 0
    given = sum(payment.allocations.values_list("amount", flat=True))
    given += sum(payment.charge_allocations.values_list("amount", flat=True))
    back = sum(payment.reversals.values_list("amount", flat=True))
    return payment.amount - given - back


@transaction.atomic
def reverse_payment(payment: Payment, amount: int, *, on: date, now: datetime, actor: str, reason: str = "") -> None:
    """Money went back. What is on account goes first, then what paid charges, then what was allocated; of each the
    latest first."""
    payment = Payment.objects.of(payment.organization_id).select_for_update().get(pk=payment.pk)
    touch(payment.organization_id, [payment.customer_id])
    free = unapplied(payment)
    given: dict[int, int] = {}
    for invoice_id, part in payment.allocations.order_by("-id").values_list("invoice_id", "amount"):
        given[invoice_id] = given.get(invoice_id, 0) + part
    beside: dict[int, int] = {}
    for invoice_id, part in payment.charge_allocations.order_by("-id").values_list("invoice_id", "amount"):
        beside[invoice_id] = beside.get(invoice_id, 0) + part
    if not 0 < amount <= free + sum(beside.values()) + sum(given.values()):
        raise Refused("bad_amount", "more than came in with this payment", field="amount")
    change_credit(payment.organization_id, payment.customer_id, payment.currency, -min(free, amount))
    left = amount - min(free, amount)
    for invoice_id, part in beside.items():
        back = min(part, left)
        if back > 0:
            ChargeAllocation(
                organization_id=payment.organization_id, payment=payment, invoice_id=invoice_id, amount=-back, on=on
            ).save(force_insert=True)
            left -= back
    opened: list[int] = []
    for invoice_id, part in given.items():
        back = min(part, left)
        if back > 0:
            opened.append(invoice_id)
            invoice = locked(Invoice.objects.of(payment.organization_id).get(pk=invoice_id))
            take_back(payment, invoice, back, on, now=now, actor=actor)
            left -= back
    Reversal(organization_id=payment.organization_id, payment=payment, amount=amount, on=on, reason=reason).save(
        force_insert=True
    )
    _write(payment, "payment.reversed", now, actor, amount=amount)
    money_went(payment.organization_id, opened, now, actor)


def _write(
    payment: Payment, kind: str, now: datetime, actor: str, *, invoice: Invoice | None = None, **data: Any
) -> None:
    meant = invoice or payment.invoice
    write(
        payment.organization_id,
        kind,
        at=now,
        actor=actor,
        customer_id=payment.customer_id,
        invoice_id=meant.pk if meant else None,
        **{"payment": payment.pk, "amount": payment.amount, "currency": payment.currency, **data},
    )
