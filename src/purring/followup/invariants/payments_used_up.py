# SPDX-License-Identifier: AGPL-3.0-or-later
"""No payment gives more than it has, and only a settled one gives anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from purring.facts.payments.models import Allocation, ChargeAllocation, Payment, Reversal

NAME = "payments used up"


def broken(now: datetime) -> Iterator[str]:
    payments = Payment.objects.everywhere("invariants").annotate(
        given=_sum(Allocation.objects.everywhere("invariants")),
        beside=_sum(ChargeAllocation.objects.everywhere("invariants")),
        back=_sum(Reversal.objects.everywhere("invariants")),
    )
    too_much = Q(amount__lt=F("given") + F("beside") + F("back")) | Q(given__lt=0) | Q(beside__lt=0)
    too_early = Q(settled_on=None) & ~Q(given=0, beside=0, back=0)
    wrong = payments.filter(too_much | too_early).values_list("id", "amount", "given", "beside", "back")
    for key, amount, given, beside, back in wrong.iterator():
        yield f"payment {key} of {amount}: {given} allocated, {beside} against charges, {back} gone back"


def _sum(rows: QuerySet[Any]) -> Coalesce:
    own = rows.filter(payment=OuterRef("pk")).order_by().values("payment").annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(own), 0)
