# SPDX-License-Identifier: AGPL-3.0-or-later
"""Late charges at the desk: what the law gives today, how it comes about, what a person decides, money set against it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from purring.facts.charges.accruing import accrued
from purring.facts.charges.models import AskedCharge, Handling, Policy
from purring.facts.charges.policy import keep_policy, policy_of
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Message
from purring.facts.payments.actions import record_payment
from purring.facts.payments.models import ChargeAllocation
from purring.followup.models import Schedule
from purring.followup.planning import plan
from purring.followup.schedules import change_schedule, default_schedule
from purring.law.book import book
from tests.doors.desk.cast import House
from tests.doors.desk.test_schedules import form

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(house: House) -> Invoice:
    """NOK 1,250.00 of a Norwegian business, 40 days late."""
    return house.invoice(house.customer(kind="business", country="NO"), late=40)


def text_of(client: Client, to: str) -> str:
    """The page as one reads it."""
    page = re.sub(r"<[^>]+>", " ", client.get(to).content.decode())
    return " ".join(page.split())


def asked(house: House, invoice: Invoice, amount: int = 3_800) -> None:
    """A message that asked for a fee beside it."""
    told: dict[str, Any] = {"organization": house.organization, "invoice": invoice}
    said = Message(
        organization=house.organization, customer=invoice.customer, channel="email", kind="firm", at=house.told["now"]
    )
    said.save(force_insert=True)
    AskedCharge(message=said, kind="fee", amount=amount, currency="NOK", rule="r", on=house.today, **told).save()


def test_the_card_says_what_the_law_gives_today(house: House, client: Client, invoice: Invoice) -> None:
    law = accrued(invoice, house.today)
    page = text_of(client, reverse("desk:invoice", args=[invoice.pk]))
    assert "Late interest" in page
    assert law.interest.amount
    shown = re.search(r"The law gives today (\d+,\d\d) kr", page)
    assert shown
    assert shown[1] == f"{(law.interest.amount + law.compensation.amount) / 100:.2f}".replace(".", ",")


@pytest.mark.parametrize("late", [0, -5])
def test_nothing_is_shown_before_it_is_late(house: House, client: Client, late: int) -> None:
    early = house.invoice(house.customer(kind="business"), late=late)
    assert "Late charges" not in text_of(client, reverse("desk:invoice", args=[early.pk]))
    assert "Nothing accrues" in text_of(client, reverse("desk:charges", args=[early.pk]))


def test_the_page_explains_each_step(house: House, client: Client, invoice: Invoice) -> None:
    law = accrued(invoice, house.today)
    page = text_of(client, reverse("desk:charges", args=[invoice.pk]))
    assert law.interest.rule in page
    assert law.compensation.rule in page
    assert len(law.interest.segments) == client.get(reverse("desk:charges", args=[invoice.pk])).content.decode().count(
        "<tr><td><time"
    )
    for denied in law.not_allowed:
        assert denied.rule in page
    assert "not legal advice" in page


def test_a_country_without_law_data_says_so(house: House, client: Client) -> None:
    abroad = house.invoice(house.customer(kind="business", country="PL"), late=40)
    page = text_of(client, reverse("desk:invoice", args=[abroad.pk]))
    assert "There is no law data for this country" in page


@pytest.mark.parametrize("choice", ["pursue", "aside", "waive", "waive_until", ""])
def test_a_person_decides(house: House, client: Client, invoice: Invoice, choice: str) -> None:
    to = reverse("desk:invoice-late-charges", args=[invoice.pk])
    until = house.today + timedelta(7)
    client.post(to, {"late-charges-choice": "aside"})
    sent = {"late-charges-choice": choice, "late-charges-until": until.isoformat(), "late-charges-reason": "a friend"}
    assert client.post(to, sent).status_code == 303
    assert client.post(to, sent).status_code == 303
    rows = list(Handling.objects.of(house.organization).values_list("choice", "until"))
    assert rows == ([(choice, until if choice == "waive_until" else None)] if choice else [])


def test_until_which_day(house: House, client: Client, invoice: Invoice) -> None:
    to = reverse("desk:invoice-late-charges", args=[invoice.pk])
    answer = client.post(to, {"late-charges-choice": "waive_until"})
    assert answer.status_code == 422
    assert "Name the day" in answer.content.decode()


def test_money_on_account_is_set_against_them_once(house: House, client: Client, invoice: Invoice) -> None:
    asked(house, invoice)
    for amount in (2_000, 5_000):
        record_payment(invoice.customer, amount, "NOK", on=house.today, **house.told)
    assert "pay-charges" not in client.get(reverse("desk:invoice", args=[invoice.pk])).content.decode()
    record_payment(invoice.customer, 125_000, "NOK", on=house.today, invoice=invoice, **house.told)
    page = client.get(reverse("desk:invoice", args=[invoice.pk])).content.decode()
    assert 'value="38,00"' in page, "what is asked, though more is on account"
    to = reverse("desk:invoice-pay-charges", args=[invoice.pk])
    for _ in range(2):
        sent = {"pay-charges-amount": "38,00", "pay-charges-paid_before": "0"}
        assert client.post(to, sent).status_code == 303
    parts = ChargeAllocation.objects.of(house.organization).order_by("id").values_list("amount", flat=True)
    assert list(parts) == [2_000, 1_800]
    too_much = client.post(to, {"pay-charges-amount": "1,00", "pay-charges-paid_before": "3800"})
    assert "more than is asked" in too_much.content.decode().lower()


def test_who_only_follows_up_gives_up_no_money(house: House, invoice: Invoice) -> None:
    collector = house.client("collector")
    assert collector.get(reverse("desk:charges", args=[invoice.pk])).status_code == 200
    assert collector.post(reverse("desk:invoice-late-charges", args=[invoice.pk])).status_code == 403


def test_a_schedule_asks_for_them_when_told_so(house: House, client: Client, invoice: Invoice) -> None:
    sent = form("Lawful", (10, "firm", "email", ""), charges="lawful")
    assert client.post(reverse("desk:schedule-new"), sent).status_code == 303
    assert Schedule.objects.of(house.organization).get(name="Lawful").charges == "lawful"
    assert (
        client.post(reverse("desk:schedule-new"), form("Some", (10, "firm", "email", ""), charges="some")).status_code
        == 422
    )


def test_a_schedule_starts_from_what_is_lawful_and_customary(house: House, client: Client) -> None:
    to = reverse("desk:schedule-new")
    offered = client.get(reverse("desk:schedule-presets")).content.decode()
    assert "NO-business-standard" in offered
    assert offered.index('value="NO"') < offered.index('value="AU"'), "the own country first"
    page = client.get(to, {"preset": "NO-consumer-standard"}).content.decode()
    assert "Norway, private person" in page
    preset = book().country("NO").consumer.presets[0]
    days = re.findall(r'name="steps-\d+-days" value="(\d+)"', page)
    assert days == [str(abs(step.days)) for step in preset.steps]
    assert preset.notices[0].notice in page
    assert client.get(to, {"preset": "XX-business-standard"}).status_code == 404


def test_the_legal_notice_is_ready_for_a_person(house: House, client: Client, invoice: Invoice) -> None:
    to = reverse("desk:notices", args=[invoice.pk])
    page = text_of(client, to)
    assert "inkassovarsel" in page
    assert invoice.number in page
    assert "Purring never sends one" in page
    change_schedule(default_schedule(house.organization), steps=[{"stage": "final", "days": 2, "channel": "phone"}])
    now = house.told["now"]
    for days in (8, 0):
        plan(house.organization, now - timedelta(days), today=house.today - timedelta(days))
    assert to in client.get(reverse("desk:today")).content.decode()
    assert to in client.get(reverse("desk:invoice", args=[invoice.pk])).content.decode()


def test_the_business_decides_how_sure_it_must_be_and_what_money_fills(house: House, client: Client) -> None:
    to = reverse("desk:settings-charges")
    assert "only what is sure" in text_of(client, to)
    refused = client.post(to, {"order": "law", "least": "medium"})
    assert refused.status_code == 422
    assert "Please say that this is wanted" in refused.content.decode()
    assert not Policy.objects.of(house.organization).exists()
    assert client.post(to, {"order": "law", "least": "medium", "understood": "on"}).status_code == 303
    policy = policy_of(house.organization.pk)
    assert (policy.order, policy.least) == ("law", "medium")
    assert policy.less_sure_at
    assert policy.less_sure_by.startswith("user:")
    assert "Less sure sums are asked for since" in text_of(client, to)
    entry = Entry.objects.of(house.organization).filter(kind="charges.policy").get()
    assert entry.data["least"] == "medium"
    assert client.post(to, {"order": "law", "least": "high"}).status_code == 303
    assert policy_of(house.organization.pk).less_sure_at is None
    assert house.client("accountant").get(to).status_code == 403


def test_less_than_sure_is_shown_and_not_summed_up_without_the_switch(house: House, client: Client) -> None:
    abroad = house.invoice(house.customer(kind="business", country="IE"), late=40, currency="EUR")
    to = reverse("desk:charges", args=[abroad.pk])
    before = text_of(client, to)
    assert "likely" in before
    assert "May be asked today 0,00" in before
    keep_policy(house.organization, order="principal", least="medium", **house.told)
    law = accrued(abroad, house.today)
    assert law.interest.amount
    assert f"May be asked today {law.interest.amount / 100:.2f}".replace(".", ",") in text_of(client, to)


def test_charges_beside_a_paid_invoice_are_for_a_person(house: House, client: Client, invoice: Invoice) -> None:
    asked(house, invoice)
    record_payment(invoice.customer, 125_000, "NOK", on=house.today, invoice=invoice, **house.told)
    plan(house.organization, house.told["now"], today=house.today)
    page = text_of(client, reverse("desk:today"))
    assert "38.00 NOK asked beside it are still open: ask for them, waive them, or keep them aside" in page
    to = reverse("desk:charges", args=[invoice.pk])
    shown = client.get(to, {"language": "nb"}).content.decode()
    assert "Takk for betalingen av faktura" in shown
    assert "- Purregebyr: 38,00" in shown.replace("\u00a0", " ")
    assert "mailto:" in shown


def test_a_claim_that_soon_lapses_is_warned_of(house: House, client: Client) -> None:
    customer = house.customer(kind="business", country="NO")
    for late, word in ((3 * 365 - 60, "may lapse on"), (3 * 365 + 30, "may have lapsed on")):
        old = house.invoice(customer, late=late)
        assert word in text_of(client, reverse("desk:invoice", args=[old.pk]))
    young = house.invoice(customer, late=200)
    assert "lapse" not in text_of(client, reverse("desk:invoice", args=[young.pk]))


def test_a_call_says_when_the_law_allows_it(house: House, client: Client) -> None:
    there = house.customer(kind="consumer", country="AU")
    house.invoice(there, late=8)
    change_schedule(default_schedule(house.organization), steps=[{"stage": "final", "days": 2, "channel": "phone"}])
    plan(house.organization, house.told["now"], today=house.today)
    assert "Calls there, by law: Monday to Friday 07:30 to 21:00" in text_of(client, reverse("desk:today"))
