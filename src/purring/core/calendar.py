# SPDX-License-Identifier: Apache-2.0
"""Working days of a country, from the `holidays` library (category public, no subdivision).

Knows nothing of hours or time zones; see `zones.py` for the local day. Days on which a business itself is closed stand
around the calendar of the customer's country (`ClosedDays`).
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

    def every_day(self) -> Calendar:
        """The same without weekends and public holidays: only days on which we ourselves are closed are left out."""
        ...

    def closed_until(self, day: date) -> date | None:
        """The last of our own closed days in a row, when we are closed on that day; None otherwise."""
        ...


class EveryDay:
    """Every day is a working day."""

    def is_working(self, day: date) -> bool:
        return True

    def shift(self, day: date) -> date:
        return day

    def every_day(self) -> Calendar:
        return self

    def closed_until(self, day: date) -> date | None:
        return None


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

    def every_day(self) -> Calendar:
        return EVERY_DAY

    def closed_until(self, day: date) -> date | None:
        return None


class ClosedDays:
    """A calendar with our own closed days: first and last of each time. Nothing leaves on them, whatever the schedule."""

    def __init__(self, calendar: Calendar, times: tuple[tuple[date, date], ...]) -> None:
        self.calendar, self.times = calendar, times

    def is_working(self, day: date) -> bool:
        return not any(first <= day <= last for first, last in self.times) and self.calendar.is_working(day)

    def shift(self, day: date) -> date:
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def every_day(self) -> Calendar:
        return ClosedDays(EVERY_DAY, self.times)

    def closed_until(self, day: date) -> date | None:
        found = None
        while last := max((last for first, last in self.times if first <= day <= last), default=None):
            found, day = last, last + ONE_DAY
        return found


EVERY_DAY = EveryDay()


def public_holidays(country: str, first: date, last: date, language: str = "") -> list[tuple[date, str]]:
    """The public holidays of a country (ISO 3166 alpha-2) that `WorkingDays` keeps, from a day to a day, with their names: in
    the language asked for (a tag) where they are known in it, else as the country calls them. Empty for an unknown country."""
    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return []
    base = {"nb": "no"}.get(language.partition("-")[0], language.partition("-")[0])
    spoken = next((one for one in known.supported_languages if one.partition("_")[0] == base), None)
    years = range(first.year, last.year + 1)
    found = holidays.country_holidays(country, years=years, language=spoken or known.default_language)
    return [(day, name) for day, name in sorted(found.items()) if first <= day <= last]


@lru_cache(300)
def working_days(country: str) -> WorkingDays:
    """The calendar of a country, made once per process."""
    return WorkingDays(country)
