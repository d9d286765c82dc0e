# SPDX-License-Identifier: Apache-2.0
"""Which of the twelve languages a text is written in.

Common words and groups of three letters, each with a weight per language, from a small data file that
`tools/train_detect.py` makes. Knows only the languages Purring reads and writes; a text in another one, or one too
short to tell, is None.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "af", "fr", "es", "nb", "de", "nl", "pt-PT", "pt-BR", "it", "sv", "da")
PROFILES = Path(__file__).with_name("detect_profiles.json")

MOST_WORDS = 90
"""Words looked at: more do not change the answer."""
LEAST_WEIGHT = 38
"""What the winner needs in all: one telling word."""
LEAST_LEAD = 8
"""What it needs before the next language, where the text is shorter than `SHORT` words."""
SHORT = 3
LEAST_KNOWN = 0.3
"""Share of the words that must be known as the winner's; a foreign text has a few by chance."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|['’]n\b")
_NOT_PROSE = re.compile(r"\S*(?:@|://|www\.)\S*")


def detect(text: str) -> str | None:
    """The BCP 47 tag of the language of `text`, one of `LANGUAGES`, or None when it cannot be told."""
    return _profiles().best(text)


def words(text: str) -> list[str]:
    """The words of a text in lower case, without addresses and numbers."""
    if "@" in text or "://" in text or "www." in text:
        text = _NOT_PROSE.sub(" ", text)
    return _WORD.findall(text.lower().replace("’", "'"))


def groups(word: str) -> list[str]:
    """Groups of three letters in a word with its borders: "at" -> "<at", "at>"."""
    edged = f"<{word}>"
    return [edged[start : start + 3] for start in range(len(edged) - 2)]


class Profiles:
    """The weights, ready to ask."""

    def __init__(self, data: dict[str, object]) -> None:
        self._languages: list[str] = data["languages"]  # type: ignore[assignment]
        self._words = _pairs(data["words"])
        self._groups = _pairs(data["groups"])

    def best(self, text: str) -> str | None:
        """The language whose words and letters fit best."""
        looked = words(text[:2000])[:MOST_WORDS]
        score = [0.0] * len(self._languages)
        known = [0] * len(self._languages)
        for word in looked:
            weights = self._words.get(word)
            if weights is not None:
                for number, weight in weights:
                    score[number] += weight
                    known[number] += 1
                continue
            parts = groups(word)
            share = 0.5 / len(parts)
            for part in parts:
                for number, weight in self._groups.get(part, ()):
                    score[number] += weight * share
        top = max(score)
        winner = score.index(top)
        if top < LEAST_WEIGHT or known[winner] < LEAST_KNOWN * len(looked):
            return None
        if len(looked) < SHORT and any(top - other < LEAST_LEAD for n, other in enumerate(score) if n != winner):
            return None
        return self._languages[winner]


@cache
def _profiles() -> Profiles:
    return Profiles(json.loads(PROFILES.read_text(encoding="utf-8")))


def _pairs(rows: object) -> dict[str, tuple[tuple[int, int], ...]]:
    assert isinstance(rows, dict)
    return {key: tuple(zip(row[::2], row[1::2], strict=True)) for key, row in rows.items()}
