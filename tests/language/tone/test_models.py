# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shipped models are those that the corpora, the rules and the code that reads them make."""

from __future__ import annotations

import pytest

from purring.language.learned import load
from purring.language.learned.model import FOLDER
from purring.language.learned.referee import referee
from purring.language.tone.signs import GOOD, LABELS, OVERALL, TASK, UNKIND
from tools import tone_texts
from tools.learning import LANGUAGES

MOST_KILOBYTES = 1_700


@pytest.fixture(scope="module")
def made_from() -> str:
    return tone_texts.digest()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_models_are_up_to_date(language: str, made_from: str) -> None:
    shipped = load(TASK, language)
    assert shipped.labels == (*LABELS, UNKIND, OVERALL)
    assert shipped.labels[0] == GOOD
    assert shipped.made_from == made_from, "texts, rules or signs have changed: python -m tools.train_tone"
    size = (FOLDER / f"{TASK}-{language}.bin").stat().st_size
    assert size <= MOST_KILOBYTES * 1024


def test_the_referee_is_up_to_date(made_from: str) -> None:
    assert referee(TASK).made_from == made_from, "texts, rules or signs have changed: python -m tools.train_tone"
    assert set(referee(TASK).labels) == set(LABELS)
