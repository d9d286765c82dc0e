# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of the customer's a visit may see: after a code everything, by a link alone what the link shows."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from purring.doors.portal.opening import Visit
from purring.facts.invoices.models import Invoice

JUST_PAID = timedelta(days=60)
"""A link that shows all that is open shows what was paid lately too: its receipts are asked for then."""


def seen_invoices(found: Visit) -> QuerySet[Invoice]:
    """Open and paid ones."""
    if found.known:
        return of_customer(found.organization.pk, found.customer.pk, found.today)
    if found.invoices is not None:
        return shown_ones(found.organization.pk, found.customer.pk, found.today, [*found.invoices])
    return open_ones(found.organization.pk, found.customer.pk, found.today, found.today - JUST_PAID)


def of_customer(organization: int, customer: int, today: date) -> QuerySet[Invoice]:
    return Invoice.objects.of(organization).filter(customer=customer, issued__lte=today)


def shown_ones(organization: int, customer: int, today: date, shown: list[int]) -> QuerySet[Invoice]:
    return of_customer(organization, customer, today).filter(pk__any_of=shown)


def open_ones(organization: int, customer: int, today: date, since: date) -> QuerySet[Invoice]:
    return of_customer(organization, customer, today).filter(Q(settled_on=None) | Q(settled_on__gte=since))


def is_seen(found: Visit, invoice: Invoice) -> bool:
    """The same of one that is the customer's."""
    if found.known:
        return True
    if found.invoices is not None:
        return invoice.pk in found.invoices
    return invoice.settled_on is None or invoice.settled_on >= found.today - JUST_PAID
