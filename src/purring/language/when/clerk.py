# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of days as a careful clerk does it. No words here, no language: dates in, dates out."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
_FAR = 366 * 6
"""Spans beyond six years are no payment dates but ages and anniversaries."""


def shift(day: date, days: int) -> date:
    return day + timedelta(days)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_working_days(day: date, count: int) -> date:
    """Mondays to Fridays only; holidays differ by country and are not known here."""
    step = 1 if count >= 0 else -1
    left = abs(count)
    while left:
        day = shift(day, step)
        if day.weekday() < SATURDAY:
            left -= 1
    return day


def moved(start: date, count: Decimal, unit: str) -> date | None:
    """A day so many units of time on (negative: back), None where it is too far to be meant."""
    if unit == "workday":
        return add_working_days(start, int(count)) if abs(count) < 400 else None
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months:
        whole = int(count * months)
        return add_months(start, whole) if abs(whole) < 12 * 30 else None
    days = {"day": 1, "week": 7, "fortnight": 14, "hour": 0, "minute": 0}[unit] * count
    return shift(start, int(days)) if abs(days) < _FAR else None


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def monday_of(day: date) -> date:
    return shift(day, -day.weekday())


def on_or_after(weekday: int, day: date) -> date:
    return shift(day, (weekday - day.weekday()) % 7)


def on_or_before(weekday: int, day: date) -> date:
    return shift(day, -((day.weekday() - weekday) % 7))


def working_day_from(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return shift(day, 7 - day.weekday()) if day.weekday() >= SATURDAY else day


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The nth weekday of a month, counted from the end for negative nth; None if there is none."""
    if nth > 0:
        found = shift(on_or_after(weekday, date(year, month, 1)), 7 * (nth - 1))
    else:
        found = shift(on_or_before(weekday, month_end(year, month)), 7 * (nth + 1))
    return found if found.month == month else None


def iso_week(year: int, week: int, weekday: int = FRIDAY) -> date | None:
    """A day of an ISO 8601 week, the Friday unless said otherwise; None if the year has no such week."""
    try:
        return date.fromisocalendar(year, week, weekday + 1)
    except ValueError:
        return None


def make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, Meeus, Astronomical Algorithms, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
