# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nothing that people send breaks the readers, and places they report lie inside the text."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.language.when import find_amounts, find_days
from purring.language.when.vocabulary import LANGUAGES, vocabulary, vocabulary_of

SPLINTERS = """the 5 5. 31 31. 02 29 1 250 ,50 .- :- € kr R $ % / - : den le am dia il op march mars Mai avril week uke KW 53 99
2026 9999 in om nach dans en tra over 1000000 years år Jahre ans next neste last friday fredag Freitag to bis and og hundred
tusen mil k million half @ http:// 🙂 م ٣ ı İ ß ﬁ"""
PIECES = st.sampled_from([*SPLINTERS.split(), "\n", "\n\n", "\u0301", "\u200b", "\ufeff", "\x00"])


@given(
    st.one_of(
        st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES, max_size=25).map("".join)
    ),
    st.sampled_from(LANGUAGES),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_any_text_on_any_day_is_read_without_a_fault(text: str, language: str, said_on: date) -> None:
    for day in find_days(text, language, said_on):
        assert 0 <= day.start < day.end <= len(text)
        assert day.until is None or (day.on is not None and day.on <= day.until)
    places = [(amount.start, amount.end) for amount in find_amounts(text, language)]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(first[1] <= second[0] for first, second in pairwise(places))


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 20_000,
        "9" * 50_000,
        "in two hundred " * 3_000,
        "1,50," * 10_000,
        "friday " * 10_000,
        "a-" * 20_000,
        "und" * 15_000,
        "einund" * 8_000,
    ],
)
def test_long_monotonous_texts_take_time_in_proportion(text: str) -> None:
    start = time.process_time()
    for language in ("en", "de"):
        find_days(text, language, date(2026, 3, 4))
        find_amounts(text, language)
    assert time.process_time() - start < 8


@pytest.mark.parametrize(
    ("tag", "vocabulary_tag"),
    [
        ("en-ZA", "en"),
        ("no", "nb"),
        ("pt", "pt-PT"),
        ("pt-br", "pt-BR"),
        ("DE", "de"),
        ("fr-CA", "fr"),
        ("xx", "en"),
        ("pt-AO", "pt-PT"),
    ],
)
def test_tags_of_countries_use_their_language(tag: str, vocabulary_tag: str) -> None:
    assert vocabulary_of(tag) == vocabulary_tag
    assert vocabulary(vocabulary_of(tag)).language == vocabulary_tag


@pytest.mark.parametrize("tag", ["pt-PT", "pt-BR"])
def test_the_first_week_of_a_month_in_portuguese(tag: str) -> None:
    (day,) = find_days("pago na primeira semana de maio", tag, date(2026, 3, 4))
    assert day.on == date(2026, 5, 1)
