# SPDX-License-Identifier: AGPL-3.0-or-later
"""Saying something kind from a customer's page, its answer, and the switch for monthly statements."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purring.facts.agreements.actions import ask_check_in
from purring.facts.agreements.models import CheckIn
from purring.facts.customers.models import Customer
from purring.followup.models import Note
from purring.followup.monthly import wants_statements
from tests.doors.desk.cast import House


def do(client: Client, customer: Customer, act: str, status: int = 303, **fields: str) -> str:
    values = {f"{act}-{name}": value for name, value in fields.items()}
    response = client.post(reverse(f"desk:customer-{act}", args=[customer.pk]), values)
    assert response.status_code == status, response.content.decode()
    return client.get(reverse("desk:customer", args=[customer.pk])).content.decode()


def notes(house: House) -> list[tuple[str, bool]]:
    rows = Note.objects.of(house.organization).order_by("id")
    return [(note.kind, note.ended_at is None) for note in rows]


def test_a_note_is_wanted_once_and_can_be_taken_back(house: House, client: Client) -> None:
    customer = house.customer()
    for _ in range(2):
        page = do(client, customer, "terms-note")
    assert notes(house) == [("terms_note", True)]
    assert "The note on terms waits for a working day" in page
    assert "Note on terms asked for" in page
    page = do(client, customer, "take-back-note")
    assert notes(house) == [("terms_note", False)]
    assert "waits for a working day" not in page


def test_a_question_about_an_invoice(house: House, client: Client) -> None:
    invoice = house.invoice(house.customer(), late=-9)
    do(client, invoice.customer, "check-in", kind="receipt", invoice_id=str(invoice.pk))
    assert Note.objects.of(house.organization).get().invoice_id == invoice.pk


def test_a_question_about_nothing_is_told(house: House, client: Client) -> None:
    customer = house.customer()
    response = client.post(reverse("desk:customer-check-in", args=[customer.pk]), {"check-in-kind": "receipt"})
    assert response.status_code == 422
    assert "Nothing is open" in response.content.decode()
    assert notes(house) == []


@pytest.mark.parametrize("answer", ["yes", "no"])
@pytest.mark.parametrize("about", ["invoice", "nothing"])
def test_an_answer_is_a_fact(house: House, client: Client, answer: str, about: str) -> None:
    invoice = house.invoice(house.customer(), late=-9)
    customer = invoice.customer
    ask_check_in(
        customer, "satisfaction", invoice=invoice if about == "invoice" else None, now=timezone.now(), actor="cli"
    )
    do(client, customer, "check-in-answer", answer=answer, note="The door does not close.")
    asked = CheckIn.objects.of(house.organization).get()
    assert (asked.answer, asked.note) == (answer, "The door does not close.")
    stopped = invoice.disputes.count() if about == "invoice" else customer.holds.count()
    assert stopped == (answer == "no")


def test_monthly_statements_are_switched_on_for_all_or_one(house: House, client: Client) -> None:
    one, other = house.customer(), house.customer("Bakeri")
    sending = reverse("desk:settings-sending")
    told = {"sending_from": "09:00", "sending_until": "11:00", "monthly_statements": "on"}
    assert client.post(sending, told).status_code == 303
    house.organization.refresh_from_db()
    one.monthly_statement = "no"
    one.save()
    assert [wants_statements(who, house.organization) for who in (one, other)] == [False, True]
    page = client.get(reverse("desk:customer-edit", args=[one.pk])).content.decode()
    assert "Statement with the first mail of a month" in page
