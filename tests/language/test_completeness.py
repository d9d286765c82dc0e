# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a language lacks is told, line by line; a language that is called complete lacks nothing."""

from __future__ import annotations

import pytest

from purring.language import completeness
from purring.language.compose import LANGUAGES
from purring.language.samples import sample_lacks
from purring.language.wording import sources

COMPLETE = ("en", "af", "da", "de", "es", "fr", "it", "nb", "nl", "pt-BR", "pt-PT", "sv")
"""Languages that have every part, voice, label, plural form and answer. Each belongs here once it is written."""

SHOWN = 12


@pytest.mark.parametrize("language", completeness.folders())
def test_what_is_missing_against_english_is_listed(language: str) -> None:
    lacks = [*completeness.missing(language), *sample_lacks(language)]
    if language not in COMPLETE and lacks:
        more = f"; and {len(lacks) - SHOWN} more" if len(lacks) > SHOWN else ""
        pytest.xfail(f"{language} lacks {len(lacks)}: {'; '.join(lacks[:SHOWN])}{more}")
    assert lacks == []


def test_every_language_called_complete_can_be_chosen() -> None:
    assert set(COMPLETE) <= set(LANGUAGES) <= set(completeness.folders())


def changed(monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str = "") -> list[str]:
    """What is missing in a copy of English where one thing was changed."""
    files = dict(sources()["en"])
    assert old in files[file]
    files[file] = files[file].replace(old, new)
    monkeypatch.setattr(completeness, "sources", lambda: {**sources(), "pt-PT": files})
    return [line for line in completeness.missing("pt-PT") if "is in English" not in line]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("firm", "== message warm", "== more", "firm.txt: message warm"),
        ("firm", "== message 2", "== more", "firm.txt: message: at least 2 without a register, 1 found"),
        ("friendly", "== message direct", "== more", "friendly.txt: message direct"),
        ("thank_you", "== letter remaining", "== more", "thank_you.txt: letter remaining"),
        ("follow_up", "== message received formal", "== more", "follow_up.txt: message received formal"),
        ("courtesy", "== sms short", "== more", "courtesy.txt: sms short"),
        ("labels", "to_pay: To pay", "", "labels.txt: to_pay"),
        ("labels", "overdue_value@one", "overdue_value@two", "labels.txt: overdue_value@one"),
        ("pages", "{{ amount }} by {{ date }}", "{{ amount }}", "pages.txt: noted_promise does not say date"),
        ("sentences", "== see_invoice", "== see_bill", "sentences.txt: see_invoice"),
        ("sentences", " discount_ending", " warm", "sentences.txt: offer_discount discount_ending"),
        ("greetings", "== greeting surname man", "== more", "greetings.txt: greeting man surname"),
        ("reply", "== message insolvency", "== more", "reply.txt: message insolvency"),
        ("call", "== objection dispute", "== more", "call.txt: objection dispute"),
        ("call", "== voicemail", "== more", "call.txt: voicemail"),
        ("request", "{{ confirm_receipt }}", "", "request.txt: message: one that does not use confirm_receipt"),
        ("reply", "== message insolvency", "== mess age", "reply.txt: line"),
    ],
)
def test_one_thing_taken_away_is_found(
    monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, told: str
) -> None:
    lines = changed(monkeypatch, file, old, new)
    assert [line for line in lines if line.startswith(told)], lines
    assert {line.partition(":")[0] for line in lines} == {f"{file}.txt"}


def test_what_was_left_in_english_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completeness, "sources", lambda: {**sources(), "pt-PT": sources()["en"]})
    lines = completeness.missing("pt-PT")
    assert any(line.startswith("reply.txt: message in line") for line in lines)
    assert all(line.endswith("is in English") for line in lines)


def test_a_folder_that_was_only_begun_says_which_files_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = {"labels": sources()["en"]["labels"]}
    monkeypatch.setattr(completeness, "sources", lambda: {**sources(), "da": begun})
    assert completeness.missing("da")[:2] == ["request.txt: the whole file", "courtesy.txt: the whole file"]
    assert completeness.missing("xx") == ["there is no folder 'xx'"]
