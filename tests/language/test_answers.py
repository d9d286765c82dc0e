# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ready answers to what customers say: acknowledged first, offered only what may be, discreet towards strangers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from purring.core.errors import Refused
from purring.language.answering import check_answer, compose_answer
from purring.language.compose import LANGUAGES, Words
from purring.language.facts import MessageFacts, Payment, Proposal
from purring.language.formats import long_date, money
from purring.language.samples import ANSWER_SITUATIONS, TODAY, sample_answer_facts, sample_words
from purring.language.tags import CASES, VOICES, Case
from purring.language.wording import sources
from tests.language.test_messages import assert_clean

ANSWERING = tuple(tag for tag in LANGUAGES if {"reply", "pages"} <= set(sources()[tag]))
MOST_WORDS = 170


def answer(language: str, case: Case, situation: str = "plain", **changes: object) -> tuple[Words, MessageFacts]:
    facts = replace(sample_answer_facts(situation, language), **changes)  # type: ignore[arg-type]
    return compose_answer(case, facts, language, country=sample_words(language)["country"]), facts


@pytest.mark.parametrize("language", ANSWERING)
@pytest.mark.parametrize("case", CASES)
def test_every_answer_is_whole_and_short(language: str, case: Case) -> None:
    for situation in ANSWER_SITUATIONS:
        facts = sample_answer_facts(situation, language)
        for channel in ("email", "letter"):
            for voice in VOICES:
                words = compose_answer(case, facts, language, channel=channel, voice=voice)
                where = (language, case, situation, channel, voice)
                assert check_answer(words, facts, case) == [], (where, words.text)
                assert_clean(words.text, where)
                assert_clean(words.subject, where)
                prose = [line for line in words.text.splitlines() if not line.startswith(("- ", "  "))]
                assert sum(len(line.split()) for line in prose) <= MOST_WORDS, words.text
                assert len(words.subject) <= 110


@pytest.mark.parametrize("language", ANSWERING)
def test_answers_differ_from_one_another(language: str) -> None:
    first_paragraphs = {case: answer(language, case)[0].text.split("\n\n")[1] for case in CASES}
    assert len(set(first_paragraphs.values())) >= len(CASES) - 1


@pytest.mark.parametrize("language", ANSWERING)
def test_row_13_why_do_i_owe_this_shows_balance_status_payments_and_one_thing_to_do(language: str) -> None:
    paid = Payment(TODAY, 40_000, "card")
    facts = sample_answer_facts("plain", language)
    item = replace(facts.items[0], paid_minor=40_000, open_minor=84_500)
    words, facts = answer(language, "info_request", items=(item,), total_minor=84_500, payments=(paid,))
    for minor in (124_500, 40_000, 84_500):
        assert money(minor, facts.currency, words.locale) in words.text
    assert item.order_status in words.text
    assert long_date(paid.on, words.locale) in words.text
    assert item.lines[0].description in words.text
    assert words.text.count(facts.pay_link) == 1


@pytest.mark.parametrize("language", ANSWERING)
def test_row_17_the_wrong_person_learns_nothing(language: str) -> None:
    for situation in ANSWER_SITUATIONS:
        words, facts = answer(language, "wrong_person", situation, answers=(("paid", "https://pay.example/a/paid"),))
        told = words.text + words.subject + words.html
        item = facts.items[0]
        for secret in (item.number, item.description, facts.reference, facts.pay_link, "1.245", "1,245", "1 245"):
            assert secret not in told.replace("\u00a0", " ").replace("\u202f", " ")
        assert "http" not in words.text
        stranger = replace(words, text=words.text.replace(words.text.split("\n\n")[1], item.number))
        assert "privacy" in {finding.code for finding in check_answer(stranger, facts, "wrong_person")}


@pytest.mark.parametrize("language", ANSWERING)
def test_row_21_cannot_pay_all_shows_the_steps_and_their_sum(language: str) -> None:
    for case in ("cannot_pay_all", "plan_request", "plan_agreed"):
        words, facts = answer(language, case, "offered")
        for one in facts.proposal.instalments:
            assert long_date(one.on, words.locale) in words.text
        step, whole = (money(minor, facts.currency, words.locale) for minor in (41_500, 124_500))
        assert words.text.count(step) == 3
        assert whole in words.text
    asked, _ = answer(language, "cannot_pay_all")
    assert "?" in asked.text


@pytest.mark.parametrize("language", ANSWERING)
def test_row_22_short_trouble_gets_a_later_day_and_lasting_trouble_a_choice(language: str) -> None:
    words, facts = answer(language, "hardship_short", "offered")
    assert facts.proposal.deferred_until is not None
    assert long_date(facts.proposal.deferred_until, words.locale) in words.text
    words, facts = answer(language, "hardship_lasting", "offered")
    assert facts.discount is not None
    for part in (
        money(facts.discount.amount_minor, facts.currency, words.locale),
        long_date(facts.discount.until, words.locale),
        facts.proposal.in_kind,
        money(41_500, facts.currency, words.locale),
    ):
        assert part in words.text
    plain, _ = answer(language, "hardship_lasting")
    assert facts.proposal.in_kind not in plain.text
    assert money(facts.discount.amount_minor, facts.currency, words.locale) not in plain.text


@pytest.mark.parametrize("language", ANSWERING)
def test_row_25_a_foreign_customer_with_order_numbers_and_a_pay_run(language: str) -> None:
    day = TODAY.replace(day=30)
    words, facts = answer(language, "pay_run", proposal=Proposal(deferred_until=day))
    old = long_date(facts.items[0].due_on, words.locale)
    assert long_date(day, words.locale) in words.text
    assert old not in words.text
    assert facts.items[0].po_number in words.text
    assert facts.organization.accounts[0].bic in words.text


@pytest.mark.parametrize("language", ANSWERING)
def test_a_dispute_names_what_waits_and_until_when(language: str) -> None:
    facts = sample_answer_facts("offered", language)
    item = replace(facts.items[0], disputed_minor=24_500)
    words, facts = answer(language, "dispute", "offered", items=(item,))
    assert facts.answer_by is not None
    assert money(24_500, facts.currency, words.locale) in words.text
    assert long_date(facts.answer_by, words.locale) in words.text


def test_a_person_may_say_something_first() -> None:
    facts = sample_answer_facts("plain", "en")
    added = "It was good to hear your voice.\n\n{{ amount }} <b>is</b> all right."
    words = compose_answer("hardship", facts, "en", added=added)
    paragraphs = words.text.split("\n\n")
    assert paragraphs[1:3] == ["It was good to hear your voice.", "{{ amount }} <b>is</b> all right."]
    assert "<b>" not in words.html
    assert paragraphs[3].startswith("Thank you for telling us.")


def test_what_has_no_answer_is_refused() -> None:
    facts = sample_answer_facts("plain", "en")
    with pytest.raises(Refused, match="no answer 'bounce'"):
        compose_answer("bounce", facts, "en")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="for sms"):
        compose_answer("dispute", facts, "en", channel="sms")


@pytest.mark.parametrize(
    ("language", "said", "bare"),
    [
        ("en", "the 3 invoices", "(?<!the )3 invoices"),
        ("af", "die drie fakture", "(?<!die )drie fakture"),
        ("nl", "de drie facturen", "(?<!de )drie facturen"),
    ],
)
def test_an_answer_speaks_of_the_invoices_that_both_know(language: str, said: str, bare: str) -> None:
    texts = [answer(language, case, "several")[0].text for case in CASES]
    assert any(said in text for text in texts)
    assert [text for text in texts if re.search(bare, text)] == []


def test_afrikaans_keeps_to_one_address_in_an_answer() -> None:
    for case in CASES:
        for situation in ("plain", "offered", "several", "formal"):
            assert "julle" not in answer("af", case, situation)[0].text.casefold()
