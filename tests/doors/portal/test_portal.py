# SPDX-License-Identifier: AGPL-3.0-or-later
"""The customer's page: true, in the customer's language, for the customer alone, and changing nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from purring.core.errors import Refused
from purring.doors.portal.labels import Labels, language_of, spoken
from purring.facts.charges.actions import handle_charges
from purring.facts.charges.models import AskedCharge
from purring.facts.customers.models import Customer
from purring.facts.disputes.actions import open_dispute
from purring.facts.messages.models import Message
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.actions import record_payment
from purring.kit import links
from tests.doors.desk.cast import House, found_house


def path_of(house: House, customer: Customer) -> str:
    token = links.token(links.PORTAL, [house.organization.pk, customer.pk], house.today)
    return f"/pay/{token}/"


def bank(house: House) -> LegalEntity:
    entity = LegalEntity.objects.of(house.organization).get()
    entity.accounts = [{"scheme": "no", "number": "8601 11 17947", "bic": "", "label": "DNB"}]
    entity.sender_name, entity.email, entity.phone = "Eva Solberg", "eva@solberg.example", "+47 55 12 34 56"
    entity.save()
    return entity


def page_of(to: str, **query: str) -> Any:
    return Client().get(to, query)


def test_what_is_owed_where_to_pay_whom_to_ask(house: House) -> None:
    bank(house)
    customer = house.customer(language="nb")
    late = house.invoice(customer, 125_000, late=4, reference="KID 123", description="Spisebord i eik")
    paid = house.invoice(customer, 77_777)
    coming = house.invoice(customer, 50_000, late=-9)
    record_payment(customer, 25_000, "NOK", on=house.today, invoice=late, **house.told)
    record_payment(customer, 77_777, "NOK", on=house.today, invoice=paid, **house.told)
    page = page_of(path_of(house, customer)).content.decode().replace("\u00a0", " ")
    for said in (
        "Dine åpne fakturaer hos Snekker Solberg",
        "1 500,00 kr",
        "av dette allerede forfalt: 1 000,00 kr",
        "forfalt 1. mai 2026",
        "forfaller 14. mai 2026",
        "Spisebord i eik",
        "8601 11 17947",
        "KID 123",
        coming.number,
        "Eva Solberg",
        "eva@solberg.example",
    ):
        assert said in page, said
    owed = page[: page.index("Betalinger hittil")]
    assert paid.number not in owed
    assert "777,77" not in owed
    assert "777,77 kr" in page, "among the payments so far"


def test_nothing_of_others(house: House) -> None:
    customer, neighbour = house.customer("Kunde En"), house.customer("Kunde To")
    house.invoice(customer)
    other = house.invoice(neighbour)
    page = page_of(path_of(house, customer)).content.decode()
    assert other.number not in page
    assert "Kunde To" not in page


@pytest.mark.parametrize("language", spoken())
def test_every_language_is_whole(house: House, language: str) -> None:
    customer = house.customer(language=language, country="")
    invoice = house.invoice(customer, 125_000)
    open_dispute(invoice, on=house.today, amount=100, **house.told)
    record_payment(customer, 25_000, "NOK", on=house.today, invoice=invoice, **house.told)
    record_payment(customer, 100, "NOK", on=house.today, **house.told)
    response = page_of(path_of(house, customer))
    page = response.content.decode()
    assert f'<html lang="{language}"' in page
    assert response["Content-Language"] == language
    assert Labels(language, "", "")["disputed"].split()[0] in page
    assert "{" not in re.sub(r"<[^>]+>", "", page)
    for other in spoken():
        asked = page_of(path_of(house, customer), language=other)
        assert asked["Content-Language"] == other


def test_a_language_it_does_not_speak() -> None:
    assert language_of("fi", "nb-NO") == "nb"
    assert language_of("no") == "nb"
    assert language_of("fi", "") == "en"


def test_private(house: House) -> None:
    customer = house.customer()
    house.invoice(customer)
    response: Any = Client().get(path_of(house, customer))
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "<script" not in response.content.decode()
    assert "<form" not in response.content.decode()


def test_it_changes_nothing(house: House) -> None:
    customer = house.customer()
    house.invoice(customer)
    to = path_of(house, customer)
    with CaptureQueriesContext(connection) as found:
        page_of(to)
    assert all(query["sql"].lstrip(" (\n").upper().startswith("SELECT") for query in found)
    assert len(found) <= 20
    assert Client().head(to).status_code == 200
    assert Client().post(to).status_code == 405


def test_a_link_that_is_not_ours_opens_nothing(house: House) -> None:
    customer = house.customer()
    token = links.token(links.PORTAL, [house.organization.pk, customer.pk], house.today)
    other = links.token(links.Purpose("other", "/x/{token}/", 180), [house.organization.pk, customer.pk], house.today)
    neighbour = found_house("nabo", "Naboen")
    crossed = links.token(links.PORTAL, [neighbour.organization.pk, customer.pk], house.today)
    old = links.token(links.PORTAL, [house.organization.pk, customer.pk], house.today - timedelta(days=181))
    for wrong in (token[:-1], "x" + token, "nonsense", other, crossed, old):
        response = page_of(f"/pay/{wrong}/")
        assert response.status_code == 404, wrong
        assert customer.name not in response.content.decode()
        assert response["Cache-Control"] == "no-store"


def test_links_are_the_same_all_day_and_expire(settings: Any, house: House) -> None:
    today = house.today
    token = links.token(links.PORTAL, [1, 2], today)
    assert token == links.token(links.PORTAL, [1, 2], today)
    assert links.read(links.PORTAL, token, today + timedelta(days=180)) == [1, 2]
    with pytest.raises(Refused, match="expired"):
        links.read(links.PORTAL, token, today + timedelta(days=181))
    settings.SECRET_KEY = "another key of at least fifty characters, made for this test"
    with pytest.raises(Refused, match="not complete"):
        links.read(links.PORTAL, token, today)


def test_nothing_open_is_a_thank_you(house: House) -> None:
    customer = house.customer(language="fr")
    assert "Tout est réglé" in page_of(path_of(house, customer)).content.decode()


def test_two_currencies_and_no_bank_account(house: House) -> None:
    customer = house.customer(language="en")
    house.invoice(customer, 100_00, currency="EUR")
    house.invoice(customer, 200_00)
    page = page_of(path_of(house, customer)).content.decode()
    assert page.count('class="figure amount"') == 2
    assert "ask us for our bank details" in page


def test_charges_stand_apart_and_only_when_asked(house: House) -> None:
    customer = house.customer(language="en", kind="business")
    late = house.invoice(customer, 125_000, late=40)
    assert "Interest" not in page_of(path_of(house, customer)).content.decode()
    told: Any = {"organization": house.organization, "customer": customer, "at": house.told["now"]}
    letter = Message(channel="email", kind="firm", text="", **told)
    letter.save(force_insert=True)
    asked: Any = {
        "organization": house.organization,
        "invoice": late,
        "message": letter,
        "currency": "NOK",
        "rule": "r",
    }
    waived_by = house.today + timedelta(7)
    AskedCharge(kind="interest", amount=1_234, on=house.today, waived_by=waived_by, **asked).save(force_insert=True)
    page = page_of(path_of(house, customer)).content.decode().replace("\u00a0", " ")
    assert "12,34 kr" in page
    assert "They fall away when everything is paid by 12 May 2026." in page
    assert "1 250,00 kr" in page, "the sum to pay is the invoice alone"
    assert "1 262,34" not in page
    handle_charges(late, "waive", on=house.today, **house.told)
    assert "12,34" not in page_of(path_of(house, customer)).content.decode()


def test_beside_a_paid_invoice_only_what_a_person_asks_for_under_its_name_there(house: House) -> None:
    customer = house.customer(language="nb", kind="business", country="NO")
    paid = house.invoice(customer, 125_000, late=40)
    told: Any = {"organization": house.organization, "customer": customer, "at": house.told["now"]}
    letter = Message(channel="email", kind="firm", text="", **told)
    letter.save(force_insert=True)
    asked: Any = {"organization": house.organization, "invoice": paid, "message": letter, "currency": "NOK"}
    AskedCharge(kind="compensation", amount=46_000, on=house.today, rule="r", **asked).save(force_insert=True)
    record_payment(customer, 125_000, "NOK", on=house.today, invoice=paid, **house.told)
    assert "460,00" not in page_of(path_of(house, customer)).content.decode()
    handle_charges(paid, "pursue", on=house.today, **house.told)
    page = page_of(path_of(house, customer)).content.decode().replace("\u00a0", " ")
    assert 'figure amount">460,00 kr' in page
    assert "Standardkompensasjon" in page
