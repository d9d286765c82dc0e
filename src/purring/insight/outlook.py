# SPDX-License-Identifier: AGPL-3.0-or-later
"""When what is open may come: by week, what was promised and what is to be expected.

Promised is a promise that stands, or an instalment of a plan. Of everything else an invoice is expected on its due date, moved by
the days by which this customer was late on average over the last year (at least three paid invoices, else by everybody's
average). What should have come by that measure and did not, and what is disputed, is in no week; it is told beside.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Sum

from purring.facts.agreements.models import Instalment, PaymentPlan, Promise
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Payment

WEEKS = 8
LOOKED_BACK = timedelta(365)
LEAST_PAID = 3
BEYOND, LATE = WEEKS, -1
Days = Mapping[int, date]
"""Organizations by their ids, each with its own today. Who asks must have a right to every one of them."""
Book = tuple[int, str]
"""One currency of one organization."""


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


class _Sums:
    """Amounts by book and week."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self.books: defaultdict[Book, Counter[int]] = defaultdict(Counter)

    def add(self, book: Book, on: date | None, amount: int) -> None:
        """`on` None: no day is known for it."""
        self.books[book][LATE if on is None else week_of(on, self.days[book[0]])] += amount


def week_of(on: date, today: date) -> int:
    """0 for the week of today, `BEYOND` for everything after the last one, `LATE` for what is past."""
    if on < today:
        return LATE
    return min(((on - today).days + today.weekday()) // 7, BEYOND)


def outlook(organization: Organization, currency: str, today: date) -> Outlook:
    """Six queries."""
    days, book = {organization.pk: today}, (organization.pk, currency)
    disputed = _disputed(days)
    promised, spoken_for = _promised(days, disputed)
    expected, _ = _expected(days, {*disputed} | spoken_for)
    first, then = promised.books[book], expected.books[book]
    monday = today - timedelta(today.weekday())
    weeks = [
        Week(
            max(monday + timedelta(7 * index), today),
            monday + timedelta(7 * index + 6),
            first[index],
            then[index],
        )
        for index in range(WEEKS)
    ]
    on_its_way = Payment.objects.of(organization).filter(currency=currency, settled_on=None, failed_on=None)
    return Outlook(
        weeks,
        first[BEYOND] + then[BEYOND],
        first[LATE] + then[LATE],
        sum(amount for at, amount in disputed.values() if at == book),
        on_its_way.aggregate(sum=Sum("amount"))["sum"] or 0,
    )


@dataclass(frozen=True, slots=True)
class Short:
    """Of one currency of one organization: `coming` from today to Sunday, promised and expected, which is the first week of
    its `outlook`; and what is open and `overdue`."""

    coming: int
    overdue: int


def in_short(days: Days) -> dict[Book, Short]:
    """Several organizations at once: five queries, however many they are. Where both are nothing, nothing is named."""
    if not days:
        return {}
    disputed = _disputed(days)
    promised, spoken_for = _promised(days, disputed)
    expected, over = _expected(days, {*disputed} | spoken_for)
    books = promised.books.keys() | expected.books.keys()
    found = {book: Short(promised.books[book][0] + expected.books[book][0], over[book]) for book in books}
    return {book: short for book, short in found.items() if short.coming or short.overdue}


def _of(rows: Any, days: Days) -> QuerySet[Any]:
    """The rows of these organizations."""
    found: QuerySet[Any] = rows.everywhere("organizations that the caller named").filter(organization_id__in=list(days))
    return found


def _disputed(days: Days) -> dict[int, tuple[Book, int]]:
    """What is open of invoices with an open dispute, whole."""
    rows = _of(Dispute.objects, days).filter(resolved_at=None, invoice__settled_on=None)
    found = rows.values_list("invoice_id", "organization_id", "invoice__currency", _open_of("invoice__"))
    return {invoice: ((owner, currency), open_) for invoice, owner, currency, open_ in found}


def _open_of(prefix: str) -> F:
    whole: F = F(f"{prefix}amount")
    for name in ("allocated", "credited", "forgiven"):
        whole = whole - F(f"{prefix}{name}")  # type: ignore[assignment]
    return whole


def _promised(days: Days, disputed: Mapping[int, Any]) -> tuple[_Sums, set[int]]:
    """What plans and promises say, and the invoices they speak of. A plan's money pays its first instalments first."""
    sums, seen = _Sums(days), set[int]()
    plans = _of(PaymentPlan.objects, days).filter(cancelled_at=None, invoices__settled_on=None)
    open_by_plan: dict[int, Counter[Book]] = defaultdict(Counter)
    columns = ("id", "organization_id", "invoices__currency", "invoices__id")
    for plan_id, owner, currency, invoice_id, open_ in plans.values_list(*columns, _open_of("invoices__")):
        if invoice_id not in disputed:
            seen.add(invoice_id)
            open_by_plan[plan_id][owner, currency] += open_
    instalments = _of(Instalment.objects, days).filter(plan_id__any_of=list(open_by_plan))
    for plan_id, due, amount in instalments.order_by("plan_id", "-number").values_list("plan_id", "due", "amount"):
        for book, left in open_by_plan[plan_id].items():
            part = min(amount, left)  # the last ones are the ones still open
            open_by_plan[plan_id][book] -= part
            if part:
                sums.add(book, due, part)
    for books in open_by_plan.values():
        for book, left in books.items():
            sums.add(book, None, left)
    promises = _of(Promise.objects, days).filter(
        withdrawn_at=None, pay_on__gte=min(days.values()), invoices__settled_on=None
    )
    wanted: dict[tuple[int, Book], tuple[date, int | None]] = {}
    open_by_promise: Counter[tuple[int, Book]] = Counter()
    asked = ("id", "organization_id", "invoices__currency", "pay_on", "amount", "invoices__id")
    found = promises.order_by("pay_on", "id").values_list(*asked, _open_of("invoices__"))
    for promise_id, owner, currency, pay_on, amount, invoice_id, open_ in found:
        if pay_on >= days[owner] and invoice_id not in seen and invoice_id not in disputed:
            seen.add(invoice_id)
            key = promise_id, (owner, currency)
            wanted[key] = (pay_on, amount)
            open_by_promise[key] += open_
    for key, (pay_on, given) in wanted.items():
        whole = open_by_promise[key]
        part = min(given or whole, whole)
        sums.add(key[1], pay_on, part)
        sums.add(key[1], None, whole - part)
    return sums, seen


def _expected(days: Days, without: Iterable[int]) -> tuple[_Sums, dict[Book, int]]:
    """Open invoices by the week in which their customers usually pay; and what of all that is open is over its due date. One
    statement."""
    table, sqlite = connection.ops.quote_name(Invoice._meta.db_table), connection.vendor == "sqlite"
    late = "julianday(settled_on) - julianday(due)" if sqlite else "settled_on - due"
    ahead = "julianday(i.due) - julianday(h.today)" if sqlite else "i.due - h.today"
    left_out = "IN (SELECT value FROM json_each(%s))" if sqlite else "= ANY(%s::bigint[])"
    house, since = ("(%s, %s)", "%s") if sqlite else ("(%s::bigint, %s::date)", "%s::date")
    # Sums over a whole year: SQLite would follow an index into the rows one by one, and take three times as long. Of what
    # is open it would take the index of all invoices, and read those that are settled, too.
    owner, mine = (
        ("CAST(customer_id AS INTEGER)", "organization_id + 0") if sqlite else ("customer_id", "organization_id")
    )
    by = "INDEXED BY invoice_open_sums" if sqlite else ""
    by_day: dict[date, list[int]] = defaultdict(list)
    for key, today in days.items():
        by_day[today].append(key)
    years = [f"({mine} IN ({', '.join(['%s'] * len(keys))}) AND settled_on >= {since})" for keys in by_day.values()]
    sql = f"""
        WITH houses (id, today) AS (VALUES {", ".join([house] * len(days))}), paid AS (
            SELECT MIN(organization_id) AS house, {owner} AS customer_id, SUM({late}) AS late, COUNT(*) AS paid
            FROM {table} WHERE ({" OR ".join(years)}) AND allocated > 0 AND forgiven = 0 GROUP BY 2
        ), everybody AS (
            SELECT h.id AS house, COALESCE(SUM(late) * 1.0 / NULLIF(SUM(paid), 0), 0) AS late
            FROM houses h LEFT JOIN paid ON paid.house = h.id GROUP BY h.id
        ), usual AS (
            SELECT customer_id, late * 1.0 / paid AS late FROM paid WHERE paid >= {LEAST_PAID}
        ), owed AS (
            SELECT h.id AS house, i.customer_id, i.currency, {ahead} AS ahead, i.id {left_out} AS aside,
                   i.amount - i.allocated - i.credited - i.forgiven AS open
            FROM houses h CROSS JOIN {table} i {by} WHERE i.organization_id = h.id AND i.settled_on IS NULL
        )
        SELECT o.house, o.currency, CAST(ROUND(o.ahead + COALESCE(usual.late, everybody.late)) AS INTEGER) AS ahead,
               SUM(CASE WHEN o.aside THEN 0 ELSE o.open END) AS expected,
               SUM(CASE WHEN o.ahead < 0 THEN o.open ELSE 0 END) AS overdue
        FROM owed o JOIN everybody ON everybody.house = o.house LEFT JOIN usual ON usual.customer_id = o.customer_id
        GROUP BY 1, 2, 3"""
    given = [value for key, today in days.items() for value in (key, today)]
    for today, keys in by_day.items():
        given += [*keys, today - LOOKED_BACK]
    ids = sorted(without)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, json.dumps(ids) if sqlite else ids])
        rows = cursor.fetchall()
    sums, over = _Sums(days), Counter[Book]()
    for key, currency, ahead_days, open_, late_ in rows:
        sums.add((key, currency), days[key] + timedelta(ahead_days), int(open_))
        over[key, currency] += int(late_)
    return sums, over
