# SPDX-License-Identifier: AGPL-3.0-or-later
"""Teaches a referee (`purring.language.learned.referee`): one softmax regression over all languages, learned from texts of
which the models whose word it weighs have seen nothing. Used by `train_sentences.py` and `train_tone.py`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.learning import FOLDS, library

LEAST = 15
"""Texts a feature must stand in."""
ROUNDS = 300

Row = tuple[str, Mapping[str, float]]
"""What a text is, and what the referee sees of it."""


class Taught:
    """A regression over rows. freedom: inverse of the regularisation."""

    def __init__(self, rows: Sequence[Row], freedom: float) -> None:
        linear = library("sklearn.linear_model")
        seen = Counter(name for _, features in rows for name in features)
        self._place = {
            name: place for place, name in enumerate(sorted(n for n, count in seen.items() if count >= LEAST))
        }
        self._fitted = linear.LogisticRegression(C=freedom, max_iter=ROUNDS)
        self._fitted.fit(self._matrix([features for _, features in rows]), [label for label, _ in rows])

    def right(self, rows: Sequence[Row]) -> int:
        """Of how many rows the likeliest label is the right one."""
        told = self._fitted.predict(self._matrix([features for _, features in rows]))
        return sum(str(one) == label for one, (label, _) in zip(told, rows, strict=True))

    def store(self, path: Path, made_from: str) -> None:
        content = {
            "made_from": made_from,
            "labels": [str(label) for label in self._fitted.classes_],
            "biases": [round(float(bias), 4) for bias in self._fitted.intercept_],
            "weights": {
                name: [round(float(weight), 4) for weight in self._fitted.coef_[:, place]]
                for name, place in self._place.items()
            },
        }
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")

    def _matrix(self, rows: Sequence[Mapping[str, float]]) -> Any:
        matrix = library("numpy").zeros((len(rows), len(self._place)))
        for number, features in enumerate(rows):
            for name, value in features.items():
                place = self._place.get(name)
                if place is not None:
                    matrix[number, place] = value
        return matrix


def teach(rows: Mapping[str, Sequence[Row]], freedom: float, made_from: str, path: Path) -> str:
    """Learn from the rows of all languages, write the referee to `path`, and say how well it does on languages of which it has
    learned nothing."""
    right = total = 0
    for fold in range(FOLDS):
        out = sorted(rows)[fold::FOLDS]
        others = Taught([row for language, some in rows.items() if language not in out for row in some], freedom)
        left = [row for language in out for row in rows[language]]
        right += others.right(left)
        total += len(left)
    Taught([row for some in rows.values() for row in some], freedom).store(path, made_from)
    return f"{path.name}: {path.stat().st_size // 1024} KB, right {right / max(1, total):.3f} of {total} in languages not learned from"
