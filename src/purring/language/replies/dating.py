# SPDX-License-Identifier: Apache-2.0
"""From days and sums that a reply names to the ones that count: when money is promised, how much, when somebody is back."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from purring.language.learned import Model, load
from purring.language.replies.evidence import Evidence, Told, part
from purring.language.replies.kinds import returning
from purring.language.replies.sentences import Sentence
from purring.language.when import Amount, Day, find_days

ABOUT = 1.5
"""Log-odds that make no difference between two parts of a sentence."""
INCOME = "@=salary"
"""Mark of words for wages and pensions (`learned/concepts`): the day they come is not yet the day somebody pays."""
EARLIER = 3.0
"""Log-odds that such a day loses where its part of the sentence does not speak of paying."""
OF_PAYING = frozenset({"@=pay", "@=paid", "@=transfer", "@=payment", "@=you"})
WHOLE_SPANS = frozenset({"month", "week", "quarter", "year"})
"""Kinds of days that a nearer one in the same words outdoes: "the rent for April comes on 1 May"."""
READ_AGAIN = frozenset({"weekday", "day_of_month"})
"""Kinds of days that may as well be the ones before or after the day of writing."""
_EDGE = re.compile(r"[,;:()\n]|\s[-–—]")
LONGEST_AHEAD = timedelta(days=550)
"""Days farther away than this are misread, or worth a person's look."""
UNTIL_IS_BACK = frozenset({"en", "nb", "da", "sv"})
"""Languages in which "away until the 16th" mostly means back on the 16th; in the others the 16th is still away."""


def promised(
    evidence: Evidence, span: tuple[int, int], said_on: date | None
) -> tuple[date | None, Decimal | None, str | None]:
    """Day, sum in major units and ISO currency of the commitment that stands at `span` of a reply; None where unsaid.

    Of several instalments the first. What the commitment itself does not say may stand in the sentence after or before
    it, when nothing else there could be meant.
    """
    spans = _around(evidence, span)
    day = _first_day(evidence, spans, said_on) if said_on is not None else None
    amount = _amount(evidence.amounts, spans, span, day)
    return (
        day.on if day else None,
        amount.value if amount else None,
        amount.currency if amount else None,
    )


def back_on(text: str, language: str, said_on: date, timezone: str = "UTC") -> date | None:
    """The first day back that an absence note names, None when it names none."""
    days = [day for day in find_days(text, language, said_on, timezone) if day.on is not None]
    if not days:
        return None
    away: list[date] = []
    for sentence, tells_back, inclusive in returning(text):
        inside = [day for day in days if sentence.start <= day.start < sentence.end and day.on is not None]
        if not inside:
            continue
        last = inside[-1]
        if tells_back and (back := _told_back(text, sentence, inside, said_on)):
            return back
        end = last.until or last.on
        if end is None or end < said_on:
            continue
        ranged = last.until is not None or len(inside) > 1
        if ranged or inclusive:
            away.append(_working(end + timedelta(days=1)))
        elif last.relation in ("until", "by", "before"):
            still_away = end.weekday() > 3 or (end.weekday() and language.split("-")[0] not in UNTIL_IS_BACK)
            away.append(_working(end + timedelta(days=1)) if still_away else end)
    return away[0] if away else None


def _told_back(text: str, sentence: Sentence, inside: Sequence[Day], said_on: date) -> date | None:
    """The day after a word of coming back: "away until Friday, back on Monday"."""
    at = sentence.start
    for clause, tells, _ in returning(text[sentence.start : sentence.end]):
        for day in inside:
            if not tells or day.on is None or day.on < said_on or not clause.start <= day.start - at < clause.end:
                continue
            if day.relation in ("on", "from", "after") and day.until is None:
                return day.on
    return None


def _working(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


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
        fit = _to_come(inside, said_on)
        free = [day for day in fit if not _in_condition(evidence, span, day)]
        if fit and not free:
            return None  # "if the door is mended by Friday, I'll pay"
        fit = _nearest_said(free, said_on)
        if not fit and number < 2 and any(day.kind in READ_AGAIN for day in inside):
            # "I've rung him and he comes on Tuesday": what is promised is to come, whatever else the sentence tells.
            inside = _read_as_future(evidence, span, said_on)
            fit = _to_come([day for day in inside if day.kind in READ_AGAIN], said_on)
        if len(fit) > 1 and number < 2:
            fit = [_beside_promise(evidence, span, inside, fit)]
        if fit and (number < 2 or len({day.on for day in fit}) == 1):
            return fit[0]
        if number < 2 and any(day.on is None or day.relation == "after" for day in inside):
            return None
    return None


def _in_condition(evidence: Evidence, span: tuple[int, int], day: Day) -> bool:
    """Whether a day is one of what somebody else must do first: a condition opens its clause, and another clause follows."""
    edges = [edge.end() for edge in _EDGE.finditer(evidence.reply, span[0], day.start)]
    before = part(evidence, edges[-1] if edges else span[0], day.start)
    if before is None or not before.clauses.has("condition"):
        return False
    return not edges and _EDGE.search(evidence.reply, day.end, span[1]) is not None


def _nearest_said(fit: list[Day], said_on: date) -> list[Day]:
    """Without what other days say more closely: a month beside a day, and "at once" after the day it hangs on ("my wages come on
    the 28th, then I'll pay at once")."""
    days = [day for day in fit if day.kind not in WHOLE_SPANS] or fit
    later = [day for day in days if day.on != said_on]
    if later and all(day.start > later[0].start for day in days if day.on == said_on):
        return later
    return days


def _to_come(days: Sequence[Day], said_on: date) -> list[Day]:
    """Those that can be the day of a promise."""
    return [
        day
        for day in days
        if day.on is not None
        and said_on <= day.on <= said_on + LONGEST_AHEAD
        and day.direction != "past"
        and day.relation != "after"
    ]


def _read_as_future(evidence: Evidence, span: tuple[int, int], said_on: date) -> list[Day]:
    """The days of a part of the reply as those of one that speaks of what is to come."""
    days = find_days(evidence.reply[span[0] : span[1]], evidence.language, said_on, evidence.timezone, tense="future")
    return [replace(day, start=day.start + span[0], end=day.end + span[0]) for day in days]


def _beside_promise(evidence: Evidence, span: tuple[int, int], days: Sequence[Day], fit: Sequence[Day]) -> Day:
    """Of several days the first whose part of the sentence promises about as much as any: "My wages come on the 24th,
    so I'll pay on the 25th"; "half today, the rest in May"."""
    model = load("replies", evidence.language)
    lane = model.labels.index("promise_to_pay")
    odds: list[float] = []
    for number, day in enumerate(days):
        start = max([span[0], *(other.end for other in days[:number])])
        start = max([start, *(edge.end() for edge in _EDGE.finditer(evidence.reply, start, day.start))])
        end = days[number + 1].start if number + 1 < len(days) else span[1]
        edge = _EDGE.search(evidence.reply, day.end, end)
        told = part(evidence, start, edge.start() if edge else day.end if number + 1 < len(days) else end)
        odds.append(_promising(told, model, lane) if told else -math.inf)
    most = max(odds[days.index(day)] for day in fit)
    return next(day for day in fit if odds[days.index(day)] >= most - ABOUT)


def _promising(told: Told, model: Model, lane: int) -> float:
    """How much a part of a sentence promises, in log-odds."""
    odds = model.logits(model.seen(told.tokens, told.marks))[lane]
    return odds - EARLIER if INCOME in told.marks and OF_PAYING.isdisjoint(told.marks) else odds


def _amount(
    amounts: Sequence[Amount], spans: Sequence[tuple[int, int]], promise: tuple[int, int], day: Day | None
) -> Amount | None:
    """The sum in the nearest span that names one; of several the one nearest to the day."""
    for number, span in enumerate(spans):
        inside = [amount for amount in amounts if span[0] <= amount.start < span[1]]
        if len(inside) == 1 or (inside and number < 2):
            near = day.start if day and span[0] <= day.start < span[1] else promise[0]
            return min(inside, key=lambda amount: min(abs(amount.start - near), abs(amount.end - near)))
    return None
