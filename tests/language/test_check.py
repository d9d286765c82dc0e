# SPDX-License-Identifier: AGPL-3.0-or-later
"""The structural check finds what is missing or left over, in a machine's words and in a person's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from purring.language import sms
from purring.language.check import check_words
from purring.language.compose import LANGUAGES, compose, words_besides_lists
from purring.language.facts import Agreement, Contact, Customer
from purring.language.samples import sample_facts

FACTS = sample_facts("standard", "friendly", "en")
WORDS = compose("friendly", "email", FACTS, "en", country="GB")


def codes(**changes: str) -> set[str]:
    return {finding.code for finding in check_words(replace(WORDS, **changes), FACTS, "friendly", "email")}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("£1,245.00", "£1,245", "missing_amount"),
        ("£1,245.00", "£11,245.00", "missing_amount"),
        ("2026-0117", "2026-01170", "missing_reference"),
        ("13 March 2026", "soon", "missing_due_date"),
        ("Harbour Print Studio", "We", "missing_organization"),
        ("Hello Anna,", "Hello Berta,", "wrong_name"),
        ("Hello Anna,\n\n", "", "missing_greeting"),
        ("Thank you", "{{ thanks }}", "leftover"),
        ("Thank you", "None", "leftover"),
        ("Thank you", "Thank\x07you", "control_character"),
    ],
)
def test_a_missing_or_broken_part_is_found(old: str, new: str, code: str) -> None:
    assert codes() == set()
    assert code in codes(text=WORDS.text.replace(old, new))


def test_ways_to_pay_contact_and_closing_are_required() -> None:
    text = WORDS.text.replace(FACTS.pay_link, "").replace("GB29", "XX")
    assert "missing_how_to_pay" in codes(text=text)
    text = WORDS.text.replace("7946", "0000").replace("accounts@", "x@")
    assert "missing_contact" in codes(text=text)
    assert "missing_thanks_or_closing" in codes(text=WORDS.text.split("Kind regards")[0] + "\n".join("abcdefgh"))


def test_a_known_link_or_account_must_be_said_but_nobody_can_say_what_is_not_known() -> None:
    organization = replace(FACTS.organization, accounts=())
    for link, found in ((FACTS.pay_link, {"missing_how_to_pay"}), ("", set[str]())):
        facts = replace(FACTS, organization=organization, pay_link=link)
        text = compose("friendly", "email", facts, "en", country="GB").text.replace(FACTS.pay_link, "")
        findings = check_words(replace(WORDS, text=text), facts, "friendly", "email")
        assert {finding.code for finding in findings} == found


def test_names_are_compared_without_regard_to_capitals() -> None:
    facts = replace(FACTS, customer=Customer("X", "business", Contact(family_name="van der Merwe")))
    words = replace(WORDS, text=WORDS.text.replace("Hello Anna", "Hello Van der Merwe"))
    assert check_words(words, facts, "friendly", "email") == []


def test_words_joined_by_a_no_break_space_count_as_one() -> None:
    assert words_besides_lists("Payer 1\u202f245,00\u00a0€ ?\n\n- not counted\n  nor this\nMerci") == 4


def test_after_an_agreement_about_a_part_both_amounts_are_said() -> None:
    facts = replace(FACTS, agreement=Agreement(FACTS.today, amount_minor=50_000))
    for channel in ("email", "sms"):
        words = compose("firm", channel, facts, "en", country="GB")
        assert check_words(words, facts, "firm", channel) == []
    text = compose("firm", "email", facts, "en", country="GB").text
    for amount in ("£500.00", "£1,245.00"):
        words = replace(WORDS, text=text.replace(amount, "some"))
        assert [finding.code for finding in check_words(words, facts, "firm", "email")] == ["missing_amount"]


def test_subjects_are_one_line_and_not_empty() -> None:
    assert codes(subject=" ") == {"empty"}
    assert "control_character" in codes(subject="Hello\nBcc: x@example.com")


def test_facts_that_look_like_leftovers_are_no_leftovers() -> None:
    customer = Customer("None & {{ Sons }}", "business", Contact(given_name="None"))
    facts = replace(FACTS, customer=customer)
    words = compose("friendly", "email", facts, "en", country="GB")
    assert check_words(words, facts, "friendly", "email") == []


def test_a_long_text_message_is_a_warning_not_a_wall() -> None:
    words = replace(compose("friendly", "sms", FACTS, "en", country="GB"), text=WORDS.text)
    findings = check_words(words, FACTS, "friendly", "sms")
    assert [(finding.code, finding.blocking) for finding in findings] == [("sms_too_long", False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("é à ù ñ ø å", 1),
    ],
)
def test_segments_are_counted_as_the_networks_do(text: str, expected: int) -> None:
    assert sms.segments(text) == expected


def test_a_long_name_takes_the_short_text_message() -> None:
    facts = replace(
        FACTS, organization=replace(FACTS.organization, name="Harbour Print Studio and Sons of Bristol " * 3)
    )
    words = compose("friendly", "sms", facts, "en", country="GB")
    assert sms.segments(words.text) <= 2
    assert "2026-0117" in words.text
    assert "£1,245.00" in words.text


def test_apostrophes_and_dashes_of_a_text_message_are_no_mistake() -> None:
    facts = replace(FACTS, currency="CHF", organization=replace(FACTS.organization, name="O’Neill – Print"))
    words = compose("friendly", "sms", facts, "en", country="CH")
    assert "O'Neill - Print" in words.text
    assert not [finding for finding in check_words(words, facts, "friendly", "sms") if finding.blocking]
    swiss = replace(
        words, locale="de_CH", text=words.text.replace("1,245.00", "1'245.00").replace("13 Mar 2026", "13.03.2026")
    )
    assert not [finding for finding in check_words(swiss, facts, "friendly", "sms") if finding.blocking]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "customer",
    [
        Customer("Acme Inc.", "business"),
        Customer("Smith & Co.", "business"),
        Customer("Who’s Next?", "business"),
        Customer("Sammy Davis Jr.", "consumer"),
        Customer("Nordlys", "business", Contact("Sammy", "Davis Jr.")),
        Customer("Nordlys", "business", Contact("J.")),
        Customer("Smith & Co.", "business", Contact(family_name="Berg", gender="f")),
        Customer("Internationale Vereinigung der Freundinnen des Gartenbaus " * 2 + "e. V.", "business"),
    ],
)
def test_a_name_that_ends_in_a_stop_holds_no_reminder_back(language: str, customer: Customer) -> None:
    for stage in ("friendly", "firm", "final"):
        facts = replace(sample_facts("standard", stage, language), customer=customer)
        for channel in ("email", "letter"):
            for voice in ("neutral", "formal"):
                words = compose(stage, channel, facts, language, voice=voice)
                assert check_words(words, facts, stage, channel) == [], words.text.splitlines()[0]


def test_a_sentence_about_the_reader_is_no_greeting() -> None:
    facts = replace(FACTS, customer=Customer("Acme Inc.", "business"))
    text = WORDS.text.replace("Hello Anna,", "This is about the invoice that we sent to Acme Inc.")
    findings = check_words(replace(WORDS, text=text), facts, "friendly", "email")
    assert [finding.code for finding in findings] == ["missing_greeting"]


@pytest.mark.parametrize(
    ("language", "hole"),
    [
        ("en", "It was due on 16 March 2026, ago."),
        ("en", "It is still open after ."),
        ("en", "It has not reached us; have passed since."),
        ("af", "Dit was op 16 Maart 2026 betaalbaar, gelede."),
        ("nl", "De vervaldatum was 16 maart 2026, geleden."),
        ("de", "Fällig war sie am 16. März 2026, vor ."),
        ("fr", "Le règlement était attendu le 16 mars 2026, il y a ."),
        ("es", "Venció el 16 de marzo de 2026, hace."),
        ("it", "Scaduta il 16 marzo 2026 ( fa)."),
        ("pt-PT", "Vencida a 16 de março de 2026 (há)."),
        ("pt-BR", "Vencida em 16 de março de 2026 (há )."),
        ("nb", "Forfall var 16. mars 2026, for siden."),
        ("da", "Den forfaldt for siden, den 16. marts 2026."),
        ("sv", "Den förföll den 16 mars 2026, för sedan."),
    ],
)
def test_days_overdue_that_are_none_are_a_hole(language: str, hole: str) -> None:
    facts = sample_facts("standard", "due_today", language)
    words = compose("due_today", "email", facts, language)
    assert check_words(words, facts, "firm", "email") == []
    holed = replace(words, text=words.text.replace("\n\n", f"\n\n{hole} ", 1))
    assert [finding.code for finding in check_words(holed, facts, "firm", "email")] == ["leftover"]
