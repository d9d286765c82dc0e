# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the check of a request must know besides the request itself."""

from __future__ import annotations

from purring.doors.desk.desk import Desk
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.papers.preflight import Context, Record

LOOKED_BACK = 200
"""Documents of before that a new one is compared with."""


def context_of(desk: Desk, customer: Customer) -> Context:
    """What the check must know: what was issued before, and what the customer demands."""
    before = Invoice.objects.of(desk.organization).filter(issued_here__isnull=False).order_by("-id")[:LOOKED_BACK]
    others = [
        Record(
            one.number,
            one.issued,
            one.due,
            one.amount,
            one.currency,
            customer=one.customer.vat_id or one.customer.name,
            description=one.description.replace("; ", "\n"),
        )
        for one in before.select_related("customer")
    ]
    return Context(
        today=desk.today, others=others, purchase_order_required=customer.po_required, language=customer.language
    )
