# SPDX-License-Identifier: Apache-2.0
"""A sentence as it is said to everybody: what it was told once then serves for all messages that say it, whoever they are to and whatever
is owed."""

from __future__ import annotations

import re

from purring.language.tone.folding import LONGEST_REMEMBERED, MASK, NAME
from purring.language.tone.rulebook import Rulebook

ANY_NUMBER = "7"
"""What stands for a number that no rule names."""
BLANKED = re.compile(rf"({MASK}|{NAME})\1+")
"""What one sign says as well as many: `sub` of it by its first."""
_NUMBERS = re.compile(r"\d+(?:[.,:]\d+)*")
_REMEMBERED = 30_000


class InGeneral(dict[str, str]):
    """By what stands between two spaces the same with any name, and any number save those that rules name. Models and rules see no more
    of it."""

    def __init__(self, book: Rulebook) -> None:
        super().__init__()
        self._book = book
        self.exact = frozenset(figures for figures, star in book.numbers if not star)
        self.beginnings = frozenset(figures for figures, star in book.numbers if star)
        """Numbers that stay what they are, and beginnings of such."""

    def __missing__(self, chunk: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = _NUMBERS.sub(self._any, BLANKED.sub(r"\1", chunk))
        if len(chunk) <= LONGEST_REMEMBERED:
            self[chunk] = found
        return found

    def of(self, masked: str) -> str:
        """A masked sentence in general, lines as they are: a clause may begin with one."""
        return "\n".join(" ".join(map(self.__getitem__, line.split())) for line in masked.split("\n"))

    def _any(self, number: re.Match[str]) -> str:
        return number[0] if self._book.names_number(number[0]) else ANY_NUMBER
