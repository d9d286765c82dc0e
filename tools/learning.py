# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the trainers of the learned models (`train_sentences.py`, `train_tone.py`) share: which languages teach each other
and how much, which features are kept and how they are scaled, folds for cross-validation, and how a model is stored.

Needs scikit-learn and what comes with it, which neither running nor testing does.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from purring.language.learned import model

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "af", "fr", "es", "nb", "de", "nl", "pt", "it", "sv", "da")
KIN = {
    "af": ("nl",),
    "da": ("nb", "sv"),
    "de": ("nl",),
    "es": ("pt", "it"),
    "fr": ("it", "es"),
    "it": ("es", "pt", "fr"),
    "nb": ("da", "sv"),
    "nl": ("af", "de"),
    "pt": ("es", "it"),
    "sv": ("nb", "da"),
}
OWN_WEIGHT, KIN_WEIGHT, FAR_WEIGHT = 1.0, 0.4, 0.1
"""How much a text in the language itself, in a near and in any other one counts."""
LEAST = 1.5
"""Texts, so weighted, that a feature must stand in."""
PART, ORDER = 0.5, 1.0
"""Scale of parts of words, and of all else."""
FOLDS = 3
LARGEST = 127
FAINT = 6
"""A feature whose weights are all below this many steps is left out."""
SEED = 20260304


class Named(Protocol):
    """A text to learn from: its features (as often as they count), and how many words it has."""

    @property
    def names(self) -> Collection[str]: ...

    @property
    def length(self) -> int: ...


def library(name: str) -> Any:
    """A module that only training needs."""
    try:
        return import_module(name)
    except ImportError:
        raise SystemExit(f"training needs scikit-learn (there is no {name}): pip install scikit-learn") from None


def weight(language: str, other: str) -> float:
    """How much a text in `other` counts for the model of `language`."""
    return OWN_WEIGHT if other == language else KIN_WEIGHT if other in KIN.get(language, ()) else FAR_WEIGHT


class Space:
    """The features that enough texts hold, in order, and the scale of each: rare ones count more, parts of words less."""

    def __init__(self, weighted: Sequence[tuple[Named, float]]) -> None:
        seen: Counter[str] = Counter()
        for text, counts in weighted:
            for name in set(text.names):
                seen[name] += counts  # type: ignore[assignment]
        self.names = sorted(name for name, count in seen.items() if count >= LEAST)
        self.number = {name: number for number, name in enumerate(self.names)}
        total = sum(counts for _, counts in weighted)
        self.scales = [
            (PART if name.startswith("~") else ORDER) * math.sqrt(math.log(1 + total / seen[name]))
            for name in self.names
        ]

    def matrix(self, texts: Sequence[Named]) -> Any:
        """A row per text, scaled as `Model` does it."""
        csr_matrix = library("scipy.sparse").csr_matrix
        values: list[float] = []
        places: list[int] = []
        ends = [0]
        for text in texts:
            scale = 1 / math.sqrt(text.length + model.LENGTH)
            known = sorted(number for name in text.names if (number := self.number.get(name)) is not None)
            places += known
            values += [self.scales[number] * scale for number in known]
            ends.append(len(places))
        rows = csr_matrix((values, places, ends), shape=(len(texts), len(self.names)))
        rows.sum_duplicates()
        return rows


def store(path: Path, header: Mapping[str, Any], space: Space, weights: Any, biases: Any) -> None:
    """Round the weights (a row per label) to small integers and write the file. header: all but steps and biases."""
    numpy = library("numpy")
    scaled = weights * numpy.array(space.scales)
    steps = numpy.maximum(numpy.abs(scaled).max(axis=1), 1e-9) / LARGEST
    rounded = numpy.rint(scaled / steps[:, None]).astype(int)
    kept = numpy.flatnonzero(numpy.abs(rounded).max(axis=0) >= FAINT)
    steps_and_biases = {
        "steps": [round(float(step), 8) for step in steps],
        "biases": [round(float(bias), 5) for bias in biases],
    }
    names = [space.names[number] for number in kept]
    model.write(path, {**header, **steps_and_biases}, names, rounded[:, kept].tolist())
