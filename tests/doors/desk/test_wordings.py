# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of the wording: every text listed, one of them written beside its preview, kept, compared and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from purring.doors.desk.refusals import told
from purring.facts.access.actions import make_link
from purring.facts.access.tokens import new_token
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import User
from purring.facts.wordings.models import OwnText
from purring.followup.own_wordings import folder_of, own_wordings
from purring.followup.wording_checks import mistakes
from purring.language.compose import LANGUAGES
from purring.language.templates import plainly
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
        for kind in ("messages", "answers", "calls", "pages", "sentences") if language == "nb" else ("messages",):
            page = client.get(reverse("desk:wordings"), {"language": language, "show": kind}).content.decode()
            assert "All texts are built in." in page
    assert "Friendly reminder" in show(client, "wordings")
    send(client, "wording-keep", status=303)
    page = show(client, "wordings")
    assert "1 text is yours" in page
    assert "yours" in page


@pytest.mark.parametrize(
    "text", ["follow_up.letter", "thank_you.sms.settled", "reply.email.hardship", "autopay.email", "sentences.contact",
             "greetings.greeting", "labels.to_pay", "check_in.email.satisfaction", "friendly.sjekk", "call.title",
             "call.earlier", "call.objection.hardship", "call.voicemail", "pages.noted_promise", "pages.chosen"],
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


MISTAKES = (
    "{{ amount", "{{ }}", "{% if amount %}x", "{% if %}x{% endif %}", "{% endif %}", "{% foo %}", "{{ a | foo }}", "{{ a b }}",
    "{{ 'x }}", "{% if a = b %}x{% endif %}", "{% for x %}{% endfor %}", "{% for x in items %}x", "{% assign = 3 %}",
    "{{ a.b. }}", "{{ a[ }}", "{{ (1..9) }}", "{{ a | default 3 }}", "{{ ? }}", "{% comment %}", "{{ amuont }}", "{{ a | upcas }}",
    "{% if a and %}{% endif %}", "== more", "# remark", "a\u2060b", "x" * 20_001,
)  # fmt: skip


@pytest.mark.parametrize("language", ["af", "es", "fr", "nb"])
def test_every_mistake_is_told_in_the_readers_language(language: str) -> None:
    """Whatever the template library says: there is no text of which nobody thought."""
    with translation.override(language):
        for text in MISTAKES:
            found = mistakes("nb", "friendly", "message 1", text)
            assert found, text
            assert [told(one.message) for one in found if told(one.message) == one.message] == [], text


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("something that a later version says", "this cannot be worked out"),
        ("expected a novelty, found word", "this cannot stand here"),
        ("unexpected tag 'endif'", "there is no 'endif' that could stand here"),
        ("loop iteration limit reached", "this becomes too long"),
    ],
)
def test_what_the_library_says_is_put_in_plain_words(message: str, said: str) -> None:
    assert plainly(message) == said


def test_a_mistake_is_marked_in_the_readers_language(house: House, client: Client) -> None:
    User.objects.filter(pk=house.user("owner").pk).update(language="fr")
    page = send(client, "wording-keep", KIND + "\n\n{% if several %}Begge.", status=422).content.decode()
    assert "«\u00a0if\u00a0» est ouvert ici mais jamais fermé" in page
    assert "never closed" not in page


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


def test_a_text_message_that_grew_too_long_is_shown_as_it_was_typed(house: House, client: Client) -> None:
    """Without a chosen version the short wording would stand there, and say nothing of what is too long."""
    customer = house.customer()
    house.invoice(customer)
    long = "{{ organization }}: {{ number }}, {{ amount }}, {{ due_date }}. " + "Kan du ta en titt? " * 20
    data = {"language": "nb", "text": "friendly.sms", "text:sms 1": long}
    for more in ({}, {"find": customer.name}):
        shown = client.post(reverse("desk:wording-look"), {**data, **more}, headers={"HX-Request": "true"})
        assert "Kan du ta en titt? Kan du ta en titt?" in shown.content.decode().partition('<div class="sms"')[2]


def alone(client: Client, name: str, text: str, heading: str, words: str, *, status: int = 200, **more: str) -> str:
    """A text that stands for itself, sent: the page, or its part for htmx."""
    data = {"language": "nb", "text": text, f"text:{heading}": words, **more}
    answer = client.post(reverse(f"desk:{name}"), data, headers={"HX-Request": "true"} if status == 200 else {})
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def test_what_is_said_on_the_phone_in_ones_own_words(house: House, client: Client) -> None:
    """Seen as it would be said to a customer, kept, on the call sheet, and taken back; the other answers stay."""
    customer = house.customer()
    house.invoice(customer)
    text, heading = "call.objection.hardship", "objection hardship"
    words = "Det var trist å høre. Skal vi si {{ asked_now }} i to deler?"
    shown = alone(client, "wording-look", text, heading, words, find="Kaffe")
    assert "As Kaffebrenneriet AS would read it today." in shown
    assert "Skal vi si 1\u00a0250,00\u00a0kr i to deler?" in shown
    alone(client, "wording-keep", text, heading, words, status=303)
    sheet = client.get(reverse("desk:customer-call", args=[customer.pk])).content.decode()
    assert "i to deler?" in sheet
    assert "Fint, da er den på vei" in sheet
    assert "1 text is yours" in show(client, "wordings", show="calls")
    assert "<ins>" in show(client, text=text)
    client.post(reverse("desk:wording-back"), {"language": "nb", "text": text})
    assert "i to deler?" not in client.get(reverse("desk:customer-call", args=[customer.pk])).content.decode()


def test_the_customers_page_speaks_in_the_houses_own_words(house: House, client: Client) -> None:
    customer = house.customer(country="NO", language="nb")
    house.invoice(customer)
    alone(client, "wording-keep", "pages.to_pay", "to_pay", "Dette gjenstår <b>", status=303)
    make_link(customer, token := new_token(), **house.told)
    page = Client().get(reverse("portal:account", args=[token])).content.decode()
    assert "Dette gjenstår &lt;b&gt;" in page
    theirs = found_house("nabo", "Naboen")
    other = theirs.customer(country="NO", language="nb")
    theirs.invoice(other)
    make_link(other, token := new_token(), **theirs.told)
    assert "Dette gjenstår" not in Client().get(reverse("portal:account", args=[token])).content.decode()


def test_a_text_of_the_page_keeps_what_it_has_to_say(house: House, client: Client) -> None:
    """A page fills in what the built-in text names: all of it, and nothing else; the mistake is shown in its place."""
    text = heading = "noted_promise"
    page = alone(client, "wording-keep", f"pages.{text}", heading, "Takk, {{ amount }}.", status=422)
    assert "{{ date }} has to stay in this text." in page
    page = alone(client, "wording-keep", f"pages.{text}", heading, "{{ amount }} {{ date }} {{ due_date }}", status=422)
    assert "Line 1, column 28" in page
    assert "<mark>due_date</mark>" in page
    page = alone(client, "wording-keep", f"pages.{text}", heading, "Takk.\n{{ amount }} {{ date }}", status=422)
    assert "this text has one line" in page.lower()
    assert not OwnText.objects.of(house.organization).exists()


def test_each_form_of_a_counted_text_is_seen(client: Client) -> None:
    words = "{{ count }} stykker valgt: {{ amount }}"
    both = alone(client, "wording-look", "pages.chosen", "chosen@other", words)
    assert "3 stykker valgt" in both
    assert "1 stykker" not in both
    assert "1 stykker" not in alone(
        client, "wording-look", "pages.chosen", "chosen@other", words, version="chosen@other"
    )


def test_a_mistake_in_a_file_of_the_data_folder_closes_no_page(house: House) -> None:
    customer = house.customer(country="NO", language="nb")
    house.invoice(customer)
    folder = folder_of("snekker", "nb")
    folder.mkdir(parents=True)
    make_link(customer, token := new_token(), **house.told)
    for broken in ("to_pay: {{ nobody_knows }}\n", "to_pay: {% if %}\n", "no label\n"):
        (folder / "pages.txt").write_text(broken, "utf-8")
        answer = Client().get(reverse("portal:account", args=[token]))
        assert answer.status_code == 200
        assert "nobody_knows" not in answer.content.decode()


def test_the_guard_reads_what_is_said_on_the_phone(client: Client) -> None:
    page = alone(client, "wording-keep", "call.thanks", "thanks", "Du er en idiot.", status=422)
    assert "This may hurt" in page
