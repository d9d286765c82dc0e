# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of the wording: every text listed, one of them written beside its preview, kept, compared and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from purring.facts.journal.models import Entry
from purring.facts.wordings.models import OwnText
from purring.followup.own_wordings import folder_of, own_wordings
from purring.language.compose import LANGUAGES
from tests.doors.desk.cast import House, found_house
from tests.support.wordings import wording

FRIENDLY = "friendly.email"
FIRST = "text:message 1"
KIND = wording(
    "Et lite hint fra {{ organization }}: {{ the_invoices }}, {{ amount }}, forfalt {{ due_date }}. Kan du ta en titt?"
)
UNKIND = KIND.replace("Kan du ta en titt?", "Vi vet hvor du bor.")


def show(client: Client, name: str = "wording", **query: str) -> str:
    response = client.get(reverse(f"desk:{name}"), {"language": "nb", "text": FRIENDLY, **query})
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, name: str, text: str = KIND, *, status: int = 200, htmx: bool = False, **more: str) -> Any:
    data = {"language": "nb", "text": FRIENDLY, FIRST: text, **more}
    headers = {"HX-Request": "true"} if htmx else {}
    response = client.post(reverse(f"desk:{name}"), data, headers=headers)
    assert response.status_code == status, response.content.decode()[:500]
    return response


def test_every_text_is_listed_with_where_it_comes_from(house: House, client: Client) -> None:
    for language in LANGUAGES:
        for kind in ("messages", "answers", "sentences") if language == "nb" else ("messages",):
            page = client.get(reverse("desk:wordings"), {"language": language, "show": kind}).content.decode()
            assert "All texts are built in." in page
    assert "Friendly reminder" in show(client, "wordings")
    send(client, "wording-keep", status=303)
    page = show(client, "wordings")
    assert "1 text is yours" in page
    assert "yours" in page


@pytest.mark.parametrize(
    "text", ["follow_up.letter", "thank_you.sms.settled", "reply.email.hardship", "autopay.email", "sentences.contact",
             "greetings.greeting", "labels.to_pay", "check_in.email.satisfaction", "friendly.sjekk"],
)  # fmt: skip
def test_every_kind_of_text_opens_and_shows_how_it_reads(client: Client, text: str) -> None:
    page = show(client, text=text)
    assert "How it reads" in page
    assert 'class="note care"' not in page


def test_an_unknown_text_does_not_exist(client: Client) -> None:
    for text in ("friendly.nothing", "nothing.email", "call.points", "friendly"):
        assert client.get(reverse("desk:wording"), {"language": "nb", "text": text}).status_code == 404


def test_the_preview_follows_what_is_typed_and_keeps_nothing(house: House, client: Client) -> None:
    shown = send(client, "wording-look", htmx=True, version="message 1").content.decode()
    assert "Et lite hint fra Snekker Solberg" in shown
    assert "<html" not in shown
    whole = send(client, "wording-look", version="message 1").content.decode()
    assert "Et lite hint fra Snekker Solberg" in whole
    assert "<html" in whole
    assert not OwnText.objects.of(house.organization).exists()


def test_the_preview_for_a_customer_of_ones_own(house: House, client: Client) -> None:
    customer = house.customer("Kaffebrenneriet AS")
    house.customer("Kaffehuset")
    invoice = house.invoice(customer)
    shown = send(client, "wording-look", htmx=True, find="Kaffebrenn").content.decode()
    assert invoice.number in shown
    assert "As Kaffebrenneriet AS would read it today." in shown
    both = send(client, "wording-look", htmx=True, find="kaffe").content.decode()
    assert "Kaffehuset" in both
    other = send(client, "wording-look", htmx=True, find="kaffe", pick=str(house.customer("Kaffe").pk)).content.decode()
    assert "Here is a sample customer." in other
    assert "No customer of that name" in send(client, "wording-look", htmx=True, find="Nobody").content.decode()


def test_another_house_s_customers_are_not_found(client: Client) -> None:
    found_house("nabo", "Naboen").customer("Hemmelig AS")
    shown = send(client, "wording-look", htmx=True, find="Hemmelig").content.decode()
    assert "No customer of that name" in shown


def test_a_mistake_is_marked_in_its_line_and_nothing_typed_is_lost(house: House, client: Client) -> None:
    typed = KIND.replace("{{ amount }}", "{{ amuont }}")
    page = send(client, "wording-keep", typed, status=422).content.decode()
    assert "Line 3, column " in page
    assert "<mark>amuont</mark>" in page
    assert "Did you mean “amount”?" in page
    assert "{{ amuont }}" in page
    assert "Nothing is kept yet" in page
    assert not OwnText.objects.of(house.organization).exists()


def test_what_may_hurt_is_told_beside_its_line_and_kept_only_on_purpose(house: House, client: Client) -> None:
    page = send(client, "wording-keep", UNKIND, status=422).content.decode()
    assert "This may hurt" in page
    assert "Vi vet hvor du bor." in page
    assert "frightens or hardens people" in page  # why, in the reader's language
    assert "Keep them in spite of it" in page
    send(client, "wording-keep", UNKIND, status=303, anyway="yes")
    entry = Entry.objects.of(house.organization).get(kind="wording.kept")
    assert entry.data["overruled"] == {"message 1": ["threat"]}
    assert entry.actor == f"user:{house.user('owner').pk}"
    assert "kept in spite of the tone guard" in show(client)


def test_better_words_are_taken_with_one_click(client: Client) -> None:
    hurting = KIND.replace("Kan du ta en titt?", "Du er en idiot.")
    page = send(client, "wording-look", hurting, htmx=True).content.decode()
    assert 'name="take" value="0"' in page
    after = send(client, "wording-look", hurting, take="0").content.decode()
    assert "idiot" not in after.partition("</form>")[0]


def test_kept_twice_is_kept_once_and_taken_back_is_the_built_in_text(house: House, client: Client) -> None:
    for _ in range(2):
        assert send(client, "wording-keep", status=303)["Location"] == reverse("desk:wording") + (
            "?language=nb&text=friendly.email"
        )
    assert OwnText.objects.of(house.organization).count() == 1
    page = show(client)
    assert "Compare with the built-in text" in page
    assert "<ins>" in page
    assert "Owner" in page  # who kept it
    send(client, "wording-keep", KIND.replace("lite", "stille"), status=303)
    first = OwnText.objects.of(house.organization).order_by("id")[0]
    send(client, "wording-back", status=303, version=str(first.pk))
    assert own_wordings_of(house)["friendly"].count("Et lite hint") == 1
    send(client, "wording-back", status=303)
    house.organization.refresh_from_db()
    assert own_wordings(house.organization, "nb") is None


def own_wordings_of(house: House) -> Any:
    house.organization.refresh_from_db()
    return own_wordings(house.organization, "nb")


def test_another_house_s_versions_do_not_exist(house: House, client: Client) -> None:
    other = found_house("nabo", "Naboen")
    send(other.client(), "wording-keep", status=303)
    theirs = OwnText.objects.of(other.organization).get()
    send(client, "wording-back", status=404, version=str(theirs.pk))
    assert "Et lite hint" not in show(client)
    assert own_wordings_of(house) is None


def test_who_may_not_change_settings_looks_and_changes_nothing(house: House) -> None:
    collector = house.client("collector")
    page = show(collector)
    assert "readonly" in page
    assert "Keep these words" not in page
    send(collector, "wording-look", htmx=True)
    for name in ("wording-keep", "wording-back"):
        send(collector, name, status=403)


def test_a_file_in_the_data_folder_is_shown_as_one(house: House, client: Client) -> None:
    folder = folder_of("snekker", "nb")
    folder.mkdir(parents=True)
    (folder / "friendly.txt").write_text(f"== message\n{KIND}\n", "utf-8")
    assert "yours, from a file" in show(client, "wordings")
    assert "Et lite hint" in show(client)


def test_tone_and_signature_are_seen_before_they_are_kept(house: House, client: Client) -> None:
    to = reverse("desk:wording-voice")
    given = {"voice": "warm", "sender_name": "Ola Nordmann", "sender_title": "", "phone": "22 33 44 55", "email": ""}
    before = client.get(to).content.decode()
    shown = client.post(to, given, headers={"HX-Request": "true"}).content.decode()
    assert "Ola Nordmann" in shown
    assert shown.partition("mail-subject")[2] != before.partition("mail-subject")[2]
    house.organization.refresh_from_db()
    assert house.organization.voice == "neutral"
    assert client.post(to, given)["Location"] == to
    house.organization.refresh_from_db()
    assert house.organization.voice == "warm"
    assert "Ola Nordmann" in show(client)


def test_the_text_message_counts_its_segments(client: Client) -> None:
    page = show(client, text="friendly.sms")
    assert "characters" in page
    long = "{{ organization }}: {{ number }}, {{ amount }}, {{ due_date }}. " + "Kan du ta en titt? " * 20
    data = {"language": "nb", "text": "friendly.sms", "text:sms 1": long, "version": "sms 1"}
    shown = client.post(reverse("desk:wording-look"), data, headers={"HX-Request": "true"}).content.decode()
    assert "counted and paid as" in shown
