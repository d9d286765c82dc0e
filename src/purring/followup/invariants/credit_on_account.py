# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money on account is what settled payments have neither allocated, nor set against charges, nor given back, per customer and currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Sum

from purring.facts.payments.models import Allocation, ChargeAllocation, Credit, Payment, Reversal

NAME = "money on account"


def broken(now: datetime) -> Iterator[str]:
    owed: Counter[tuple[int, str]] = Counter()
    settled = Payment.objects.everywhere("invariants").filter(settled_on__isnull=False)
    for customer, currency, amount in settled.values_list("customer_id", "currency").annotate(Sum("amount")):
        owed[customer, currency] += amount
    for model in (Allocation, ChargeAllocation, Reversal):
        rows = model.objects.everywhere("invariants")
        sums = rows.values_list("payment__customer_id", "payment__currency").annotate(Sum("amount"))
        for customer, currency, amount in sums:
            owed[customer, currency] -= amount
    for customer, currency, amount in Credit.objects.everywhere("invariants").values_list(
        "customer_id", "currency", "amount"
    ):
        owed[customer, currency] -= amount
    for (customer, currency), difference in owed.items():
        if difference:
            yield f"customer {customer}, {currency}: {difference} more on account by the rows than noted"
