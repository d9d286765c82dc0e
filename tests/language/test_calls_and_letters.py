# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is said on the phone, and letters on paper."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from purring.language.calling import APART, POINTS, call_sheet
from purring.language.compose import LANGUAGES
from purring.language.facts import Customer
from purring.language.formats import long_date, money
from purring.language.letter import letter
from purring.language.samples import ANSWER_SITUATIONS, SITUATION_NAMES, sample_answer_facts, sample_facts, sample_words
from purring.language.tags import STAGES, Stage
from purring.language.wording import sources
from tests.language.test_messages import assert_clean

CALLING = tuple(tag for tag in LANGUAGES if {"call", "pages"} <= set(sources()[tag]))


@pytest.mark.parametrize("language", CALLING)
def test_row_14_the_call_sheet_goes_through_the_points_in_order(language: str) -> None:
    facts = sample_answer_facts("offered", language)
    sheet = call_sheet(facts, language, country=sample_words(language)["country"])
    locale = sheet.language.replace("-", "_")
    assert tuple(point.key for point in sheet.points) == POINTS
    said = {point.key: point.say for point in sheet.points}
    assert facts.organization.name in said["opening"]
    for day in facts.earlier:
        assert long_date(day, locale) in said["earlier"]
    assert "?" in said["listen"]
    assert money(facts.asked_minor, facts.currency, locale) in said["pay_now"]
    assert "?" in said["firm_date"]
    shown = " ".join(f"{row.label} {row.value}" for row in sheet.details)
    assert facts.items[0].order_status in shown
    assert money(facts.total_minor, facts.currency, locale) in shown


@pytest.mark.parametrize("language", CALLING)
def test_everything_on_the_sheet_can_be_spoken(language: str) -> None:
    for situation in ANSWER_SITUATIONS:
        sheet = call_sheet(sample_answer_facts(situation, language), language)
        for point in (*sheet.points, *sheet.objections, *sheet.apart):
            assert point.heading, point.key
            assert_clean(point.say, (language, situation, point.key))
            assert len(point.say.split()) <= 60, point.say
    assert len(sheet.objections) >= 14


@pytest.mark.parametrize("language", CALLING)
def test_nobody_else_learns_on_the_phone_what_is_owed(language: str) -> None:
    facts = sample_answer_facts("plain", language)
    sheet = call_sheet(facts, language)
    assert tuple(point.key for point in sheet.apart) == APART
    for point in (*sheet.apart, sheet.points[0]):
        assert not re.search(r"\d{3},|2026|" + re.escape(facts.items[0].description), point.say), point.say


def test_without_an_earlier_message_none_is_mentioned() -> None:
    facts = replace(sample_answer_facts("plain", "en"), previous="none", previous_on=None)
    assert "earlier" not in {point.key for point in call_sheet(facts, "en").points}


@pytest.mark.parametrize("language", CALLING)
@pytest.mark.parametrize("stage", STAGES)
def test_a_letter_has_its_form(language: str, stage: Stage) -> None:
    facts = sample_facts("standard", stage, language)
    one = letter(stage, facts, language, country=sample_words(language)["country"])
    assert one.recipient[0] == facts.customer.name
    assert facts.customer.contact is not None
    assert facts.customer.contact.family_name in one.recipient[1]
    assert one.recipient[-1] == facts.customer.address_lines[0]
    assert facts.organization.place in one.dated
    assert long_date(facts.today, one.words.locale) in one.dated
    assert one.words.subject in one.subject
    assert bool(one.enclosed) == bool(facts.attachments)
    assert one.words.html == ""
    places = [one.text.index(piece) for piece in (one.recipient[0], one.dated, one.subject)]
    assert places == sorted(places)


@pytest.mark.parametrize("language", CALLING)
def test_letters_in_every_situation_read_clean(language: str) -> None:
    for stage in STAGES:
        for situation in SITUATION_NAMES:
            assert_clean(letter(stage, sample_facts(situation, stage, language), language).text, (stage, situation))


def test_a_letter_to_a_person_names_them_once() -> None:
    facts = sample_facts("consumer", "firm", "en")
    assert letter("firm", facts, "en").recipient == ("Anna Wilson",)
    facts = replace(facts, customer=Customer("Nordlight"))
    assert letter("firm", facts, "en").recipient == ("Nordlight",)
