# SPDX-License-Identifier: AGPL-3.0-or-later
"""The letterhead at the desk: kept with a journal entry, its logo refused with the reason, seen on a sample."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity, Letterhead
from tests.doors.desk.cast import House

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#123"/></svg>'


def page_of(house: House) -> str:
    return reverse("desk:letterhead", args=[LegalEntity.objects.of(house.organization).get().pk])


def keep(client: Client, house: House, **fields: Any) -> Any:
    data = {
        "in_mails": "on",
        "colour": "#7a3b2e",
        "font": "source-serif",
        "footer": "Open 9 to 5\r\n",
        "e_invoice": "en16931",
        **fields,
    }
    return client.post(page_of(house), data)


def test_it_is_kept_and_the_journal_knows(house: House, client: Client) -> None:
    assert keep(client, house, logo=SimpleUploadedFile("logo.svg", SVG)).status_code == 303
    kept = letterhead_of(LegalEntity.objects.of(house.organization).get())
    assert (kept.colour, kept.font, kept.footer, kept.e_invoice) == (
        "#7a3b2e",
        "source-serif",
        "Open 9 to 5",
        "en16931",
    )
    assert (bytes(kept.logo or b""), kept.logo_type) == (SVG, "image/svg+xml")
    entry = Entry.objects.of(house.organization).get(kind="letterhead.changed")
    assert entry.data["fields"] == ["colour", "e_invoice", "font", "footer", "logo"]
    keep(client, house)
    assert Entry.objects.of(house.organization).filter(kind="letterhead.changed").count() == 1, "nothing is different"
    keep(client, house, no_logo="on")
    assert letterhead_of(kept.entity).logo is None


@pytest.mark.parametrize(
    ("logo", "told"),
    [
        (b"hello", "neither PNG, JPEG nor SVG"),
        (SVG.replace(b"</svg>", b"<script>1</script></svg>"), "script"),
        (b"<svg" + b" " * 1_000_001, "at most 1 MB"),
    ],
)
def test_a_logo_that_cannot_be_printed_is_refused_with_the_reason(
    house: House, client: Client, logo: bytes, told: str
) -> None:
    answer = keep(client, house, logo=SimpleUploadedFile("logo.svg", logo))
    assert answer.status_code == 422
    assert re.search(f'id="id_logo-wrong".*{told}', answer.content.decode(), re.DOTALL)
    assert not Letterhead.objects.of(house.organization).exists()


def test_another_colour_or_font_than_can_be_printed(house: House, client: Client) -> None:
    assert keep(client, house, colour="red").status_code == 422
    assert keep(client, house, font="comic").status_code == 422
    assert keep(client, house, e_invoice="zugferd1").status_code == 422
    assert not Letterhead.objects.of(house.organization).exists()


def test_the_sample_is_seen_in_any_language(house: House, client: Client) -> None:
    pages = {language: client.get(page_of(house), {"language": language}).content.decode() for language in ("de", "fr")}
    for language, page in pages.items():
        assert f'<option value="{language}" selected>' in page
    pictures = {re.search(r'src="(data:image/png[^"]+)"', page)[1] for page in pages.values()}  # type: ignore[index]
    assert len(pictures) == 2


def test_the_logo_stands_in_previews_of_mails_while_it_is_wanted(house: House, client: Client) -> None:
    def preview() -> str:
        return client.get(reverse("desk:wording-voice")).content.decode()

    shown = re.compile(
        r'<img class="logo" src="data:image/png;base64,[^"]+" width="96" height="48" alt="Snekker Solberg">'
    )
    assert not shown.search(preview())
    keep(client, house, logo=SimpleUploadedFile("logo.svg", SVG))
    assert shown.search(preview())
    answer = keep(client, house, in_mails="")
    assert answer.status_code == 303
    assert not shown.search(preview())
