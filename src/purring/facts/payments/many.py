# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many payments at once, for lists. What `record_payment` does for one, with a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from purring.core.errors import Refused
from purring.core.money import MAX_MINOR, exponent
from purring.facts.customers.actions import touch
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import record_many
from purring.facts.organizations.models import Organization
from purring.facts.payments.filling import NOTHING, Money, filled_first
from purring.facts.payments.following import Arrived, money_came
from purring.facts.payments.models import Payment
from purring.facts.payments.settling import allocate_beside, allocate_many, change_credit, locked_many


class NewPayment(NamedTuple):
    """A settled payment to be recorded; `amount` in minor units. `external_ref` must be new for its source."""

    customer_id: int
    invoice: Invoice | None
    amount: int
    currency: str
    on: date
    method: str
    source: str
    external_ref: str
    note: str


def refuse_wrong(amount: int, currency: str, invoice: Invoice | None, customer_id: int) -> None:
    """What no payment may be: nothing or absurd, in another currency than its invoice, for another customer's."""
    exponent(currency)
    if not 0 < amount <= MAX_MINOR:
        raise Refused("bad_amount", "a payment is more than zero", field="amount")
    if invoice and invoice.currency != currency:
        raise Refused("bad_currency", f"invoice {invoice.number} is in {invoice.currency}", field="currency")
    if invoice and invoice.customer_id != customer_id:
        raise Refused("bad_allocation", f"invoice {invoice.number} is another customer's", field="invoice")


@transaction.atomic
def record_payments(
    organization: Organization, wanted: Sequence[NewPayment], *, now: datetime, actor: str
) -> list[Payment]:
    """Record payments that arrived: each set against the invoice it names (see `filling`), what is over goes on account.

    Raises `IntegrityError` when a source and external_ref are there already.
    """
    touch(organization.pk, sorted({one.customer_id for one in wanted}))
    invoices = locked_many(organization.pk, sorted({one.invoice.pk for one in wanted if one.invoice}))
    payments = [
        Payment(
            organization_id=organization.pk,
            customer_id=one.customer_id,
            invoice_id=one.invoice.pk if one.invoice else None,
            amount=one.amount,
            currency=one.currency,
            on=one.on,
            method=one.method,
            source=one.source,
            external_ref=one.external_ref,
            note=one.note,
            recorded_at=now,
            settled_on=one.on,
        )
        for one in wanted
    ]
    Payment.objects.of(organization).bulk_create(payments)
    named = [(payment, invoices[one.invoice.pk]) for payment, one in zip(payments, wanted, strict=True) if one.invoice]
    first = filled_first(organization.pk, [Money(invoice, one.amount, one.on) for one, invoice in named])
    beside = {one.pk: part for (one, _), part in zip(named, first, strict=True) if part.amount}
    for one, invoice in named:
        allocate_beside(one, invoice, beside.get(one.pk, NOTHING), one.on, now=now, actor=actor)
    parts = allocate_many(named, {key: part.amount for key, part in beside.items()})
    over: dict[tuple[int, str], int] = defaultdict(int)
    for payment in payments:
        used = parts.get(payment.pk, 0) + beside.get(payment.pk, NOTHING).amount
        over[payment.customer_id, payment.currency] += payment.amount - used
    for (customer_id, currency), amount in sorted(over.items()):
        change_credit(organization.pk, customer_id, currency, amount)
    record_many(organization.pk, "payment.recorded", [_line(payment) for payment in payments], at=now, actor=actor)
    allocated = [_line(payment, allocated=parts[payment.pk]) for payment, _ in named if parts[payment.pk]]
    record_many(organization.pk, "payment.allocated", allocated, at=now, actor=actor)
    came = [Arrived(invoice.pk, payment.on) for payment, invoice in named if parts[payment.pk]]
    money_came(organization.pk, came, now, actor)
    return payments


def _line(payment: Payment, **more: Any) -> tuple[int, int | None, dict[str, Any]]:
    about = {"payment": payment.pk, "amount": payment.amount, "currency": payment.currency, **more}
    return payment.customer_id, payment.invoice_id, about
