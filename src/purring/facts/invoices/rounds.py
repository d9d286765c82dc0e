# SPDX-License-Identifier: AGPL-3.0-or-later
"""The round that makes the next request of every repeat that is due, numbers it and prints it."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from purring.core.money import to_text
from purring.facts.customers.models import Customer
from purring.facts.invoices.issuing import issue_invoice
from purring.facts.invoices.models import Invoice, Repeat, Series
from purring.facts.invoices.papers import print_missing
from purring.facts.organizations.models import LegalEntity

ACTOR = "round:repeats"
Offer = Callable[[Customer, date, date], list[dict[str, str]]]
_offers: list[Offer] = []


def offer_early(offer: Offer) -> None:
    """Whoever knows the discounts for early payment of a customer, by the days a document is dated and due, has them put on
    it (`offers.apps`)."""
    if offer not in _offers:
        _offers.append(offer)


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
                .select_related("customer", "organization", "entity")
                .get(pk=key)
            )
            today = repeat.organization.today(now)
            if repeat.ended_at or repeat.next_on is None or repeat.next_on > today:
                return made
            on = repeat.next_on
            _issue(repeat, on, today, now)
            repeat.made += 1
            repeat.next_on = next_month_day(on, repeat.every_months, repeat.day_of_month)
            if repeat.until and repeat.next_on > repeat.until:
                repeat.next_on, repeat.ended_at = None, now
            repeat.save(update_fields=["made", "next_on", "ended_at"])
            made += 1
        print_missing(repeat.organization, [repeat.customer_id], now=now, actor=ACTOR)


def _issue(repeat: Repeat, on: date, today: date, now: datetime) -> Invoice:
    entity = repeat.entity or LegalEntity.objects.of(repeat.organization_id).order_by("-is_default", "id")[0]
    series, _ = Series.objects.of(repeat.organization_id).get_or_create(
        entity=entity,
        kind="payment_request",
        prefix=repeat.number_prefix,
        defaults={"organization_id": repeat.organization_id, "with_year": False, "width": 1, "last": repeat.made},
    )
    # Several repeats may share a prefix; after an outage their days come in no order, but numbers follow the dates.
    issued = max(on, series.last_on or on)
    due = issued + timedelta(repeat.terms_days)
    early = [rung for offer in _offers for rung in offer(repeat.customer, issued, due)]
    offered: dict[str, Any] = {"early_payment": early} if early else {}
    return issue_invoice(
        repeat.customer,
        entity,
        [{"description": repeat.description, "unit_price": to_text(repeat.amount, repeat.currency)}],
        issued=issued,
        due=due,
        currency=repeat.currency,
        now=now,
        actor=ACTOR,
        series=series,
        kind="payment_request",
        known_on=today,
        **offered,
    )
