# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on the charges beside invoices: what is to become of them, what was asked, money that was paid on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.charges.asked import standing
from purring.facts.charges.models import AskedCharge, Choice, Handling, Order
from purring.facts.charges.policy import policy_of
from purring.facts.customers.actions import touch
from purring.facts.invoices.models import Invoice
from purring.facts.invoices.telling import tell
from purring.facts.journal.actions import write
from purring.facts.messages.models import Message
from purring.facts.payments.actions import unapplied
from purring.facts.payments.filling import Beside
from purring.facts.payments.models import Payment
from purring.facts.payments.settling import allocate_beside, change_credit, locked


@transaction.atomic
def handle_charges(
    invoice: Invoice,
    choice: str,
    *,
    on: date,
    now: datetime,
    actor: str,
    until: date | None = None,
    reason: str = "",
) -> None:
    """What is to become of the charges beside an invoice (see `Choice`); an empty `choice` takes the last one back.

    Refuses a day to wait for that is missing or past, and one with any other choice (`bad_date`).
    """
    if choice and choice not in Choice.values:
        raise Refused("bad_choice", f"{choice!r} is no choice for charges", field="choice")
    if (choice == Choice.WAIVE_UNTIL) != (until is not None):
        raise Refused("bad_date", "a day belongs to charges that are waived until one", field="until")
    if until and until < on:
        raise Refused("bad_date", f"{until} is past", field="until")
    touch(invoice.organization_id, [invoice.customer_id])
    rows = Handling.objects.of(invoice.organization_id).filter(invoice=invoice)
    if choice:
        values = {"choice": choice, "until": until, "reason": reason, "since": on}
        rows.update_or_create(
            organization_id=invoice.organization_id, invoice=invoice, defaults=values, create_defaults=values
        )
    else:
        rows.delete()
    tell(invoice, f"charges.{choice or 'usual'}", now, actor, reason, until=until.isoformat() if until else None)


@transaction.atomic
def withdraw_asked(messages: Sequence[Message], *, now: datetime, actor: str) -> int:
    """These messages did not arrive, so what they asked beside the invoices was not asked; how many charges."""
    changed = 0
    for message in messages:
        rows = AskedCharge.objects.of(message.organization_id).filter(message=message, withdrawn_at=None)
        if not rows.exists():
            continue
        touch(message.organization_id, [message.customer_id])
        count = int(rows.update(withdrawn_at=now))
        write(
            message.organization_id,
            "charges.withdrawn",
            at=now,
            actor=actor,
            customer_id=message.customer_id,
            message=message.pk,
            count=count,
        )
        changed += count
    return changed


@transaction.atomic
def pay_charges(payment: Payment, invoice: Invoice, amount: int, *, on: date, now: datetime, actor: str) -> None:
    """Set money on account against the charges that were asked beside an invoice. The invoice itself is not touched.

    Refuses (`bad_amount`) more than the payment has left or than is still asked, another customer's or currency's
    invoice (`bad_allocation`), and, where the principal comes first, one that is not paid yet (`principal_open`).
    """
    touch(payment.organization_id, [payment.customer_id])
    payment = Payment.objects.of(payment.organization_id).select_for_update().get(pk=payment.pk)
    if (invoice.customer_id, invoice.currency) != (payment.customer_id, payment.currency):
        raise Refused("bad_allocation", "the invoice is another customer's, or in another currency")
    if not 0 < amount <= unapplied(payment):
        raise Refused("bad_amount", "more than this payment has left", field="amount")
    invoice = locked(invoice)
    if amount > standing([invoice], on)[invoice.pk].open:
        raise Refused("bad_amount", f"more than is asked beside invoice {invoice.number}", field="amount")
    if invoice.balance and policy_of(payment.organization_id).order == Order.PRINCIPAL:
        raise Refused(
            "principal_open", f"invoice {invoice.number} itself is still open, and the principal is paid first"
        )
    allocate_beside(payment, invoice, Beside(amount, ""), on, now=now, actor=actor)
    change_credit(payment.organization_id, payment.customer_id, payment.currency, -amount)


@transaction.atomic
def free_charges(payment: Payment, invoice: Invoice, amount: int, *, on: date, now: datetime, actor: str) -> None:
    """Take money off the charges beside an invoice again; it goes back on account. Refuses more than was set there."""
    touch(payment.organization_id, [payment.customer_id])
    payment = Payment.objects.of(payment.organization_id).select_for_update().get(pk=payment.pk)
    given = sum(payment.charge_allocations.filter(invoice=invoice).values_list("amount", flat=True))
    if not 0 < amount <= given:
        raise Refused("bad_amount", f"more than this payment gave beside invoice {invoice.number}", field="amount")
    allocate_beside(payment, invoice, Beside(-amount, ""), on, now=now, actor=actor)
    change_credit(payment.organization_id, payment.customer_id, payment.currency, amount)
