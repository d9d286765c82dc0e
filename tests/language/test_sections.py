# SPDX-License-Identifier: AGPL-3.0-or-later
"""A wording file taken apart and put together again says the same, and every heading belongs to a text that people know."""

from __future__ import annotations

import random

import pytest

from purring.language.compose import LANGUAGES
from purring.language.sections import EDITABLE, built_in, only, pieces, replaced, sections, source_of
from purring.language.wording import built_in_source, parse


def said(file: str, source: str) -> dict[str, list[tuple[frozenset[str], str]]]:
    return {
        part: [(entry.situations, entry.template.source) for entry in entries]
        for part, entries in parse(file, source, "en").items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_apart_and_together_says_the_same(language: str) -> None:
    for file in EDITABLE:
        source = built_in_source(language, file)
        texts = {one.heading: one.text for one in built_in(file, language)}
        assert said(file, source_of(file, texts)) == said(file, source), file


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_belongs_to_a_text_and_to_each_of_its_situations(language: str) -> None:
    for file in EDITABLE:
        headings = [one.heading for one in built_in(file, language)]
        found = pieces(file, headings)
        assert {heading for piece in found for heading in piece.headings} == set(headings)
        assert len({piece.key for piece in found}) == len(found)
        assert all(piece.headings for piece in found)


def test_the_texts_of_a_stage_with_situations() -> None:
    found = {piece.key: piece for piece in pieces("thank_you", [one.heading for one in built_in("thank_you", "en")])}
    settled = found["email.settled"]
    assert (settled.channel, settled.situation) == ("email", "settled")
    assert any(heading.startswith("subject") for heading in settled.headings)
    assert not any("remaining" in heading for heading in settled.headings)


def test_a_changed_text_stands_in_its_place_and_brings_its_part_along(rng: random.Random) -> None:
    for file in EDITABLE:
        there = built_in(file, "en")
        chosen = rng.choice(there)
        source = replaced(file, "en", "", {chosen.heading: "Something else."})
        found = {one.heading: one.text for one in sections(file, source)}
        same = {one.heading: one.text for one in there if one.part == chosen.part}
        assert found == {**same, chosen.heading: "Something else."}
        above = replaced(file, "en", source, {chosen.heading: "Once more."})
        assert {one.heading: one.text for one in sections(file, above)} == {**same, chosen.heading: "Once more."}


def test_only_one_version_fit_for_every_situation() -> None:
    source = only("follow_up", built_in_source("en", "follow_up"), "message received formal")
    messages = parse("follow_up", source, "en")["follow_up/message"]
    assert [entry.situations for entry in messages] == [frozenset()]


def test_remarks_and_what_belongs_to_no_heading_are_left_out() -> None:
    source = "lost\n== message  1\n# a remark\n\nHello.\nYou.\n\n== sms\nShort.\n"
    assert [(one.heading, one.text, one.line) for one in sections("friendly", source)] == [
        ("message 1", "Hello.\nYou.", 5),
        ("sms", "Short.", 9),
    ]
