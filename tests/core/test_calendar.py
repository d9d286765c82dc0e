# SPDX-License-Identifier: AGPL-3.0-or-later
"""Working days of a country."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.calendar import EVERY_DAY, working_days

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
