# SPDX-License-Identifier: AGPL-3.0-or-later
"""When what is open may come: by week, what was promised and what is to be expected.

Promised is a promise that stands, or an instalment of a plan. Of everything else an invoice is expected on its due date, moved by
the days by which this customer was late on average over the last year (at least three paid invoices, else by everybody's
average). What should have come by that measure and did not, and what is disputed, is in no week; it is told beside.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.db.models import F, Sum

from purring.facts.agreements.models import Instalment, PaymentPlan, Promise
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Payment

WEEKS = 8
LOOKED_BACK = timedelta(365)
LEAST_PAID = 3
BEYOND, LATE = WEEKS, -1


@dataclass(frozen=True, slots=True)
class Week:
    """From a Monday (the first one from today) to a Sunday."""

    begins: date
    ends: date
    promised: int
    expected: int


@dataclass(frozen=True, slots=True)
class Outlook:
    weeks: list[Week]
    later: int
    """Promised or expected after the last of these weeks."""
    unclear: int
    """Open for longer than the customer usually takes, or what a promise or plan leaves over: no day is known for it."""
    disputed: int
    on_its_way: int
    """Paid, but not here yet; of invoices that are open all the same."""


@dataclass
class _Sums:
    today: date
    sums: Counter[int] = field(default_factory=Counter)

    def add(self, on: date, amount: int) -> None:
        self.sums[week_of(on, self.today)] += amount


def week_of(on: date, today: date) -> int:
    """0 for the week of today, `BEYOND` for everything after the last one, `LATE` for what is past."""
    if on < today:
        return LATE
    return min(((on - today).days + today.weekday()) // 7, BEYOND)


def outlook(organization: Organization, currency: str, today: date) -> Outlook:
    """Six queries."""
    disputed = _disputed(organization, currency)
    promised = _Sums(today)
    spoken_for = {*disputed} | _promised(organization, currency, today, promised, {*disputed})
    expected = _expected(organization, currency, today, spoken_for)
    monday = today - timedelta(today.weekday())
    weeks = [
        Week(
            max(monday + timedelta(7 * index), today),
            monday + timedelta(7 * index + 6),
            promised.sums[index],
            expected[index],
        )
        for index in range(WEEKS)
    ]
    on_its_way = Payment.objects.of(organization).filter(currency=currency, settled_on=None, failed_on=None)
    return Outlook(
        weeks,
        promised.sums[BEYOND] + expected[BEYOND],
        promised.sums[LATE] + expected[LATE],
        sum(disputed.values()),
        on_its_way.aggregate(sum=Sum("amount"))["sum"] or 0,
    )


def _disputed(organization: Organization, currency: str) -> dict[int, int]:
    """What is open of invoices with an open dispute, whole."""
    rows = Dispute.objects.of(organization).filter(
        resolved_at=None, invoice__settled_on=None, invoice__currency=currency
    )
    return dict(rows.values_list("invoice_id", _open_of("invoice__")))


def _open_of(prefix: str) -> F:
    whole: F = F(f"{prefix}amount")
    for name in ("allocated", "credited", "forgiven"):
        whole = whole - F(f"{prefix}{name}")  # type: ignore[assignment]
    return whole


def _promised(organization: Organization, currency: str, today: date, sums: _Sums, disputed: set[int]) -> set[int]:
    """Add what plans and promises say; the invoices they speak of. A plan's money pays its first instalments first."""
    seen: set[int] = set()
    plans = PaymentPlan.objects.of(organization).filter(
        cancelled_at=None, invoices__settled_on=None, invoices__currency=currency
    )
    open_by_plan: Counter[int] = Counter()
    for plan_id, invoice_id, open_ in plans.values_list("id", "invoices__id", _open_of("invoices__")):
        if invoice_id not in disputed:
            seen.add(invoice_id)
            open_by_plan[plan_id] += open_
    instalments = Instalment.objects.of(organization).filter(plan_id__any_of=list(open_by_plan))
    for plan_id, due, amount in instalments.order_by("plan_id", "-number").values_list("plan_id", "due", "amount"):
        part = min(amount, open_by_plan[plan_id])  # the last ones are the ones still open
        open_by_plan[plan_id] -= part
        if part:
            sums.add(due, part)
    sums.sums[LATE] += sum(open_by_plan.values())
    promises = Promise.objects.of(organization).filter(
        withdrawn_at=None, pay_on__gte=today, invoices__settled_on=None, invoices__currency=currency
    )
    wanted: dict[int, tuple[date, int | None]] = {}
    open_by_promise: Counter[int] = Counter()
    columns = ("id", "pay_on", "amount", "invoices__id")
    for promise_id, pay_on, amount, invoice_id, open_ in promises.order_by("pay_on", "id").values_list(
        *columns, _open_of("invoices__")
    ):
        if invoice_id not in seen and invoice_id not in disputed:
            seen.add(invoice_id)
            wanted[promise_id] = (pay_on, amount)
            open_by_promise[promise_id] += open_
    for promise_id, (pay_on, given) in wanted.items():
        whole = open_by_promise[promise_id]
        part = min(given or whole, whole)
        sums.add(pay_on, part)
        sums.sums[LATE] += whole - part
    return seen


def _expected(organization: Organization, currency: str, today: date, without: Iterable[int]) -> Counter[int]:
    """Open invoices by the week in which their customers usually pay. One statement."""
    table, sqlite = connection.ops.quote_name(Invoice._meta.db_table), connection.vendor == "sqlite"
    late = "julianday(settled_on) - julianday(due)" if sqlite else "settled_on - due"
    ahead = "julianday(i.due) - julianday(%s)" if sqlite else "i.due - CAST(%s AS date)"
    left_out = "IN (SELECT value FROM json_each(%s))" if sqlite else "= ANY(%s::bigint[])"
    # Sums over a whole year: SQLite would follow an index into the rows one by one, and take three times as long.
    owner, mine = (
        ("CAST(customer_id AS INTEGER)", "organization_id + 0") if sqlite else ("customer_id", "organization_id")
    )
    sql = f"""
        WITH paid AS (
            SELECT {owner} AS customer_id, SUM({late}) AS late, COUNT(*) AS paid FROM {table}
            WHERE {mine} = %s AND settled_on >= %s AND allocated > 0 AND forgiven = 0 GROUP BY 1
        ), everybody AS (
            SELECT COALESCE(SUM(late) * 1.0 / NULLIF(SUM(paid), 0), 0) AS late FROM paid
        ), usual AS (
            SELECT customer_id, late * 1.0 / paid AS late FROM paid WHERE paid >= {LEAST_PAID}
        )
        SELECT CAST(ROUND({ahead} + COALESCE(usual.late, everybody.late)) AS INTEGER) AS ahead,
               SUM(i.amount - i.allocated - i.credited - i.forgiven) AS open
        FROM {table} i CROSS JOIN everybody LEFT JOIN usual ON usual.customer_id = i.customer_id
        WHERE i.organization_id = %s AND i.settled_on IS NULL AND i.currency = %s AND NOT i.id {left_out}
        GROUP BY 1"""
    ids = sorted(without)
    since, key = today - LOOKED_BACK, organization.pk
    with connection.cursor() as cursor:
        cursor.execute(sql, [key, since, today, key, currency, json.dumps(ids) if sqlite else ids])
        rows = cursor.fetchall()
    sums: Counter[int] = Counter()
    for days, open_ in rows:
        sums[week_of(today + timedelta(days), today)] += int(open_)
    return sums
