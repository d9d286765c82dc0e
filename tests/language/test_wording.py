# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wording files: which wording is taken, users' own copies, and mistakes told with their place."""

from __future__ import annotations

import pytest

from purring.core.errors import Refused
from purring.language.compose import check_wording_file, compose, has_wording
from purring.language.samples import sample_facts
from purring.language.templates import BadTemplate
from purring.language.wording import built_in_source, parse, wording_for


def own(text: str, stage: str = "friendly") -> dict[str, str]:
    return {f"{stage}.txt": text}


def test_the_wording_with_the_most_matching_situations_wins() -> None:
    source = (
        "== message\nplain\n== message received\nreceived\n"
        "== message formal\nformal\n== message received formal\nboth\n"
    )
    wording = wording_for("en", own(source))

    def pick(*active: str) -> str:
        template = wording.pick("friendly/message", frozenset(active))
        assert template is not None
        return template.source

    assert pick() == "plain"
    assert pick("formal") == "formal"
    assert pick("received") == "received"
    assert pick("received", "formal") == "both"
    assert pick("received", "warm") == "received"


def test_wordings_of_one_situation_take_turns() -> None:
    wording = wording_for("en", own("== message 1\na\n== message 2\nb\n== message formal\nc\n"))
    told = [wording.pick("friendly/message", frozenset(), variant) for variant in range(4)]
    assert [template.source for template in told if template] == ["a", "b", "a", "b"]


def test_a_users_own_part_replaces_the_built_in_one_and_leaves_the_rest() -> None:
    facts = sample_facts("standard", "friendly", "en")
    mine = compose("friendly", "email", facts, "en", own=own("== subject\nAbout {{ number }}\n"))
    theirs = compose("friendly", "email", facts, "en")
    assert mine.subject == "About 2026-0117"
    assert mine.text == theirs.text
    changed = compose("friendly", "email", facts, "en", own={"sentences": "== thanks\nTa, {{ given }}!\n"})
    assert "Ta, Anna!" in changed.text


def test_own_fields_reach_the_wording() -> None:
    from dataclasses import replace

    facts = replace(sample_facts("standard", "friendly", "en"), extra={"project": "Blue\nWhale"})
    words = compose("friendly", "email", facts, "en", own=own("== subject\n{{ extra.project }} {{ number }}\n"))
    assert words.subject == "Blue Whale 2026-0117"


@pytest.mark.parametrize(
    ("source", "line", "near"),
    [
        ("== subject\n\n{{ nmuber }} x\n", 3, "number"),
        ("== subject\nx\n\n== subjcet formla\ny\n", 4, "formal"),
        ("# remark\nlost text\n", 2, None),
        ("== subject\n== message\nx\n", 1, None),
        ("== message\nHello\n{% if several %}\nx\n", 3, None),
        ("== message\nHello {{ amount | money }}\n", 2, None),
    ],
)
def test_mistakes_in_a_users_copy_are_told_with_their_place(source: str, line: int, near: str | None) -> None:
    problems = check_wording_file("en", "friendly", source)
    assert [(problem.line, problem.near) for problem in problems] == [(line, near)]
    with pytest.raises(BadTemplate) as caught:
        compose("friendly", "email", sample_facts("standard", "friendly", "en"), "en", own=own(source))
    assert caught.value.params["file"] == "friendly.txt"
    assert caught.value.line == line


def test_a_sentence_that_contains_itself_is_refused() -> None:
    with pytest.raises(BadTemplate, match="contains itself"):
        compose(
            "friendly",
            "email",
            sample_facts("standard", "friendly", "en"),
            "en",
            own={"sentences": "== thanks\n{{ contact }}\n== contact\n{{ thanks }}\n"},
        )


@pytest.mark.parametrize(
    "name", ["request", "friendly", "sentences", "labels", "greetings", "check_in", "reply", "call", "pages"]
)
def test_a_copy_of_a_built_in_file_has_no_problems_and_changes_nothing(name: str) -> None:
    source = built_in_source("en", name)
    assert check_wording_file("en", name, source) == []
    facts = sample_facts("several", "request", "en")
    assert compose("request", "email", facts, "en", own={name: source}) == compose("request", "email", facts, "en")


def test_windows_line_ends_and_byte_order_mark_are_accepted() -> None:
    parts = parse("friendly", "\ufeff== subject\r\nHello\r\n", "en")
    assert parts["friendly/subject"][0].template.render({}) == "Hello"


def test_unknown_languages_and_files_are_refused_kindly() -> None:
    facts = sample_facts("standard", "friendly", "en")
    with pytest.raises(Refused, match="no wording in the language"):
        compose("friendly", "email", facts, "xx")
    with pytest.raises(Refused, match="did you mean 'friendly'"):
        compose("friendly", "email", facts, "en", own={"freindly.txt": "== subject\nx\n"})
    assert not has_wording("xx", "friendly", "email")
    assert has_wording("en-ZA", "friendly", "sms")
