# SPDX-License-Identifier: Apache-2.0
"""Which of many patterns have all their words in a text, whatever their order: what is left is worth looking for with an expression.

The words of a text are looked at once for all of them. `sieve.lua` does the same for texts that `kernel.Kernel` reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from purring.language.tone.folding import Keys
from purring.language.tone.pattern import Pattern


class Sifted(NamedTuple):
    """What the words of a text show of patterns that are in groups. `fitting`: the numbers of those that have a word for each of their
    elements; `near`: groups of which a pattern has them by their beginnings; `words`: by group how many words its patterns look for
    first."""

    fitting: list[int]
    near: set[str]
    words: dict[str, int]


SILENT = ""
"""A group of patterns of which only is told which are fitting."""


class Sieve:
    """Patterns, each of a group, numbered as they are given."""

    def __init__(self, patterns: Iterable[tuple[str, Pattern]]) -> None:
        self.patterns = [*patterns]
        self.groups = sorted({group for group, _ in self.patterns} - {SILENT})
        self.by_anchor: dict[str, list[int]] = {}
        """By each word that a pattern may be looked up by the numbers of those patterns."""
        for number, (_, pattern) in enumerate(self.patterns):
            for key in pattern.anchors:
                self.by_anchor.setdefault(key, []).append(number)
        every = {key for _, pattern in self.patterns for one in (*pattern.others, *pattern.wholes) for key in one}
        self.keys = Keys(every | self.by_anchor.keys())

    def sift(self, keys: AbstractSet[str]) -> Sifted:
        """What a text shows that has these of `keys`, and perhaps others."""
        words: dict[str, int] = {}
        near: set[int] = set()
        for key in keys & self.by_anchor.keys():
            numbers = self.by_anchor[key]
            for group in {self.patterns[number][0] for number in numbers} - {SILENT}:
                words[group] = words.get(group, 0) + 1
            near.update(one for one in numbers if True not in map(keys.isdisjoint, self.patterns[one][1].others))
        fitting = [one for one in sorted(near) if self.patterns[one][1].may_fit(keys)]
        return Sifted(fitting, {self.patterns[one][0] for one in near} - {SILENT}, words)
