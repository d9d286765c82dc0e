# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules: steps that contradict each other are refused, with their place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.core.schedule import CHANNELS, RANK, STAGES, Schedule, Step

steps = st.lists(
    st.builds(
        Step,
        stage=st.sampled_from(STAGES),
        days=st.integers(-10, 40),
        channel=st.sampled_from(CHANNELS),
        repeat_every=st.one_of(st.none(), st.integers(0, 14)),
    ),
    max_size=4,
)


def in_order(some: list[Step]) -> bool:
    """The rules once more, in other words."""
    rising = all(one.days < other.days and RANK[one.stage] < RANK[other.stage] for one, other in pairwise(some))
    repeats = [at for at, step in enumerate(some) if step.repeat_every is not None]
    return bool(some) and rising and repeats in ([], [len(some) - 1]) and some[-1].repeat_every != 0


@given(steps)
def test_accepted_exactly_when_in_order(some: list[Step]) -> None:
    if not in_order(some):
        with pytest.raises(Refused) as refusal:
            Schedule(tuple(some))
        assert refusal.value.code == "bad_schedule"
        assert str(refusal.value.params["path"]).startswith("steps")
        return
    made = Schedule(tuple(some))
    assert made.early + made.overdue == made.steps
    assert all(step.days <= 0 for step in made.early)


@pytest.mark.parametrize(
    ("some", "path"),
    [
        ((), "steps"),
        ((Step("shouting", 1, "email"),), "steps[0].stage"),
        ((Step("friendly", 1, "pigeon"),), "steps[0].channel"),
        ((Step("friendly", 3, "email"), Step("firm", 3, "email")), "steps[1].days"),
        ((Step("friendly", 3, "email"), Step("friendly", 4, "email")), "steps[1].stage"),
        ((Step("firm", 3, "email"), Step("friendly", 4, "email")), "steps[1].stage"),
        ((Step("friendly", 3, "email", 7), Step("firm", 9, "email")), "steps[0].repeat_every"),
        ((Step("friendly", 3, "email", 0),), "steps[0].repeat_every"),
    ],
)
def test_refused_with_the_place(some: tuple[Step, ...], path: str) -> None:
    with pytest.raises(Refused) as refusal:
        Schedule(some)
    assert refusal.value.params["path"] == path


def test_a_gap_of_none_still_means_one_contact_a_day() -> None:
    step = (Step("friendly", 3, "email"),)
    assert Schedule(step, min_days_between_contacts=0).gap_days == 1
    assert Schedule(step).gap_days == 5


def test_the_minimum_is_the_same_number_in_every_currency() -> None:
    made = Schedule((Step("friendly", 3, "email"),), minimum_balance="50.00")
    assert [made.minimum(code) for code in ("EUR", "JPY", "KWD")] == [5_000, 50, 50_000]


def test_only_a_step_after_the_due_date_repeats() -> None:
    assert Schedule((Step("friendly", 3, "email", 7),)).repeat_every == 7
    assert Schedule((Step("courtesy", -3, "email", 7),)).repeat_every is None
