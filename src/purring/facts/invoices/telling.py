# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal entry of what happened to one invoice. For the acts of this and the capabilities above."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write


def tell(invoice: Invoice, kind: str, now: datetime, actor: str, text: str = "", **data: Any) -> None:
    """Write it, in the running transaction. `text` is personal."""
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
