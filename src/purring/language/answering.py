# SPDX-License-Identifier: Apache-2.0
"""Ready answers to what customers say: the objection playbook, one wording for each `Case`, for a person to send.

Each answer first acknowledges, then asks, then offers. Not here: reading what the customer wrote, and deciding
whether anything may be offered (the facts say what is).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from purring.core.errors import Refused
from purring.language.check import Finding, check_reply
from purring.language.compose import Words, spoken_in, written, written_tag
from purring.language.draft import Draft
from purring.language.facts import MessageFacts
from purring.language.formats import locale_for
from purring.language.safe_text import clean
from purring.language.tags import CASES, Case, Channel, Voice
from purring.language.wording import wording_for

__all__ = ["DISCREET", "check_answer", "compose_answer"]

DISCREET: frozenset[str] = frozenset({"wrong_person"})
"""Answers to somebody who may know nothing: no amount, no invoice, no list, whatever the facts say."""


def compose_answer(
    case: Case,
    facts: MessageFacts,
    language: str,
    *,
    country: str | None = None,
    channel: Channel = "email",
    variant: int = 0,
    voice: Voice = "neutral",
    added: str = "",
    own: Mapping[str, str] | None = None,
) -> Words:
    """Write the answer to one case, as an e-mail or a letter.

    `added` is what the person who sends it wants to say first; its paragraphs stand right after the greeting.
    Raises `Refused` (`no_wording` for an unknown case or a language that lacks it, `bad_template`).
    """
    if case not in CASES or channel == "sms":
        raise Refused("no_wording", f"there is no answer {case!r} for {channel}")
    if case in DISCREET:
        facts = _discreet(facts)
    language = spoken_in(language, country)
    wording = wording_for(language, own)
    locale = locale_for(written_tag(language, wording), country)
    draft = Draft("reply", channel, facts, wording, locale, variant, voice, case)
    return written(draft, tuple(clean(line, 2000) for line in added.splitlines() if line.strip()))


def _discreet(facts: MessageFacts) -> MessageFacts:
    """Only who writes to whom: whatever a wording names, the rest cannot be told."""
    return MessageFacts(
        today=facts.today,
        organization=replace(facts.organization, accounts=()),
        customer=facts.customer,
        currency=facts.currency,
        closeness=facts.closeness,
        formality=facts.formality,
        replied_on=facts.replied_on,
        answer_by=facts.answer_by,
    )


def check_answer(words: Words, facts: MessageFacts, case: Case) -> list[Finding]:
    """What is wrong with a finished answer; also that one to a wrong person tells nothing about the debt."""
    return check_reply(words, facts, discreet=case in DISCREET)
