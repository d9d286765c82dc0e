# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every message in every language: all parts, right place, nothing left over, short enough."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from itertools import product

import pytest

from purring.language import sms
from purring.language.check import check_words
from purring.language.completeness import missing
from purring.language.compose import LANGUAGES, Words, compose, has_wording
from purring.language.facts import BankAccount, BrokenPromise, MessageFacts
from purring.language.formats import long_date, money
from purring.language.samples import SITUATION_NAMES, sample_facts, sample_words
from purring.language.tags import ASKING, CASES, CHANNELS, LATE, STAGES, VOICES, Channel, Stage, Voice
from purring.language.variables import BLOCKS, COMPOSED, CONDITIONS, FIELDS
from purring.language.wording import SITUATIONS, wording_for
from tests.support.seeds import count

LAYOUT_LIMIT = 4096


def write(
    language: str,
    stage: Stage,
    situation: str = "standard",
    channel: Channel = "email",
    variant: int = 0,
    voice: Voice = "neutral",
) -> tuple[Words, MessageFacts]:
    facts = sample_facts(situation, stage, language)
    country = sample_words(language)["country"]
    return compose(stage, channel, facts, language, country=country, variant=variant, voice=voice), facts


def flat(text: str) -> str:
    return " ".join(text.split())


Form = tuple[str, Channel, Voice, int]


def forms(rng: random.Random) -> list[Form]:
    """Every neutral first and second message, and a share of all the others."""
    every = list(product(SITUATION_NAMES, CHANNELS, VOICES, range(3)))
    always = [form for form in every if form[2] == "neutral" and form[3] < 2]
    rest = [form for form in every if form not in set(always)]
    wanted = min(count("forms", normal=120, endurance=len(rest)), len(rest))
    return always + rng.sample(rest, wanted)


@pytest.mark.scales
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_every_message_passes_the_check_and_reads_clean(language: str, stage: Stage, rng: random.Random) -> None:
    clean: set[str] = set()
    for situation, channel, voice, variant in forms(rng):
        assert has_wording(language, stage, channel)
        words, facts = write(language, stage, situation, channel, variant, voice)
        where = (language, stage, situation, channel, voice, variant)
        assert check_words(words, facts, stage, channel) == [], (where, words.text)
        for text in {words.text, words.subject} - clean:
            assert_clean(text, where)
            clean.add(text)
        if channel == "sms":
            assert sms.segments(words.text) <= 2, (where, words.text)
            assert words.subject == words.html == ""
        else:
            assert words.subject, where
            assert len(words.subject) <= 110, (where, words.subject)


def assert_clean(text: str, where: object) -> None:
    """No traces of absent facts: doubled spaces, empty bullets, dangling punctuation, sentences run together."""
    for pattern in (
        r"(?<=\S) {2,}",
        r"^-\s*$",
        r"^\s*[.,;:]",
        r" [.,]",
        r"[,;:]\s*[.;]",
        r"\(\s*\)",
        r"\.\.(?!\.)",
        r"(?<!\.)\.[A-ZÀ-Þ][a-zà-ÿ]",
        r"\n{3,}",
        r":\s*$(?!\n)",
        r"[?!]\.",
        r",\s*,",
        r"\btrue\b|\bfalse\b",
    ):
        found = re.search(pattern, text.replace("...", "…"), re.MULTILINE)
        assert found is None, (where, pattern, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_repeats_do_not_read_like_a_machine(language: str, stage: Stage) -> None:
    kinds = {"follow_up": ["standard", "received"], "check_in": ["standard", "satisfaction"]}
    for situation in [*kinds.get(stage, ["standard"]), *(["remaining"] if stage == "thank_you" else [])]:
        first, second = (write(language, stage, situation, variant=variant)[0] for variant in (0, 1))
        assert first.text != second.text
        assert first.subject != second.subject
        assert first == write(language, stage, situation, variant=0)[0]
        short = [write(language, stage, situation, "sms", variant)[0].text for variant in (0, 1)]
        assert short[0] != short[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(ASKING))
@pytest.mark.parametrize("variant", [0, 1])
def test_a_mail_fits_on_a_phone(language: str, stage: Stage, variant: int) -> None:
    words, _ = write(language, stage, variant=variant)
    prose = [line for line in words.text.splitlines() if not line.startswith(("- ", "  "))]
    assert sum(len(line.split()) for line in prose) <= 190, words.text
    assert len(words.text.splitlines()[2]) <= 420  # the first paragraph is short


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(ASKING))
@pytest.mark.parametrize("variant", [0, 1])
def test_the_parts_stand_in_their_places(language: str, stage: Stage, variant: int) -> None:
    """R10: what this is comes first, then the one thing to do, the list, the ways to pay, contact, thanks."""
    words, facts = write(language, stage, variant=variant)
    text, item = words.text, facts.items[0]
    amount = money(facts.total_minor, facts.currency, words.locale)
    greeting, first = text.split("\n\n")[:2]
    assert facts.customer.contact is not None
    assert facts.customer.contact.given_name in greeting or facts.customer.contact.family_name in greeting
    assert item.number in words.subject
    assert item.number in first or item.description in first
    assert amount in text.split(facts.pay_link)[0]
    assert text.index(facts.pay_link) < text.index("\n- ") < text.index(facts.organization.accounts[0].bic)
    assert text.index(facts.organization.phone.replace(" ", "\u00a0")) < text.rindex(facts.organization.name)
    assert long_date(item.due_on, words.locale) in text
    assert item.description in text
    assert facts.reference in text
    if item.days_overdue > 0:
        assert str(item.days_overdue) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_5_to_7_our_own_messages_in_three_voices(language: str) -> None:
    for voice in VOICES:
        words, facts = write(language, "friendly", voice=voice)
        text, item = words.text, facts.items[0]
        for part in (
            item.number,
            item.description,
            long_date(item.due_on, words.locale),
            money(facts.total_minor, facts.currency, words.locale),
            facts.pay_link,
            facts.organization.name,
        ):
            assert part in text, (voice, part)
        assert item.purchased_on is not None
        assert long_date(item.purchased_on, words.locale) in text
    texts = {voice: write(language, "friendly", voice=voice)[0].text for voice in VOICES}
    assert len(set(texts.values())) == len(VOICES)
    assert "?" in texts["formal"].split("\n\n")[1]  # asks for the date of payment


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_8_the_first_request_lists_everything(language: str) -> None:
    words, facts = write(language, "request", "transfer_preferred")
    for line in facts.items[0].lines:
        assert line.description in words.text
        assert money(line.unit_price_minor, facts.currency, words.locale) in words.text
        assert money(line.total_minor, facts.currency, words.locale) in words.text
    assert facts.relation in words.text
    account = facts.organization.accounts[0].number.replace(" ", "\u00a0")
    assert words.text.index(account) < words.text.index(facts.pay_link) < words.text.index(facts.ways[2].note)


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_10_the_first_overdue_message_asks_whether_anything_is_wrong(language: str) -> None:
    for voice in VOICES:
        for variant in (0, 1):
            assert "?" in write(language, "friendly", variant=variant, voice=voice)[0].text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", [0, 1])
def test_rows_11_and_12_silence_and_received_differ(language: str, variant: int) -> None:
    silent, facts = write(language, "follow_up", variant=variant)
    received, other = write(language, "follow_up", "received", variant=variant)
    assert silent.text.split("\n\n")[1] != received.text.split("\n\n")[1]
    assert facts.previous_on is not None
    assert other.previous_on is not None
    assert long_date(facts.previous_on, silent.locale) in silent.text
    assert long_date(other.previous_on, received.locale) in received.text
    for words in (silent, received):
        assert "?" in words.text.split("\n- ")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_charge_and_options_are_stated_with_their_arithmetic(language: str) -> None:
    words, facts = write(language, "follow_up", "charge_waived")
    assert money(4_000, facts.currency, words.locale) in words.text
    assert facts.charges[0].text in words.text
    words, facts = write(language, "follow_up", "options")
    assert facts.discount is not None
    assert money(facts.discount.amount_minor, facts.currency, words.locale) in words.text
    assert long_date(facts.discount.until, words.locale) in words.text
    words, facts = write(language, "firm", "charge_asked")
    assert money(facts.total_minor, facts.currency, words.locale) in words.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(LATE))
def test_row_19_at_most_one_consequence_and_a_way_out(language: str, stage: Stage) -> None:
    with_one, facts = write(language, stage, "consequence_pause")
    assert facts.consequence is not None
    without, _ = write(language, stage, "charge_waived")
    assert facts.consequence.on is not None
    day = long_date(facts.consequence.on, with_one.locale)
    assert with_one.text.count(day) == 1
    assert day not in without.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_consequence_before_follow_up(language: str) -> None:
    follow_up = sample_facts("standard", "follow_up", language)
    for stage in ("request", "courtesy", "due_today", "friendly"):
        facts = replace(sample_facts("standard", stage, language), consequence=follow_up.consequence)
        assert compose(stage, "email", facts, language) == compose(
            stage, "email", replace(facts, consequence=None), language
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", ["friendly", "follow_up", "firm", "final"])
def test_row_20_what_was_agreed_or_promised_last_is_mentioned(language: str, stage: Stage) -> None:
    for variant in (0, 1):
        words, facts = write(language, stage, "agreement_by_phone", variant=variant)
        assert facts.agreement is not None
        assert long_date(facts.agreement.on, words.locale) in words.text
        assert facts.agreement.text in words.text
        words, facts = write(language, stage, "broken_promise", variant=variant)
        assert facts.broken_promise is not None
        assert long_date(facts.broken_promise.pay_on, words.locale) in words.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", [0, 1])
def test_row_24_before_the_last_payment_we_ask_for_receipt_and_satisfaction(language: str, variant: int) -> None:
    words, facts = write(language, "check_in", "satisfaction", variant=variant)
    asked = words.text.split("\n- ")[0]
    assert "?" in asked
    assert facts.items[0].description.casefold() in asked.casefold()
    for hidden in (money(124_500, facts.currency, words.locale), facts.pay_link or "https://"):
        assert hidden not in words.text


@pytest.mark.parametrize("language", [language for language in LANGUAGES if not missing(language)])
def test_a_letter_does_not_say_today(language: str) -> None:
    """It is read days after it was written; an e-mail of the same day may say so."""
    for variant in (0, 1):
        mail, letter = (write(language, "due_today", "standard", way, variant)[0] for way in ("email", "letter"))
        assert mail.subject != letter.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_invoices_are_one_message_with_every_number(language: str) -> None:
    for stage in sorted(ASKING):
        words, facts = write(language, stage, "several")  # type: ignore[arg-type]
        for item in facts.items:
            assert item.number in words.text
            assert money(item.open_minor, facts.currency, words.locale) in words.text
        assert str(len(facts.items)) in words.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_payments_credit_and_disputes_are_shown(language: str) -> None:
    words, facts = write(language, "friendly", "part_paid")
    assert money(40_000, facts.currency, words.locale) in words.text
    assert long_date(facts.payments[0].on, words.locale) in words.text
    words, facts = write(language, "friendly", "credit")
    assert money(-10_000, facts.currency, words.locale) in words.text
    words, facts = write(language, "friendly", "disputed_part")
    assert money(24_500, facts.currency, words.locale) in words.text
    words, facts = write(language, "friendly", "instalment")
    assert re.search(r"\b2\b.*\b5\b", words.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_instalments_are_named_as_such(language: str) -> None:
    words, facts = write(language, "friendly", "several_instalments")
    rows = [line for line in words.text.splitlines() if line.startswith("- ")]
    for row, item in zip(rows, facts.items, strict=False):
        assert item.instalment is not None
        assert re.search(rf"\w{{4,}} {item.instalment[0]}\D+5\D", row), row
        assert item.number in row
    words, facts = write(language, "thank_you", "several_instalments")
    assert [line for line in words.text.splitlines() if re.match(r"- .*4\D+5\D.*2026-0131", line)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_known_way_to_pay_the_message_points_to_the_invoice(language: str) -> None:
    for situation in ("no_ways", "no_account"):
        for channel in ("email", "letter"):
            words, facts = write(language, "firm", situation, channel)
            template = wording_for(language).pick("see_invoice", frozenset({channel}))
            assert template is not None
            told = template.source.split("{%")[0].strip()
            assert told in words.text, words.text
            assert facts.reference in words.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_iban_is_called_one(language: str) -> None:
    facts = sample_facts("standard", "friendly", language)
    for number, iban in (("GB29 NWBK 6016 1331 9268 19", True), ("GB28 NWBK 6016 1331 9268 19", False)):
        account = BankAccount(number)
        facts = replace(facts, organization=replace(facts.organization, accounts=(account,)))
        assert account.is_iban == iban
        text = compose("friendly", "email", facts, language).text
        assert ("IBAN" in text) == iban
    facts = replace(facts, organization=replace(facts.organization, accounts=(BankAccount("123", "Giro"),)))
    assert re.search(r"Giro\W+123", compose("friendly", "email", facts, language).text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(ASKING))
def test_an_agreed_part_is_asked_first_and_the_whole_stays_visible(language: str, stage: Stage) -> None:
    words, facts = write(language, stage, "agreement_in_writing")
    assert facts.asked_minor == 50_000
    agreed, whole = (money(minor, facts.currency, words.locale) for minor in (50_000, facts.total_minor))
    rows = [line for line in words.text.splitlines() if line.startswith("- ")]
    assert [row for row in rows if agreed in row]
    assert [row for row in rows if whole in row]
    button = next(line for line in words.text.splitlines() if line.endswith(facts.pay_link))
    assert whole not in button


def test_the_agreed_amount_and_day_are_those_asked_for() -> None:
    words, facts = write("en", "firm", "agreement_in_writing")
    assert "Please pay £500.00 by 16 March 2026" in words.text
    assert facts.asked_by == facts.today
    assert facts.agreement is not None
    passed = replace(facts, agreement=replace(facts.agreement, pay_on=facts.today - timedelta(days=1)))
    assert passed.asked_by == passed.pay_by
    broken = replace(facts, broken_promise=BrokenPromise(facts.today))
    assert (broken.asked_minor, broken.asked_by) == (facts.total_minor, facts.pay_by)


def test_today_is_said_only_when_it_is_the_due_date() -> None:
    for channel in CHANNELS:
        for variant in (0, 1):
            for situation, said in (("standard", "due"), ("several", "first"), ("several_on_one_day", "due")):
                words, _ = write("en", "due_today", situation, channel, variant)
                assert ("today" in words.text) == (channel != "letter"), words.text
                assert said in words.text
                assert ("the first" in words.text) == (situation == "several" and channel != "sms")
            words, _ = write("en", "due_today", "fell_due_before", channel, variant)
            assert "today" not in words.text + words.subject, words.text
            assert "14 Mar" in words.text


def test_nobody_is_asked_whether_a_confirmed_invoice_arrived() -> None:
    for voice in VOICES:
        for variant in (0, 1):
            for situation in ("received", "agreement_by_phone", "broken_promise", "part_paid"):
                words, _ = write("en", "friendly", situation, "email", variant, voice)
                assert not re.search(r"reach you|arrived and|not arrive", words.text), words.text
            asked, _ = write("en", "friendly", "standard", "email", variant, voice)
            assert re.search(r"reach you|arrived and|not arrive|attached", asked.text)


def test_a_canadian_reads_canadian_french() -> None:
    facts = sample_facts("standard", "friendly", "fr")
    for channel in CHANNELS:
        words = compose("friendly", channel, facts, "fr", country="CA")
        assert words.locale == "fr_CA"
        assert not re.search("\\s[?!;]", words.text + words.subject), words.text
        assert check_words(words, facts, "friendly", channel) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_and_references_do_not_break_over_lines(language: str) -> None:
    words, facts = write(language, "follow_up")
    amount = money(facts.total_minor, facts.currency, words.locale)
    assert " " not in amount
    account = facts.organization.accounts[0].number
    assert account.replace(" ", "\u00a0") in words.text


class Reader(HTMLParser):
    """Collects what an HTML document says and links to, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.attributes = values
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.sources += [value or "" for name, value in attrs if name in ("src", "background")]
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.texts.append(data)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_html_says_what_the_text_says_and_loads_nothing(language: str, stage: Stage) -> None:
    for situation in ("standard", "several", "transfer_preferred", "bare"):
        words, facts = write(language, stage, situation)
        reader = Reader()
        reader.feed(words.html)
        assert reader.open == []
        assert reader.attributes == {"lang": words.language, "dir": "ltr"}
        assert reader.sources == []
        assert set(reader.links) <= {facts.pay_link}
        said = re.sub(r"\W", "", "".join(reader.texts))
        for line in words.text.splitlines():
            for piece in re.split(r"[:：]\s", line.removeprefix("- ")):
                if facts.pay_link not in piece or not facts.pay_link:
                    assert re.sub(r"\W", "", piece) in said, (piece, stage, situation)
        assert "url(" not in words.html
        assert "<script" not in words.html
    layout = len(words.html) - len("".join(reader.texts))
    assert layout <= LAYOUT_LIMIT


def test_the_guide_names_every_variable_and_sentence() -> None:
    from importlib import resources

    guide = (resources.files("purring.language") / "wordings" / "README.md").read_text("utf-8")
    named = set(re.findall(r"[a-z_]+", guide))
    assert {*BLOCKS, *FIELDS, *CONDITIONS, *COMPOSED, *CASES, *SITUATIONS} <= named
