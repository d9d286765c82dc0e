# SPDX-License-Identifier: Apache-2.0
"""The note before money is taken automatically: how much, on which day, from which way of paying. It asks for nothing.

One wording for each language, ``autopay.txt``. Not here: when it is said, and whether anything may be taken.
"""

from __future__ import annotations

from collections.abc import Mapping

from purring.core.errors import Refused
from purring.language.check import Finding, check_reply
from purring.language.compose import Words, spoken_in, written, written_tag
from purring.language.draft import Draft
from purring.language.facts import MessageFacts
from purring.language.formats import locale_for, long_date, money
from purring.language.sms import plain
from purring.language.tags import Voice
from purring.language.wording import wording_for

__all__ = ["check_announcement", "compose_announcement"]


def compose_announcement(
    facts: MessageFacts,
    language: str,
    *,
    country: str | None = None,
    voice: Voice = "neutral",
    own: Mapping[str, str] | None = None,
) -> Words:
    """Write the e-mail that announces `facts.debit`. Raises `Refused` (`no_wording`, `bad_template`)."""
    if facts.debit is None:
        raise Refused("no_wording", "nothing is taken, so there is nothing to announce")
    language = spoken_in(language, country)
    wording = wording_for(language, own)
    locale = locale_for(written_tag(language, wording), country)
    return written(Draft("autopay", "email", facts, wording, locale, 0, voice))


def check_announcement(words: Words, facts: MessageFacts) -> list[Finding]:
    """What is wrong with a finished announcement: also an amount or a day that it does not say."""
    findings, said = check_reply(words, facts, discreet=False), plain(words.text)
    if plain(money(facts.total_minor, facts.currency, words.locale)) not in said:
        findings.append(Finding("missing_amount", "text", "the exact amount is not said"))
    if facts.debit and plain(long_date(facts.debit.on, words.locale)) not in said:
        findings.append(Finding("missing_due_date", "text", "the day is not said"))
    return findings
