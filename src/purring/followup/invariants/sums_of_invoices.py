# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sums that stand on an invoice are those of its rows: allocations, credit notes, closures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from purring.facts.invoices.models import Closure, CreditNote, Invoice
from purring.facts.payments.models import Allocation

NAME = "sums of invoices"


def broken(now: datetime) -> Iterator[str]:
    invoices = Invoice.objects.everywhere("invariants").annotate(
        given=_sum(Allocation.objects.everywhere("invariants")),
        noted=_sum(CreditNote.objects.everywhere("invariants").filter(cancelled_at=None)),
        closed=_sum(Closure.objects.everywhere("invariants").filter(undone_at=None)),
    )
    wrong = invoices.filter(~Q(allocated=F("given")) | ~Q(credited=F("noted")) | ~Q(forgiven=F("closed")))
    columns = ("id", "allocated", "given", "credited", "noted", "forgiven", "closed")
    for key, allocated, given, credited, noted, forgiven, closed in wrong.values_list(*columns).iterator():
        yield (
            f"invoice {key}: allocated {allocated} (rows {given}), credited {credited} (rows {noted}), "
            f"forgiven {forgiven} (rows {closed})"
        )


def _sum(rows: QuerySet[Any]) -> Coalesce:
    own = rows.filter(invoice=OuterRef("pk")).order_by().values("invoice").annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(own), 0)
