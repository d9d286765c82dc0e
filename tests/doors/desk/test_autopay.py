# SPDX-License-Identifier: AGPL-3.0-or-later
"""How automatic payments are announced and tried again is a setting; the customer's history tells what became of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purring.facts.checkout.models import Attempt, Mandate, ProviderAccount
from purring.followup.debits import plan_debits
from purring.followup.models import Reminder
from tests.doors.desk.cast import House

HOURS = {"sending_from": "09:00", "sending_until": "11:00"}


def test_the_days_are_set(house: House, client: Client) -> None:
    page = reverse("desk:settings-sending")
    shown = client.get(page).content.decode()
    assert 'value="3, 7"' in shown
    assert client.post(page, {**HOURS, "autopay_days": "5", "autopay_retries": "2, 4,9"}).status_code == 303
    house.organization.refresh_from_db()
    assert (house.organization.autopay_days, house.organization.autopay_retries) == (5, [2, 4, 9])
    client.post(page, {**HOURS, "autopay_days": "", "autopay_retries": ""})
    house.organization.refresh_from_db()
    assert (house.organization.autopay_days, house.organization.autopay_retries) == (5, [])


@pytest.mark.parametrize("retries", ["7, 3", "0", "31", "three", "1,1", "1,2,3,4,5,6"])
def test_days_that_make_no_sense_are_refused_kindly(house: House, client: Client, retries: str) -> None:
    answer = client.post(reverse("desk:settings-sending"), {**HOURS, "autopay_days": "3", "autopay_retries": retries})
    assert answer.status_code == 422
    assert "rising" in answer.content.decode()
    house.organization.refresh_from_db()
    assert house.organization.autopay_retries == [3, 7]


def test_an_announcement_waits_on_the_desk_like_every_message(house: House, client: Client) -> None:
    invoice = house.invoice(house.customer(), late=-3)
    now, owner = timezone.now(), {"organization": house.organization, "customer": invoice.customer}
    account = ProviderAccount(organization=house.organization, provider="stripe", sealed="-", token="t", created_at=now)
    account.save(force_insert=True)
    attempt = Attempt(**owner, key="k", account=account, amount=1, currency=invoice.currency, started_at=now)
    attempt.save(force_insert=True)
    consent = {
        "text": "I agree",
        "language": "en",
        "agreed_at": now,
        "given_at": now - timedelta(30),
        "label": "Visa 4242",
    }
    Mandate(**owner, account=account, attempt=attempt, **consent).save(force_insert=True)
    plan_debits(house.organization, now)
    reminder = Reminder.objects.of(house.organization).get()
    page = client.get(reverse("desk:reminder", args=[reminder.pk])).content.decode()
    assert "Visa 4242" in page
    assert invoice.number in page
    assert "automatic payment" in client.get(reverse("desk:today")).content.decode()
    history = client.get(reverse("desk:customer", args=[invoice.customer_id])).content.decode()
    assert "Automatic payment planned" in history
