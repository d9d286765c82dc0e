# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small things that a native would notice: stops that meet, an agreed part, a bare family name, the words of a discount."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.language.answering import compose_answer
from purring.language.calling import call_sheet
from purring.language.check import check_words
from purring.language.compose import LANGUAGES, MOST_WORDS, Words, compose, words_besides_lists
from purring.language.facts import Agreement, Contact, Customer, Gender, MessageFacts
from purring.language.formats import long_date, money, one_stop, short_date
from purring.language.letter import letter
from purring.language.pages import Pages
from purring.language.samples import (
    ANSWER_SITUATIONS,
    SITUATION_NAMES,
    TODAY,
    sample_answer_facts,
    sample_facts,
    sample_words,
)
from purring.language.sms import plain
from purring.language.tags import ASKING, CASES, CHANNELS, LATE, STAGES, VOICES, Channel, Stage, Voice

NAMES = ("Smith & Co.", "Imprenta Ribera, S. L.", "Molo S.r.l.", "Yahoo!", "Wer liefert was?", "Wait...")
MARKS = re.compile(r"(?<!\.)\.\.(?!\.)|\.{4}|[!?…]\.| [.,]|,,|,\.|;\.|:\.|!!|\?\?|\.,\.")


def write(
    facts: MessageFacts, stage: Stage, channel: Channel, language: str, voice: Voice = "neutral", variant: int = 0
) -> Words:
    country = sample_words(language)["country"]
    return compose(stage, channel, facts, language, country=country, voice=voice, variant=variant)


def named(facts: MessageFacts, name: str) -> MessageFacts:
    return replace(facts, organization=replace(facts.organization, name=name))


@pytest.mark.scales
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_no_two_marks_meet_whatever_the_house_is_called(language: str, stage: Stage) -> None:
    for channel, voice, variant in product(CHANNELS, VOICES, range(2)):
        for name in NAMES if (voice, variant) == ("neutral", 0) else NAMES[:1]:
            facts = named(sample_facts("standard", stage, language), name)
            words = write(facts, stage, channel, language, voice, variant)
            for text in (words.subject, words.text, words.html):
                text = text.replace(f"{name}?", "").replace(f"{name}!", "")  # a name's own mark before ours
                assert MARKS.search(re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)) is None, text
            assert check_words(words, facts, stage, channel) == [] or channel == "sms"
    for at, situation in enumerate(SITUATION_NAMES):
        facts = named(sample_facts(situation, stage, language), sample_words(language)["organization_with_stop"])
        for channel in ("email", "sms"):
            words = write(facts, stage, channel, language, variant=at % 2)
            assert MARKS.search(words.text + words.subject) is None, words.text
    assert MARKS.search(letter(stage, facts, language).text) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_marks_meet_in_answers_and_on_the_phone(language: str) -> None:
    for situation, name in product(ANSWER_SITUATIONS, ("Smith & Co.", "Yahoo!")):
        facts = named(sample_answer_facts(situation, language), name)
        for case in CASES:
            words = compose_answer(case, facts, language)
            assert MARKS.search(words.text.replace("Yahoo!?", "")) is None, words.text
        sheet = call_sheet(facts, language)
        for point in (*sheet.points, *sheet.objections, *sheet.apart):
            assert MARKS.search(point.say.replace("Yahoo!?", "").replace("Yahoo!!", "")) is None, point.say


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Thank you for choosing Smith & Co..", "Thank you for choosing Smith & Co."),
        ("Danke, dass Sie bei Müller & Co.. kaufen", "Danke, dass Sie bei Müller & Co. kaufen"),
        ("<p>von Smith &amp; Co..</p>", "<p>von Smith &amp; Co.</p>"),
        ("I alt 1.245,00 kr..", "I alt 1.245,00 kr."),
        ("Thank you for choosing Yahoo!.", "Thank you for choosing Yahoo!"),
        ("from Smith & Co.?", "from Smith & Co.?"),
        ("from Smith & Co.!", "from Smith & Co.!"),
        ("Wait...", "Wait..."),
        ("from Wait....", "from Wait..."),
        ("https://pay.example/a..b", "https://pay.example/a..b"),
        ("Pay here: https://pay.example/i/eyJ0.. Thanks", "Pay here: https://pay.example/i/eyJ0.. Thanks"),
        ('<a href="https://pay.example/i/eyJ0..">Pay</a>', '<a href="https://pay.example/i/eyJ0..">Pay</a>'),
    ],
)
def test_the_stop_of_a_name_ends_the_sentence_too(text: str, shown: str) -> None:
    assert one_stop(text) == shown


@given(st.text("abcÄé& ", min_size=1, max_size=20), st.sampled_from((".", "!", "?", "…", "...", ". L.")))
def test_a_sentence_that_ends_with_a_name_ends_as_the_name_does(name: str, mark: str) -> None:
    name = f"{name.strip() or 'x'}{mark}"
    assert one_stop(f"Thank you for choosing {name}.") == f"Thank you for choosing {name}"
    assert one_stop(f"for {name}.\nAnd {name}. And {name}, {name}") == f"for {name}\nAnd {name} And {name}, {name}"


@pytest.mark.parametrize("stage", ["thank_you", "check_in", "terms_note"])
def test_a_text_message_that_asks_for_nothing_asks_for_no_part_that_was_agreed(stage: Stage) -> None:
    agreed = sample_facts("part_agreed", "friendly", "en")
    assert "500" in compose("friendly", "sms", agreed, "en").text
    assert "please pay" not in compose(stage, "sms", agreed, "en").text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(ASKING))
@pytest.mark.parametrize("by_phone", [True, False])
def test_after_an_agreement_about_a_part_a_text_message_asks_for_that_part_by_its_day(
    language: str, stage: Stage, by_phone: bool
) -> None:
    pay_on = TODAY + timedelta(days=2)
    for situation in ("standard", "several", "received", "no_link"):
        facts = sample_facts(situation, stage, language)
        facts = replace(facts, agreement=Agreement(TODAY - timedelta(days=3), by_phone, "", pay_on, 50_000))
        for variant, voice in product((0, 1, 2), VOICES):
            words = write(facts, stage, "sms", language, voice, variant)
            agreed = plain(money(50_000, facts.currency, words.locale))
            assert agreed in words.text, words.text
            assert plain(short_date(pay_on, words.locale)) in words.text, words.text
            assert check_words(words, facts, stage, "sms") == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(LATE))
def test_after_an_agreement_about_a_part_late_mails_and_letters_ask_for_it(language: str, stage: Stage) -> None:
    facts = sample_facts("part_agreed", stage, language)
    for channel, voice, variant in (*product(("email",), VOICES, (0, 1)), ("letter", "neutral", 0)):
        words = write(facts, stage, channel, language, voice, variant)  # type: ignore[arg-type]
        assert money(50_000, facts.currency, words.locale) in words.text.split("\n- ")[0], words.text


def greeting(language: str, contact: Contact | None, stage: Stage = "final", channel: Channel = "letter") -> str:
    facts = sample_facts("standard", stage, language)
    facts = replace(facts, customer=replace(facts.customer, contact=contact))
    words = write(facts, stage, channel, language)
    assert [one for one in check_words(words, facts, stage, channel) if one.blocking] == []
    return words.text.splitlines()[0]


@pytest.mark.parametrize(
    ("language", "woman", "man"),
    [
        ("en", "Dear Ms Berg,", "Dear Mr Berg,"),
        ("af", "Geagte me. Berg,", "Geagte mnr. Berg,"),
        ("fr", "Bonjour Madame Berg,", "Bonjour Monsieur Berg,"),
        ("es", "Estimada Sra. Berg:", "Estimado Sr. Berg:"),
        ("nb", "Til Berg hos {company}", "Til Berg hos {company}"),
        ("de", "Sehr geehrte Frau Berg,", "Sehr geehrter Herr Berg,"),
        ("nl", "Geachte mevrouw Berg,", "Geachte heer Berg,"),
        ("pt-PT", "Exma. Senhora Berg,", "Exmo. Senhor Berg,"),
        ("pt-BR", "Prezada Sra. Berg,", "Prezado Sr. Berg,"),
        ("it", "Gentile signora Berg,", "Gentile signor Berg,"),
        ("sv", "Till Berg på {company}", "Till Berg på {company}"),
        ("da", "Til Berg hos {company}", "Til Berg hos {company}"),
    ],
)
def test_a_family_name_alone_is_greeted_as_the_custom_is(language: str, woman: str, man: str) -> None:
    company = sample_words(language)["company"]
    assert greeting(language, Contact(family_name="Berg", gender="f")) == woman.format(company=company)
    assert greeting(language, Contact(family_name="Berg", gender="m")) == man.format(company=company)


BARE = re.compile(
    "(Dear|Hello|Geagte|Beste|Geachte|Bonjour|Buenos días,|Guten Tag|À atenção de|Olá,|Gentile|Bästa|Kære|He[ij],?) Berg[,:]?"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_family_name_without_a_gender_is_never_bare(language: str) -> None:
    genders: tuple[Gender, ...] = ("f", "m", "unknown")
    for stage, channel in product(("friendly", "final"), ("email", "letter")):
        lines = [greeting(language, Contact(family_name="Berg", gender=one), stage, channel) for one in genders]  # type: ignore[arg-type]
        assert len(set(lines)) == (1 if language in ("nb", "sv", "da") else 3)  # no word for Mr or Ms is in use there
        assert [line for line in lines if BARE.fullmatch(line) or "Berg" not in line] == []


def test_a_person_who_owes_is_known_by_the_whole_name() -> None:
    facts = sample_facts("standard", "friendly", "en")
    facts = replace(facts, customer=Customer("Anna Berg", "consumer", Contact(family_name="Berg")))
    assert write(facts, "friendly", "email", "en").text.startswith("Hello Anna Berg,")


@pytest.mark.parametrize(
    ("language", "greeted", "closed"),
    [("en", "Dear Sir or Madam,", "Yours faithfully,"), ("af", "Geagte heer of dame,", "Met vriendelike groete,")],
)
def test_a_letter_to_a_company_is_formal(language: str, greeted: str, closed: str) -> None:
    assert greeting(language, None) == greeted
    facts = sample_facts("company_only", "final", language)
    assert f"\n\n{closed}\n" in write(facts, "final", "letter", language).text
    person = write(sample_facts("standard", "final", "en"), "final", "letter", "en").text
    assert "Yours sincerely," in person
    assert "\n\nSincerely,\n" in compose("final", "letter", facts, "en", country="US").text


EARLY = re.compile(
    "early|vroeë|tidlig|snelle|frühzeitig|Skonto|pronto pagamento|antecipado|anticipato|anticipé|anticipad"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(LATE))
def test_nobody_who_is_late_is_offered_a_discount_for_being_early(language: str, stage: Stage) -> None:
    for situation, variant in product(("discount_ending", "options"), (0, 1)):
        words = write(sample_facts(situation, stage, language), stage, "email", language, variant=variant)
        assert EARLY.search(words.text) is None, words.text


@pytest.mark.scales
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_twice_and_no_two_brackets_meet(language: str) -> None:
    for stage, voice in product(STAGES, VOICES):
        for situation, variant in (
            ("standard", 0),
            ("standard", 1),
            ("received", 0),
            ("company_only", 0),
            ("options", 1),
        ):
            facts = replace(sample_facts(situation, stage, language), instalments_offered=3)
            text = write(facts, stage, "email", language, voice, variant).text
            assert ") (" not in text
            prose = [line for line in text.splitlines() if line[:2] not in ("- ", "  ")]
            said = [one for line in prose for one in re.split(r"(?<=[.?!])\s+", line) if one.count(" ") > 3]
            assert len(said) == len(set(said)), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(LATE))
def test_even_with_everything_to_say_a_mail_can_be_read_on_a_phone(language: str, stage: Stage) -> None:
    """All that may be true at once: a part paid, a promise, a waiver, a discount, instalments, automatic payment."""
    everything = sample_facts("part_paid", stage, language)
    for situation in ("options", "broken_promise", "charge_by_law_waived"):
        other, plain_one = sample_facts(situation, stage, language), sample_facts("standard", stage, language)
        changed = {
            name: getattr(other, name)
            for name in ("discount", "instalments_offered", "broken_promise", "charges")
            if getattr(other, name) != getattr(plain_one, name)
        }
        everything = replace(everything, **changed)
    everything = replace(everything, autopay_offered=True, previous="received")
    for channel, voice, variant in product(("email", "letter"), VOICES, (0, 1)):
        words = write(everything, stage, channel, language, voice, variant)  # type: ignore[arg-type]
        assert words_besides_lists(words.text) <= MOST_WORDS, words.text


def test_plain_portuguese_is_brazilian_in_brazil() -> None:
    facts = replace(sample_facts("standard", "friendly", "pt-BR"), total_minor=123_450)
    there = compose("friendly", "email", facts, "pt", country="BR")
    assert there == compose("friendly", "email", facts, "pt-BR", country="BR")
    assert "R$\u00a01.234,50" in there.text
    assert compose("friendly", "email", facts, "pt", country="PT").locale == "pt_PT"
    assert compose("friendly", "email", facts, "pt-PT", country="BR").locale == "pt_PT"
    assert letter("friendly", facts, "pt", country="BR") == letter("friendly", facts, "pt-BR", country="BR")
    answered = sample_answer_facts("plain", "pt-BR")
    assert compose_answer("other", answered, "pt", country="BR") == compose_answer("other", answered, "pt-BR")
    assert call_sheet(answered, "pt", country="BR") == call_sheet(answered, "pt-BR", country="BR")
    assert Pages("pt", "BR").locale == Pages("pt-BR", "BR").locale == "pt_BR"
    assert Pages("pt", "BR").say("pay_this") == Pages("pt-BR").say("pay_this")


def test_portugal_sets_thousands_apart_from_ten_thousand_on() -> None:
    assert money(123_450, "EUR", "pt_PT") == "1234,50\u00a0€"
    assert money(1_234_550, "EUR", "pt_PT") == "12\u00a0345,50\u00a0€"
    assert money(123_450, "EUR", "es_ES") == "1.234,50\u00a0€"


def due_in(facts: MessageFacts, days: int) -> MessageFacts:
    due = facts.today + timedelta(days)
    return replace(facts, items=tuple(replace(item, due_on=due, days_overdue=-days) for item in facts.items))


NOT_DUE_YET = re.compile(
    r"\b(was due|were due|overdue|ago|betaalbaar was|agterstallig|gelede|war.{0,40} fällig|überfällig|était attendu|"
    r"il y a|venci[óa]|hace \d+ días?|vencidas?|há|scadut[ae]|fa|forfalt|over forfall|forfaldt|förföll|siden|sedan|geleden|vervallen)\b"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", ["friendly", "follow_up", "firm", "final"])
def test_what_is_not_overdue_is_never_said_to_be(language: str, stage: Stage) -> None:
    """A reminder that leaves on the due day says that it is due today; one that leaves before it, when it will be."""
    for situation, channel, variant in product(("standard", "several", "received"), CHANNELS, (0, 1, 2)):
        for days in (0, 1, 24):
            facts = due_in(sample_facts(situation, stage, language), days)
            words = write(facts, stage, channel, language, "neutral", variant)
            assert check_words(words, facts, stage, channel) == [], words.text
            assert (
                words.text
                == write(facts, "due_today" if not days else "courtesy", channel, language, "neutral", variant).text
            )
            if days:
                assert not NOT_DUE_YET.search(words.subject + words.text.split("\n- ")[0]), words.text


def test_a_reminder_about_one_overdue_invoice_among_others_counts_its_days() -> None:
    facts = sample_facts("several", "firm", "en")
    later = replace(facts.items[2], due_on=facts.today + timedelta(9), days_overdue=-9)
    facts = replace(facts, items=(*facts.items[:2], later))
    assert "the oldest is now 24 days overdue" in write(facts, "firm", "email", "en").text


def test_words_of_ones_own_for_a_stage_are_kept_before_the_due_day_too() -> None:
    facts = due_in(sample_facts("standard", "final", "en"), 3)
    mine = {"final": "== message\n{{ greeting }}\n\nA last word from us.\n\n{{ details }}\n\n{{ closing }}\n"}
    assert "A last word from us." in compose("final", "email", facts, "en", own=mine).text
    assert "a note ahead" in compose("final", "sms", facts, "en", own=mine).text


def test_one_day_has_passed_and_two_have() -> None:
    one = due_in(sample_facts("standard", "firm", "en"), -1)
    assert "; 1 day has passed since." in write(one, "firm", "email", "en", "formal").text
    assert "; 2 days have passed since." in write(due_in(one, -2), "firm", "email", "en", "formal").text


def test_invoices_due_on_one_day_have_no_first_due_date() -> None:
    facts = sample_facts("several_on_one_day", "follow_up", "en")
    assert "are still open, 12 days past the due date." in write(facts, "follow_up", "email", "en", "formal").text
    facts = sample_facts("several", "follow_up", "en")
    assert "are still open, 12 days past the first due date." in write(facts, "follow_up", "email", "en", "formal").text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", ["friendly", "follow_up", "firm", "final"])
def test_a_charge_was_not_due_on_the_due_day(language: str, stage: Stage) -> None:
    """The invoice's own amount stands beside its due day; what is asked now has the charge in it, and says so."""
    facts = sample_facts("charge_asked", stage, language)
    for voice, variant in product(VOICES, (0, 1)):
        words = write(facts, stage, "email", language, voice, variant)
        total, owed = (money(minor, facts.currency, words.locale) for minor in (126_000, 124_500))
        due = long_date(facts.items[0].due_on, words.locale)
        for sentence in re.split(r"(?<=[\w)][.?]) (?=[A-ZÀ-Þ¿])|\n", words.text):
            assert not (total in sentence and due in sentence), sentence
        assert total in words.text
        assert owed in words.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_charge_is_part_of_is_named(language: str) -> None:
    """ "This includes ..." would refer to whatever sentence happens to stand before it."""
    facts = sample_facts("charge_asked", "final", language)
    charge = money(1_500, facts.currency, write(facts, "final", "email", language).locale)
    text = write(facts, "final", "email", language, "neutral", 1).text
    said = next(line for line in text.splitlines() if charge in line and not line.startswith("- "))
    assert re.search("tota|gesamt|samlede", said[: said.index(charge)].rpartition(". ")[2], re.IGNORECASE), said


def test_payment_on_the_spot_is_said_alike_in_mail_and_text_message() -> None:
    for language, said in (("pt-BR", "à vista"), ("pt-PT", "a pronto")):
        facts = replace(sample_facts("standard", "terms_note", language), terms_days=None, terms_text="")
        assert said in write(facts, "terms_note", "email", language).text
        for variant in (0, 1):
            text = write(facts, "terms_note", "sms", language, "neutral", variant).text
            assert said in text
            assert "entrega" not in text
            assert f"vencem {said}" not in text
