# SPDX-License-Identifier: Apache-2.0
"""A sentence as it is said to everybody: what it was told once then serves for all messages that say it, whoever they are to and whatever
is owed."""

from __future__ import annotations

import re

from purring.language.tone.folding import MASK, NAME
from purring.language.tone.rulebook import Rulebook

ANY_NUMBER = "7"
"""What stands for a number that no rule names."""
BLANKED = re.compile(rf"({MASK}|{NAME})\1+")
"""What one sign says as well as many: `sub` of it by its first."""
_NUMBERS = re.compile(r"\d+(?:[.,:]\d+)*")


class InGeneral:
    """A masked text with any name, and any number save those that rules name. Models and rules see no more of it."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self.exact = frozenset(figures for figures, star in book.numbers if not star)
        self.beginnings = frozenset(figures for figures, star in book.numbers if star)
        """Numbers that stay what they are, and beginnings of such."""

    def of(self, masked: str) -> str:
        """A masked text in general, white space as one space, lines as they are: a clause may begin with one."""
        if MASK in masked or NAME in masked:
            masked = BLANKED.sub(r"\1", masked)
        found = _NUMBERS.sub(self._any, masked)
        return "\n".join([" ".join(line.split()) for line in found.split("\n")])

    def _any(self, number: re.Match[str]) -> str:
        return number[0] if self._book.names_number(number[0]) else ANY_NUMBER
