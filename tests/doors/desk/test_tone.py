# SPDX-License-Identifier: AGPL-3.0-or-later
"""Editing the words of a reminder: what may hurt is shown with better words, and leaves only by an explicit act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from purring.facts.journal.models import Entry
from purring.followup.models import Reminder
from purring.followup.planning import plan

if TYPE_CHECKING:
    from django.test import Client

    from tests.doors.desk.cast import House

pytestmark = pytest.mark.django_db
GRAVE = {"subject": "Faktura", "text": "Hei Ane,\n\nBetal nå. Vi vet hvor du bor.\n\nHilsen Eva"}
COLD = {"subject": "Faktura", "text": "Hei Ane,\n\nDu har åpenbart glemt å betale oss.\n\nHilsen Eva"}
KIND = {"subject": "Faktura", "text": "Hei Ane,\n\nkan du se på fakturaen når det passer?\n\nHilsen Eva"}


@pytest.fixture
def reminder(house: House) -> Reminder:
    house.invoice(house.customer("Ane"))
    plan(house.organization, house.told["now"])
    return Reminder.objects.of(house.organization).get()


def kept(reminder: Reminder) -> str:
    reminder.refresh_from_db()
    return reminder.own_text


def test_what_may_hurt_comes_back_with_better_words(client: Client, reminder: Reminder) -> None:
    page = client.post(reverse("desk:reminder-words", args=[reminder.pk]), GRAVE)
    shown = page.content.decode()
    assert page.status_code == 422
    assert "Vi vet hvor du bor." in shown
    assert "This may hurt" in shown
    assert 'name="anyway"' in shown
    assert "Betal nå. Vi vet hvor du bor." in shown, "what was written is still in the form"
    assert kept(reminder) == ""


def test_sending_it_anyway_is_an_act_of_its_own_and_on_record(house: House, client: Client, reminder: Reminder) -> None:
    assert client.post(reverse("desk:reminder-words", args=[reminder.pk]), GRAVE | {"anyway": "yes"}).status_code == 303
    assert kept(reminder) == GRAVE["text"]
    entry = Entry.objects.of(house.organization).get(kind="reminder.edited")
    assert entry.actor.startswith("user:")
    assert [one[0] for one in entry.data["overruled"]] == ["threat"]
    assert "tone guard" in client.get(reverse("desk:customer", args=[reminder.customer_id])).content.decode()


def test_kind_words_have_no_button_to_send_them_anyway(client: Client, reminder: Reminder) -> None:
    page = client.get(reverse("desk:reminder-words", args=[reminder.pk])).content.decode()
    assert 'name="anyway"' not in page
    assert reverse("desk:reminder-tone", args=[reminder.pk]) in page
    assert client.post(reverse("desk:reminder-words", args=[reminder.pk]), KIND).status_code == 303
    assert kept(reminder) == KIND["text"]


def test_cold_words_are_kept_and_said_to_be_so(client: Client, reminder: Reminder) -> None:
    assert client.post(reverse("desk:reminder-words", args=[reminder.pk]), COLD).status_code == 303
    assert kept(reminder) == COLD["text"]
    page = client.get(reverse("desk:today")).content.decode()
    assert "“Du har åpenbart glemt å betale oss.”" in page


def test_findings_are_shown_while_writing_and_nothing_is_kept(client: Client, reminder: Reminder) -> None:
    to = reverse("desk:reminder-tone", args=[reminder.pk])
    shown = client.post(to, GRAVE, headers={"HX-Request": "true"}).content.decode()
    assert "Vi vet hvor du bor." in shown
    assert "<html" not in shown
    assert "note" not in client.post(to, KIND, headers={"HX-Request": "true"}).content.decode()
    assert client.post(to, {}, headers={"HX-Request": "true"}).status_code == 200
    assert client.get(to).status_code == 405
    assert kept(reminder) == ""
