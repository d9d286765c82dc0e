# SPDX-License-Identifier: Apache-2.0
"""What reading a text and weighing a sentence gives, and how far they are gone into."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple, Protocol

from purring.language.tone.pattern import Pattern
from purring.language.tone.sieve import Sifted

MOST_CONCEPTS = 8
"""Concepts that are kept of a word; none that people write has more than three, but some may be joined by hyphens."""


class Weighed(NamedTuple):
    """A sentence as the model sees it: the sum of its weights, how many tokens it has, what it is about as features."""

    total: int
    length: int
    about: set[str]


class Limits(NamedTuple):
    """Log-odds below which a sentence is good: those of `UNKIND` by its words, those of `OVERALL` by words and order, and with what they
    are about together."""

    clear: float = -math.inf
    unlikely: float = -math.inf
    harmless: float = -math.inf


Span = tuple[int, int]


class Doubt(Protocol):
    """A sentence that may not be good. `length`: how many tokens it has."""

    @property
    def length(self) -> int: ...

    def sifted(self) -> Sifted | None:
        """What its words show of rules as it is said to everybody; None when that was not looked at yet."""

    def fault(self) -> float:
        """The log-odds of any fault."""

    def shares(self, seen: Sequence[str], stage: str | None, most: float = 1) -> dict[str, float] | None:
        """How likely each code is; None when it is good for sure, or more likely than `most`. seen: features of what rules see in it."""

    def weighed(self) -> Weighed:
        """What it weighs, by name."""


class Reading(NamedTuple):
    """What a text shows at once. `words`: those that patterns of form look for; `fitting`: by group the patterns that have all their words
    in it; `doubted`: the sentences that the limits do not show to be good."""

    words: AbstractSet[str]
    fitting: Mapping[str, Sequence[Pattern]]
    doubted: list[tuple[Span, Doubt]]


def remember(memory: dict[Any, Any], key: object, found: object, most: int) -> None:
    """Keep something among no more than so many; what is one too many begins anew."""
    if len(memory) >= most:
        memory.clear()
    memory[key] = found
