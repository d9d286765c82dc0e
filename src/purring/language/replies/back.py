# SPDX-License-Identifier: Apache-2.0
"""The first day back that an absence note names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from purring.language.replies.dating import OTHER_CLAUSE, joints
from purring.language.replies.kinds import back_words, returning
from purring.language.replies.sentences import Sentence
from purring.language.when import Day, find_days

UNTIL_IS_BACK = frozenset({"en", "nb", "da", "sv"})
"""Languages in which "away until the 16th" mostly means back on the 16th; in the others the 16th is still away."""


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
        if tells_back and (back := _told_back(text, sentence, inside, said_on, joints(language))):
            return back
        end = last.until or last.on
        if end is None or end < said_on:
            continue
        if last.relation == "from" and last.until is None and len(inside) > 1 and last.on != inside[-2].on:
            return last.on  # "closed from 27 July to 23 August; mails are read from the 24th"
        ranged = last.until is not None or len(inside) > 1
        if ranged or inclusive:
            away.append(_working(end + timedelta(days=1)))
        elif last.relation in ("until", "by", "before"):
            still_away = end.weekday() > 3 or (end.weekday() and language.split("-")[0] not in UNTIL_IS_BACK)
            away.append(_working(end + timedelta(days=1)) if still_away else end)
    return away[0] if away else None


def _told_back(
    text: str, sentence: Sentence, inside: Sequence[Day], said_on: date, joints: re.Pattern[str]
) -> date | None:
    """Of the days of a sentence that tells of coming back the one beside those words: "off in week 7 and back on the 16th"."""
    words = [(sentence.start + start, sentence.start + end) for start, end in back_words(sentence.text)]
    days = [
        day
        for day in inside
        if day.on is not None
        and day.on >= said_on
        and day.relation in ("on", "from", "after")
        and day.until is None
        and day.kind not in ("feast", "week")
    ]
    if not days or not words:
        return None
    return min(days, key=lambda day: min(_between(text, day, word, joints) for word in words)).on


def _between(text: str, day: Day, word: tuple[int, int], joints: re.Pattern[str]) -> int:
    """How far a day stands from a word, in letters; beyond a comma or "and" is far."""
    start, end = (word[1], day.start) if word[0] < day.start else (day.end, word[0])
    return max(0, end - start) + OTHER_CLAUSE * sum(1 for _ in joints.finditer(text, start, max(start, end)))


def _working(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
