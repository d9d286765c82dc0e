# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is put into a text with one click holds for every customer: no name, no day, no sum, no form of address, and
nothing that the guard would say something about."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from purring.followup import courtesy
from purring.followup.wording_checks import better_words, located
from purring.followup.wording_preview import Look
from purring.language.compose import LANGUAGES, compose
from purring.language.samples import TODAY, sample_facts, sample_words
from purring.language.sections import EDITABLE, Piece, built_in, pieces
from purring.language.tags import ASKING, Stage
from purring.language.tone import Finding
from purring.language.tone.report import CODES
from purring.language.tone.texts import advice
from purring.language.when import find_days

ADDRESS = {
    "af": r"u|jou|jy|jul\w*",
    "da": r"du|dig|din|dit|dine|De|Dem|Deres|I|jer\w*",
    "es": r"usted\w*|le|les|su|sus|tú|te|tu|le ruego|podría|diga",
    "it": r"Lei|Le|Suo|Sua|Vi|Vostr\w|tu|ti|può|potrebbe",
    "nb": r"du|deg|din|ditt|dere|deres",
    "nl": r"u|uw|je|jij|jouw|jullie",
    "pt-BR": r"você\w*|lhe|te|seu|sua|obrigad[oa]|pode|me",
    "pt-PT": r"lhe|te|seu|sua|o senhor|a senhora|obrigad[oa]|pode",
    "sv": r"du|dig|din|ditt|ni|er|ert|era",
}
"""How a text speaks to its reader where its wording has two forms of address. "Pode ter" and "può" of a thing are another
matter: a sentence of those languages may begin with them."""
NEVER = {"insult", "discrimination", "privacy", "legal_bluff"}
OFFERED = {"threat", "blame", "sarcasm", "shaming", "guilt", "presumption", "condescension", "overfamiliar", "too_firm"}
OFFERED |= {"jargon"}


def finding(language: str, code: str, quote: str = "…") -> Finding:
    why, better = advice(language, code)
    return Finding(code, "warn", "text", None, None, quote, why, better)


def offered(language: str) -> dict[str, str]:
    return {code: words for code in CODES if (words := better_words(finding(language, code)))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_offered_in_every_language(language: str) -> None:
    assert set(offered(language)) == OFFERED
    for code in CODES:
        taken_out = better_words(finding(language, code)) == ""
        assert taken_out is (code in NEVER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_no_day_no_sum_and_no_form_of_address(language: str) -> None:
    names = {sample_words(language)[name] for name in ("given", "family")} | {"Anna", "Ana", "Berger", "Martin"}
    for words in offered(language).values():
        assert not any(name in words for name in names), words
        assert all(day.kind == "vague" for day in find_days(words, language, TODAY)), words
        assert not re.search(r"\d|{{|\[|…|\.\.", words), words
        if language in ADDRESS:
            bare = re.sub(r"^Pode ter", "", words)
            assert not re.search(rf"(?<!\w)(?:{ADDRESS[language]})(?!\w)", bare), words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", sorted(ASKING))
def test_in_a_message_they_sound_as_kind_as_it_did(language: str, stage: Stage) -> None:
    for situation in ("standard", "several", "company_only", "informal"):
        facts = sample_facts(situation, stage, language)
        words = compose(stage, "email", facts, language, country=sample_words(language)["country"])
        first, rest = words.text.split("\n\n", 1)
        for code, better in offered(language).items():
            changed = replace(words, text=f"{first}\n\n{better}\n\n{rest}")
            before, after = (courtesy.judge_wording(one, stage, "email", facts) for one in (words, changed))
            assert before is not None
            assert after is not None
            assert {one.code for one in after.findings} <= {one.code for one in before.findings}, (code, better)


def of_file(file: str) -> tuple[Piece, ...]:
    return pieces(file, [one.heading for one in built_in(file, "en")])


def look(file: str, heading: str, text: str = "Pay up, sweetie.") -> Look:
    piece = next(one for one in of_file(file) if heading in one.headings)
    return Look("en", piece, {heading: text}, heading)


def better_in(file: str, heading: str, code: str) -> str | None:
    return located(finding("en", code, "Pay up, sweetie."), look(file, heading)).better


def test_what_speaks_of_money_awaited_stands_only_where_it_is_asked_for() -> None:
    assert better_in("friendly", "message 1", "threat") == offered("en")["threat"]
    assert better_in("thank_you", "message settled 1", "threat") is None
    assert better_in("thank_you", "message settled 1", "overfamiliar") == offered("en")["overfamiliar"]
    assert better_in("sentences", "thanks 1", "blame") is None


def test_a_sentence_is_offered_only_where_one_can_stand() -> None:
    assert better_in("friendly", "subject 1", "overfamiliar") is None
    assert better_in("friendly", "subject 1", "insult") == ""
    for file in ("greetings", "labels", "pages"):
        assert file in EDITABLE
        assert better_in(file, of_file(file)[0].headings[0], "overfamiliar") is None


def test_without_words_that_stand_there_there_is_nothing_to_replace() -> None:
    assert better_words(finding("en", "threat", "")) is None
