# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lexicons say what words are about, the same things in every language."""

from __future__ import annotations

import pytest

from purring.core.errors import Refused
from purring.language.tone.concepts import Lexicon, lexicon
from purring.language.tone.signs import of_order, tokens_of
from tools.learning import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_concepts(language: str) -> None:
    concepts = lexicon(language).concepts
    assert concepts == lexicon("en").concepts
    assert len(set(concepts)) == len(concepts)


@pytest.mark.parametrize(
    ("language", "sentence", "concept"),
    [
        ("en", "solicitor", "lawyer"),
        ("fr", "l'avocat", "lawyer"),
        ("de", "Rechtsanwältin", "lawyer"),
        ("sv", "grannarna", "others"),
        ("es", "vergüenza", "shame"),
        ("it", "pignoramento", "seize"),
        ("nb", "naboene", "others"),
    ],
)
def test_a_word_is_about_something_whatever_its_ending(language: str, sentence: str, concept: str) -> None:
    (token,) = tokens_of(sentence, language)
    assert concept in lexicon(language).of_word(token)


def test_words_in_a_row_mean_more_than_each_by_itself() -> None:
    words = Lexicon("en", "at_last: at_last\nending: last")
    row = [words.of_word(token) for token in ("now", "at", "last")]
    assert row == [(), (), ("ending",)]
    assert words.with_rows(["now", "at", "last"], row) == [(), ("at_last",), ("ending",)]
    assert words.with_rows(["last", "at", "now"], row) == row


def test_a_sentence_tells_the_same_of_its_concepts_in_two_languages() -> None:
    def together(language: str, sentence: str) -> set[str]:
        tokens = tokens_of(sentence, language)
        row = [lexicon(language).of_word(token) for token in tokens]
        return {name for name in of_order(tokens, row, lexicon(language), frozenset()) if "+" in name}

    assert "=family+know" in together("en", "Does your wife know")
    assert "=family+know" in together("nl", "Weet uw vrouw")


@pytest.mark.parametrize("line", ["court judge", "court:"])
def test_a_line_without_words_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(Refused, match="line 2"):
        Lexicon("en", f"# words\n{line}")
