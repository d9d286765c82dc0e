# SPDX-License-Identifier: AGPL-3.0-or-later
"""Payments, the newest first: what came in and when, what is on its way, what went back, each with its receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from purring.doors.portal.documents import allocations_of, has_receipt, page_number
from purring.doors.portal.opening import Visit, closed, private, visit, with_query
from purring.doors.portal.seen import JUST_PAID, is_seen, open_ones, seen_invoices, shown_ones
from purring.facts.invoices.models import Invoice
from purring.facts.payments.models import Allocation, Payment, Reversal
from purring.kit.prepared import Prepared
from purring.papers.documents.house import labels

PAGE = 25
SHORT = 3
"""On the account's page."""


@dataclass(frozen=True)
class Paid:
    """One payment as the visit sees it; amounts in minor units."""

    on: date
    amount: int
    currency: str
    method: str
    numbers: str
    """Of the invoices it was for."""
    coming: bool
    back: int
    receipt: str


@require_safe
def history(request: HttpRequest, token: str) -> HttpResponse:
    found = visit(request, token)
    if found is None:
        return closed(request)
    page = page_number(request)
    rows = list(_rows(found)[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "w": found.words,
        "organization": found.organization,
        "back": found.to("account"),
        "payments": told(found, rows[:PAGE]),
        "older": with_query(found.to("history"), f"page={page + 1}") if len(rows) > PAGE else "",
    }
    return private(render(request, "portal/history.html", context), found.words.language)


def latest(found: Visit) -> tuple[list[Paid], bool]:
    """The last few, and whether there are more."""
    if not found.there.payments:
        return [], False
    whose = {"organization": found.organization.pk, "customer": found.customer.pk}
    if found.known:
        rows = _LATEST(**whose)
    elif found.invoices is not None:
        rows = _LATEST_SHOWN(**whose, today=found.today, shown=[*found.invoices])
    else:
        rows = _LATEST_OPEN(**whose, today=found.today, since=found.today - JUST_PAID)
    return told(found, rows[:SHORT]), len(rows) > SHORT


def _rows(found: Visit) -> Any:
    ours = None if found.known else seen_invoices(found)
    return _payments(found.organization.pk, found.customer.pk, ours)


def _payments(organization: int, customer: int, ours: QuerySet[Invoice] | None) -> Any:
    """Payments of a customer, all or those that touch some invoices, with `back`, what went back of each."""
    rows = Payment.objects.of(organization).filter(customer=customer, failed_on=None)
    if ours is not None:
        seen = ours.values("pk")
        for_them = Allocation.objects.of(organization).filter(invoice__in=seen, payment__customer=customer)
        rows = rows.filter(Q(pk__in=for_them.values("payment")) | Q(settled_on=None, invoice__in=seen))
    gone = Reversal.objects.of(organization).filter(payment=OuterRef("pk")).values("payment")
    return rows.annotate(back=Subquery(gone.annotate(sum=Sum("amount")).values("sum"))).order_by("-on", "-id")


def _first(organization: int, customer: int, ours: QuerySet[Invoice] | None = None) -> Any:
    return _payments(organization, customer, ours)[: SHORT + 1]


_LATEST = Prepared(_first, organization=int, customer=int)
_LATEST_SHOWN = Prepared(
    lambda organization, customer, today, shown: _first(
        organization, customer, shown_ones(organization, customer, today, shown)
    ),
    organization=int,
    customer=int,
    today=date,
    shown=list,
)
_LATEST_OPEN = Prepared(
    lambda organization, customer, today, since: _first(
        organization, customer, open_ones(organization, customer, today, since)
    ),
    organization=int,
    customer=int,
    today=date,
    since=date,
)


def told(found: Visit, payments: Sequence[Any]) -> list[Paid]:
    """Payments with `back`, what went back of each. One query, however many they are."""
    if not payments:
        return []
    names, parts = labels(found.words.language), allocations_of(found, payments)
    lines = []
    for one in payments:
        part: dict[str, int] = defaultdict(int)
        for row in parts[one.pk]:
            if is_seen(found, row.invoice):
                part[row.invoice.number] += row.amount
        receipt = has_receipt(found, one, parts[one.pk])
        whole = receipt or one.settled_on is None
        amount, back = (one.amount, one.back or 0) if whole else (sum(part.values()), 0)
        if amount:
            to = found.to("receipt", str(one.pk)) if receipt and back < amount else ""
            method = names.get(f"method_{one.method}", "")
            numbers = ", ".join(number for number, sum_of in part.items() if sum_of > 0)
            lines.append(Paid(one.on, amount, one.currency, method, numbers, one.settled_on is None, back, to))
    return lines
