# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a customer pays, from facts alone: days after the due date, promises kept, the day of the week. For our own eyes,
never shown to the customer; with few facts it says little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from purring.facts.agreements.models import Promise
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.payments.models import Payment
from purring.kit.together import Question

LOOKED_BACK = timedelta(days=730)
ENOUGH = 3
"""Fewer paid invoices say nothing yet."""
LATEST = 40
"""Of each kind: how somebody paid years ago says little."""
MOSTLY = 0.6
"""The share of payments from which on a weekday is a habit."""
ENOUGH_PAYMENTS = 5


@dataclass(frozen=True, slots=True)
class Habits:
    """`days_late`: the median over `paid` invoices, negative when early, None when too few. `weekday`: 0 is Monday."""

    paid: int
    days_late: int | None
    kept: int
    promised: int
    weekday: int | None


def questions(customer: Customer, today: date) -> list[Question]:
    """What has to be asked, to go together with what else a page asks."""
    org = customer.organization_id
    invoices = Invoice.objects.of(org).filter(customer=customer, settled_on__gte=today - LOOKED_BACK)
    paid = invoices.filter(allocated__gt=0, forgiven=0).order_by("-settled_on", "-id")
    over = Promise.objects.of(org).filter(customer=customer, withdrawn_at=None, pay_on__lt=today)
    received = Payment.objects.of(org).filter(customer=customer, on__gte=today - LOOKED_BACK, failed_on=None)
    return [
        Question(paid[:LATEST], "due", "settled_on"),
        Question(
            over.filter(said_on__gte=today - LOOKED_BACK).order_by("-id")[: LATEST * 5],
            "id", "said_on", "pay_on", "amount", "invoices__id", "invoices__settled_on",
            "invoices__allocations__on", "invoices__allocations__amount",
        ),
        Question(received.order_by("-on", "-id")[:LATEST], "on"),
    ]  # fmt: skip


def habits(answers: Sequence[list[Any]], today: date, grace_days: int = 1) -> Habits:
    """From the answers to `questions`, in their order."""
    paid, promised, received = answers
    late = [(settled - due).days for due, settled in paid]
    over = _promises(promised, today, grace_days)
    days = Counter(on.weekday() for (on,) in received)
    weekday, most = days.most_common(1)[0] if days else (0, 0)
    habit = sum(days.values()) >= ENOUGH_PAYMENTS and most >= MOSTLY * sum(days.values())
    return Habits(
        len(late),
        round(median(late)) if len(late) >= ENOUGH else None,
        sum(over),
        len(over),
        weekday if habit else None,
    )


def _promises(rows: Sequence[tuple[Any, ...]], today: date, grace_days: int) -> list[bool]:
    """Of each promise whose day is over: was it kept? Of an amount when it came in time, else when all was settled."""
    amounts: dict[int, int | None] = {}
    ends: dict[int, date] = {}
    received: Counter[int] = Counter()
    settled: dict[int, bool] = {}
    for key, said_on, pay_on, amount, _, settled_on, on, sum_ in rows:
        end = pay_on + timedelta(grace_days)
        if end >= today:
            continue
        amounts[key], ends[key] = amount, end
        settled[key] = settled.get(key, True) and settled_on is not None and settled_on <= end
        if on is not None and said_on <= on <= end:
            received[key] += sum_
    return [received[key] >= amount if amount else settled[key] for key, amount in amounts.items()]
