# SPDX-License-Identifier: AGPL-3.0-or-later
"""The stories: what the scenario contract promises, one readable file per clause, played."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.core.rehearse import rehearse
from tests.stories.telling import Story, all_stories, differences, is_at
from tests.stories.watch import complaints

STORIES = all_stories()
PLAYED = [story for story in STORIES if not story.is_refused]
REFUSED = [story for story in STORIES if story.is_refused]


def name(story: Story) -> str:
    return story.name


def play(story: Story) -> dict[str, Any]:
    return rehearse(copy.deepcopy(story.scenario))


def test_every_story_has_its_own_title() -> None:
    titles = [story.title for story in STORIES]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("story", PLAYED, ids=name)
def test_it_happens_as_told(story: Story) -> None:
    found = differences(story.expect, play(story))
    assert not found, "\n".join([story.title, f"[{story.rule}]", *found])


@pytest.mark.parametrize("story", PLAYED, ids=name)
def test_nothing_that_may_never_happen(story: Story) -> None:
    found = complaints(story.scenario, play(story))
    assert not found, "\n".join([story.title, *found])


@pytest.mark.parametrize("story", REFUSED, ids=name)
def test_it_is_refused_with_its_place(story: Story) -> None:
    with pytest.raises(Refused) as refusal:
        play(story)
    path = refusal.value.params.get("path")
    assert is_at(story.expect["refused"], path), f"{story.title}: {path!r}, not {story.expect['refused']}"
    assert "\n" not in refusal.value.message


@pytest.mark.parametrize("story", PLAYED, ids=name)
def test_the_same_file_gives_the_same_answer_and_stays_as_it_was(story: Story) -> None:
    given = copy.deepcopy(story.scenario)
    assert rehearse(given) == play(story)
    assert given == story.scenario


def test_is_at() -> None:
    """The stories' own yardstick: a place, or one inside it."""
    assert is_at({"under": "events[1]"}, "events[1].invoice")
    assert not is_at({"under": "events[1]"}, "events[10]")
    assert not is_at({"path": "events[1].amount"}, "events[1]")
