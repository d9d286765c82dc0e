# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the books say about the money that is still out, counted a second time from the rows."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from purring.facts.agreements.actions import agree_plan, record_promise
from purring.facts.disputes.actions import open_dispute
from purring.facts.payments.actions import record_payment, reverse_payment
from purring.facts.payments.settling import WRITE_OFF, close, credit_note
from purring.insight.ageing import ageing, on_account, owing_most
from purring.insight.dso import count_back, trend
from purring.insight.outlook import BEYOND, LATE, outlook, week_of
from tests.apps.facts.cast import TODAY, TOLD, ana, bill, fjord

pytestmark = pytest.mark.django_db


def late(days: int) -> date:
    return TODAY - timedelta(days)


def paid(customer: Any, number: str, due: date, after: int) -> None:
    """An invoice of 1.00 that was paid so many days after its due date."""
    invoice = bill(customer, number, 100, due=due)
    record_payment(customer, 100, "EUR", on=due + timedelta(after), invoice=invoice, **TOLD)


class TestAgeing:
    def test_the_edges_of_the_bands(self) -> None:
        customer = ana(fjord())
        for number, days in enumerate((-5, 0, 1, 30, 31, 60, 61, 90, 91, 400)):
            bill(customer, str(number), 10**number, due=late(days))
        bands = ageing(customer.organization, TODAY)["EUR"]
        assert [band.amount for band in bands] == [11, 1100, 110_000, 11_000_000, 1_100_000_000]
        assert [band.count for band in bands] == [2] * 5
        assert [(band.least, band.most) for band in bands] == [(None, 0), (1, 30), (31, 60), (61, 90), (91, None)]

    def test_what_is_paid_in_part_counts_by_its_rest(self) -> None:
        customer = ana(fjord())
        invoice = bill(customer, amount=100_00, due=late(3))
        record_payment(customer, 30_00, "EUR", on=TODAY, invoice=invoice, **TOLD)
        record_payment(customer, 5_00, "EUR", on=TODAY, **TOLD)
        bill(customer, "2", 1, currency="JPY")
        assert ageing(customer.organization, TODAY)["EUR"][1].amount == 70_00
        assert on_account(customer.organization, "EUR") == 5_00
        assert list(ageing(customer.organization, TODAY)) == ["EUR", "JPY"]

    def test_who_owes_most(self) -> None:
        org = fjord()
        for ref, amount, days in (("A", 500, -3), ("B", 100, 9), ("C", 300, 2)):
            bill(ana(org, ref), ref, amount, due=late(days))
        found = owing_most(org, "EUR", TODAY)
        assert [(one.name, one.overdue, one.open) for one in found] == [
            ("Ana C", 300, 300), ("Ana B", 100, 100), ("Ana A", 0, 500),
        ]  # fmt: skip


class TestDaysSalesOutstanding:
    def test_the_textbook(self) -> None:
        """Sales of 80 in June and of 60 in May; 110 open on 30 June: all of June, half of May."""
        sales = {date(2026, 4, 5): 90_00, date(2026, 5, 9): 60_00, date(2026, 6, 2): 30_00, date(2026, 6, 20): 50_00}
        assert count_back(110_00, sales, date(2026, 6, 30)) == 30 + round(31 / 2)
        assert count_back(0, sales, date(2026, 6, 30)) == 0
        assert count_back(40_00, sales, date(2026, 6, 30)) == 15
        assert count_back(999_00, sales, date(2026, 6, 30)) is None, "more than was ever sold"

    def test_a_month_long_past_is_told_as_it_stood(self, rng: random.Random) -> None:
        """Every kind of row, at random days; what was open at each month's end counted one by one."""
        customer = ana(fjord())
        moves: list[tuple[date, int]] = []
        for number in range(60):
            issued = late(rng.randint(0, 380))
            invoice = bill(customer, str(number), rng.randint(100, 900), due=issued + timedelta(14), issued=issued)
            moves.append((issued, invoice.amount))
            for _ in range(rng.randint(0, 2)):
                invoice.refresh_from_db()
                on = min(issued + timedelta(rng.randint(0, 60)), TODAY)
                if invoice.balance < 10:
                    break
                part = rng.randint(1, invoice.balance)
                act = rng.choice(("pay", "pay", "credit", "close", "back"))
                told: dict[str, Any] = {"on": on, **TOLD}
                if act == "credit":
                    credit_note(invoice, part, **told)
                elif act == "close":
                    part = close(invoice, WRITE_OFF, **told).amount
                else:
                    payment = record_payment(customer, part, "EUR", invoice=invoice, **told)
                    if act == "back":
                        reverse_payment(payment, part, **told)
                        part = 0
                moves.append((on, -part))
        points = trend(customer.organization, "EUR", TODAY)
        assert len(points) == 13
        assert points[-1].on == TODAY
        for point in points:
            assert point.open == sum(amount for day, amount in moves if day <= point.on), point

    def test_a_new_book_has_no_past(self) -> None:
        customer = ana(fjord())
        assert trend(customer.organization, "EUR", TODAY) == []
        bill(customer, issued=TODAY)
        (point,) = trend(customer.organization, "EUR", TODAY)
        assert (point.on, point.open, point.days) == (TODAY, 100_00, TODAY.day)


class TestOutlook:
    def test_weeks_begin_today_and_then_on_mondays(self) -> None:
        wednesday = date(2026, 3, 4)
        assert week_of(wednesday, wednesday) == 0
        assert week_of(date(2026, 3, 8), wednesday) == 0
        assert week_of(date(2026, 3, 9), wednesday) == 1
        assert week_of(date(2026, 4, 26), wednesday) == 7
        assert week_of(date(2026, 4, 27), wednesday) == BEYOND
        assert week_of(date(2026, 3, 3), wednesday) == LATE

    def test_by_each_customer_s_own_habit(self) -> None:
        org = fjord()
        slow, prompt, new = ana(org, "S"), ana(org, "P"), ana(org, "N")
        for number in range(3):
            paid(slow, f"s{number}", late(100), 20)
            paid(prompt, f"p{number}", late(100), 0)
        for customer in (slow, prompt, new):
            bill(customer, "due", 100, due=TODAY)
        found = outlook(org, "EUR", TODAY)
        assert found.weeks[0].expected == 100, "who pays on the day"
        assert found.weeks[week_of(TODAY + timedelta(20), TODAY)].expected == 100
        assert found.weeks[week_of(TODAY + timedelta(10), TODAY)].expected == 100, "the new one by everybody's average"
        assert sum(week.expected for week in found.weeks) == 300

    def test_what_is_later_than_usual_is_in_no_week(self) -> None:
        customer = ana(fjord())
        for number in range(3):
            paid(customer, str(number), late(100), 5)
        bill(customer, "a", 100, due=late(4))
        bill(customer, "b", 10, due=late(6))
        bill(customer, "c", 1, due=TODAY + timedelta(90))
        found = outlook(customer.organization, "EUR", TODAY)
        assert (found.weeks[0].expected, found.unclear, found.later) == (100, 10, 1)

    def test_promises_plans_and_disputes(self) -> None:
        customer = ana(fjord())
        a, b, c, d = (bill(customer, name, 100, due=TODAY) for name in "abcd")
        record_promise(customer, TODAY + timedelta(14), on=TODAY, invoices=[a], **TOLD)
        agree_plan(customer, [b], [(TODAY + timedelta(7 * week), 25) for week in (1, 2, 3, 4)], on=TODAY, **TOLD)
        record_payment(customer, 30, "EUR", on=TODAY, invoice=b, **TOLD)
        open_dispute(c, on=TODAY, **TOLD)
        record_payment(customer, 50, "EUR", on=TODAY, invoice=d, pending=True, **TOLD)
        found = outlook(customer.organization, "EUR", TODAY)
        assert [week.promised for week in found.weeks][:5] == [0, 0, 120, 25, 25]
        assert [week.expected for week in found.weeks][:2] == [100, 0]
        assert (found.disputed, found.on_its_way) == (100, 50)

    def test_nothing_is_counted_twice_and_nothing_is_lost(self, rng: random.Random) -> None:
        org = fjord()
        for number in range(12):
            customer = ana(org, f"C{number}")
            rows = [bill(customer, str(n), rng.randint(1, 999), due=late(rng.randint(-80, 200))) for n in range(6)]
            for invoice in rows[:3]:
                if rng.random() < 0.6:
                    part = rng.randint(1, invoice.amount)
                    record_payment(customer, part, "EUR", on=late(rng.randint(0, 50)), invoice=invoice, **TOLD)
            if rng.random() < 0.6:
                chosen = rng.sample(rows, 2)
                record_promise(customer, TODAY + timedelta(rng.randint(0, 90)), on=TODAY, invoices=chosen, **TOLD)
            if rng.random() < 0.4:
                open_dispute(rng.choice(rows), on=TODAY, **TOLD)
        found = outlook(org, "EUR", TODAY)
        told = sum(week.promised + week.expected for week in found.weeks)
        assert told + found.later + found.unclear + found.disputed == sum(
            band.amount for band in ageing(org, TODAY)["EUR"]
        )
