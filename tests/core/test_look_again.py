# SPDX-License-Identifier: AGPL-3.0-or-later
"""`look_again_on` is safe: an account that is only looked at on the days the decision asked for, and on days with a new
fact, gets the same answers, messages and tasks on the same days as one that is decided every day.

This is what lets a round skip everyone for whom nothing can have changed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import zip_longest

import pytest

from tests.core.histories import Row, check_many, history
from tests.core.playing import Change, Played, richer, unchanged
from tests.support import seeds

pytestmark = [pytest.mark.scales, pytest.mark.slow]


@pytest.mark.parametrize("change", [unchanged, richer], ids=["scenario_facts", "all_facts"])
def test_skipping_days_changes_nothing(change: Change, rng: random.Random) -> None:
    check_many(rng, seeds.count("looks", normal=600, endurance=200_000), differing(change))


def differing(change: Change) -> Callable[[Row], list[str]]:
    def found(scenario: Row) -> list[str]:
        daily, sparing = Played(scenario, change), Played(scenario, change, attentive=False)
        lines = [
            f"{key[0]} {key[1]}: {answers} by daily decisions, {sparing.answers_of[key]} by skipping"
            for key, answers in daily.answers_of.items()
            if {ref: answer.code for ref, answer in answers.items()}
            != {ref: answer.code for ref, answer in sparing.answers_of[key].items()}
        ]
        rows = zip_longest(daily.result["timeline"], sparing.result["timeline"])
        lines += [f"{one} daily, {other} by skipping" for one, other in rows if one != other]
        if sparing.looks > daily.looks:
            lines.append("more looks than days")
        return lines[:3]

    return found


def test_most_days_are_skipped(rng: random.Random) -> None:
    """An account that waits for its next step costs nothing: without events, at most one day in four is looked at."""
    looks = days = 0
    for _ in range(200):
        scenario = history(rng, most_events=0)
        sparing = Played(scenario, attentive=False)
        looks, days = looks + sparing.looks, days + len(sparing.answers_of)
    assert looks < days / 4, f"{looks} looks in {days} days"
