# SPDX-License-Identifier: Apache-2.0
"""Words of like meaning: the class of a word, the same name in every language.

"pay", "betalen" and "pagar" are of one class, so that what is learned of one language's sentences holds for the others',
and a word seen once is understood by its likes. The words that replies turn on are put together by hand
(`concepts/<language>.txt`: `pay: pay paying settle`); all others by `tools/make_word_classes.py`
(`classes/<language>.txt`: the words of class n in line n).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from purring.language.learned.words import plain

FOLDER = Path(__file__).with_name("classes")
CONCEPTS = Path(__file__).with_name("concepts")
KEPT = frozenset({"<day>", "<when>", "<sum>", "#", "?", ","})
"""Tokens that are their own class."""


@cache
def classes(language: str) -> dict[str, str]:
    """Word (as `words.plain` writes it) -> its class, for a base language tag such as `pt`."""
    lines = (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    found = {word: f"c{number}" for number, line in enumerate(lines) for word in line.split()}
    for line in (CONCEPTS / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        name, _, words = line.partition(":")
        found.update((plain(word, language), f"={name}") for word in words.split())
    return found


def marks(tokens: Sequence[str], language: str) -> Iterator[str]:
    """The classes of a sentence as features: each, with its neighbour, with the one after that, and in a question."""
    of_word = classes(language)
    found = [token if token in KEPT else of_word.get(token) for token in tokens]
    known = [one for one in found if one is not None]
    asks = "?" in tokens[-2:]
    before, last = "", ""
    for one in known:
        yield f"@{one}"
        if asks:
            yield f"@? {one}"
        if last:
            yield f"@{last} {one}"
        if before:
            yield f"@{before} _ {one}"
        before, last = last, one
