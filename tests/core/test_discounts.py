# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who pays early pays less, by the ladder and the day."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from purring.core.discounts import Early, Rung, check_ladder, discount, price, prices
from purring.core.errors import Refused
from tests.support import seeds

MARCH = date(2026, 3, 1)
TWO_RUNGS = (Early(200, MARCH + timedelta(10)), Early(100, MARCH + timedelta(20)))


def test_two_percent_within_ten_days_one_within_twenty() -> None:
    assert price(10_000, 10_000, TWO_RUNGS, MARCH + timedelta(10))[:3] == (9_800, 200, 200)
    assert price(10_000, 10_000, TWO_RUNGS, MARCH + timedelta(11))[:3] == (9_900, 100, 100)
    assert price(10_000, 10_000, TWO_RUNGS, MARCH + timedelta(21)) == (10_000, 0, 0, None)


def test_a_part_paid_in_time_counts_towards_it() -> None:
    assert price(10_000, 4_000, TWO_RUNGS, MARCH).amount == 3_800
    assert price(10_000, 150, TWO_RUNGS, MARCH) == (0, 150, 200, TWO_RUNGS[0].until)


def test_half_a_cent_is_rounded_up() -> None:
    assert [discount(amount, 250) for amount in (19, 20, 21, 60)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    "rungs",
    [
        [Rung(0, 10)],
        [Rung(5001, 10)],
        [Rung(200, 181)],
        [Rung(200, 10), Rung(200, 20)],
        [Rung(100, 10), Rung(200, 20)],
        [Rung(200, 10), Rung(100, 10)],
        [Rung(400, 1), Rung(300, 2), Rung(200, 3), Rung(100, 4)],
    ],
)
def test_ladders_that_are_none(rungs: list[Rung]) -> None:
    with pytest.raises(Refused):
        check_ladder(rungs)


def test_the_rungs_stand_by_day() -> None:
    assert check_ladder([Rung(100, 20), Rung(200, 10)]) == (Rung(200, 10), Rung(100, 20))


@pytest.mark.scales
def test_waiting_never_makes_it_cheaper(rng: random.Random) -> None:
    for _ in range(seeds.count("discounts", normal=300, endurance=10_000)):
        days = sorted(rng.sample(range(60), 3))
        percents = sorted(rng.sample(range(1, 1000), 3), reverse=True)
        offers = [Early(percent, MARCH + timedelta(day)) for percent, day in zip(percents, days, strict=True)]
        gross = rng.randrange(1, 10**7)
        balance = rng.randrange(1, gross + 1)
        asked = [price(gross, balance, offers, MARCH + timedelta(day)).amount for day in range(62)]
        assert asked == sorted(asked)
        assert asked[-1] == balance
        for one in prices(gross, balance, offers, MARCH):
            assert one.amount + one.discount == balance
            assert one.amount >= 0 < one.discount
