# SPDX-License-Identifier: AGPL-3.0-or-later
"""How old what is open is, by days over the due date, and who owes most. Amounts are minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Min, Q, Sum, Value, When

from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Credit

BOUNDS = (0, 30, 60, 90)
"""Last days of the bands: not due, 1 to 30, 31 to 60, 61 to 90 days over, and more."""
OPEN = F("amount") - F("allocated") - F("credited") - F("forgiven")


@dataclass(frozen=True, slots=True)
class Band:
    """Open invoices that are so many days over; `least` is None for what is not due, `most` for the oldest."""

    least: int | None
    most: int | None
    amount: int
    count: int


@dataclass(frozen=True, slots=True)
class Owing:
    """What a customer owes, and what of it is over the due date since when."""

    customer_id: int
    name: str
    open: int
    overdue: int
    oldest: date
    count: int


def ageing(organization: Organization, today: date) -> dict[str, list[Band]]:
    """The five bands, the youngest first and empty ones too, by currency, the one with most invoices first; the
    organization's own currency where nothing is open. One query."""
    whens = [When(due__gte=today - timedelta(days), then=Value(index)) for index, days in enumerate(BOUNDS)]
    band = Case(*whens, default=Value(len(BOUNDS)), output_field=IntegerField())
    rows = _open(organization).order_by().values_list("currency", band)
    sums = {(code, index): sums for code, index, *sums in rows.annotate(sum=Sum(OPEN), count=Count("id"))}
    edges: Sequence[tuple[int | None, int | None]] = [
        (None, 0),
        *((low + 1, high) for low, high in pairwise(BOUNDS)),
        (BOUNDS[-1] + 1, None),
    ]
    found = {
        code: [Band(*edge, *sums.get((code, index), (0, 0))) for index, edge in enumerate(edges)]
        for code in {code for code, _ in sums} or {organization.currency}
    }
    return dict(sorted(found.items(), key=lambda one: (-sum(band.count for band in one[1]), one[0])))


def on_account(organization: Organization, currency: str) -> int:
    """Money that came in and is set against nothing yet."""
    credit = Credit.objects.of(organization).filter(currency=currency, amount__gt=0)
    return credit.aggregate(sum=Sum("amount"))["sum"] or 0


def owing_most(organization: Organization, currency: str, today: date, most: int = 10) -> list[Owing]:
    """The customers with most over the due date, then with most open."""
    late = Sum(OPEN, filter=Q(due__lt=today), default=0)
    rows = _open(organization).filter(currency=currency).order_by().values_list("customer_id", "customer__name")
    found = rows.annotate(open=Sum(OPEN), overdue=late, oldest=Min("due"), count=Count("id"))
    return [Owing(*row) for row in found.order_by("-overdue", "-open", "customer_id")[:most]]


def _open(organization: Organization) -> Any:
    return Invoice.objects.of(organization).filter(settled_on=None)
