# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answer buttons fit the message, are said in every language, and change nothing in how it sounds."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from purring.language.buttons import buttons_for
from purring.language.check import check_words
from purring.language.compose import LANGUAGES, compose
from purring.language.facts import Customer, MessageFacts
from purring.language.pages import ANSWERS, Pages
from purring.language.samples import sample_facts
from purring.language.tags import STAGES, Stage
from purring.language.tone import check_tone

PAGE = "https://pay.example/pay/AAAAAAAAAAAAAAAAAAAAAA/"


def with_buttons(facts: MessageFacts, stage: Stage) -> MessageFacts:
    links = tuple((code, f"{PAGE}answer/{code}/") for code in buttons_for(stage, facts))
    return replace(facts, page_link=PAGE, answers=links)


@pytest.mark.parametrize("stage", STAGES)
def test_at_most_five_that_the_page_knows(stage: Stage) -> None:
    codes = buttons_for(stage, sample_facts("standard", stage, "en"))
    assert len(codes) <= 5
    assert set(codes) <= set(ANSWERS)
    assert len(set(codes)) == len(codes)
    assert bool(codes) == (stage != "thank_you")


def test_nobody_is_offered_what_they_have() -> None:
    facts = sample_facts("standard", "request", "en")
    bare = replace(facts, items=(replace(facts.items[0], po_number="", instalment=None),), attachments=())
    assert "po" in buttons_for("request", bare)
    assert "po" not in buttons_for("request", replace(bare, customer=Customer("Ane", "consumer")))
    ordered = replace(bare, items=(replace(bare.items[0], po_number="PO 7"),))
    assert "po" not in buttons_for("request", ordered)
    assert "copy" in buttons_for("friendly", bare)
    assert "copy" not in buttons_for("friendly", replace(bare, attachments=("1.pdf",)))
    assert "plan" in buttons_for("friendly", bare)
    instalment = replace(bare, items=(replace(bare.items[0], instalment=(2, 4)),))
    assert "plan" not in buttons_for("friendly", instalment)


def test_a_check_in_is_answered_by_its_own() -> None:
    facts = sample_facts("standard", "check_in", "en")
    assert buttons_for("check_in", replace(facts, check_in="satisfaction")) == ("content", "not_content")
    assert buttons_for("check_in", replace(facts, check_in="receipt"))[0] == "received"


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_said_in_text_and_html_and_sound_like_before(language: str) -> None:
    says = Pages(language)
    for stage in STAGES:
        plain = sample_facts("standard", stage, language)
        facts = with_buttons(plain, stage)
        before, words = compose(stage, "email", plain, language), compose(stage, "email", facts, language)
        wanted = [*(link for _, link in facts.answers), PAGE]
        assert re.findall(rf"{re.escape(PAGE)}\S*", words.text) == wanted
        assert re.findall(rf'href="({re.escape(PAGE)}[^"]*)"', words.html) == wanted
        for code, _ in facts.answers:
            assert says.say(f"answer_{code}") in words.text
        assert says.say("your_page") in words.text
        assert (says.say("answer_heading") in words.text) == bool(facts.answers)
        assert len(words.html) - len(before.html) < 2_200
        assert not [one for one in check_words(words, facts, stage, "email") if one.blocking]
        found, known = (
            {one.code for one in check_tone(said.text, language=language, stage=stage, subject=said.subject).findings}
            for said in (words, before)
        )
        assert found <= known


def test_on_paper_there_is_the_page_alone_and_in_a_text_message_neither() -> None:
    facts = with_buttons(sample_facts("standard", "friendly", "en"), "friendly")
    letter, short = (compose("friendly", channel, facts, "en").text for channel in ("letter", "sms"))
    assert re.findall(rf"{re.escape(PAGE)}\S*", letter) == [PAGE]
    assert PAGE not in short
