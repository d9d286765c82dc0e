# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two years of invoices and payments of a sample business, as a plan still to be recorded. Pure: same seed, same plan.

Money is minor units. What is older than a customer's present situation is paid; a customer who is well goes on as
usual up to today.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from purring.core.references import make, printed
from purring.doors.demo.cast import Business, Client, Job
from purring.doors.demo.situations import PAST, SITUATIONS, Happens, Owed, Situation

YEARS_DAYS = 730
QUIET_DAYS = 8
"""Between the last usual invoice being paid and the first of the present situation."""
METHODS = ("transfer", "transfer", "transfer", "card")
DELAY_DAYS = {"early": (-9, -4), "on_time": (-5, 0), "late": (4, 15), "in_parts": (-2, 9)}


@dataclass
class Paid:
    """A payment to be booked; None pays what is open then."""

    on: date
    amount: int | None
    method: str


@dataclass
class Bill:
    """An invoice to be recorded. `number` is given when all bills of the business are known."""

    client: Client
    job: Job
    issued: date
    due: date
    lines: list[dict[str, Any]]
    amount: int
    tax: int
    currency: str
    purchased_on: date
    delivered_on: date
    po_number: str = ""
    payments: list[Paid] = field(default_factory=list)
    number: str = ""
    reference: str = ""

    def open_after(self, day: date) -> bool:
        """True when money was still to come after that day, as far as planned."""
        return not self.payments or self.payments[-1].on > day


@dataclass
class Happening:
    """Something that happens to bills of one client, on a day."""

    on: date
    what: str
    client: Client
    bill: Bill
    facts: Happens
    until: date | None


def plan_business(business: Business, today: date, rng: Random) -> tuple[list[Bill], list[Happening]]:
    """Every invoice with its payments, by day of issue and numbered, and what happened to them."""
    bills: list[Bill] = []
    happenings: list[Happening] = []
    for client in business.clients:
        for name in (client.situation, *client.also):
            own, happened = _situation(business, client, {**SITUATIONS, **PAST}[name], today, rng)
            bills += own
            happenings += happened
    usual = max(business.invoices - len(bills), 0)
    for at, client in enumerate(business.clients):
        share = usual // len(business.clients) + (at < usual % len(business.clients))
        bills += _usual(business, client, share, today, rng)
    bills.sort(key=lambda bill: (bill.issued, business.clients.index(bill.client)))
    _number(business, bills)
    return bills, happenings


def _situation(
    business: Business, client: Client, situation: Situation, today: date, rng: Random
) -> tuple[list[Bill], list[Happening]]:
    bills = []
    for owed in situation.owed:
        due = today + timedelta(owed.due)
        bill = _bill(business, client, due - timedelta(client.terms), due, rng)
        if not owed.with_po:
            bill.po_number = ""
        bill.payments = list(_payments(bill, owed, today, rng))
        bills.append(bill)
    happenings = [
        Happening(
            today + timedelta(one.day),
            one.what,
            client,
            bills[one.bill],
            one,
            None if one.until is None else today + timedelta(one.until),
        )
        for one in situation.happens
    ]
    return bills, happenings


def _payments(bill: Bill, owed: Owed, today: date, rng: Random) -> Iterable[Paid]:
    for day, percent in owed.paid:
        whole = percent == 100 and not owed.rest
        part = None if whole else -(-bill.amount * percent // 100) - owed.rest  # rounded up, as the first instalment is
        yield Paid(today + timedelta(day), part, rng.choice(METHODS))


def _usual(business: Business, client: Client, count: int, today: date, rng: Random) -> list[Bill]:
    """Invoices of the usual life of a customer, evenly over two years with some chance."""
    situation = SITUATIONS[client.situation]
    well = not situation.owed
    last_paid = today + timedelta(situation.first_day(client.terms) - QUIET_DAYS)
    slowest = max(DELAY_DAYS[client.pays]) + 4
    first = today - timedelta(YEARS_DAYS)
    last = today - timedelta(1) if well else last_paid - timedelta(client.terms + slowest)
    if client.closeness == "new":
        first = max(first, last - timedelta(90))
    bills = []
    span = (last - first).days / max(count, 1)
    for number in range(count):
        issued = first + timedelta(int(span * (number + rng.uniform(0.15, 0.95))))
        issued = min(_weekday(issued, -1), last)
        bill = _bill(business, client, issued, issued + timedelta(client.terms), rng)
        delay = rng.randint(*DELAY_DAYS[client.pays])
        paid_on = _weekday(bill.due + timedelta(delay), 1)
        if client.pays == "in_parts" and bill.amount > 20000:
            half = bill.amount * rng.choice((30, 40, 50)) // 100
            bill.payments.append(Paid(_weekday(paid_on - timedelta(6), -1), half, "transfer"))
        bill.payments.append(Paid(paid_on, None, rng.choice(METHODS)))
        bills.append(bill)
    return bills


def _weekday(day: date, step: int) -> date:
    while day.weekday() > 4:
        day += timedelta(step)
    return day


def _bill(business: Business, client: Client, issued: date, due: date, rng: Random) -> Bill:
    language = business.home(client).language
    job = rng.choice(business.jobs[language])
    at_home = business.home(client).country == business.country
    percent = business.tax_percent if at_home else 0
    lines: list[dict[str, Any]] = []
    for sold in job.lines:
        quantity = rng.randint(sold.least, sold.most)
        lines.append(
            {
                "description": sold.text,
                "quantity": Decimal(quantity),
                "unit_price": sold.price,
                "tax_rate": Decimal(percent),
                "total": sold.price * quantity,
            }
        )
    net: int = sum(line["total"] for line in lines)
    tax = int((Decimal(net) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
    since_days = rng.randint(3, 12)
    return Bill(
        client,
        job,
        issued,
        due,
        lines,
        net + tax,
        tax,
        business.home(client).currency,
        issued - timedelta(since_days),
        issued - timedelta(rng.randint(0, since_days - 2)),
        f"PO-{rng.randint(41000, 48999)}" if client.po_required else "",
    )


def _number(business: Business, bills: list[Bill]) -> None:
    counts: dict[int, int] = {}
    for bill in bills:
        year = bill.issued.year
        counts[year] = counts.get(year, 0) + 1
        bill.number = f"{business.prefix}-{year}-{counts[year]:03d}"
        schemes = {account["scheme"] for account in business.accounts}
        if "no" in schemes:
            bill.reference = make("kid10", f"{business.ref(bill.client)}{year % 100:02d}{counts[year]:04d}")
        else:
            bill.reference = printed("rf", make("rf", bill.number)) if "iban" in schemes else bill.number
