# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first asking: an invoice issued here, or a payment request, that nobody has told the customer about yet goes out
by itself, with its paper."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from purring.core import reasons
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.followup.hours import send_after
from purring.followup.models import Reminder, State
from purring.kit.zones import zone_of

MOST = 500


def plan_requests(organization: Organization, now: datetime, today: date | None = None) -> int:
    """Make the intention of every document of ours that was not sent yet and is not past due; how many.

    It counts as a contact of its day: a customer who is written to today anyway gets it on the next.
    """
    today = today or organization.today(now)
    spoken = (
        Reminder.objects.of(organization)
        .filter(on=today, payment=None)
        .exclude(state__in=(State.WITHDRAWN, State.SKIPPED))
    )
    fresh = (
        Invoice.objects.of(organization)
        .filter(Q(kind="payment_request") | Q(issued_here__isnull=False))
        .filter(settled_on=None, issued__lte=today, due__gte=today, asked_by=None)
        .exclude(customer__in=spoken.values("customer"))
        .select_related("customer")
        .order_by("id")
    )
    made = 0
    written: set[int] = set()
    for invoice in fresh[:MOST]:
        customer = invoice.customer
        if customer.pk in written:
            continue
        written.add(customer.pk)
        zone = zone_of(customer.timezone, customer.country, organization.timezone)
        who = f"{organization.slug}/{customer.ref}/request"
        _, new = Reminder.objects.of(organization).get_or_create(
            request=invoice,
            defaults={
                "organization": organization,
                "customer": customer,
                "on": today,
                "stage": "request",
                "channel": "email",
                "language": customer.language,
                "currency": invoice.currency,
                "asked": invoice.balance,
                "why": reasons.tell("first_asking", {"invoice": invoice.number}),
                "send_after": send_after(today, zone, organization.sending_from, organization.sending_until, who),
                "planned_at": now,
            },
        )
        made += new
    return made
