# SPDX-License-Identifier: AGPL-3.0-or-later
"""The referee gives each label its share, as the plain arithmetic of its numbers has it."""

from __future__ import annotations

import json
import math
import random

import pytest

from purring.language.learned.referee import path_of, referee


@pytest.mark.parametrize("task", ["replies", "tone"])
def test_shares_are_those_of_the_written_numbers(task: str, rng: random.Random) -> None:
    written = json.loads(path_of(task).read_text(encoding="utf-8"))
    for _ in range(50):
        some = rng.sample(sorted(written["weights"]), 60)
        features = {name: rng.choice((1.0, rng.uniform(-2, 2))) for name in some}
        odds = [
            bias + sum(value * written["weights"][name][lane] for name, value in features.items())
            for lane, bias in enumerate(written["biases"])
        ]
        powers = [math.exp(one - max(odds)) for one in odds]
        shares = referee(task).shares({**features, "what nobody has learned": 3.0})
        assert list(shares) == written["labels"]
        assert list(shares.values()) == pytest.approx([power / sum(powers) for power in powers], abs=0.002)
        assert sum(shares.values()) == pytest.approx(1)
