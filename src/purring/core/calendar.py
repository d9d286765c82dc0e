# SPDX-License-Identifier: Apache-2.0
"""Working days of a country, from the `holidays` library (category public, no subdivision).

Knows nothing of hours or time zones; see `zones.py` for the local day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

import holidays

ONE_DAY = timedelta(days=1)


class Calendar(Protocol):
    """What the decision asks of a calendar."""

    def is_working(self, day: date) -> bool:
        """True when messages may go out on that day."""
        ...

    def shift(self, day: date) -> date:
        """That day, or the next working day after it."""
        ...


class EveryDay:
    """Every day is a working day."""

    def is_working(self, day: date) -> bool:
        return True

    def shift(self, day: date) -> date:
        return day


class WorkingDays:
    """Weekends and national public holidays of one country (ISO 3166 alpha-2).

    A country the library does not know has Saturdays and Sundays only.
    """

    def __init__(self, country: str) -> None:
        self.country = country
        try:
            self._holidays: holidays.HolidayBase | dict[date, str] = holidays.country_holidays(country)
            self._weekend = frozenset(getattr(self._holidays, "weekend", {5, 6}))
        except NotImplementedError:
            self._holidays = {}
            self._weekend = frozenset({5, 6})
        self._known: dict[date, bool] = {}

    def is_working(self, day: date) -> bool:
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = day.weekday() not in self._weekend and day not in self._holidays
        return known

    def shift(self, day: date) -> date:
        while not self.is_working(day):
            day += ONE_DAY
        return day


EVERY_DAY = EveryDay()


@lru_cache(300)
def working_days(country: str) -> WorkingDays:
    """The calendar of a country, made once per process."""
    return WorkingDays(country)
