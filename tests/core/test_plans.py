# SPDX-License-Identifier: AGPL-3.0-or-later
"""Instalment plans add up to the cent, keep their limits, and fall on the days that people expect."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from purring.core.calendar import EVERY_DAY, Calendar, working_days
from purring.core.errors import Refused
from purring.core.plans import RHYTHMS, Limits, Wish, beyond, build, gentlest, last_day, months_later
from tests.support import seeds

TODAY = date(2026, 3, 4)
LIMITS = Limits(most=6, first_percent=20, first_within_days=14, last_within_days=200, smallest=1000)


def test_equal_shares_with_the_odd_cents_first() -> None:
    made = build(10_000, Wish(3, "monthly", date(2026, 3, 31)))
    assert made == ((date(2026, 3, 31), 3334), (date(2026, 4, 30), 3333), (date(2026, 5, 31), 3333))


def test_a_first_payment_and_the_rest_in_equal_shares() -> None:
    made = build(10_000, Wish(3, "fortnightly", TODAY, first=5_000))
    assert made == ((TODAY, 5000), (date(2026, 3, 18), 2500), (date(2026, 4, 1), 2500))


def test_a_day_off_moves_on_and_never_past_the_last_day() -> None:
    norway = working_days("NO")
    saturday = date(2026, 3, 14)
    assert build(100, Wish(1, "weekly", saturday), norway)[0][0] == date(2026, 3, 16)
    assert build(100, Wish(1, "weekly", saturday), norway, not_after=saturday)[0][0] == date(2026, 3, 13)


def test_months_end_where_they_end() -> None:
    assert [months_later(date(2027, 11, 30), n) for n in (1, 2, 3, 4)] == [
        date(2027, 12, 30), date(2028, 1, 30), date(2028, 2, 29), date(2028, 3, 30),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(3, "daily", TODAY), "rhythm"),
        (Wish(0, "weekly", TODAY), "number"),
        (Wish(61, "weekly", TODAY), "number"),
        (Wish(2, "weekly", TODAY, first=0), "first"),
        (Wish(2, "weekly", TODAY, first=100), "first"),
    ],
)
def test_what_cannot_be_a_plan(wish: Wish, field: str) -> None:
    with pytest.raises(Refused) as refused:
        build(100, wish)
    assert refused.value.params["field"] == field


def test_each_limit_is_named() -> None:
    plain = build(12_000, Wish(4, "monthly", TODAY, first=6_000))
    assert beyond(plain, LIMITS, TODAY) == ()
    assert beyond(build(12_000, Wish(7, "weekly", TODAY, first=6_000)), LIMITS, TODAY) == ("number",)
    assert beyond(build(12_000, Wish(6, "weekly", TODAY, first=2_000)), LIMITS, TODAY) == ("first",)
    assert beyond(build(12_000, Wish(2, "weekly", TODAY - timedelta(1))), LIMITS, TODAY) == ("first_on",)
    assert beyond(build(12_000, Wish(2, "weekly", TODAY + timedelta(15))), LIMITS, TODAY) == ("first_on",)
    assert beyond(build(2_400, Wish(4, "weekly", TODAY)), LIMITS, TODAY) == ("smallest",)
    tight = LIMITS._replace(last_within_days=30)
    assert beyond(plain, tight, TODAY) == ("last_on",)


def test_no_plans_where_none_are_offered() -> None:
    assert gentlest(50_000, LIMITS._replace(most=0), TODAY) is None
    assert gentlest(900, LIMITS, TODAY) is None


@pytest.mark.scales
def test_sums_are_exact_days_rise_and_limits_hold(rng: random.Random) -> None:
    """Of any sum and limits: what is built adds up; what is suggested lies inside; the last day is kept."""
    for _ in range(seeds.count("plans", normal=400, endurance=20_000)):
        today = date(2026, 1, 1) + timedelta(rng.randrange(900))
        calendars: list[Calendar] = [EVERY_DAY, working_days("NO"), working_days("DE"), working_days("ZA")]
        calendar = rng.choice(calendars)
        limits = Limits(
            rng.choice([0, 2, 3, 6, 12, 24]), rng.choice([0, 10, 33, 50]), rng.randrange(1, 40),
            rng.randrange(20, 700), rng.choice([0, 1, 500, 5_000]),
        )  # fmt: skip
        total = rng.choice([1, 2, 99, rng.randrange(100, 10**6), 10**12 + 7])
        wish = Wish(
            rng.randrange(1, 13), rng.choice(RHYTHMS), today + timedelta(rng.randrange(40)),
            rng.choice([None, rng.randrange(1, total + 2)]),
        )  # fmt: skip
        try:
            made = build(total, wish, calendar, last_day(limits, today))
        except Refused:
            assert total < wish.number or (wish.first is not None and wish.first > total - (wish.number - 1))
        else:
            days = [day for day, _ in made]
            assert sum(amount for _, amount in made) == total
            assert all(amount > 0 for _, amount in made)
            assert days == sorted(set(days))
            assert len(days) == wish.number
            assert all(calendar.is_working(day) for day in days)
            if not beyond(made, limits, today):
                assert days[-1] <= last_day(limits, today)
        if suggested := gentlest(total, limits, today, calendar):
            inside = build(total, suggested, calendar, last_day(limits, today))
            assert beyond(inside, limits, today) == ()
            assert 2 <= len(inside) <= limits.most
