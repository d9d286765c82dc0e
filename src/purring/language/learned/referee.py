# SPDX-License-Identifier: Apache-2.0
"""A referee: one softmax regression for all languages that sees what the models of sentences say together with what rules and
lexicons say, and gives each label its share.

The models know their own texts too well to say how far they can be believed; a referee has learned that from texts which they
had not seen. Made by `tools/referee.py`, shipped as numbers that can be read.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from purring.language.learned.model import FOLDER

_LANE = 64
"""Bits that a sum of one label may take."""
_MIDDLE = 1 << (_LANE - 1)
WEIGHT, VALUE = 10_000, 1 << 12
"""Weights are kept as whole ten-thousandths, which is how they are written; values are rounded to such fractions."""


class Referee:
    """content: `labels`, `biases`, `made_from`, and `weights`: per feature a number for each label.

    The weights of a feature lie side by side in one long integer, a lane per label, so that one multiplication serves all labels.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.labels: tuple[str, ...] = tuple(content["labels"])
        self.made_from: str = content["made_from"]
        self._start = self._packed(content["biases"]) * VALUE
        self._start += sum(_MIDDLE << (_LANE * lane) for lane in range(len(self.labels)))
        self.enough = round(math.log(len(self.labels)) * WEIGHT * VALUE)
        self._lanes = struct.Struct(f"<{len(self.labels)}Q")
        self._weights = {name: self._packed(weights) for name, weights in content["weights"].items()}

    @staticmethod
    def _packed(weights: Sequence[float]) -> int:
        return sum(round(weight * WEIGHT) << (_LANE * lane) for lane, weight in enumerate(weights))

    def rows(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Each feature and its weights, in ten-thousandths, in the order of `labels`."""
        zero = sum(_MIDDLE << (_LANE * lane) for lane in range(len(self.labels)))
        for name, packed in self._weights.items():
            lanes = self._lanes.unpack((packed + zero).to_bytes(self._lanes.size, "little"))
            yield name, tuple(lane - _MIDDLE for lane in lanes)

    def shares(self, features: Mapping[str, float], marks: Iterable[str] = ()) -> dict[str, float]:
        """Label -> how likely it is; together 1. Features that the referee does not know count nothing. marks: features
        whose value is 1."""
        return self.shares_of(self.odds(self.sum_of(features, marks)))

    def sum_of(self, features: Mapping[str, float], marks: Iterable[str] = ()) -> int:
        """What these features weigh together; such sums may be added."""
        get = self._weights.get
        total = sum(filter(None, map(get, marks))) * VALUE
        for name, value in features.items():
            total += get(name, 0) * round(value * VALUE)
        return total

    def odds(self, total: int) -> tuple[int, ...]:
        """What a sum of `sum_of` says of each label: logarithms of odds in small steps, of which only differences count."""
        return self._lanes.unpack((self._start + total).to_bytes(self._lanes.size, "little"))

    def likeliest(self, odds: Sequence[int], *, besides: str) -> tuple[str, bool]:
        """The likeliest label but for one, and whether that one is likelier than all others together, seen without counting all
        of them out: False may be said although it is."""
        place = self.labels.index(besides)
        others = [*odds]
        others[place] = -1  # below all others: lanes are not negative
        highest = max(others)
        return self.labels[others.index(highest)], odds[place] - highest > self.enough

    def shares_of(self, odds: Sequence[int]) -> dict[str, float]:
        """Label -> how likely it is, by such odds."""
        highest = max(odds)
        powers = [math.exp((one - highest) / (WEIGHT * VALUE)) for one in odds]
        together = sum(powers)
        return dict(zip(self.labels, [power / together for power in powers], strict=True))


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
