# SPDX-License-Identifier: AGPL-3.0-or-later
"""A day to pay that is further off than is noted without a person: seen, agreed to, agreed to as another day, declined;
in writing, once, with who and why in the journal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from purring.facts.agreements.models import Promise
from purring.facts.answers.actions import give_answer, late_days
from purring.facts.answers.models import Answer
from purring.facts.customers.models import Customer
from purring.facts.journal.models import Entry
from purring.facts.payments.actions import record_payment
from purring.followup.models import OwnMessage, Reminder

if TYPE_CHECKING:
    from django.test import Client

    from tests.doors.desk.cast import House

pytestmark = pytest.mark.django_db
LATE = 90


def asks(house: House, key: str = "form", days: int = LATE, **more: Any) -> tuple[Customer, Answer]:
    customer = house.customer(language="en")
    house.invoice(customer, 90_000)
    return customer, says(house, customer, key, days, **more)


def says(house: House, customer: Customer, key: str, days: int, **more: Any) -> Answer:
    day = house.today + timedelta(days)
    now = house.told["now"]
    return give_answer(customer, "promise", key=f"{key} {customer.pk}", now=now, on=house.today, day=day, **more)[0]


def presses(client: Client, customer: Customer, act: str, asked: Answer, status: int = 303, **said: Any) -> Any:
    fields = {f"{act}-{name}": value for name, value in {"asked": asked.pk, **said}.items()}
    response = client.post(reverse(f"desk:customer-{act}", args=[customer.pk]), fields)
    assert response.status_code == status, response.content.decode()
    return response


def code(house: House, customer: Customer) -> str:
    """What the daily round would say of the customer's invoice now."""
    from tests.doors.portal.visitor import codes

    (found,) = codes(house, customer).values()
    return found


def test_it_is_shown_and_nothing_is_sent_meanwhile(house: House, client: Client) -> None:
    customer, asked = asks(house, amount=40_000)
    assert code(house, customer) == "awaiting_our_answer"
    page = client.get(reverse("desk:customer", args=[customer.pk])).content.decode()
    for shown in ("They ask to pay", "Agree to their day", "Decline their day"):
        assert shown in page
    assert "We have answered" not in page, "it is decided, not ticked off"
    assert "1 customer asks for a later day" in client.get(reverse("desk:agreements")).content.decode()
    listed = client.get(reverse("desk:agreements"), {"show": "asked"})
    assert [row.pk for row in listed.context["rows"]] == [asked.pk]
    for to in (reverse("desk:customer", args=[customer.pk]), reverse("desk:agreements") + "?show=asked"):
        with CaptureQueriesContext(connection) as queries:
            client.get(to)
        assert len(queries) <= 15, to


def test_their_day_is_agreed_to_once_and_in_writing(house: House, client: Client) -> None:
    customer, asked = asks(house, amount=40_000)
    assert asked.day
    for _ in range(2):
        presses(client, customer, "agree-day", asked, pay_on=asked.day.isoformat(), tell="on")
    promise = Promise.objects.of(house.organization).get()
    assert (promise.pay_on, promise.amount, promise.invoices.count()) == (asked.day, 40_000, 1)
    assert code(house, customer) == "promised"
    own = OwnMessage.objects.of(house.organization).get()
    assert own.reply_to_id == asked.message_id
    assert "noted" in own.text
    assert not late_days(house.organization).exists()
    asked.refresh_from_db()
    again, new = give_answer(
        customer, "promise", key="again", now=house.told["now"], on=house.today, day=asked.day, amount=40_000
    )
    assert (again.pk, new) == (asked.pk, False), "the same said again does not ask again"
    assert not Promise.objects.of(house.organization).get().withdrawn_at


def test_another_day_that_was_spoken_about(house: House, client: Client) -> None:
    customer, asked = asks(house)
    past, sooner = house.today - timedelta(1), house.today + timedelta(45)
    page = presses(client, customer, "agree-day", asked, status=422, pay_on=past.isoformat())
    assert past.isoformat() in page.content.decode(), "what was typed is not lost"
    presses(client, customer, "agree-day", asked, pay_on=sooner.isoformat())
    assert Promise.objects.of(house.organization).get().pay_on == sooner
    assert not OwnMessage.objects.of(house.organization).exists(), "unticked, nothing is sent"


def test_it_is_declined_kindly_with_who_and_why_and_the_ladder_goes_on(house: House, client: Client) -> None:
    customer, asked = asks(house)
    unkind = "You are a liar and we will sue you, you thief!"
    page = presses(client, customer, "decline-day", asked, status=422, reason=unkind, tell="on")
    assert "You are a liar" in page.content.decode()
    assert late_days(house.organization).get() == asked, "declined and said together, or neither"
    for _ in range(2):
        presses(client, customer, "decline-day", asked, reason="The supplier is to be paid in May.", tell="on")
    entry = Entry.objects.of(house.organization).get(kind="promise.declined")
    assert asked.day
    assert entry.data["pay_on"] == asked.day.isoformat()
    assert entry.text.text == "The supplier is to be paid in May."
    assert entry.actor.startswith("user:")
    assert not Promise.objects.of(house.organization).exists()
    own = OwnMessage.objects.of(house.organization).get()
    assert own.reply_to_id == asked.message_id
    assert "The supplier is to be paid in May." in own.text
    assert "further off than we can wait" in own.text
    assert Reminder.objects.of(house.organization).get(note=own.note).own_text == own.text.strip()
    assert code(house, customer) != "awaiting_our_answer", "their message has its answer"
    told = client.get(reverse("desk:customer", args=[customer.pk])).content.decode()
    assert "was declined" in told
    assert "Decline their day" not in told


def test_a_nearer_day_of_their_own_takes_its_place(house: House, client: Client) -> None:
    customer, asked = asks(house)
    nearer = says(house, customer, "second form", 10)
    assert nearer.promise
    assert asked.message
    asked.message.refresh_from_db()
    assert asked.message.answered_at, "nobody need answer what they took back"
    assert code(house, customer) == "promised"
    assert not late_days(house.organization).exists()
    presses(client, customer, "agree-day", asked, pay_on=(house.today + timedelta(LATE)).isoformat())
    assert Promise.objects.of(house.organization).get() == nearer.promise, "nobody agrees to what they took back"


def test_paid_meanwhile_it_cannot_be_agreed_to(house: House, client: Client) -> None:
    customer, asked = asks(house)
    assert asked.day
    record_payment(customer, 90_000, "NOK", on=house.today, invoice=asked.invoices.get(), **house.told)
    page = presses(client, customer, "agree-day", asked, status=422, pay_on=asked.day.isoformat())
    assert "open any more" in page.content.decode()
    presses(client, customer, "decline-day", asked)
