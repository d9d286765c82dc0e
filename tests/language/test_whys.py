# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reasons in every language: nothing missing, the same facts in each sentence."""

from __future__ import annotations

from datetime import date
from string import Formatter

import pytest

from purring.core.answers import Answer
from purring.core.errors import Refused
from purring.core.reasons import ENGLISH, tell, why_hold
from purring.language.retold import retold
from purring.language.whys import FORMS, read, spoken, telling

OTHERS = [tag for tag in spoken() if tag != "en"]


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_language_of_the_product_is_there() -> None:
    assert set(spoken()) == {"en", "af", "fr", "es", "nb", "de", "nl", "pt-PT", "pt-BR", "it", "sv", "da"}


@pytest.mark.parametrize("tag", OTHERS)
def test_a_table_says_everything_with_the_same_facts(tag: str) -> None:
    table = read(tag)
    assert set(table) == {*ENGLISH, *FORMS}
    for code, sentence in ENGLISH.items():
        assert fields(table[code]) == fields(sentence), code
        assert table[code] == table[code].strip(), code
    assert fields(table["days_other"]) == {"days"}


@pytest.mark.parametrize("tag", OTHERS)
def test_a_reason_in_that_language(tag: str) -> None:
    promised = Answer("promised", {"pay_on": date(2026, 3, 4), "grace": 2})
    said = why_hold(promised, telling(tag))
    assert said != why_hold(promised)
    assert "4" in said
    assert "2" in said
    assert "{" not in said


def test_aliases_and_unknown_languages() -> None:
    assert telling("no") is telling("nb") or telling("no").sentences == telling("nb").sentences
    assert telling("en-GB").sentences is ENGLISH
    with pytest.raises(Refused, match="reasons are not told in 'fi'"):
        telling("fi")


SAID = {
    "days": 12,
    "grace": 2,
    "credit": 125000,
    "asked": 9900,
    "minimum": 500,
    "currency": "NOK",
    "problem": "check_address",
    "stage": "follow_up",
    "before": "friendly",
    "channel": "letter",
    "rule": "at most 3 contacts in 7 days (AU-B2B: a guideline)",
    "invoices": ("2026-1", "Bok, brukt"),
    "invoice": "2026-17",
    "customer": "Dahl & Sønn: Møbler",
    "address": "ane@dahl.example",
    "reason": "3 days after the due date of 2026-17",
    "language": "Suomi",
}
"""What stands in the fields of a reason, by their names; any other is a day."""
SENTENCES = [code for code in ENGLISH if not code.startswith(("stage_", "channel_", "problem_"))]


@pytest.mark.parametrize("tag", OTHERS)
def test_what_was_kept_in_english_is_told_again(tag: str) -> None:
    for code in SENTENCES:
        facts = {name: SAID.get(name, date(2026, 11, 4)) for name in fields(ENGLISH[code])} | {"currency": "NOK"}
        there = dict(facts)
        if "reason" in facts:
            there["reason"] = tell("send_after", {"days": 3, "invoice": "2026-17"}, telling(tag))
        assert retold(tell(code, facts), tag) == tell(code, there, telling(tag)), code


def test_what_the_law_has_against_it_is_told_by_whoever_knows_how() -> None:
    kept = tell("unlawful", {"rule": "at most 3 contacts"})
    assert retold(kept, "fr", {"at most 3 contacts": "au plus 3 contacts"}.__getitem__) == (
        tell("unlawful", {"rule": "au plus 3 contacts"}, telling("fr"))
    )


def test_what_is_no_reason_stays_with_whoever_asked() -> None:
    assert retold("550 5.1.1 no such user", "fr") is None
    assert retold("nothing is open", "fi") is None
    assert retold("nothing is open", "en-GB") == "nothing is open"
