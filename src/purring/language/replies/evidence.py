# SPDX-License-Identifier: Apache-2.0
"""A reply as what can be weighed: its sentences with their days, sums and cues, and what the learned model sees in them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from purring.language.learned import Piece, classes, tokens
from purring.language.replies.clauses import Clauses
from purring.language.replies.sentences import Sentence, sentences
from purring.language.when import Amount, Day, find_amounts, find_days

SOME_DAY = date(2026, 3, 4)
"""Stands in where nobody knows when a reply was written: enough to see that a day is named, not which."""
LOUD = 3
"""Words in capitals that make a sentence loud."""
_CAPITALS = re.compile(r"\b[^\W\d_a-zß-öø-ÿ]{2,}\b")


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence: its words as tokens (days as `<day>`, sums as `<sum>`), its clauses, and the marks they leave."""

    sentence: Sentence
    tokens: tuple[str, ...]
    clauses: Clauses
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reply taken apart. `days` are resolved only if it is known when it was said."""

    reply: str
    language: str
    told: tuple[Told, ...]
    days: tuple[Day, ...]
    amounts: tuple[Amount, ...]
    timezone: str = "UTC"
    said_on: date = SOME_DAY


def gather(reply: str, language: str, said_on: date | None, timezone: str = "UTC") -> Evidence:
    """Take `reply` (only what was newly written) apart. language: one of the twelve tags. Never raises on any text."""
    base = language.split("-")[0]
    days = find_days(reply, language, said_on or SOME_DAY, timezone)
    amounts = find_amounts(reply, language)
    pieces = _pieces(days, amounts)
    told = tuple(_told(sentence, base, pieces, days) for sentence in sentences(reply))
    return Evidence(reply, base, told, tuple(days), tuple(amounts), timezone, said_on or SOME_DAY)


def part(evidence: Evidence, start: int, end: int) -> Told | None:
    """The same for a part of a sentence, None if it has no words."""
    text = evidence.reply[start:end]
    if not text.strip():
        return None
    sentence = Sentence(start, end, text.replace("\n", " "))
    return _told(sentence, evidence.language, _pieces(evidence.days, evidence.amounts), evidence.days)


def days_within(days: Sequence[Day], start: int, end: int) -> Sequence[Day]:
    """Those of some days, in order, that begin between two places; a long reply has many."""
    return days[bisect_left(days, start, key=_start) : bisect_left(days, end, key=_start)]


def _start(found: Day | Piece) -> int:
    return found.start


def _told(sentence: Sentence, language: str, pieces: Sequence[Piece], days: Sequence[Day]) -> Told:
    at = sentence.start
    near = pieces[bisect_left(pieces, at, key=_start) : bisect_left(pieces, sentence.end, key=_start)]
    own = [Piece(one.start - at, one.end - at, one.token) for one in near if one.end <= sentence.end]
    clauses = Clauses(sentence, language)
    marks = set(clauses.marks())
    marks.update(f"@{one.token}" for one in own)
    marks.update(f"@day {day.direction}" for day in days_within(days, at, sentence.end) if day.direction)
    if len(_CAPITALS.findall(sentence.text)) >= LOUD:
        marks.add("@loud")
    words = tuple(tokens(sentence.text, language, own))
    marks.update(classes.marks(words, language))
    return Told(sentence, words, clauses, frozenset(marks))


def _pieces(days: Sequence[Day], amounts: Sequence[Amount]) -> list[Piece]:
    """Days and sums as tokens, in order, without those that begin inside another."""
    found = [Piece(day.start, day.end, "<day>" if day.on else "<when>") for day in days]
    found += [Piece(amount.start, amount.end, "<sum>") for amount in amounts]
    apart: list[Piece] = []
    for piece in sorted(found):
        if not apart or piece.start >= apart[-1].end:
            apart.append(piece)
    return apart
