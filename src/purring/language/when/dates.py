# SPDX-License-Identifier: Apache-2.0
"""Meanings that name a day of the calendar: 4 March, 5.3., the 25th, the third Tuesday of May, week 32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from purring.language.when import clerk
from purring.language.when.clerk import FRIDAY, SUNDAY
from purring.language.when.numeric import Written
from purring.language.when.saying import Reading, Said, Taken, all_of, full_year, meaning, one_of, year_of_month

_RECENT = 120
"""A date without a year in a sentence that was at most so many days ago is that one, not the one of next year: people name
the date of an invoice or a payment, nobody promises eight months ahead without the year."""

_NEAR = 100
"""In the past tense a date at most so many days ahead is the coming one, if the other is most of a year back."""


@meaning
def _dom(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """dom [N]: a day of the month, the next such day; with N that of a month counted from this one."""
    number, weekday = one_of(taken, "dom", "ord"), one_of(taken, "wd", "wda")
    this_month = said.on.replace(day=1)
    if settings:
        there = clerk.add_months(this_month, int(settings[0]))
        on = clerk.make(there.year, there.month, number)
        return Reading(on, "day_of_month") if on else None
    days = [
        found
        for months in range(-2, 4)
        for there in [clerk.add_months(this_month, months)]
        for found in [clerk.make(there.year, there.month, number)]
        if found
    ]
    gone, coming = [day for day in days if day <= said.on][::-1], [day for day in days if day >= said.on]
    wanted = gone if said.tense == "past" else coming
    if weekday is not None:
        fitting = [day for day in (*wanted, *(coming if said.tense == "past" else gone)) if day.weekday() == weekday]
        if said.tense is None:
            fitting.sort(key=lambda day: abs((day - said.on).days))
        if not fitting:
            return Reading(wanted[0], "day_of_month", certain=False) if wanted else None
        return Reading(fitting[0], "exact")
    skipped = number > 28 and not clerk.make(this_month.year, this_month.month, number)
    return Reading(wanted[0], "day_of_month", certain=not skipped) if wanted else None


def resolved(said: Said, day: int, month: int, year: int | None, weekday: int | None) -> Reading | None:
    """A date whose year may be missing: the year that fits the weekday, else the tense, else the nearest."""
    known = full_year(said, year)
    if known is not None:
        on = clerk.make(known, month, day)
        return Reading(on, "exact", certain=weekday is None or on.weekday() == weekday) if on else None
    near = [found for offset in (-1, 0, 1) for found in [clerk.make(said.on.year + offset, month, day)] if found]
    if not near:
        near = [found for offset in range(-4, 5) for found in [clerk.make(said.on.year + offset, month, day)] if found]
    if not near:
        return None
    coming = [found for found in near if found >= said.on]
    gone = [found for found in near if found <= said.on][::-1]
    back = (said.on - gone[0]).days if gone else 999
    ahead = (coming[0] - said.on).days if coming else 999
    if (back <= _RECENT and not said.alone) or (said.tense == "past" and ahead > _NEAR):
        order = gone + coming
    else:
        order = coming + gone
    if weekday is None:
        return Reading(order[0], "exact")
    fitting = [found for found in order if found.weekday() == weekday and abs((found - said.on).days) < 300]
    return Reading(fitting[0], "exact") if fitting else Reading(order[0], "exact", certain=False)


@meaning
def _date(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """date [month_first|past|coming|year N|numbers]: a day with a month by name, or a date in digits; the weekday beside it helps
    to find the year, as do words like "last 3 March" and "14 April last year"."""
    if settings[:1] == ["past"] or settings[:1] == ["coming"]:
        said = replace(said, tense="past" if settings[0] == "past" else "future")
    if settings[:1] == ["year"]:
        taken = (*taken, ("y", said.on.year + int(settings[1])))
    weekday, written = one_of(taken, "wd", "wda"), one_of(taken, "date")
    if written is not None:
        year = one_of(taken, "y")
        return _in_digits(said, written if year is None else written._replace(year=year), weekday)
    if settings == ["numbers"]:
        day, month = all_of(taken, "dom", "ord")
        return resolved(said, day, month, one_of(taken, "y"), weekday) if month <= 12 else None
    return resolved(said, one_of(taken, "dom", "ord"), one_of(taken, "mon", "month") + 1, one_of(taken, "y"), weekday)


def _in_digits(said: Said, written: Written, weekday: int | None) -> Reading | None:
    if written.year_first:
        return resolved(said, written.second, written.first, written.year, weekday)
    day_first = resolved(said, written.first, written.second, written.year, weekday)
    month_first = resolved(said, written.second, written.first, written.year, weekday)
    if day_first is None or month_first is None:
        return day_first or month_first
    if written.separator == "." or written.first == written.second:
        return day_first
    if weekday is not None and month_first.certain != day_first.certain:
        return month_first if month_first.certain else day_first
    chosen = month_first if said.months_first else day_first
    return chosen if said.months_first is not None else chosen._replace(certain=False)


@meaning
def _range(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """range: from a day to a day; what the first one leaves out (month, year) is taken from the second."""
    dates = all_of(taken, "date")
    if dates:
        first, last = _in_digits(said, dates[0], None), _in_digits(said, dates[-1], None)
        if len(dates) == 1:
            return _completed(said, one_of(taken, "dom"), last)
    else:
        days, months, year = all_of(taken, "dom", "ord"), all_of(taken, "mon", "month"), one_of(taken, "y")
        last = resolved(said, days[1], months[-1] + 1, year, None)
        if last is None or last.on is None:
            return None
        if len(months) == 1:
            on = clerk.make(last.on.year, last.on.month, days[0])
            return Reading(on, "range", last.on) if on and on <= last.on else None
        on = clerk.make(last.on.year - (months[0] > months[1]), months[0] + 1, days[0])
        return Reading(on, "range", last.on) if on else None
    if first is None or last is None or first.on is None or last.on is None:
        return None
    on = first.on
    if on > last.on and dates[0].year is None:
        on = clerk.make(on.year - 1, on.month, on.day) or on
    return Reading(on, "range", last.on, first.certain and last.certain) if on <= last.on else None


def _completed(said: Said, day: int, last: Reading | None) -> Reading | None:
    if last is None or last.on is None:
        return None
    on = clerk.make(last.on.year, last.on.month, day)
    return Reading(on, "range", last.on, last.certain) if on and on <= last.on else None


@meaning
def _between(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """between: from a day of the month to a day of the month, no month said."""
    first, last = all_of(taken, "dom", "ord")[:2]
    start = _dom(said, (("dom", first),), ())
    if start is None or start.on is None:
        return None
    end = clerk.make(start.on.year, start.on.month, last)
    return Reading(start.on, "range", end) if end and first < last else None


def _month_named(said: Said, taken: Taken, settings: Sequence[str]) -> tuple[int, int]:
    """Year and month: N months from the day of saying where a setting is a number, January for "the new year" (in January
    this one), else the month that is named."""
    if "new_year" in settings:
        return said.on.year + (said.on.month > 1), 1
    counted = next((int(setting) for setting in settings if setting.lstrip("-").isdigit()), None)
    if counted is not None:
        there = clerk.add_months(said.on.replace(day=1), counted)
        return there.year, there.month
    month: int = one_of(taken, "mon", "month") + 1
    return year_of_month(said, month, one_of(taken, "y")), month


@meaning
def _nth(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """nth [last] [N|new_year]: "the third Tuesday of September", "the last Friday of this month" (N months on), "the first
    Monday of the new year"."""
    weekday = one_of(taken, "wd", "wda")
    number = -1 if "last" in settings else one_of(taken, "ord")
    if number is None:
        return None
    on = clerk.nth_weekday(*_month_named(said, taken, settings), weekday, number) if -5 <= number <= 5 else None
    return Reading(on, "exact", certain="bare" not in settings) if on else None


@meaning
def _nth_workday(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """nth_workday [N|named]: "the fifth working day of the month", as wages are paid in Brazil; the next such day, that of
    the month N from this one, or of a month by name."""
    number = one_of(taken, "ord", "dom")
    if settings == ["named"]:
        year, month = _month_named(said, taken, ())
        return _workday_of(date(year, month, 1), number)
    for months in [int(settings[0])] if settings else [0, 1]:
        first = clerk.add_months(said.on.replace(day=1), months)
        reading = _workday_of(first, number)
        if settings or (reading and reading.on and reading.on >= said.on):
            return reading
    return None


def _workday_of(first: date, number: int) -> Reading | None:
    """A working day by its number in the month that starts on `first`; none where the month has not so many."""
    on = clerk.add_working_days(clerk.shift(first, -1), number)
    return Reading(on, "day_of_month", certain=False) if on.month == first.month else None


@meaning
def _workday_after(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """workday_after: "the first working day after 17 May"."""
    dated = one_of(taken, "mon", "month", "date") is not None
    reading = (_date if dated else _dom)(said, taken, ())
    if reading is None or reading.on is None:
        return None
    return reading._replace(on=clerk.add_working_days(reading.on, 1), kind="exact")


@meaning
def _beside(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """beside N|after|before: "the day after 13 February" (N days from a date), "two weeks before the 25th"."""
    dated = one_of(taken, "mon", "month", "date") is not None
    reading = (_date if dated else _dom)(said, [one for one in taken if one[0] != "span"], ())
    if reading is None or reading.on is None:
        return None
    if settings[0] not in ("after", "before"):
        return reading._replace(on=clerk.shift(reading.on, int(settings[0])))
    day: date | None = reading.on
    for count, unit, _ in one_of(taken, "span"):
        day = clerk.moved(day, (1 if settings[0] == "after" else -1) * count, unit) if day and unit != "hour" else None
    return reading._replace(on=day) if day else None


@meaning
def _nth_week(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """nth_week [last|#NTH] [N]: the Friday of a week of a month; the first week is the one with the month's first
    Friday, so that the day always lies in the month that is named. #NTH where the word for it is a weekday's too."""
    told = next((int(setting[1:]) for setting in settings if setting.startswith("#")), None)
    number = -1 if "last" in settings else told or int(one_of(taken, "ord"))
    on = clerk.nth_weekday(*_month_named(said, taken, settings), FRIDAY, number) if -4 <= number <= 4 else None
    return Reading(on, "week", certain=False) if on else None


@meaning
def _week_number(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """week_number [start|end]: the Friday of an ISO week; without a year the coming one, or the one just gone."""
    week, weekday = one_of(taken, "num", "ord"), one_of(taken, "wd", "wda")
    if week is None or week != int(week) or not 1 <= week <= 53:
        return None
    number = weekday if weekday is not None else 0 if settings == ["start"] else FRIDAY
    known = full_year(said, one_of(taken, "y"))
    years = [known] if known else [said.on.year - 1, said.on.year, said.on.year + 1]
    weeks = [found for year in years for found in [clerk.iso_week(year, int(week), number)] if found]
    wanted = [day for day in weeks if clerk.shift(clerk.monday_of(day), SUNDAY) >= said.on]
    if said.tense == "past":
        wanted = [day for day in weeks if day <= said.on][::-1]
    on = (weeks if known else wanted)[:1]
    return Reading(on[0], "week" if weekday is None else "weekday", certain=weekday is not None) if on else None


@meaning
def _week_of(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """week_of: "the week of 12 May": its Friday; "Monday of the week of 12 May": its Monday."""
    weekday = one_of(taken, "wd", "wda")
    taken = [one for one in taken if one[0] not in ("wd", "wda")]
    reading = (_date if one_of(taken, "mon", "month", "date") is not None else _dom)(said, taken, ())
    if reading is None or reading.on is None:
        return None
    if weekday is not None:
        return Reading(clerk.shift(clerk.monday_of(reading.on), weekday), "weekday")
    return Reading(clerk.shift(clerk.monday_of(reading.on), FRIDAY), "week", certain=False)
