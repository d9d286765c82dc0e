# SPDX-License-Identifier: Apache-2.0
"""Counting days as the laws count them. Days are ordinals."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from purring.core.calendar import ONE_DAY, Calendar


def months_after(first: int, months: int) -> int:
    """The day so many months after `first`; the last one of a shorter month."""
    day = date.fromordinal(first)
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])).toordinal()


def working_day_after(calendar: Calendar, day: int, count: int) -> int:
    """The working day so many working days after a day; the day itself for none."""
    one = date.fromordinal(day)
    for _ in range(count):
        one = calendar.shift(one + ONE_DAY)
    return one.toordinal()


def days_360(first: int, last: int) -> int:
    """Days from `first` to `last`, both included, where each month has thirty (30E/360)."""
    start, end = date.fromordinal(first - 1), date.fromordinal(last)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + min(end.day, 30) - min(start.day, 30)
