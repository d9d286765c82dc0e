# SPDX-License-Identifier: AGPL-3.0-or-later
"""Learned models: what they see in a text, how they add up, and that the shipped ones are those of the shipped texts."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from purring.language.learned import Model, Piece, classes, features, load, tokens
from purring.language.learned import model as models
from purring.language.learned.referee import Referee, referee
from purring.language.learned.words import fold, plain
from tools import learning, train_sentences

MOST_KILOBYTES = 760


@pytest.fixture
def small(tmp_path: Path) -> Model:
    """Two labels; "pay" speaks for the first, "pay not" against it, a mark for the second."""
    header = {
        "labels": ["promise", "copy"],
        "steps": [0.1, 0.01],
        "biases": [-1.0, -2.0],
        "calibration": [[1.0, 0.0], [2.0, 0.5]],
        "denials": ["not"],
        "made_from": "by hand",
    }
    names = ["pay", "~<pa", "! pay", "@copy", "pay friday"]
    models.write(tmp_path / "task-xx.bin", header, names, [[40, 10, -90, 0, 5], [-127, 0, 0, 127, 0]])
    return models.read(tmp_path / "task-xx.bin")


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_weights_add_up_and_are_calibrated(small: Model) -> None:
    scores = small.score(small.seen(["pay", "friday"], ["@copy"]))
    scale = 1 / math.sqrt(2 + models.LENGTH)
    assert logit(scores["promise"]) == pytest.approx(-1.0 + 5.5 * scale)
    assert logit(scores["copy"]) == pytest.approx(2 * (-2.0 + 0.0 * scale) + 0.5)


def test_a_denial_reaches_its_neighbours(small: Model) -> None:
    yes, no = (small.score(small.seen(words))["promise"] for words in (["pay"], ["not", "pay"]))
    assert no < yes
    beyond = small.seen(["not", ",", "pay"])
    assert small.score(beyond)["promise"] > no


def test_a_feature_counts_once_in_a_text(small: Model) -> None:
    once, twice = small.seen(["pay", "x"]), small.seen(["pay", "pay"])
    assert small.score(once)["promise"] == small.score(twice)["promise"]
    both = small.seen(["pay"]) | small.seen(["pay"])
    assert both.length == 2
    assert small.score(both) == small.score(small.seen(["pay", "pay"]))


def test_it_says_which_words_weighed(small: Model) -> None:
    assert small.because(small.seen(["we", "pay", "friday"]), "promise") == ("pay", "friday")
    assert small.because(small.seen(["we", "pay"]), "copy") == ()


def test_words_are_comparable_however_they_are_typed() -> None:
    assert fold("FÄLLIG", "de") == fold("faellig", "de")
    assert fold("på", "nb") == fold("paa", "nb")
    assert plain("pagué", "es") != plain("pague", "es")
    assert tokens("Ich zahl’s am 3.5., ok?", "de") == ["ich", "zahl's", "am", "#", ",", "ok", "?"]


def test_a_piece_stands_for_what_it_covers() -> None:
    assert tokens("pay by Friday, please", "en", [Piece(7, 13, "<day>")]) == ["pay", "by", "<day>", ",", "please"]


def test_a_question_and_order_are_seen() -> None:
    seen = set(features.of_order(["have", "i", "paid", "?"], frozenset()))
    assert {"have i", "have _ paid", "^ have", "? paid"} <= seen
    assert "? paid" not in set(features.of_order(["i", "have", "paid"], frozenset()))


def test_typing_errors_leave_much_of_a_word() -> None:
    right, wrong = set(features.of_word("tomorrow")), set(features.of_word("tommorow"))
    assert len(right & wrong) > len(right) / 4


def test_words_of_like_meaning_are_one_class_in_every_language() -> None:
    for words in ({"en": "paid", "de": "bezahlt", "es": "pagueh", "sv": "betalat"}, {"en": "monday", "fr": "lundi"}):
        assert len({classes.classes(language)[word] for language, word in words.items()}) == 1


def test_the_classes_of_a_sentence_are_seen_with_their_neighbours_and_in_a_question() -> None:
    seen = set(classes.marks(["have", "i", "paid", "?"], "en"))
    assert {"@=paid", "@=i =paid", "@? =paid"} <= seen
    assert "@? =paid" not in set(classes.marks(["i", "paid"], "en"))


@pytest.mark.parametrize("language", learning.LANGUAGES)
def test_a_concept_has_the_same_name_in_every_language(language: str) -> None:
    def names(one: str) -> set[str]:
        lines = (classes.CONCEPTS / f"{one}.txt").read_text(encoding="utf-8").splitlines()
        return {line.partition(":")[0] for line in lines}

    assert names(language) <= names("en")


@pytest.mark.parametrize("language", learning.LANGUAGES)
def test_the_shipped_models_are_small_and_made_from_the_shipped_texts(language: str) -> None:
    task = train_sentences.TASKS["replies"]
    shipped = load(task.name, language)
    assert shipped.labels == task.labels
    assert shipped.made_from == train_sentences.digest(task), (
        f"texts or cues have changed: python -m tools.train_sentences {task.name}"
    )
    size = (models.FOLDER / f"{task.name}-{language}.bin").stat().st_size
    assert size <= MOST_KILOBYTES * 1024


def test_a_referee_shares_one_among_its_labels() -> None:
    content = {
        "made_from": "",
        "labels": ["paid", "promised"],
        "biases": [0.0, 0.0],
        "weights": {"@past": [1.0, -1.0], "@future": [-1.0, 1.0]},
    }
    judge = Referee(content)
    assert judge.shares({}) == {"paid": 0.5, "promised": 0.5}
    shares = judge.shares({"@past": 1.0, "never heard of": 9.0})
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["paid"] == pytest.approx(0.881, abs=0.001)
    assert judge.shares({"@past": 2.0})["paid"] > shares["paid"]


def test_the_shipped_referee_of_replies_is_made_from_the_shipped_texts() -> None:
    task = train_sentences.TASKS["replies"]
    shipped = referee(task.name)
    assert set(shipped.labels) == set(task.labels) - {"hostile"}
    assert shipped.made_from == train_sentences.digest(task), (
        f"texts or cues have changed: python -m tools.train_sentences {task.name}"
    )
