# SPDX-License-Identifier: AGPL-3.0-or-later
"""The language of the pages: the browser's until somebody chooses; what is refused is said in it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import translation

from purring.doors.desk.refusals import told

if TYPE_CHECKING:
    from django.test import Client

    from tests.doors.desk.cast import House


def lang(client: Client, **headers: str) -> str:
    page = client.get(reverse("desk:today"), headers=headers).content.decode()
    return page.partition('<html lang="')[2].partition('"')[0]


def test_the_browsers_language_until_somebody_chooses(client: Client) -> None:
    assert lang(client) == "en"
    assert lang(client, accept_language="fr-CA,fr;q=0.9,en;q=0.5") == "fr"
    assert lang(client, accept_language="nb-NO,nb;q=0.9,no;q=0.8,en;q=0.5") == "nb"
    assert lang(client, accept_language="ja") == "en", "what is not written here is English"


def test_a_choice_stays_wherever_one_signs_in(client: Client, house: House) -> None:
    kept = client.post(reverse("desk:interface"), {"language": "nb"}, headers={"accept-language": "fr"}, follow=True)
    assert kept.redirect_chain
    assert '<html lang="nb"' in kept.content.decode()
    assert lang(house.client(), accept_language="fr") == "nb"
    client.post(reverse("desk:interface"), {"language": ""})
    assert lang(client, accept_language="fr") == "fr"


def test_a_language_nobody_wrote_is_refused(client: Client) -> None:
    answer = client.post(reverse("desk:interface"), {"language": "tlh"})
    assert answer.status_code == 422
    assert lang(client) == "en"


@pytest.mark.parametrize("language", ["af", "es", "fr", "nb"])
class TestRefusals:
    def test_with_their_facts(self, language: str) -> None:
        with translation.override(language):
            said = told("invoice 2026-17 is closed")
        assert "2026-17" in said
        assert "closed" not in said

    def test_the_place_stays_in_front(self, language: str) -> None:
        with translation.override(language):
            said = told("seller.city: invoice 2026-17 is closed")
            inside = told("line 3: invoice 2026-17 is closed")
        assert said.startswith("seller.city: ")
        assert "closed" not in said
        assert "3" in inside
        assert "closed" not in inside

    def test_reasons_too(self, language: str) -> None:
        with translation.override(language):
            assert told("nothing is open") != "nothing is open"
            assert told("Nothing is open") == told("nothing is open").capitalize()
            assert told("") == ""

    def test_what_nobody_knows_stays_as_it_is(self, language: str) -> None:
        with translation.override(language):
            assert told("554 5.7.1 rejected by policy") == "554 5.7.1 rejected by policy"


def test_in_english_a_refusal_stays_as_it_was_written() -> None:
    with translation.override("en"):
        assert told("invoice 2026-17 is closed") == "invoice 2026-17 is closed"
