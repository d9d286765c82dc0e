# SPDX-License-Identifier: Apache-2.0
"""Dates in digits: 2026-03-05, 05/03/2026, 5.3., 5/3. What they mean is decided later, with the country in view."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from purring.language.when.scan import Scan

_YEAR_FIRST = re.compile(r"(\d{4})(?:\s?[-–‑]\s?|[./])(\d{1,2})(?:\s?[-–‑]\s?|[./])(\d{1,2})(?![\d])(?:T[\d:.]+Z?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})(?:(\.)\s?|([/‑–-]))(\d{1,2})(?:(?(2)\.\s?|[/‑–-]))(\d{4}|\d{2})(?!\d)(?![.,/-]\d)")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(?!\s?\d)")
_PAIR = re.compile(r"(\d{1,2})([./-])(\d{1,2})(?!\d)(?![.:/-]\d|,\d(?!\d{3}(?!\d)))(?!\s?%)")
_FRACTIONS = {("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4"), ("1", "1")}


class Written(NamedTuple):
    """A date in digits: first and second number as they stand; `weak` forms could be something else entirely."""

    first: int
    second: int
    year: int | None
    year_first: bool
    separator: str
    weak: bool


def written_date(scan: Scan, index: int) -> Iterable[tuple[Any, int]]:
    """The date in digits at a token, as (Written, token after it), or nothing."""
    word = scan.words[index]
    if not word.isdigit() or len(word) > 4 or len(word) == 3:
        return ()
    start = scan.starts[index]
    if scan.glued(index):
        before = scan.words[index - 1]
        if before[0].isalnum() or before in "#_+/" or (before in "-.," and scan.glued(index - 1)):
            if not (before == "-" and len(word) <= 2):
                return ()
            if scan.glued(index - 1) and not scan.words[index - 2].isdigit() and scan.words[index - 2] != ".":
                return ()
    text = scan.text
    found = _YEAR_FIRST.match(text, start)
    if found:
        year, month, day = map(int, found.groups())
        if not (1900 <= year <= 2199 and 1 <= month <= 12 and 1 <= day <= 31):
            return ()
        return _done(scan, index, found.end(), Written(month, day, year, True, "-", False))
    if len(word) > 2:
        return ()
    found = _YEAR_LAST.match(text, start)
    if found:
        first, _, _, second, year_text = found.groups()
        written = Written(int(first), int(second), int(year_text), False, found[2] or found[3], False)
        return _done(scan, index, found.end(), written) if _possible(written) else ()
    found = _DOTS.match(text, start)
    if found:
        written = Written(int(found[1]), int(found[2]), None, False, ".", False)
        return _done(scan, index, found.end(), written) if _possible(written) else ()
    found = _PAIR.match(text, start)
    if found:
        weak = found[2] != "/" or (found[1], found[3]) in _FRACTIONS
        written = Written(int(found[1]), int(found[3]), None, False, found[2], weak)
        return _done(scan, index, found.end(), written) if _possible(written) else ()
    return ()


def _possible(written: Written) -> bool:
    high, low = max(written.first, written.second), min(written.first, written.second)
    return 1 <= low <= 12 and high <= 31


def _done(scan: Scan, index: int, end: int, written: Written) -> tuple[tuple[Any, int], ...]:
    after = scan.index_at(end, index)
    if scan.text[end : end + 1].isalnum() or scan.text[end : end + 1] == "_":
        return ()
    return ((written, after),)
