# SPDX-License-Identifier: AGPL-3.0-or-later
"""Page texts: every answer button has its label and its thanks."""

from __future__ import annotations

from datetime import date

import pytest

from purring.core.errors import Refused
from purring.language.compose import LANGUAGES, compose
from purring.language.pages import ANSWERS, Pages
from purring.language.samples import sample_facts
from purring.language.wording import sources

WITH_PAGES = tuple(tag for tag in LANGUAGES if "pages" in sources()[tag])


@pytest.mark.parametrize("language", WITH_PAGES)
def test_every_answer_is_offered_short_and_thanked_for(language: str) -> None:
    pages = Pages(language)
    labels = [pages.say(f"answer_{code}") for code in ANSWERS]
    assert len(set(labels)) == len(ANSWERS)
    for code, label in zip(ANSWERS, labels, strict=True):
        assert len(label) <= 50, label
        noted = pages.say(f"noted_{code}", amount="5", date=date(2026, 3, 4))
        assert 5 < len(noted) <= 180, noted


@pytest.mark.parametrize("language", WITH_PAGES)
def test_row_24_not_content_is_an_answer_and_is_asked_about(language: str) -> None:
    pages = Pages(language)
    assert "?" in pages.say("ask_not_content")
    assert pages.say("noted_content") != pages.say("noted_not_content")


@pytest.mark.parametrize("language", WITH_PAGES)
def test_answer_buttons_stand_in_the_mail(language: str) -> None:
    facts = sample_facts("answers", "friendly", language)
    words = compose("friendly", "email", facts, language)
    for code, link in facts.answers:
        assert link in words.text
        assert f'href="{link}"' in words.html
        assert Pages(language).say(f"answer_{code}") in words.text
    assert facts.answers[0][1] not in compose("friendly", "letter", facts, language).text


def test_values_days_and_counts_are_put_in() -> None:
    pages = Pages("en", "US")
    assert pages.say("noted_promise", amount="$5.00", date=date(2026, 3, 4)).startswith(
        "Thank you, noted: $5.00 by March 4, 2026."
    )
    assert pages.say("chosen", 1, amount="$5.00") == "1 invoice chosen: $5.00"
    assert pages.say("chosen", 2, amount="$5.00") == "2 invoices chosen: $5.00"
    assert "check" in pages.say("howto_cheque", organization="X")
    assert "title" in pages
    with pytest.raises(Refused, match="no page text"):
        pages.say("ttle")
