# SPDX-License-Identifier: Apache-2.0
"""The frame of all meanings: what a phrase took, when it was said, and what it resolves to.

A pattern of a vocabulary carries a meaning such as "week 1 end"; its first word names a function of `periods`, `dates` or
`feasts`, the others are that function's settings. Each function returns a `Reading`, or None where the words cannot be a
day (31 February). Customs that differ are stated where they are applied; those that differ by language are settings of
the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from purring.language.when.found import Day, Kind
from purring.language.when.tense import Tense


class Reading(NamedTuple):
    """What a phrase resolves to: the fields of `Day` that do not depend on its place."""

    on: date | None
    kind: Kind
    until: date | None = None
    certain: bool = True


_SPANS = frozenset({"month", "quarter", "year"})


@dataclass(frozen=True, slots=True)
class Said:
    """The circumstances of a phrase: day, tense, whether months come first in digits (None: not known), whether the
    phrase is all that was said; the days named before it."""

    on: date
    tense: Tense
    months_first: bool | None
    next_weekday: str
    alone: bool
    feasts: Mapping[str, Mapping[str, Any]]
    named: Sequence[Day] = ()

    @property
    def last(self) -> date | None:
        """The day named last before the phrase, but for whole months and the like."""
        return next((day.on for day in reversed(self.named) if day.on and day.kind not in _SPANS), None)

    @property
    def one_nearby(self) -> date | None:
        """The day named last, where it was named as people name those near by, and no day of an invoice."""
        day = self.named[-1] if self.named else None
        return day.on if day and day.kind in ("weekday", "feast", "relative") else None

    @property
    def meant(self) -> date | None:
        """The day that "the same day" points at: the last one but for those until which somebody is away."""
        return next((day.on for day in reversed(self.named) if day.on and day.relation != "until"), None)

    @property
    def feast(self) -> date | None:
        """The feast named last before the phrase."""
        return next((day.on for day in reversed(self.named) if day.kind == "feast"), None)


Taken = Sequence[tuple[str, Any]]
Meaning = Callable[[Said, Taken, Sequence[str]], Reading | None]

MEANINGS: dict[str, Meaning] = {}


def meaning(function: Meaning) -> Meaning:
    MEANINGS[function.__name__.strip("_")] = function
    return function


def all_of(taken: Taken, *names: str) -> list[Any]:
    return [value for name, value in taken if name in names]


def one_of(taken: Taken, *names: str) -> Any:
    found = all_of(taken, *names)
    return found[0] if found else None


def full_year(said: Said, year: int | None) -> int | None:
    """A year of two digits completed: not more than twenty years ahead."""
    if year is None or year >= 100:
        return year
    century = said.on.year // 100 * 100
    return century + year - (100 if year > said.on.year % 100 + 20 else 0)


_MONTHS_BACK = 3


def year_of_month(said: Said, month: int, year: int | None) -> int:
    """The year meant with a month alone: the coming one (this month counts); in the past tense, or when the month is hardly
    over, the one gone."""
    known = full_year(said, year)
    if known is not None:
        return known
    back = (said.on.month - month) % 12
    if back and not said.alone and (back <= _MONTHS_BACK or (said.tense == "past" and back < 12 - _MONTHS_BACK)):
        return said.on.year if month < said.on.month else said.on.year - 1
    return said.on.year if month >= said.on.month else said.on.year + 1
