# SPDX-License-Identifier: AGPL-3.0-or-later
"""The guard on whole mails: those with planted faults, good ones, and our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from purring.language.compose import compose
from purring.language.samples import sample_facts
from purring.language.tags import STAGES
from purring.language.tone import check_tone
from purring.language.tone.rulebook import languages
from tools import tone_score

MAILS = Path(__file__).resolve().parents[3] / "corpora" / "outgoing" / "train"
UNKIND = Path(__file__).parent / "unkind"
FOUND, FLAGGED = 0.85, 0.02
SENTENCES_FOUND = {"es": 0.65, "fr": 0.7, "it": 0.65, "pt-PT": 0.65, "pt-BR": 0.7}
"""Lower than 0.85 where sentences of the folder were written after the rules."""
SITUATIONS = ("standard", "several")


@pytest.fixture(scope="module")
def scores() -> dict[str, tone_score.Score]:
    return tone_score.score(tone_score.texts(MAILS))


@pytest.mark.parametrize("language", languages())
def test_planted_faults_are_found_and_good_mails_left_alone(language: str, scores: dict[str, tone_score.Score]) -> None:
    one = scores[language]
    assert one.found.total() >= FOUND * one.planted.total(), one.missed
    assert len(one.flagged) <= 1, "of fourteen, or seven, good mails"
    assert not one.blocked


def test_of_all_languages_hardly_a_good_mail_is_told_anything(scores: dict[str, tone_score.Score]) -> None:
    assert sum(len(one.flagged) for one in scores.values()) <= FLAGGED * sum(one.good for one in scores.values())


@pytest.mark.parametrize("language", languages())
def test_unkind_sentences_are_found(language: str) -> None:
    missed, count = [], 0
    for line in (UNKIND / f"{language}.txt").read_text("utf-8").splitlines():
        code, bar, sentence = (part.strip() for part in line.partition("|"))
        if not bar:
            continue
        count += 1
        if code not in {one.code for one in check_tone(sentence, language=language, stage="friendly").findings}:
            missed.append(line)
    assert count >= 25
    assert len(missed) <= (1 - SENTENCES_FOUND.get(language, 0.85)) * count, missed


BEFORE = {
    "af": "Die R386,40 vir INV-2041 was op 9 Maart betaalbaar, en ",
    "da": "Fakturaen INV-2041 på 386,40 kr forfaldt den 9. marts, og ",
    "de": "Die 386,40 € für INV-2041 waren am 9. März fällig, und ",
    "en": "The £386.40 for INV-2041 was due on 9 March, and ",
    "es": "Los 386,40 € de la factura INV-2041 vencieron el 9 de marzo, y ",
    "fr": "Les 386,40 € de la facture INV-2041 étaient dus le 9 mars, et ",
    "it": "I 386,40 € della fattura INV-2041 scadevano il 9 marzo, e ",
    "nb": "Fakturaen INV-2041 på kr 386,40 forfalt 9. mars, og ",
    "nl": "De € 386,40 voor INV-2041 had op 9 maart betaald moeten zijn, en ",
    "pt": "Os 386,40 € da fatura INV-2041 venceram a 9 de março, e ",
    "sv": "Fakturan INV-2041 på 386,40 kr förföll den 9 mars, och ",
}
AFTER = {
    "af": ", en die R386,40 vir INV-2041 was op 9 Maart betaalbaar.",
    "da": ", og fakturaen INV-2041 på 386,40 kr forfaldt den 9. marts.",
    "de": ", und die 386,40 € für INV-2041 waren am 9. März fällig.",
    "en": ", and the £386.40 for INV-2041 was due on 9 March.",
    "es": ", y los 386,40 € de la factura INV-2041 vencieron el 9 de marzo.",
    "fr": ", et les 386,40 € de la facture INV-2041 étaient dus le 9 mars.",
    "it": ", e i 386,40 € della fattura INV-2041 scadevano il 9 marzo.",
    "nb": ", og fakturaen INV-2041 på kr 386,40 forfalt 9. mars.",
    "nl": ", en de € 386,40 voor INV-2041 had op 9 maart betaald moeten zijn.",
    "pt": ", e os 386,40 € da fatura INV-2041 venceram a 9 de março.",
    "sv": ", och fakturan INV-2041 på 386,40 kr förföll den 9 mars.",
}
HEARD = 0.7
"""Share of unkind sentences that are told for what they are where an amount, a number and a day stand in them too."""


def test_an_unkind_word_is_heard_beside_an_amount_and_a_day() -> None:
    heard = count = 0
    for tag in languages():
        base = tag.partition("-")[0]
        for line in (UNKIND / f"{tag}.txt").read_text("utf-8").splitlines():
            code, bar, said = (part.strip() for part in line.partition("|"))
            if not bar or said.count(".") > 1 or not said.endswith("."):
                continue
            for text in (said[:-1] + AFTER[base], BEFORE[base] + said[0].lower() + said[1:]):
                findings = check_tone(text, language=tag, facts={"invoice": "INV-2041"}).findings
                heard += code in {one.code for one in findings}
                count += 1
    assert count > 1_000
    assert heard >= HEARD * count


def own_messages(language: str) -> Iterator[tuple[str, str, str, str]]:
    """Stage, channel, subject and text of our own messages."""
    for situation in SITUATIONS:
        for stage in STAGES:
            facts = sample_facts(situation, stage, language)
            for channel in ("email", "sms"):
                words = compose(stage, channel, facts, language)
                yield stage, channel, words.subject, words.text


@pytest.mark.parametrize("language", languages())
def test_our_own_messages_pass(language: str) -> None:
    told, count = [], 0
    for stage, channel, subject, text in own_messages(language):
        count += 1
        report = check_tone(text, language=language, stage=stage, channel=channel, subject=subject)
        assert report.verdict != "block", report.findings
        told += [(stage, one.code, one.quote) for one in report.findings if not one.code.startswith("missing_")]
    assert len(told) <= 0.05 * count, told
