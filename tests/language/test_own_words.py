# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tone guard has nothing against our own words: every message, letter and answer, in every language and manner."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import NamedTuple

import pytest

from purring.language.answering import compose_answer
from purring.language.compose import LANGUAGES, Words, compose
from purring.language.facts import MessageFacts
from purring.language.samples import (
    ANSWER_SITUATIONS,
    SITUATION_NAMES,
    sample_answer_facts,
    sample_facts,
    sample_words,
)
from purring.language.tags import CASES, CHANNELS, STAGES, VOICES, Channel, Stage, Voice
from purring.language.tone import check_tone
from tests.support.seeds import profile

Form = tuple[Channel, Voice, int]
FORMS: tuple[Form, ...] = (
    *(("email", voice, 0) for voice in VOICES),
    *(("email", "neutral", 1), ("sms", "neutral", 0), ("sms", "neutral", 1), ("sms", "formal", 0)),
    *(("letter", "neutral", 0), ("letter", "formal", 1)),
)
"""Enough for every wording; in an endurance run all channels go with all voices and repeats."""
REPEATS = 3
ANSWERING_VOICES: tuple[Voice, ...] = ("neutral", "formal")


class Said(NamedTuple):
    """One finished message of ours, and what it is made from."""

    where: str
    stage: str
    channel: str
    words: Words
    facts: MessageFacts


def messages(language: str) -> Iterator[Said]:
    country = sample_words(language)["country"]
    forms = FORMS if profile() == "normal" else tuple(product(CHANNELS, VOICES, range(REPEATS)))
    seen: dict[Stage, list[MessageFacts]] = {stage: [] for stage in STAGES}
    for situation, stage in product(SITUATION_NAMES, STAGES):
        facts = sample_facts(situation, stage, language)
        if facts in seen[stage]:
            continue
        seen[stage].append(facts)
        for channel, voice, variant in forms:
            if voice == "direct" and stage != "friendly":
                continue  # no other stage has words of its own for a direct house
            words = compose(stage, channel, facts, language, country=country, voice=voice, variant=variant)
            yield Said(f"{situation} {stage} {channel} {voice} {variant}", stage, channel, words, facts)


def answers(language: str) -> Iterator[Said]:
    country = sample_words(language)["country"]
    for situation, case in product(ANSWER_SITUATIONS, CASES):
        facts = sample_answer_facts(situation, language)
        for voice in ANSWERING_VOICES:
            words = compose_answer(case, facts, language, country=country, voice=voice)
            yield Said(f"{situation} {case} {voice}", "reply", "email", words, facts)


def known(facts: MessageFacts) -> dict[str, object]:
    """What the guard is told, as whoever sends the message knows it."""
    house, contact = facts.organization, facts.customer.contact
    told: dict[str, object] = {
        "customer_name": facts.customer.name,
        "customer_kind": facts.customer.kind,
        "sender_name": house.sender_name,
        "organisation": house.name,
        "phone": house.phone,
        "pay_link": facts.pay_link,
    }
    if contact is not None:
        told["contact_name"] = contact.full_name or f"{contact.given_name} {contact.family_name}".strip()
    if len(facts.items) == 1:
        told |= {"invoice": facts.items[0].number, "due_on": facts.items[0].due_on.isoformat()}
        told["days_overdue"] = facts.items[0].days_overdue
    if facts.asked_minor:
        told["amount"] = str(Decimal(facts.asked_minor) / 100)
    return told


def unread(said: Said, read: set[tuple[str, str, str]]) -> list[str]:
    """The paragraphs that no message of this stage has shown the guard yet: everything is judged, nothing twice."""
    pieces = [said.words.subject, *said.words.text.split("\n\n")]
    new = [piece for piece in pieces if piece and (said.stage, said.channel, piece) not in read]
    read.update((said.stage, said.channel, piece) for piece in new)
    return new


def findings(language: str) -> Iterator[tuple[str, str, str, str]]:
    """Code, severity, sentence and place of whatever the guard says."""
    read: set[tuple[str, str, str]] = set()
    for said in (*messages(language), *answers(language)):
        if not unread(said, read):
            continue
        report = check_tone(
            said.words.text,
            language=language,
            stage=said.stage,
            channel=said.channel,
            facts=known(said.facts),
            subject=said.words.subject or None,
        )
        if report.verdict == "block":
            yield "blocked", "block", "", said.where
        for one in report.findings:
            if one.code == "missing_how_to_pay" and said.channel == "sms" and not said.facts.pay_link:
                continue  # without a page to pay on: the account is on the invoice, a text message has no room for it
            yield one.code, one.severity, one.quote or "", said.where


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guard_has_nothing_against_our_own_words(language: str) -> None:
    told = list(findings(language))
    assert [one for one in told if one[0] == "blocked"] == []
    assert told == []
