# SPDX-License-Identifier: Apache-2.0
"""What the words of a sentence are about: one lexicon per language, ``concepts/<language>.txt``, with the same concepts in
each ("court", "family", "at_last"), so that what one language has taught of them holds in all.

A line is ``concept: word beg* two_words``: a word, the beginning of one, or words in a row. They are compared after
folding. A concept is a hint and no finding, so a word may stand in several, and a lexicon may be generous.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from purring.core.errors import Refused
from purring.language.learned.words import plain
from purring.language.tone.files import source_of

Row = Sequence[tuple[str, ...]]
"""For each token of a sentence what it is about."""

_JOINTS = re.compile("['’-]")
_SHORTEST = 2
"""Letters a beginning must have."""


class Lexicon:
    """The concepts of one language."""

    def __init__(self, language: str, source: str) -> None:
        self.language = language
        self.concepts: list[str] = []
        self._words: dict[str, set[str]] = {}
        self._beginnings: dict[str, set[str]] = {}
        self.rows: dict[str, list[tuple[list[str], str]]] = {}
        """By its first word each row of words that is about something together: the words that follow, and what."""
        for number, raw in enumerate(source.splitlines(), 1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            concept, colon, terms = line.partition(":")
            if not colon or not terms.strip():
                raise Refused("bad_rule", f"concepts/{language}.txt, line {number}: write 'concept: word word'")
            self.concepts.append(concept)
            for term in terms.split():
                self._add(concept, term)

    def of_word(self, token: str) -> tuple[str, ...]:
        """What a folded token is about, its parts around an apostrophe or a hyphen too ("l'avocat")."""
        found: set[str] = set()
        for part in {token, *_JOINTS.split(token)}:
            found |= self._words.get(part, set())
            for end in range(_SHORTEST, len(part) + 1):
                found |= self._beginnings.get(part[:end], set())
        return tuple(sorted(found))

    def with_rows(self, tokens: list[str], row: Row) -> Row:
        """`row`, what each token is about by itself, with what words in a row are about added at the first of them."""
        rows = self.rows
        if rows.keys().isdisjoint(tokens):
            return row
        found: list[tuple[str, ...]] = []
        for place, token in enumerate(tokens):
            for following, concept in rows.get(token, ()):
                if tokens[place + 1 : place + 1 + len(following)] == following:
                    found = found or list(row)
                    found[place] = (*found[place], concept)
        return found or row

    def _add(self, concept: str, term: str) -> None:
        words = [plain(word, self.language) for word in term.rstrip("*").split("_")]
        if len(words) > 1:
            self.rows.setdefault(words[0], []).append((words[1:], concept))
        elif term.endswith("*"):
            self._beginnings.setdefault(words[0], set()).add(concept)
        else:
            self._words.setdefault(words[0], set()).add(concept)


@lru_cache(16)
def lexicon(language: str) -> Lexicon:
    """The lexicon of a base language such as "pt"."""
    return Lexicon(language, source_of("concepts", language))
