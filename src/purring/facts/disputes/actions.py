# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opening and resolving disputes. Only the disputed part stops."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write


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
    _told(invoice, "dispute.opened", now, actor, reason, dispute=dispute.pk, amount=amount)
    return dispute


@transaction.atomic
def resolve_disputes(invoice: Invoice, *, now: datetime, actor: str, outcome: str = "") -> int:
    """Resolve every open dispute of the invoice; how many."""
    changed = int(invoice.disputes.filter(resolved_at=None).update(resolved_at=now, outcome=outcome[:300]))
    if changed:
        _told(invoice, "dispute.resolved", now, actor, outcome, count=changed)
    return changed


def _told(invoice: Invoice, kind: str, now: datetime, actor: str, text: str, **data: Any) -> None:
    touch(invoice.organization_id, [invoice.customer_id])
    write(
        invoice.organization_id,
        kind,
        at=now,
        actor=actor,
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        text=text,
        **data,
    )
