# SPDX-License-Identifier: AGPL-3.0-or-later
"""The note before money is taken automatically, in every language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from purring.core.errors import Refused
from purring.language.announcing import check_announcement, compose_announcement
from purring.language.compose import LANGUAGES
from purring.language.facts import Debit
from purring.language.formats import long_date, money
from purring.language.samples import TODAY, sample_facts, sample_words
from tests.language.test_messages import assert_clean


@pytest.mark.parametrize("situation", ["standard", "several"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_how_much_when_and_from_where(language: str, situation: str) -> None:
    facts = sample_facts(situation, "courtesy", language)
    on = facts.today + timedelta(3)
    facts = replace(facts, debit=Debit(on, "Visa 4242", again=True))
    words = compose_announcement(facts, language, country=sample_words(language)["country"])
    assert check_announcement(words, facts) == []
    assert_clean(words.text, (language, situation))
    assert_clean(words.subject, (language, situation))
    assert "Visa 4242" in words.text
    assert long_date(on, words.locale) in words.subject
    for item in facts.items:
        assert item.number in words.text
    assert words.html
    once = compose_announcement(replace(facts, debit=Debit(on, "Visa 4242")), language)
    assert len(once.text) < len(words.text), "a second try is told only where there is one"


def test_an_amount_or_a_day_that_is_not_said_is_found() -> None:
    facts = replace(sample_facts("standard", "courtesy", "en"), debit=Debit(TODAY + timedelta(3)))
    words = compose_announcement(facts, "en")
    amount = money(facts.total_minor, facts.currency, words.locale)
    assert facts.debit
    for said in (amount, long_date(facts.debit.on, words.locale)):
        broken = replace(words, text=words.text.replace(said, "…"))
        assert len(check_announcement(broken, facts)) == 1, said


def test_nothing_is_announced_that_is_not_taken() -> None:
    with pytest.raises(Refused, match="nothing is taken"):
        compose_announcement(sample_facts("standard", "courtesy", "en"), "en")
