# SPDX-License-Identifier: Apache-2.0
"""Meanings that name a feast: Easter, before Christmas, after New Year, two weeks after Whitsun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from purring.language.when import clerk
from purring.language.when.saying import Reading, Said, Taken, full_year, meaning, one_of


@meaning
def _feast(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """feast [before|after|day_after|year N]: a feast; "before" is the day before its holidays begin, "after" the first working
    day when they are over, as in "after New Year", "day_after" the very next day."""
    rule = said.feasts[str(one_of(taken, "feast"))]
    known = full_year(said, one_of(taken, "y"))
    mode = settings[0] if settings else "on"
    if mode == "year":
        known, mode = said.on.year + int(settings[1]), "on"
    elif mode == "past":
        said, mode = replace(said, tense="past"), "on"

    def day_in(year: int) -> date:
        feast = _feast_day(str(rule["on"]), year)
        if mode == "before":
            return clerk.shift(feast, int(rule.get("first", 0)) - 1)
        if mode == "day_after":
            return clerk.shift(feast, 1)
        if mode == "after":
            return clerk.working_day_from(clerk.shift(feast, int(rule.get("last", 0)) + 1))
        return feast

    days = [day_in(year) for year in ([known] if known else range(said.on.year - 1, said.on.year + 2))]
    if known:
        return Reading(days[0], "feast", certain=mode in ("on", "day_after"))
    coming, gone = [day for day in days if day >= said.on], [day for day in days if day < said.on][::-1]
    wanted = gone if said.tense == "past" else coming
    return Reading(wanted[0], "feast", certain=mode in ("on", "day_after")) if wanted else None


@meaning
def _feast_in(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """feast_in SIGN: "two weeks after Easter", the first such day to come."""
    rule, known = said.feasts[str(one_of(taken, "feast"))], full_year(said, one_of(taken, "y"))
    for year in [known] if known else range(said.on.year - 5, said.on.year + 2):
        day: date | None = _feast_day(str(rule["on"]), year)
        for count, unit, _ in one_of(taken, "span"):
            day = clerk.moved(day, int(settings[0]) * count, unit) if day and unit != "hour" else None
        if day and (known or day >= said.on):
            return Reading(day, "feast")
    return None


@meaning
def _feast_weekday(said: Said, taken: Taken, settings: Sequence[str]) -> Reading | None:
    """feast_weekday after|before: "the Tuesday after Easter", "the Friday before midsummer"; the first such day to come."""
    rule, weekday = said.feasts[str(one_of(taken, "feast"))], one_of(taken, "wd")
    known = full_year(said, one_of(taken, "y"))
    days: list[date] = []
    for year in [known] if known else range(said.on.year - 1, said.on.year + 2):
        feast = _feast_day(str(rule["on"]), year)
        after, before = clerk.shift(feast, 1), clerk.shift(feast, -1)
        days.append(clerk.on_or_after(weekday, after) if settings == ["after"] else clerk.on_or_before(weekday, before))
    if said.tense == "past" and not known:
        days = [day for day in days if day < said.on][::-1]
    wanted = days if known or said.tense == "past" else [day for day in days if day >= said.on]
    return Reading(wanted[0], "exact") if wanted else None


def _feast_day(rule: str, year: int) -> date:
    """ "12-25", "easter+39", "4 thursday of 11" as "nth 4 3 11", "from 06-19 4" (the first Friday from 19 June)."""
    if rule.startswith("easter"):
        return clerk.shift(clerk.easter(year), int(rule[6:] or 0))
    if rule.startswith("nth"):
        nth, weekday, month = map(int, rule.split()[1:])
        return clerk.nth_weekday(year, month, weekday, nth) or date(year, month, 1)
    if rule.startswith("from"):
        _, start, weekday_text = rule.split()
        return clerk.on_or_after(int(weekday_text), _feast_day(start, year))
    month, day = map(int, rule.split("-"))
    return date(year, month, day)
