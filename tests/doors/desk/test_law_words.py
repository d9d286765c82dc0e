# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the law data says, in the reader's language: its sentences told anew, its citations as they are."""

from __future__ import annotations

import html
import re
from functools import cache

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from purring.doors.desk.refusals import law_answer, law_rule, law_words, told
from purring.facts.organizations.models import Organization
from purring.law.book import book, countries
from purring.law.words import words
from tests.doors.desk.cast import House

ENGLISH = re.compile(r"\b(?:the|only|none|is|are|with|not|by|if|its|from|begins|agreed|fee|reminder)\b")
"""Words that no page in French holds outside a name of a law."""
NAMES = re.compile(r"(?:Practice Direction|Late Payment|letter (?:before|of)|Consumer|Reply Form)[\w() ]*")


def read_in_french(client: Client, to: str) -> str:
    page = client.get(to, headers={"accept-language": "fr"}).content.decode()
    page = re.sub(
        r"(?s)<(textarea|script|svg|select|nav)\b.*?</\1>|<[^>]+>",
        " ",
        page.partition("<main")[2].partition("</main>")[0],
    )
    return " ".join(html.unescape(page).split())


@cache
def _sentences() -> list[str]:
    with translation.override("fr"):
        return sorted({text.casefold() for _, text in words() if " " in text and law_words(text) != text})


def english_in(page: str) -> list[str]:
    found = [text for text in _sentences() if text in page.casefold()]
    return found + [f"…{page[at.start() - 30 : at.end() + 30]}…" for at in ENGLISH.finditer(NAMES.sub(" ", page))]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["business", "consumer"])
def test_no_page_about_the_law_says_it_in_english(house: House, client: Client, kind: str) -> None:
    found = {}
    for code in countries():
        customer = house.customer(kind=kind, country=code)
        invoice = house.invoice(customer, late=40, currency=book().country(code).currency)
        Organization.objects.filter(pk=house.organization.pk).update(country=code)
        for name in ("notices", "charges"):
            to = reverse(f"desk:{name}", args=[invoice.pk])
            page = read_in_french(client, to)
            assert f"{book().kind(code, kind).id}: " in page or name == "notices"
            found[to, code] = english_in(page)
        if kind == "business":  # these are about the country as a whole
            for to in (reverse("desk:settings-offers"), reverse("desk:settings-charges")):
                found[to, code] = english_in(read_in_french(client, to))
    assert {place: said for place, said in found.items() if said} == {}


@pytest.mark.parametrize("language", ["af", "es", "fr", "nb"])
def test_a_rule_keeps_its_citation(language: str) -> None:
    with translation.override(language):
        assert law_rule("NO-B2B: inkassoloven § 17, inkassoforskriften § 1-2") == (
            "NO-B2B: inkassoloven § 17, inkassoforskriften § 1-2"
        )
        assert law_rule("US-B2B: state law") == f"US-B2B: {law_words('state law')}" != "US-B2B: state law"
        said = law_rule("mora ex persona (unfair contract terms) + CC art. 279 e)")
        assert said == f"mora ex persona ({law_words('unfair contract terms')}) + CC art. 279 e)"
        assert "unfair" not in said


@pytest.mark.parametrize("language", ["af", "es", "fr", "nb"])
def test_why_something_must_wait_is_told_with_its_rule(language: str) -> None:
    why = "the law does not allow it now: at most 3 contacts in 7 days (US-B2C: state law)"
    with translation.override(language):
        said = told(why)
        assert said.endswith(f" (US-B2C: {law_words('state law')})")
        assert "3" in said
        assert not re.search("contacts in|allow|at most|state law", said)
        assert law_answer("the law knows no flat sum") == law_words("the law knows no flat sum")
        assert law_answer("not yet; it begins on 2026-12-01").endswith("2026-12-01")
        assert "begins" not in law_answer("not yet; it begins on 2026-12-01")


def test_a_sentence_that_nobody_has_translated_is_shown_as_it_is() -> None:
    with translation.override("fr"):
        for sentence in ("a rule of tomorrow", ""):
            assert law_words(sentence) == sentence
        assert law_answer("a rule of tomorrow (FR-B2B: a statute (of tomorrow))") == (
            "a rule of tomorrow (FR-B2B: a statute (of tomorrow))"
        )
    with translation.override("en"):
        assert law_answer("the law knows no flat sum") == "the law knows no flat sum"
