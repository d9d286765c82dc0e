# SPDX-License-Identifier: Apache-2.0
"""A reason that was told in English, told again in another language.

Reasons are kept as the sentence they were told with (`purring.core.reasons`), for a reader who may come years later. Who
reads another language gets the same sentence from that language's table: it is known by its shape, and its days, numbers
of days, stages and problems are said anew; names, numbers and amounts stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from purring.core.errors import Refused
from purring.core.reasons import ENGLISH, IN_ENGLISH, Telling
from purring.language.whys import telling

_FIELD = re.compile(r"\{(\w+)\}")
_PARTS = ("stage_", "channel_", "problem_")
"""Words inside sentences, no sentences themselves."""
_LEAP_YEAR = 2024
"""Days are told without their year, and 29 February is one of them."""


def _as_it_is(text: str) -> str:
    return text


def retold(sentence: str, language: str, law: Callable[[str], str] = _as_it_is) -> str | None:
    """The sentence in `language` (BCP 47), or None when it is no reason of ours or the language has no table. `law` says
    anew what the law has against it, of which no table knows."""
    try:
        there = telling(language)
    except Refused:
        return None
    return sentence if there is IN_ENGLISH else _again(sentence, there, law)


def _again(sentence: str, there: Telling, law: Callable[[str], str]) -> str | None:
    for code, shape in _shapes():
        if found := shape.fullmatch(sentence):
            told = {name: _value(name, value, there, law) for name, value in found.groupdict().items()}
            return there.sentences[code].format_map(told)
    return None


def _value(name: str, value: str, there: Telling, law: Callable[[str], str]) -> str:
    if name == "reason":
        return _again(value, there, law) or value
    if name == "rule":
        return law(value)
    if name in ("days", "grace") and value in _days():
        return there.show_days(_days()[value])
    if value in _dates():
        return there.show_date(_dates()[value])
    prefix = {"problem": "problem_", "channel": "channel_"}.get(name, "stage_")
    code = next((code for code, word in ENGLISH.items() if code.startswith(prefix) and word == value), "")
    return there.sentences.get(code, value)


@cache
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    """Those with the most words of their own first: "promised for …, two days of grace" is no "promised for …"."""
    codes = [code for code in ENGLISH if not code.startswith(_PARTS)]
    codes.sort(key=lambda code: -len(_FIELD.sub("", ENGLISH[code])))
    return [(code, _shape(ENGLISH[code])) for code in codes]


def _shape(sentence: str) -> re.Pattern[str]:
    pattern, seen = "", set[str]()
    for at, part in enumerate(_FIELD.split(sentence)):
        if at % 2:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
        else:
            pattern += re.escape(part)
    return re.compile(pattern, re.DOTALL)


@cache
def _days() -> dict[str, int]:
    return {IN_ENGLISH.show_days(days): days for days in range(1000)}


@cache
def _dates() -> dict[str, date]:
    first = date(_LEAP_YEAR, 1, 1).toordinal()
    days = (date.fromordinal(first + at) for at in range(366))
    return {IN_ENGLISH.show_date(day): day for day in days}
