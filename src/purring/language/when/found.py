# SPDX-License-Identifier: Apache-2.0
"""What a text says about time and money: a `Day` and an `Amount`, each with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Direction = Literal["past", "today", "future"]
Relation = Literal["on", "by", "before", "after", "from", "until"]
Kind = Literal[
    "exact",  # a day of the calendar, written out: "4 March 2026", "5.3.", "the 25th of May"
    "day_of_month",  # "the 25th"
    "relative",  # "tomorrow", "in two weeks", "three days ago"
    "weekday",  # "Friday", "next Friday", "Friday of next week"
    "week",  # "next week", "week 32", "the first week of May": the Friday
    "week_end",  # "the weekend", "the end of the week"
    "month",  # "in May", "next month": the last day
    "month_start",  # "at the beginning of May"
    "month_middle",  # "mid-May", the 15th
    "month_end",  # "by the end of May"
    "fortnight_end",  # half a month as Spanish pays it: the 15th or the last day
    "quarter",  # the last day of a quarter
    "year",  # the first or last day of a year
    "range",  # from a day to a day
    "feast",  # "Easter", "after New Year"
    "pay_day",  # "when my salary comes": no day named
    "vague",  # "soon", "in a few days": no day named
]


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a text names.

    start, end: code points of the words in the text. on: the day a careful clerk notes down, None where the words
    name no day (`pay_day`, `vague`). until: the last day of a range, else None. certain: False where the words leave
    room (a vague part of a month, an order of day and month that could be either, a weekday that does not fit
    the date). relation: how the day is meant ("by Friday", "before Friday"), from the words before it.
    """

    start: int
    end: int
    on: date | None
    kind: Kind
    until: date | None = None
    certain: bool = True
    direction: Direction | None = None
    relation: Relation = "on"


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money that a text names: code points of its words, the value in major units, ISO 4217 code or None."""

    start: int
    end: int
    value: Decimal
    currency: str | None
