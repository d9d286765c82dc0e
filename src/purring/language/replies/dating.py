# SPDX-License-Identifier: Apache-2.0
"""From days and sums that a reply names to the ones that count: when money is promised, how much, when somebody is back."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise

from purring.language.learned import Model, load
from purring.language.replies.evidence import Evidence, Told, part
from purring.language.replies.sums import promised_sum
from purring.language.when import Day, find_days
from purring.language.when.scan import fold
from purring.language.when.vocabulary import vocabulary, vocabulary_of

ABOUT = 1.5
"""Log-odds that make no difference between two parts of a sentence."""
INCOME = "@=salary"
"""Mark of words for wages and pensions (`learned/concepts`): the day they come is not yet the day somebody pays."""
EARLIER = 3.0
"""Log-odds that such a day loses where its part of the sentence does not speak of paying."""
OF_PAYING = frozenset({"@=pay", "@=paid", "@=transfer", "@=payment", "@=you"})
WHOLE_SPANS = frozenset({"month", "week", "quarter", "year"})
"""Kinds of days that a nearer one in the same words outdoes: "the rent for April comes on 1 May"."""
READ_AGAIN = frozenset({"weekday", "day_of_month", "exact"})
"""Kinds of days that may as well be the ones before or after the day of writing."""
_EDGE = re.compile(r"[,;:()\n]|\s[-–—]")
SOME_DAYS = frozenset({"week_end", "feast", "month_start", "month_middle", "month_end", "fortnight_end"})
"""Kinds of days that one written out beside them says more closely: "for the weekend, Sunday at the latest"."""
THE_DAY = frozenset({"exact", "day_of_month", "weekday"})
BESIDE = timedelta(days=4)
"""How far such a day lies from what it says more closely."""
STRESSED = 3.0
"""Log-odds that a day gains that is said again in other words ("on Friday, that is the 13th"), or that is counted from the one
named before it, which but leads to it ("my wages come on the 24th, and the day after I'll pay"); twice where nothing is
said of paying on that one."""
_THAT_IS = re.compile(r"\s*[,(–—-]\s*(?:[^\W\d_]+\s+){0,2}")
"""What stands between a day and its other name: a comma, "that is", "altså den"."""
OWN_SUM = 2.5
"""Log-odds that a day gains whose part of the sentence names a sum: "tomorrow is a holiday, on Tuesday you have your 215"."""
_OF_THE_DAY = re.compile(r"\s*(?:\w{1,3}\s+)?")
"""What stands between a part of a day and the day: a blank, "on", "am", "den"."""
_BARE = re.compile(r"(?<![\w./-])\d{2,5}(?![\w/-]|[.,:]\d)")
OTHER_CLAUSE = 40
"""Letters that a word of coming back is farther away from a day in another clause."""
_WORD = re.compile(r"[^\W\d_]+")
_TO_HOLIDAY = 5
"""How many words after a day may say that it is a holiday."""
LONGEST_AHEAD = timedelta(days=550)
"""Days farther away than this are misread, or worth a person's look."""


def promised(
    evidence: Evidence, span: tuple[int, int], said_on: date | None, refs: Sequence[str] = (), *, rest: bool = False
) -> tuple[date | None, Decimal | None, str | None]:
    """Day, sum in major units and ISO currency of the commitment that stands at `span` of a reply; None where unsaid.

    Of several instalments the first. What the commitment itself does not say may stand in the sentence after or before
    it, when nothing else there could be meant. refs: invoice numbers, which are no sums. rest: `span` speaks of the rest of
    what is paid in part, so that no day and no sum beside it is meant.
    """
    spans = _around(evidence, span)
    if rest:
        evidence = replace(evidence, days=tuple(read_as_future(evidence, span)))
        spans = [span]
    day = _first_day(evidence, spans, said_on) if said_on is not None else None
    value, currency = promised_sum(evidence, spans, span, day, refs) or (None, None)
    return day.on if day else None, value, currency


def _around(evidence: Evidence, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The commitment, the sentences it stands in, the sentence after, the one before."""
    parts = [(told.sentence.start, told.sentence.end) for told in evidence.told]
    within = [number for number, (start, end) in enumerate(parts) if start < span[1] and end > span[0]]
    if not within:
        return [span]
    spans = [span, (parts[within[0]][0], parts[within[-1]][1])]
    if within[-1] + 1 < len(parts):
        spans.append(parts[within[-1] + 1])
    if within[0]:
        spans.append(parts[within[0] - 1])
    return spans


def _first_day(evidence: Evidence, spans: Sequence[tuple[int, int]], said_on: date) -> Day | None:
    """The day of the nearest span that names one to come; of several the one beside the words of promising."""
    for number, span in enumerate(spans):
        inside = [day for day in evidence.days if span[0] <= day.start < span[1]]
        closed = _holidays(evidence, span, inside)
        inside = [day for day in inside if day not in closed]
        fit = _to_come(inside, said_on)
        if valued := [day for day in fit if _value_date(evidence, span, day)]:
            return valued[0]
        free = [day for day in fit if not _in_condition(evidence, span, day)]
        if fit and not free:
            return None  # "if the door is mended by Friday, I'll pay"
        if len(free) < len(fit) and all(day.on == said_on for day in free):
            return _income(evidence, span, fit, said_on)  # "if my wages are here by the 30th, I'll pay at once"
        fit = _nearest_said(evidence.reply, free, said_on)
        if not fit and number < 2 and any(day.kind in READ_AGAIN for day in inside):
            # "I've rung him and he comes on Tuesday": what is promised is to come, whatever else the sentence tells.
            paid = _told_paid(evidence, span, inside)
            inside = [day for day in read_as_future(evidence, span) if day.start not in paid]
            fit = _to_come([day for day in inside if day.kind in READ_AGAIN], said_on)
            if paid and not fit:
                return None
        if len(fit) > 1 and number < 2:
            fit = [_said_closely(evidence.reply, _beside_promise(evidence, span, inside, fit, said_on), fit)]
        if number > 1 and len({day.on for day in fit}) > 1:
            fit = _instalments(evidence, span, inside, fit) or _no_income(evidence, span, inside, fit)
        if fit and (number < 2 or len({day.on for day in fit}) == 1):
            return fit[0]
        if number < 2 and any(day.on is None or day.relation == "after" for day in inside):
            return None
    return None


def _holidays(evidence: Evidence, span: tuple[int, int], days: Sequence[Day]) -> list[Day]:
    """The days that are told to be holidays, on which nobody pays: "Monday is Easter Monday", "tomorrow's a holiday"."""
    words = vocabulary(vocabulary_of(evidence.language))
    feasts = {day.on for day in days if day.kind == "feast"}
    closed: list[Day] = []
    for number, day in enumerate(days):
        if day.on is None or day.relation != "on":
            continue
        after = days[number + 1] if number + 1 < len(days) else None
        if day.kind != "feast" and after and after.kind == "feast" and after.on == day.on:
            between = evidence.reply[day.end : after.start]
            if between.strip() and not _EDGE.search(between):  # not "the Tuesday after Easter", which is one day
                closed += [day, after]
                continue
        if day.kind != "feast" and feasts and day.on in feasts:
            continue
        edge = _EDGE.search(evidence.reply, day.end, span[1])
        end = min(edge.start() if edge else span[1], after.start if after else span[1])
        behind = [fold(word) for word in _WORD.findall(evidence.reply, day.end, end)[:_TO_HOLIDAY]]
        holiday = next((place for place, word in enumerate(behind) if word in words.holidays), None)
        if holiday is not None and not any(
            words.relations.get(tuple(behind[start:holiday])) in ("after", "before") for start in range(holiday)
        ):
            closed.append(day)
    return closed


def _value_date(evidence: Evidence, span: tuple[int, int], day: Day) -> bool:
    """Whether the words before a day say that a payment is entered for it: "Wertstellung 4.3.", "valuta 25 novembre"."""
    words = vocabulary(vocabulary_of(evidence.language)).value_dates
    return any(fold(word) in words for word in _WORD.findall(evidence.reply, span[0], day.start)[-2:])


def _instalments(evidence: Evidence, span: tuple[int, int], days: Sequence[Day], fit: Sequence[Day]) -> list[Day]:
    """The first of several days that each have a sum of their own."""
    parts = {day: _own_part(evidence, span, days, number) for number, day in enumerate(days)}
    with_sum = [day for day in fit if _sums(evidence, *parts[day])]
    return with_sum[:1] if len(with_sum) > 1 else []


def _no_income(evidence: Evidence, span: tuple[int, int], days: Sequence[Day], fit: Sequence[Day]) -> list[Day]:
    """Those on which nobody's wages come."""
    parts = {day: part(evidence, *_own_part(evidence, span, days, number)) for number, day in enumerate(days)}
    return [day for day in fit if (told := parts[day]) is None or INCOME not in told.marks]


def _income(evidence: Evidence, span: tuple[int, int], fit: Sequence[Day], said_on: date) -> Day | None:
    """The first day to come on which wages do, None where the part of the sentence speaks of no wages."""
    parts = {day: part(evidence, *_own_part(evidence, span, fit, number)) for number, day in enumerate(fit)}
    coming = [day for day in fit if day.on != said_on and (told := parts[day]) is not None and INCOME in told.marks]
    return coming[0] if coming else None


def _in_condition(evidence: Evidence, span: tuple[int, int], day: Day) -> bool:
    """Whether a day is one of what somebody else must do first: a condition opens its clause, and another clause follows."""
    edges = [edge.end() for edge in _EDGE.finditer(evidence.reply, span[0], day.start)]
    before = part(evidence, edges[-1] if edges else span[0], day.start)
    if day.relation == "until" or before is None or not before.clauses.has("condition"):
        return False  # "give me until Friday, then it's paid"
    return not edges and _EDGE.search(evidence.reply, day.end, span[1]) is not None


def _nearest_said(reply: str, fit: list[Day], said_on: date) -> list[Day]:
    """Without what other days say more closely: a month beside a day, "at once" after the day it hangs on ("my wages come on
    the 28th, then I'll pay at once"), and a part of the day before it ("before lunch on the 28th")."""
    days = [day for day in fit if day.kind not in WHOLE_SPANS]
    days = [day for day in fit if day in days or (day.kind == "week" and not _any_within(day, days))] or fit
    later = [day for day in days if day.on != said_on]
    if later and all(
        day.start > later[0].start or any(_OF_THE_DAY.fullmatch(reply, day.end, other.start) for other in later)
        for day in days
        if day.on == said_on
    ):
        return later
    return days


def _any_within(week: Day, days: Sequence[Day]) -> bool:
    """Whether one of some days lies in a week: "next week, on Tuesday", but not "next week, my guests leave on Sunday"."""
    same = [day for day in days if day.on and week.on and day.on.isocalendar()[:2] == week.on.isocalendar()[:2]]
    return any(day.kind != "feast" for day in same)


def _to_come(days: Sequence[Day], said_on: date) -> list[Day]:
    """Those that can be the day of a promise."""
    return [
        day
        for day in days
        if day.on is not None
        and timedelta() <= day.on - said_on <= LONGEST_AHEAD
        and day.direction != "past"
        and day.relation != "after"
    ]


def read_as_future(evidence: Evidence, span: tuple[int, int]) -> list[Day]:
    """The days of a part of the reply as those of one that speaks of what is to come."""
    said = evidence.reply[span[0] : span[1]]
    days = find_days(said, evidence.language, evidence.said_on, evidence.timezone, tense="future")
    return [replace(day, start=day.start + span[0], end=day.end + span[0]) for day in days]


def _told_paid(evidence: Evidence, span: tuple[int, int], days: Sequence[Day]) -> set[int]:
    """Where the days stand whose part of the sentence says that it was paid then, rather than that it will be."""
    model = load("replies", evidence.language)
    promise, paid = (model.labels.index(label) for label in ("promise_to_pay", "already_paid"))
    found: set[int] = set()
    for number, day in enumerate(days):
        told = part(evidence, *_own_part(evidence, span, days, number)) if _is_past(day) else None
        if told is not None:
            odds = model.logits(model.seen(told.tokens, told.marks))
            if odds[paid] > odds[promise]:
                found.add(day.start)
    return found


def _is_past(day: Day) -> bool:
    return day.direction == "past" and day.relation == "on"


def _beside_promise(
    evidence: Evidence, span: tuple[int, int], days: Sequence[Day], fit: Sequence[Day], said_on: date
) -> Day:
    """Of several days the first whose part of the sentence promises about as much as any: "My wages come on the 24th,
    so I'll pay on the 25th"; "half today, the rest in May"."""
    model = load("replies", evidence.language)
    lane = model.labels.index("promise_to_pay")
    parts = [_own_part(evidence, span, days, number) for number in range(len(days))]
    sums = [day for day, (start, end) in zip(days, parts, strict=True) if day in fit and _sums(evidence, start, end)]
    if len(sums) > 1:
        return sums[0]  # instalments
    tolds = [part(evidence, start, end) for start, end in parts]
    stress = _stress(evidence.reply, days, tolds, said_on)
    odds = [
        _promising(told, model, lane) + OWN_SUM * (day in sums) + STRESSED * stress[number] if told else -math.inf
        for number, (day, told) in enumerate(zip(days, tolds, strict=True))
    ]
    most = max(odds[days.index(day)] for day in fit)
    return next(day for day in fit if odds[days.index(day)] >= most - ABOUT)


def _stress(reply: str, days: Sequence[Day], tolds: Sequence[Told | None], said_on: date) -> list[int]:
    """How much stress lies on each of some days: on those that are said again in other words, and on those that are counted
    from another that was named before."""
    stress = [0] * len(days)
    dated = [
        (number, day, day.on) for number, day in enumerate(days) if day.on and day.kind not in WHOLE_SPANS | {"feast"}
    ]
    for (first, one, on), (second, other, later) in pairwise(dated):
        counted = other.kind == "relative" != one.kind and later > said_on + timedelta(days=1)  # not "tomorrow" itself
        if counted and timedelta() <= later - on <= timedelta(days=1):
            told = tolds[first]
            stress[second] += 1 + (told is None or OF_PAYING.isdisjoint(told.marks))
        elif on == later and _THAT_IS.fullmatch(reply, one.end, other.start):
            stress[first] += 1
            stress[second] += 1
    return stress


def _own_part(evidence: Evidence, span: tuple[int, int], days: Sequence[Day], number: int) -> tuple[int, int]:
    """From where to where goes what a sentence says of one of its days: its clause, or what no other day has."""
    reply, day = evidence.reply, days[number]
    start = max([span[0], *(other.end for other in days[:number])])
    start = max([start, *(edge.end() for edge in _edges(evidence, start, day.start))])
    end = days[number + 1].start if number + 1 < len(days) else span[1]
    edge = next(_edges(evidence, day.end, end), None)
    if edge is not None:
        return start, edge.start()
    return start, end if number + 1 == len(days) or not reply[start : day.start].strip() else day.end


def _sums(evidence: Evidence, start: int, end: int) -> bool:
    """Whether a part of the reply names a sum, be it a bare number beside sums that are written out."""
    if any(start <= amount.start < end for amount in evidence.amounts):
        return True
    taken = [(day.start, day.end) for day in evidence.days]
    return any(
        all(not first <= start + found.start() < last for first, last in taken)
        for found in _BARE.finditer(evidence.reply[start:end])
    )


def _edges(evidence: Evidence, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where clauses meet between two places: marks, and the words for "and"."""
    return joints(evidence.language).finditer(evidence.reply, start, end)


@cache
def joints(language: str) -> re.Pattern[str]:
    """What clauses meet at: marks, and a language's words for "and"."""
    joins = "|".join(sorted(vocabulary(vocabulary_of(language)).numerals.joins))
    return re.compile(rf"{_EDGE.pattern}|(?<=\s)(?:{joins})(?=\s)", re.IGNORECASE)


def _said_closely(reply: str, day: Day, fit: Sequence[Day]) -> Day:
    """The day itself where it follows words for some days: "for the weekend, Sunday at the latest", or the date where it follows
    a weekday that could be two: "next Friday, the 13th"."""
    if day.kind == "weekday" and day.on is not None:
        dates = [one for one in fit if one.kind in ("exact", "day_of_month") and 0 < one.start - day.end < OTHER_CLAUSE]
        same = (one for one in dates if one.on and (one.on - day.on).days in (-7, 7))
        return next((one for one in same if _THAT_IS.fullmatch(reply, day.end, one.start)), day)
    if day.kind not in SOME_DAYS or day.on is None:
        return day
    later = [one for one in fit if one.kind in THE_DAY and one.start > day.start]
    return next((one for one in later if one.on is not None and abs(one.on - day.on) <= BESIDE), day)


def _promising(told: Told, model: Model, lane: int) -> float:
    """How much a part of a sentence promises, in log-odds."""
    odds = model.logits(model.seen(told.tokens, told.marks))[lane]
    return odds - EARLIER if INCOME in told.marks and OF_PAYING.isdisjoint(told.marks) else odds
