# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page opens with something on it, and says what it is for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from purring.doors.desk.beginning import STEPS
from purring.facts.customers.models import Customer
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.actions import record_payment
from purring.followup.planning import plan
from purring.followup.schedules import default_schedule
from purring.insight.search.indexing import take_in_all
from tests.doors.desk.cast import House
from tests.doors.desk.test_permissions import import_of, key_of_house, list_ids, money_ids


def show(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"desk:{name}", args=args), query)
    assert response.status_code == 200, response.content
    return response.content.decode()


def test_an_empty_house_is_invited_to_import(client: Client) -> None:
    assert "begin with your open invoices" in show(client, "today")
    assert "No customers yet" in show(client, "customers")
    assert "Nothing is open" in show(client, "invoices")


def test_today_shows_what_goes_out_and_why(house: House, client: Client) -> None:
    invoice = house.invoice(house.customer())
    plan(house.organization, house.told["now"])
    page = show(client, "today")
    assert invoice.number in page
    assert "after the due date" in page
    assert "This is the first day" in page
    assert "Approve" in page


def test_customers_and_one_customer(house: House, client: Client) -> None:
    customer = house.customer()
    invoice = house.invoice(customer)
    assert customer.name in show(client, "customers")
    page = show(client, "customer", customer.pk)
    assert "1\u00a0250,00\u00a0kr" in page
    assert invoice.number in page
    assert "Record a payment" in page
    assert "Ane Lie" in show(client, "customer-edit", customer.pk)
    assert "New customer" in show(client, "customer-new")


def test_invoices_and_one_invoice(house: House, client: Client) -> None:
    invoice = house.invoice(house.customer())
    assert invoice.number in show(client, "invoices")
    assert invoice.number in show(client, "invoices", show="overdue")
    assert invoice.number not in show(client, "invoices", show="settled")
    assert invoice.number in show(client, "invoices", q=invoice.customer.name[:6])
    page = show(client, "invoice", invoice.pk)
    assert "Write off the rest" in page
    assert "What happened" in page


def test_settings(house: House, client: Client) -> None:
    assert "3 days before the due date" in show(client, "schedules")
    for name in ("settings", "settings-business", "settings-sending", "people"):
        assert show(client, name)
    entity = LegalEntity.objects.of(house.organization).get()
    assert "Bank accounts" in show(client, "settings-entity", entity.pk)


def test_import_begins(client: Client) -> None:
    assert "Look at it" in show(client, "import")


def pages(house: House) -> dict[str, str]:
    """Every page with something on it."""
    customer = house.customer()
    invoice = house.invoice(customer)
    for name in ("En", "To", "Tre"):
        house.invoice(house.customer(name), late=-20)
        house.invoice(house.customer(name), late=9)
    plan(house.organization, house.told["now"])
    reminder = customer.reminders.get()
    entity = LegalEntity.objects.of(house.organization).get()
    return {
        "today": reverse("desk:today"),
        "held": reverse("desk:held"),
        "begin-staying": reverse("desk:begin-staying"),
        "gone": reverse("desk:gone"),
        "ahead": reverse("desk:ahead"),
        "ahead-words": reverse("desk:ahead-words", args=[customer.pk]),
        "chosen": reverse("desk:chosen") + "?all=999999",
        "later": reverse("desk:later"),
        "needs": reverse("desk:needs", args=["reply"]),
        "reminder": reverse("desk:reminder", args=[reminder.pk]),
        "words": reverse("desk:reminder-words", args=[reminder.pk]),
        "customers": reverse("desk:customers"),
        "search": reverse("desk:customers") + "?q=E&owing=1",
        "found": reverse("desk:search") + "?q=kaffe",
        "found-invoices": reverse("desk:search") + "?q=2026&in=invoice",
        "customers-narrowed": reverse("desk:customers") + "?show=overdue&language=nb&sort=-name",
        "customer": reverse("desk:customer", args=[customer.pk]),
        "customer-timeline": reverse("desk:customer", args=[customer.pk]) + "?what=money",
        "customer-edit": reverse("desk:customer-edit", args=[customer.pk]),
        "customer-rule": reverse("desk:customer-rule", args=[customer.pk, "terms"]),
        "customer-documents": reverse("desk:customer-documents", args=[customer.pk]),
        "customer-write": reverse("desk:customer-write", args=[customer.pk]) + "?begin=dispute",
        "customer-call": reverse("desk:customer-call", args=[customer.pk]),
        "invoices": reverse("desk:invoices"),
        "invoices-held": reverse("desk:invoices") + "?show=held",
        "invoices-narrowed": reverse("desk:invoices") + "?show=overdue&band=1-30&q=2026&least=10&sort=-amount",
        "bulk-ask": reverse("desk:invoices-bulk") + "?act=schedule&all=1",
        "bulk": reverse("desk:bulk", args=[list_ids(house, invoice.pk)["bulk_id"]]),
        "invoice": reverse("desk:invoice", args=[invoice.pk]),
        "import": reverse("desk:import"),
        "import-one": reverse("desk:import-one", args=[import_of(house)]),
        **{f"begin-{name}": reverse(f"desk:begin-{name}") for name in STEPS},
        "settings": reverse("desk:settings"),
        "schedules": reverse("desk:schedules"),
        "schedule": reverse("desk:schedule", args=[default_schedule(house.organization).pk]),
        "schedule-new": reverse("desk:schedule-new"),
        "schedule-presets": reverse("desk:schedule-presets"),
        "schedule-people": reverse("desk:schedule-people", args=[default_schedule(house.organization).pk]) + "?q=E",
        "schedule-past": reverse("desk:schedule-past", args=[default_schedule(house.organization).pk]),
        "schedule-words": reverse("desk:schedule-words") + "?stage=firm&channel=email&customer=En",
        "groups": reverse("desk:groups"),
        "business": reverse("desk:settings-business"),
        "entity": reverse("desk:settings-entity", args=[entity.pk]),
        "entity-new": reverse("desk:entity-new"),
        "sending": reverse("desk:settings-sending"),
        "mail": reverse("desk:mail"),
        "mail-connect": reverse("desk:mail-connect") + "?provider=gmail",
        "senders": reverse("desk:senders"),
        "sender-new": reverse("desk:sender-new"),
        "alerts": reverse("desk:alerts"),
        "people": reverse("desk:people"),
        "keys": reverse("desk:keys") if key_of_house(house) else "",
        "roles": reverse("desk:roles"),
        "organizations": reverse("desk:organizations"),
        "organization-new": reverse("desk:organization-new"),
        "audit": reverse("desk:audit"),
        "audit-narrowed": reverse("desk:audit") + "?what=customers&who=program&whom=E&steps=1&since=2020-01-01",
        "export": reverse("desk:export"),
        "wordings": reverse("desk:wordings"),
        "wordings-calls": reverse("desk:wordings") + "?show=calls",
        "wordings-pages": reverse("desk:wordings") + "?show=pages&language=nb",
        "wording": reverse("desk:wording") + "?language=nb&text=friendly.email",
        "wording-call": reverse("desk:wording") + "?language=nb&text=call.objection.dispute&find=En",
        "wording-voice": reverse("desk:wording-voice"),
        "offers": reverse("desk:settings-offers"),
        "offers-customer": reverse("desk:offers-customer", args=[customer.pk]),
        "promises": reverse("desk:agreements"),
        "plans": reverse("desk:agreements") + "?what=plans",
        **money_pages(house, house.customer("Fjellheim"), entity),
    }


def money_pages(house: House, customer: Customer, entity: LegalEntity) -> dict[str, str]:
    """The money's pages, with a payment to allocate, a refund to confirm, one at a provider that went wrong."""
    ids = money_ids(house, customer)
    for number in range(4):
        record_payment(customer, 700 + number, "NOK", on=house.today, note="2026-1", **house.told)
    account = ids["account_id"]
    return {
        "money": reverse("desk:money"),
        "money-open": reverse("desk:money") + "?show=open&q=Kaffe",
        "money-needs": reverse("desk:money") + "?show=needs",
        "payment": reverse("desk:payment", args=[ids["payment_id"]]),
        "outlook": reverse("desk:outlook"),
        "ways": reverse("desk:ways"),
        "way-account": reverse("desk:way-account", args=[account]),
        "way-connect": reverse("desk:way-connect") + "?provider=paypal",
        "ways-by-hand": reverse("desk:ways-by-hand", args=[entity.pk]),
    }


def queries_of(client: Client, to: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(to).status_code == 200
    return len(found)


def test_queries(house: House, client: Client) -> None:
    """Also the pages that decide afresh: what a page asks about one customer goes together in a few statements."""
    there = pages(house)
    take_in_all()  # as the round does; the first search after something new takes it in itself
    counted = {name: queries_of(client, to) for name, to in there.items()}
    assert max(counted.values()) <= 15, counted


def test_queries_about_one_customer_with_much(house: House, client: Client) -> None:
    """Several payments on account, a promise, invoices of the same customer."""
    customer = house.customer()
    some = [house.invoice(customer, late=9 + number) for number in range(4)]
    for number in range(4):
        record_payment(customer, 700 + number, "NOK", on=house.today, **house.told)
    for to in (
        reverse("desk:invoice-pay-charges", args=[some[0].pk]),
        reverse("desk:customer-statement", args=[customer.pk]),
    ):
        assert queries_of(client, to) <= 15, to


@pytest.mark.parametrize("name", ["today", "held", "customers", "ahead", "begin-staying", "schedule"])
def test_more_rows_are_not_more_queries(house: House, client: Client, name: str) -> None:
    to = pages(house)[name]
    few = queries_of(client, to)
    for number in range(70):  # more than what is asked together by itself
        house.invoice(house.customer(f"Kunde {number}"))
    plan(house.organization, house.told["now"])
    assert queries_of(client, to) <= few


def test_every_page_forbids_what_it_does_not_need(house: House, client: Client) -> None:
    """Nothing inline, nothing from elsewhere; htmx evaluates no code."""
    for name, to in pages(house).items():
        page = client.get(to)
        policy = page["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        html = page.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|\bon[a-z]+=|\bstyle=|javascript:|<style", html), name
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//(?!testserver|127\.0\.0\.1)', html), name
        if "<html" in html:
            assert '"allowEval": false' in html
            assert "<h1>" in html, name


def test_every_field_has_a_label(house: House, client: Client) -> None:
    for name, to in pages(house).items():
        html = client.get(to).content.decode()
        for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
            if 'type="hidden"' in control:
                continue
            found = re.search(r'\bid="([^"]+)"', control)
            wrapped = 'type="radio"' in control or 'name="owing"' in control
            assert wrapped or (found and f'for="{found[1]}"' in html), (name, control)


def test_what_is_wider_than_the_screen_can_be_moved_with_the_keys(house: House, client: Client) -> None:
    """Whether a table is wider depends on the sums and days in it, so it must not take a browser to see."""
    for name, to in pages(house).items():
        html = client.get(to).content.decode()
        assert all("tabindex" in one for one in re.findall(r'<[^>]*class="scroll"[^>]*>', html)), name


def test_lists_page_by_key(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("purring.doors.desk.views.customers.PAGE", 2)
    monkeypatch.setattr("purring.doors.desk.views.invoices.PAGE", 2)
    names = ["Bodil", "Anne", "Anne", "Carl", "Dag"]
    numbers = [
        house.invoice(house.customer(name), number=f"N{at}", late=9 - at).number for at, name in enumerate(names)
    ]
    assert walk(client, reverse("desk:customers"), r'row-title">(\w+)') == sorted(names)
    assert walk(client, reverse("desk:invoices"), r'muted small">(N\d)') == numbers


def walk(client: Client, to: str, wanted: str) -> list[str]:
    """What the pages of a list show, one after the other."""
    found: list[str] = []
    for _ in range(5):
        html = client.get(to).content.decode()
        found += re.findall(wanted, html)
        more = re.search(r'href="([^"]+after=[^"]+)"', html)
        if not more:
            break
        to = more[1].replace("&amp;", "&")
    return found


@pytest.mark.parametrize("after", ["nonsense", "\t", "x\t1", "2026-13-01\t5", "\t99999999999999999999"])
def test_a_strange_key_begins_at_the_front(house: House, client: Client, after: str) -> None:
    house.invoice(house.customer())
    for name in ("customers", "invoices"):
        assert client.get(reverse(f"desk:{name}"), {"after": after}).status_code == 200


def test_an_unknown_address(client: Client) -> None:
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert b"There is nothing here" in page.content


def test_stopped_work_and_missing_mail_are_told(house: House, client: Client, settings: Any) -> None:
    from datetime import timedelta

    from purring.followup.models import Beat

    now = house.told["now"]
    Beat.objects.create(round="write", started_at=now, finished_at=now - timedelta(hours=3))
    settings.SMTP_URL = ""
    page = show(client, "today")
    assert "The daily work has stopped" in page
    assert "No mail server is set up" in page
