# SPDX-License-Identifier: AGPL-3.0-or-later
"""The round that makes the next request of every repeat that is due."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from django.db import transaction

from purring.facts.invoices.actions import record_invoice
from purring.facts.invoices.models import Repeat


def next_month_day(day: date, months: int, day_of_month: int) -> date:
    """The day `months` later, on `day_of_month` or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day_of_month, calendar.monthrange(year, month + 1)[1]))


def make_repeats(now: datetime) -> int:
    """Make every request that is due, one transaction each; after an outage all that were missed. How many were made."""
    made = 0
    due = Repeat.objects.everywhere("the daily round").filter(ended_at=None, next_on__lte=now.date() + timedelta(1))
    for key, organization_id in list(due.values_list("id", "organization_id")):
        made += _make(key, organization_id, now)
    return made


def _make(key: int, organization_id: int, now: datetime) -> int:
    made = 0
    while True:
        with transaction.atomic():
            repeat = (
                Repeat.objects.of(organization_id)
                .select_for_update(of=("self",))
                .select_related("customer", "organization")
                .get(pk=key)
            )
            today = repeat.organization.today(now)
            if repeat.ended_at or repeat.next_on is None or repeat.next_on > today:
                return made
            on = repeat.next_on
            record_invoice(
                repeat.customer,
                number=f"{repeat.number_prefix}{repeat.made + 1}",
                kind="payment_request",
                issued=on,
                due=on + timedelta(repeat.terms_days),
                amount=repeat.amount,
                currency=repeat.currency,
                description=repeat.description,
                entity_id=repeat.entity_id,
                known_on=today,
                now=now,
                actor="round:repeats",
            )
            repeat.made += 1
            repeat.next_on = next_month_day(on, repeat.every_months, repeat.day_of_month)
            if repeat.until and repeat.next_on > repeat.until:
                repeat.next_on, repeat.ended_at = None, now
            repeat.save(update_fields=["made", "next_on", "ended_at"])
            made += 1
