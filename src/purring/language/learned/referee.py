# SPDX-License-Identifier: Apache-2.0
"""A referee: one softmax regression for all languages that sees what the models of sentences say together with what rules and
lexicons say, and gives each label its share.

The models know their own texts too well to say how far they can be believed; a referee has learned that from texts which they
had not seen. Made by `tools/referee.py`, shipped as numbers that can be read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from purring.language.learned.model import FOLDER


class Referee:
    """content: `labels`, `biases`, `made_from`, and `weights`: per feature a number for each label."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.labels: tuple[str, ...] = tuple(content["labels"])
        self.made_from: str = content["made_from"]
        self._biases: list[float] = content["biases"]
        self._weights: dict[str, list[float]] = content["weights"]

    def shares(self, features: Mapping[str, float]) -> dict[str, float]:
        """Label -> how likely it is; together 1. Features that the referee does not know count nothing."""
        odds = self._biases
        for name, value in features.items():
            weights = self._weights.get(name)
            if weights is not None:
                odds = [one + value * weight for one, weight in zip(odds, weights, strict=True)]
        highest = max(odds)
        powers = [math.exp(one - highest) for one in odds]
        together = sum(powers)
        return dict(zip(self.labels, (power / together for power in powers), strict=True))


def path_of(task: str, folder: Path = FOLDER) -> Path:
    """Where the referee of a task is kept."""
    return folder / f"{task}-referee.json"


def read_referee(path: Path) -> Referee:
    """A stored referee."""
    return Referee(json.loads(path.read_text(encoding="utf-8")))


@cache
def referee(task: str) -> Referee:
    """The one that is shipped for a task such as `replies`; read on first use."""
    return read_referee(path_of(task))
