# SPDX-License-Identifier: AGPL-3.0-or-later
"""The house's manner chooses among the wordings; offers are true and show their arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from purring.language import sms
from purring.language.completeness import OWN_CASES, missing
from purring.language.compose import LANGUAGES, compose
from purring.language.facts import Charge, Discount, Legal
from purring.language.formats import long_date, money, short_date, spelt
from purring.language.samples import TODAY, sample_facts, sample_words
from purring.language.tags import STAGES, Stage, Voice

FULL = tuple(language for language in LANGUAGES if not missing(language))


def text(language: str, stage: Stage, situation: str = "standard", voice: Voice = "neutral", variant: int = 0) -> str:
    facts = sample_facts(situation, stage, language)
    return compose(stage, "email", facts, language, voice=voice, variant=variant).text.partition("\n\n")[2]


@pytest.mark.parametrize("language", FULL)
@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_has_a_warm_a_neutral_and_a_formal_mail(language: str, stage: Stage) -> None:
    situations = {"silence": "standard", "settled": "standard", "receipt": "standard"}
    for case in OWN_CASES.get(stage, ("standard",)):
        situation = situations.get(case, case)
        said = {text(language, stage, situation, voice) for voice in ("warm", "neutral", "formal")}
        assert len(said) == 3


@pytest.mark.parametrize("language", FULL)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("voice", ["warm", "formal"])
def test_a_house_with_a_voice_does_not_repeat_itself(language: str, stage: Stage, voice: Voice) -> None:
    assert len({text(language, stage, voice=voice, variant=variant) for variant in range(3)}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_customers_wish_comes_before_the_houses_voice(language: str) -> None:
    facts = sample_facts("informal", "friendly", language)
    assert (
        compose("friendly", "email", facts, language, voice="formal").text.splitlines()[0]
        == (compose("friendly", "email", facts, language).text.splitlines()[0])
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_15_a_text_message_before_the_due_date(language: str) -> None:
    for variant in (0, 1):
        facts = sample_facts("standard", "courtesy", language)
        country = sample_words(language)["country"]
        words = compose("courtesy", "sms", facts, language, country=country, variant=variant)
        plain = sms.plain(words.text)
        for part in (
            money(facts.total_minor, facts.currency, words.locale),
            short_date(facts.items[0].due_on, words.locale),
            facts.pay_link,
        ):
            assert sms.plain(part) in plain
        assert sms.segments(words.text) <= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_18_a_first_reminder_two_days_after_seven_day_terms(language: str) -> None:
    facts = sample_facts("standard", "friendly", language)
    item = replace(facts.items[0], issued_on=TODAY - timedelta(9), due_on=TODAY - timedelta(2), days_overdue=2)
    facts = replace(facts, items=(item,))
    for variant in (0, 1):
        words = compose("friendly", "email", facts, language, variant=variant)
        assert facts.customer.contact is not None
        for part in (
            item.number,
            item.description,
            long_date(item.due_on, words.locale),
            money(item.open_minor, facts.currency, words.locale),
            facts.organization.sender_name,
        ):
            assert part in words.text
        thanks = words.text.split("\n\n")[-3 if facts.organization.address_lines else -2]
        assert len(thanks) > 5


@pytest.mark.parametrize("language", FULL)
def test_row_23_an_offer_says_its_true_day_and_its_arithmetic(language: str) -> None:
    facts = sample_facts("charge_waived", "follow_up", language)
    words = compose("follow_up", "email", facts, language)
    waived_by = facts.charges[0].waived_if_paid_by
    assert waived_by is not None
    for minor in (4_000, 124_500, 128_500):
        assert money(minor, facts.currency, words.locale) in words.text
    assert long_date(waived_by, words.locale) in words.text
    ending = sample_facts("discount_ending", "follow_up", language)
    later = sample_facts("options", "follow_up", language)
    for facts in (ending, later):
        assert facts.discount is not None
        words = compose("follow_up", "email", facts, language)
        assert money(facts.discount.amount_minor, facts.currency, words.locale) in words.text
        assert long_date(facts.discount.until, words.locale) in words.text


def test_an_offer_that_is_over_is_not_made() -> None:
    facts = sample_facts("options", "follow_up", "en")
    assert isinstance(facts.discount, Discount)
    over = replace(facts, discount=replace(facts.discount, until=TODAY - timedelta(1)))
    assert "1,213.88" not in compose("follow_up", "email", over, "en").text
    gone = replace(facts, charges=(Charge("agreed", 4_000, waived_if_paid_by=TODAY - timedelta(1)),))
    assert "40.00" not in compose("follow_up", "email", gone, "en").text


def test_the_first_day_of_several_waivers_counts() -> None:
    days = (TODAY + timedelta(9), TODAY + timedelta(4))
    charges = tuple(Charge("fee", 1_000, waived_if_paid_by=day) for day in days)
    facts = replace(sample_facts("standard", "follow_up", "en"), charges=charges)
    assert "reaches us by 20 March 2026; you then pay £1,245.00 instead of £1,265.00" in (
        compose("follow_up", "email", facts, "en", country="GB").text
    )


def test_the_law_names_the_charge_and_adds_its_words() -> None:
    facts = replace(
        sample_facts("standard", "firm", "en"),
        charges=(Charge("fee", 1_500, name="purregebyr"),),
        total_minor=126_000,
        legal=Legal("You may object within 14 days."),
    )
    words = compose("firm", "email", facts, "en")
    assert "- Purregebyr: £15.00" in words.text
    assert "The total includes £15.00 (purregebyr)." in words.text
    assert words.text.index("object within 14 days") < words.text.index("Kind regards")


@pytest.mark.parametrize("language", FULL)
def test_autopay_and_a_word_of_receipt_are_asked_for_only_when_wanted(language: str) -> None:
    for voice in ("warm", "neutral", "formal"):
        plain = text(language, "request", voice=voice)
        assert text(language, "request", "autopay", voice) != plain
        assert text(language, "request", "confirm_receipt", voice) != plain


def test_switzerland_writes_ss_in_our_words_only() -> None:
    assert spelt("Freundliche Grüße", "de_CH") == "Freundliche Grüsse"
    assert spelt("Freundliche Grüße", "de_DE") == "Freundliche Grüße"
