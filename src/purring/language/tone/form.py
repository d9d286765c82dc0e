# SPDX-License-Identifier: Apache-2.0
"""What is looked for in a text as a whole: the parts of a message, words in capitals, and rules of form, which need no judge."""

from __future__ import annotations

import re
from functools import lru_cache

from purring.language.tone.folding import fold
from purring.language.tone.parts import parts
from purring.language.tone.report import CODES
from purring.language.tone.rulebook import rulebook
from purring.language.tone.sieve import Sieve
from purring.language.tone.signs import LABELS
from purring.language.tone.surface import may_shout

_FIGURES = re.compile(r"\d+")
LOUD = "LOUD"
"""Among the words of a text when one is there that could make what it stands in loud."""
RULES = "rules"
"""The group of patterns of rules; the others are called as the kinds of parts."""


class Form:
    """That of one language. `rules`: those that no judge weighs; `sieve`: their patterns, and the phrases of parts, so that the words of a
    text are looked at once for both."""

    def __init__(self, language: str) -> None:
        own = parts(language)
        self.rules = rulebook(language).part(frozenset(CODES) - frozenset(LABELS))
        self.sieve = Sieve(
            [*own.sieve.patterns, *((RULES, pattern) for rule in self.rules.rules for pattern in rule.patterns)]
        )
        self.words = [LOUD, *sorted(self.sieve.keys.wanted)]
        """All that `words_of` may find."""
        self.numbers = frozenset(figures for word in self.words for figures in _FIGURES.findall(word))
        """Those that are looked for."""
        self._shout = own.shout

    def words_of(self, masked: str, seen: str) -> set[str]:
        """What is looked for that a text has. seen: the same folded."""
        return self._with_loud(masked, self.sieve.keys.of(seen))

    def look(self, chunk: str) -> set[str]:
        """The same of a piece of a masked text from one space to another, for who remembers it."""
        return self._with_loud(chunk, {*self.sieve.keys.look(fold(chunk))})

    def _with_loud(self, masked: str, found: set[str]) -> set[str]:
        if may_shout(masked, self._shout):
            found.add(LOUD)
        return found


@lru_cache(16)
def form(language: str) -> Form:
    """That of a language that has rules."""
    return Form(language)
