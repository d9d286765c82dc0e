# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signed forms: one key per form, good for what it was made for, for a day, and made by nobody else."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from purring.core.errors import Refused
from purring.kit import forms
from tests.support import seeds

NOW = datetime(2026, 5, 5, 6, tzinfo=UTC)
MINE = ["link", "promise"]


def test_each_form_has_a_key_of_its_own() -> None:
    made = [forms.token("answer", MINE, NOW) for _ in range(3)]
    keys = [forms.read("answer", one, MINE, NOW + timedelta(hours=23)) for one in made]
    assert len(set(keys)) == 3
    assert forms.read("answer", made[0], MINE, NOW) == keys[0]


@pytest.mark.parametrize(
    ("purpose", "values", "now"),
    [
        ("pay", MINE, NOW),
        ("answer", ["other", "promise"], NOW),
        ("answer", ["link"], NOW),
        ("answer", MINE, NOW + timedelta(hours=25)),
        ("answer", MINE, NOW - timedelta(minutes=1)),
    ],
)
def test_good_for_nothing_else(purpose: str, values: list[str], now: datetime) -> None:
    with pytest.raises(Refused):
        forms.read(purpose, forms.token("answer", MINE, NOW), values, now)


@pytest.mark.scales
def test_nobody_else_makes_one(rng: random.Random) -> None:
    made = forms.token("answer", MINE, NOW)
    accepted = 0
    for _ in range(seeds.count("forms", normal=2_000, endurance=10_000)):
        at = rng.randrange(len(made))
        changed = made[:at] + rng.choice("ABCxyz019-_:") + made[at + 1 :]
        if changed == made:
            continue
        try:
            forms.read("answer", changed, MINE, NOW)
            accepted += 1
        except Refused:
            pass
    assert accepted == 0
