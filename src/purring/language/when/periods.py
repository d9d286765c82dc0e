# SPDX-License-Identifier: Apache-2.0
"""Meanings counted from the day of saying: tomorrow, in two weeks, Friday, next week, the end of the month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from purring.language.when import clerk
from purring.language.when.clerk import FRIDAY, SATURDAY, SUNDAY
from purring.language.when.dates import resolved
from purring.language.when.found import Kind
from purring.language.when.saying import Reading, Said, Taken, all_of, full_year, meaning, one_of, year_of_month

_MOST_WEEKDAYS = 12
_OF_A_DAY = {"hour": 24, "minute": 24 * 60}


@meaning
def _day(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """day N: so many days from the day it was said."""
    return Reading(clerk.shift(said.on, int(settings[0])), "relative")


@meaning
def _day_after(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """day_after [feast]: "my wages come on the 24th, you have it the day after": the day after the one named last, else
    tomorrow. "feast": "the day after the holiday", only where one was named."""
    day = said.feast if settings else said.last or said.on
    return Reading(clerk.shift(day, 1), "relative") if day else None


@meaning
def _same_day(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """same_day: "my wages come on the 24th, that same day I'll pay": the day named last; without one no day."""
    return Reading(said.meant, "relative") if said.meant else None


@meaning
def _same_week(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """same_week: "we're back on 10 August, I'll pay that week": the Friday of the week of the day named last, or its Sunday."""
    if said.meant is None:
        return None
    friday = clerk.shift(clerk.monday_of(said.meant), FRIDAY)
    return Reading(friday if friday >= said.meant else clerk.shift(friday, 2), "week", certain=False)


@meaning
def _in(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """in [sign [count]]: "in two weeks", "within 10 days" (the last of them), "three days ago" (sign -1), "two days after
    tomorrow" (a `rel` to count from)."""
    sign = int(settings[0]) if settings else 1
    parts = one_of(taken, "span")
    if parts is None:
        parts = ((int(settings[1]) if len(settings) > 1 else 1, str(one_of(taken, "u") or "day"), False),)
    day: date | None = clerk.shift(said.on, int(one_of(taken, "rel") or 0))
    certain = True
    for count, unit, loose in parts:
        certain = certain and not loose
        if (unit == "year" and count > 5) or day is None:
            return None
        if unit in _OF_A_DAY:
            whole = _OF_A_DAY[unit]
            day, certain = clerk.shift(day, int(sign * count // whole)), certain and count % whole == 0
        else:
            day = clerk.moved(day, sign * count, unit)
    return Reading(day, "relative", certain=certain) if day else None


@meaning
def _weekday(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """weekday coming [D]|this|next|last [D]|after|then [coming|nearby]|week N|plus N: the named weekday.

    A bare weekday is the next one, never the day it is said on (that is "today"); in the past tense the one before.
    "next": by the vocabulary, the coming one or the one of next week. "after": the one after the coming one; "then": the one
    that follows the day named last ("we meet on the 19th; you have it the Thursday after"), else as "after", or the coming
    one; "nearby": that follows one named as days near by are ("Monday is Easter Monday, so it'll be the Tuesday"), else as "coming".
    "week N": that of the Nth week from this one, weeks from Monday. "plus N": N weeks after the coming one, today counting as one.
    "count": the Nth such day from now ("two Sundays from now").
    """
    weekday, mode = one_of(taken, "wd", "wda", "wds"), settings[0]
    if weekday is None:  # a form of its own, as "i fredags"
        weekday = int(settings[1])
    tomorrow, yesterday = clerk.shift(said.on, 1), clerk.shift(said.on, -1)
    coming = clerk.on_or_after(weekday, tomorrow)
    near = settings[-1] == "nearby"
    if mode == "this":
        on = clerk.on_or_before(weekday, said.on) if said.tense == "past" else clerk.on_or_after(weekday, said.on)
    elif mode == "last":
        on = clerk.on_or_before(weekday, yesterday)
    elif mode == "next" and said.next_weekday == "week":
        on = clerk.shift(clerk.monday_of(said.on), 7 + weekday)
    elif mode == "then" and (start := said.one_nearby if near else said.last) and start >= said.on:
        on = clerk.on_or_after(weekday, clerk.shift(start, 1))
    elif mode in ("after", "then") and settings[-1] != "coming" and not near:
        on = clerk.shift(coming, 7)
    elif mode == "week":
        on = clerk.shift(clerk.monday_of(said.on), 7 * int(settings[1]) + weekday)
    elif mode == "count":
        count = one_of(taken, "n")
        if count != int(count) or not 1 <= count <= _MOST_WEEKDAYS:
            return None
        on = clerk.shift(coming, 7 * (int(count) - 1))
    elif mode == "plus":
        weeks = int(settings[1]) if len(settings) > 1 else int(one_of(taken, "n"))
        on = clerk.shift(clerk.on_or_after(weekday, said.on), 7 * weeks)
    elif (mode == "coming" or near) and said.tense == "past":
        on = clerk.on_or_before(weekday, yesterday)
    else:
        on = coming
    return Reading(on, "weekday")


@meaning
def _weekdays(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """weekdays: "from Monday to Wednesday", both to come. A whole working week tells opening hours, no days."""
    first, last = all_of(taken, "wd")
    if first == 0 and last >= FRIDAY:
        return None
    start = clerk.on_or_after(first, clerk.shift(said.on, 1))
    return Reading(start, "range", clerk.on_or_after(last, start))


@meaning
def _week(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """week N [start|middle|end]: its Friday (Monday, Wednesday). This week, said at the weekend, ends on Sunday."""
    monday = clerk.shift(clerk.monday_of(said.on), 7 * int(settings[0]))
    part = settings[1] if len(settings) > 1 else "whole"
    on = clerk.shift(monday, {"start": 0, "middle": 2}.get(part, FRIDAY))
    if int(settings[0]) == 0 and on < said.on and said.tense != "past":
        on = clerk.shift(monday, SUNDAY) if part in ("end", "whole") else said.on
    return Reading(on, "week_end" if part == "end" else "week", certain=part == "end")


@meaning
def _weekend(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """weekend N [before]: Saturday and Sunday; "before the weekend" is the Friday."""
    saturday = clerk.shift(clerk.monday_of(said.on), 7 * int(settings[0]) + SATURDAY)
    if settings[1:] == ["before"]:
        return Reading(clerk.shift(saturday, -1), "week_end")
    if settings[1:] == ["after"]:
        return Reading(clerk.shift(saturday, 2), "week_end", certain=False)
    return Reading(max(saturday, said.on), "week_end", clerk.shift(saturday, 1), certain=False)


def _part_of_month(year: int, month: int, part: str) -> Reading:
    if part == "start":
        return Reading(date(year, month, 1), "month_start", certain=False)
    if part == "middle":
        return Reading(date(year, month, 15), "month_middle", certain=False)
    if part == "end":
        return Reading(clerk.month_end(year, month), "month_end")
    if part == "workday":
        return Reading(clerk.add_working_days(clerk.shift(clerk.month_end(year, month), 1), -1), "month_end")
    if part == "half":
        return Reading(date(year, month, 15), "fortnight_end", certain=False)
    return Reading(clerk.month_end(year, month), "month", certain=False)


@meaning
def _month(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """month N [start|middle|end|workday|first] [alone]: a month counted from this one. "workday": its last one; "first": its
    first day, said exactly; "alone": only where no thing follows ("den sista", not "den sista fakturan")."""
    there = clerk.add_months(said.on.replace(day=1), int(settings[0]))
    part = settings[1] if len(settings) > 1 else "whole"
    if part == "first":
        return Reading(there, "day_of_month")
    if part == "ord":
        nth = one_of(taken, "ord")
        on = clerk.make(there.year, there.month, nth)
        return Reading(on, "day_of_month") if on else None
    reading = _part_of_month(there.year, there.month, part)
    if int(settings[0]) == 0 and part == "start" and there < said.on and said.tense != "past":
        return _part_of_month(*_year_and_month(clerk.add_months(there, 1)), part)
    if int(settings[0]) == 0 and part == "middle" and said.on.day > 15 and said.tense != "past":
        return _part_of_month(*_year_and_month(clerk.add_months(there, 1)), part)
    return reading


def _year_and_month(day: date) -> tuple[int, int]:
    return day.year, day.month


@meaning
def _named(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """named [start|half|middle|end|workday|whole]: a month by name; "half" is its first half, which ends on the 15th."""
    month, year = one_of(taken, "mon", "month") + 1, one_of(taken, "y")
    if settings[0] == "whole" and year is not None and year <= 31:  # "november 27" is a day, not a year
        return resolved(said, year, month, None, None)
    return _part_of_month(year_of_month(said, month, year), month, settings[0])


@meaning
def _year(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """year N start|end: its first or last day."""
    year = said.on.year + int(settings[0])
    start = settings[1] == "start"
    return Reading(date(year, 1, 1) if start else date(year, 12, 31), "year", certain=not start)


@meaning
def _quarter(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """quarter N: the last day of the quarter N from this one; quarter named: of the ordinal quarter."""
    if settings[0] == "named":
        nth, year = int(one_of(taken, "ord", "n")), full_year(said, one_of(taken, "y")) or said.on.year
        if not 1 <= nth <= 4:
            return None
        on = clerk.month_end(year, 3 * nth)
        return Reading(
            on if on >= said.on or one_of(taken, "y") else clerk.month_end(year + 1, 3 * nth), "quarter", certain=False
        )
    end = clerk.add_months(date(said.on.year, (said.on.month - 1) // 3 * 3 + 3, 1), 3 * int(settings[0]))
    return Reading(clerk.month_end(end.year, end.month), "quarter", certain="end" in settings)


@meaning
def _half_month(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """half_month [N]: half a month as it is paid in Spanish-speaking countries: the 15th or the last day."""
    if settings and settings[0] != "0":
        after = clerk.shift(_half_month_end(said.on), 1)
        return Reading(_half_month_end(after), "fortnight_end")
    return Reading(_half_month_end(said.on), "fortnight_end")


def _half_month_end(day: date) -> date:
    return day.replace(day=15) if day.day <= 15 else clerk.month_end(day.year, day.month)


@meaning
def _none(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """none KIND: words about time that name no day, told apart because a person reading them would want to know."""
    kind: Kind = "pay_day" if settings[0] == "pay_day" else "vague"
    return Reading(None, kind, certain=False)
