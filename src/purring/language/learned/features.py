# SPDX-License-Identifier: Apache-2.0
"""What a learned model looks at in a sentence: words, their parts, neighbours, and what a denial or a question touches.

Every feature is a piece of text, so that a weight can be shown to a person. Parts of words make inflection and typing
errors matter little; the same functions serve training and reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

STEM = 6
"""Letters of a word that count where words are paired."""
SHORTEST, LONGEST = 3, 5
"""Letters of a part of a word, its borders counted."""
FIRST = "^"
"""Stands before what a text begins with."""
REACH = 4
"""Words before and after a denial that it may be about."""
STOPS = frozenset(",;:()?!…") | {"..", "..."}
"""Tokens that a denial does not reach across."""


def of_word(token: str) -> Iterator[str]:
    """The token itself and its parts, borders written as `<` and `>`."""
    yield token
    if not token[0].isalpha():
        return
    edged = f"<{token}>"
    for length in range(SHORTEST, LONGEST + 1):
        for start in range(len(edged) - length + 1):
            yield "~" + edged[start : start + length]


def of_order(tokens: Sequence[str], denials: frozenset[str]) -> list[str]:
    """Neighbours, words one apart, what stands first, and what a denial or the question of the sentence touches."""
    stems = [token[:STEM] for token in tokens]
    found = [f"{first} {second}" for first, second in pairwise(stems)]
    found += [f"{first} _ {second}" for first, second in zip(stems, stems[2:], strict=False)]
    if stems:
        found.append(f"{FIRST} {stems[0]}")
    if not denials.isdisjoint(tokens):
        for place, token in enumerate(tokens):
            if token in denials:
                found += [f"! {stem}" for stem in _touched(stems, place)]
    if "?" in tokens[-2:]:
        found += [f"? {stem}" for stem in stems]
    return found


def _touched(stems: Sequence[str], place: int) -> Iterator[str]:
    for step in (-1, 1):
        for other in range(place + step, place + step * (REACH + 1), step):
            if not 0 <= other < len(stems) or stems[other] in STOPS:
                break
            yield stems[other]
