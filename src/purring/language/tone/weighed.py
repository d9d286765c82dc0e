# SPDX-License-Identifier: Apache-2.0
"""What weighing a sentence gives, and how far it is gone into."""

from __future__ import annotations

import math
from typing import NamedTuple

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
