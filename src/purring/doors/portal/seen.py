# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of the customer's a visit may see: after a code everything, by a link alone what the link shows."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet

from purring.doors.portal.opening import Visit
from purring.facts.invoices.models import Invoice

JUST_PAID = timedelta(days=60)
"""A link that shows all that is open shows what was paid lately too: its receipts are asked for then."""


def seen_invoices(found: Visit) -> QuerySet[Invoice]:
    """Open and paid ones."""
    rows = Invoice.objects.of(found.organization).filter(customer=found.customer, issued__lte=found.today)
    if found.known:
        return rows
    if found.invoices is not None:
        return rows.filter(pk__in=found.invoices)
    return rows.filter(Q(settled_on=None) | Q(settled_on__gte=found.today - JUST_PAID))


def is_seen(found: Visit, invoice: Invoice) -> bool:
    """The same of one that is the customer's."""
    if found.known:
        return True
    if found.invoices is not None:
        return invoice.pk in found.invoices
    return invoice.settled_on is None or invoice.settled_on >= found.today - JUST_PAID
