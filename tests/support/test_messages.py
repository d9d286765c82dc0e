# SPDX-License-Identifier: AGPL-3.0-or-later
"""The interface is complete in each of its languages: no text unmarked, untranslated, or short of a field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tests.support.data import ROOT
from tools import messages

TEMPLATES = [
    path
    for path in sorted((ROOT / "src/purring/doors/desk/templates").rglob("*.html"))
    if path.name != "500.html"  # shown when nothing can be relied on, not even the languages
]
UNMARKED = {"Purring", "CSV", "Excel", "PDF", "SVG", "PNG", "Enter"}
"""Names, and the word on a key of the keyboard."""
_ASIDE = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->|<(script|style|svg|pre)\b.*?</\1>",
    re.DOTALL,
)
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_SPOKEN = re.compile(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return messages.gathered()


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_has_its_translation_with_all_its_fields(language: str, texts: Catalog) -> None:
    assert messages.faults(language, texts) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_text_that_nobody_says_any_more(language: str, texts: Catalog) -> None:
    there = {(one.id, one.context) for one in messages.kept(language) if one.id}
    assert sorted(map(str, there - {(one.id, one.context) for one in texts})) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_compiled_catalogue_is_of_the_written_one(language: str) -> None:
    path = messages.path_of(language)
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(messages.kept(language)), "run: make texts"


def test_the_list_of_refusals_is_of_the_code() -> None:
    assert messages.REFUSALS.read_text(encoding="utf-8") == messages.shapes(), "run: make texts"


def unmarked(template: str) -> Iterator[str]:
    text = _ASIDE.sub(" ", template)
    spoken = [_TAG.sub(" ", found) for found in _SPOKEN.findall(_TAG.sub(_quoteless, text))]
    body = re.sub(r"<[^>]*>", " ", _TAG.sub(" ", text))
    for piece in [*spoken, *re.split(r"\s{2,}|\n", body)]:
        if re.search(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", piece)):
            yield piece.strip(" ·:,.()")


def _quoteless(tag: re.Match[str]) -> str:
    return " " if '"' in tag[0] else tag[0]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_holds_a_text_unmarked(path: Path) -> None:
    assert sorted(set(unmarked(path.read_text(encoding="utf-8"))) - UNMARKED) == []
