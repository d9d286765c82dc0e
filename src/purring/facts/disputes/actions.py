# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opening and resolving disputes. Only the disputed part stops."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.invoices.telling import tell


@transaction.atomic
def open_dispute(
    invoice: Invoice, *, on: date, now: datetime, actor: str, amount: int | None = None, reason: str = ""
) -> Dispute:
    """The customer does not accept the invoice, or `amount` of it (minor units)."""
    if invoice.settled_on:
        raise Refused("settled", f"invoice {invoice.number} is settled; there is nothing to dispute")
    if amount is not None and amount <= 0:
        raise Refused("bad_amount", "the disputed part is more than zero", field="amount")
    dispute = Dispute(
        organization_id=invoice.organization_id, invoice=invoice, amount=amount, reason=reason, opened_on=on
    )
    dispute.save(force_insert=True)
    touch(invoice.organization_id, [invoice.customer_id])
    tell(invoice, "dispute.opened", now, actor, reason, dispute=dispute.pk, amount=amount)
    return dispute


@transaction.atomic
def resolve_disputes(invoice: Invoice, *, now: datetime, actor: str, outcome: str = "") -> int:
    """Resolve every open dispute of the invoice; how many."""
    changed = int(invoice.disputes.filter(resolved_at=None).update(resolved_at=now, outcome=outcome[:300]))
    if changed:
        touch(invoice.organization_id, [invoice.customer_id])
        tell(invoice, "dispute.resolved", now, actor, outcome, count=changed)
    return changed
