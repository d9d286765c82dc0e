# SPDX-License-Identifier: AGPL-3.0-or-later
"""Working days of a country."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.calendar import EVERY_DAY, ClosedDays, working_days
from purring.core.decide import quiet_day
from purring.core.reasons import why_hold

days = st.dates(date(2001, 1, 1), date(2034, 12, 31))
countries = st.sampled_from(["NO", "ZA", "FR", "ES", "GB", "DE", "US", "JP", "SA", "IN", "ZZ"])


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("NO", date(2026, 5, 17), False),  # a Sunday, and Constitution Day
        ("NO", date(2026, 5, 14), False),  # Ascension Day
        ("FR", date(2026, 7, 14), False),
        ("ZA", date(2026, 8, 10), False),  # Women's Day was a Sunday: observed
        ("NO", date(2026, 7, 14), True),
        ("FR", date(2026, 7, 11), False),  # a Saturday
        ("ZZ", date(2026, 12, 25), True),  # a country nobody knows has weekends only
        ("ZZ", date(2026, 12, 26), False),
    ],
)
def test_days(country: str, day: date, works: bool) -> None:
    assert working_days(country).is_working(day) is works


@given(days, countries)
def test_a_day_moves_to_the_next_working_day(day: date, country: str) -> None:
    calendar = working_days(country)
    moved = calendar.shift(day)
    assert calendar.is_working(moved)
    assert calendar.shift(moved) == moved
    assert timedelta(0) <= moved - day <= timedelta(21)
    between = [day + timedelta(ahead) for ahead in range((moved - day).days)]
    assert not any(calendar.is_working(skipped) for skipped in between)


@given(days)
def test_every_day(day: date) -> None:
    assert EVERY_DAY.is_working(day)
    assert EVERY_DAY.shift(day) == day


def test_a_calendar_is_made_once() -> None:
    assert working_days("NO") is working_days("NO")


CLOSED = (
    (date(2026, 12, 24), date(2027, 1, 2)),
    (date(2027, 1, 3), date(2027, 1, 3)),
    (date(2027, 3, 1), date(2027, 3, 1)),
)


def test_our_own_closed_days_stand_around_the_countrys_calendar() -> None:
    calendar = ClosedDays(working_days("NO"), CLOSED)
    assert not calendar.is_working(date(2026, 12, 28)), "a Monday, but ours"
    assert calendar.shift(date(2026, 12, 24)) == date(2027, 1, 4)
    assert calendar.is_working(date(2026, 12, 23))
    assert not calendar.is_working(date(2026, 5, 17)), "the country's own days stay"
    assert calendar.every_day().is_working(date(2026, 5, 17)), "without weekends and holidays only ours are left"
    assert not calendar.every_day().is_working(date(2026, 12, 28))


def test_closed_until_the_last_of_days_in_a_row() -> None:
    calendar = ClosedDays(EVERY_DAY, CLOSED)
    assert calendar.closed_until(date(2026, 12, 24)) == date(2027, 1, 3)
    assert calendar.closed_until(date(2026, 12, 23)) is None
    assert calendar.closed_until(date(2027, 3, 1)) == date(2027, 3, 1)
    assert working_days("NO").closed_until(date(2026, 5, 17)) is None


def test_the_decision_says_that_it_is_our_own_day() -> None:
    calendar = ClosedDays(working_days("NO"), CLOSED)
    ours, theirs = quiet_day(calendar, date(2026, 12, 28)), quiet_day(calendar, date(2026, 5, 17))
    assert (ours.code, why_hold(ours)) == ("quiet_day", "we are closed until 3 January")
    assert (theirs.code, why_hold(theirs)) == ("quiet_day", "17 May is not a working day for the customer")
