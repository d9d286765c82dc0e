# SPDX-License-Identifier: AGPL-3.0-or-later
"""A request in one form, its link in all the ways people pass things on, and the links that are out there."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from purring.facts.access.models import Link
from purring.facts.customers.models import Contact, Customer
from purring.facts.invoices.models import Invoice, Issued
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.actions import record_payment
from purring.papers.qr.symbol import png, symbol
from tests.doors.desk.cast import House

_KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')


def with_account(house: House) -> None:
    entity = LegalEntity.objects.of(house.organization).get()
    entity.accounts = [{"scheme": "no", "number": "86011117947", "bic": "", "label": ""}]
    entity.email, entity.city = "eva@solberg.example", "Bergen"
    entity.save()


def text(response: Any) -> str:
    return unescape(response.content.decode()).replace("\u00a0", " ")


def share_to(invoice: Invoice) -> str:
    return reverse("desk:invoice-share", args=[invoice.pk])


def make(client: Client, invoice: Invoice, do: str = "link") -> tuple[str, str]:
    """Press the button; the page that shows the link, and the link."""
    page = client.get(share_to(invoice)).content.decode()
    key = _KEY.search(page)
    assert key
    response = client.post(share_to(invoice), {"key": key[1], "do": do})
    assert response.status_code == 303
    shown = text(client.get(response["Location"]))
    address = re.search(r'id="address" type="text" readonly value="([^"]+)"', shown)
    assert address
    return shown, address[1]


def test_the_link_opens_this_invoice_alone(house: House) -> None:
    customer = house.customer(language="en")
    invoice, other = house.invoice(customer), house.invoice(customer)
    _, address = make(house.client(), invoice)
    page = text(Client().get(urlsplit(address).path))
    assert invoice.number in page
    assert other.number not in page


def test_every_way_to_pass_it_on_carries_it(house: House) -> None:
    with_account(house)
    customer = house.customer(language="de", country="DE")
    Contact.objects.of(house.organization).filter(customer=customer).update(phone="0049 170 1234567")
    invoice = house.invoice(customer, 125_000, late=-10)
    shown, address = make(house.client(), invoice)
    ways = re.findall(r'<a class="button[^"]*" href="([^"]+)"', shown)
    mail, sms, chat = (
        next(way for way in ways if way.startswith(kind)) for kind in ("mailto:", "sms:", "https://wa.me")
    )
    body = parse_qs(urlsplit(mail).query)["body"][0]
    assert mail.startswith("mailto:ane")
    assert address in body
    assert "Guten Tag" in body
    assert "\r\n" in body
    assert invoice.number in unquote(mail)
    assert sms.startswith("sms:%2B491701234567?body=")
    assert chat.startswith("https://wa.me/491701234567?text=")
    for short in (sms, chat):
        assert address in unquote(short)
    button = re.search(r'<textarea id="button"[^>]*>(.*?)</textarea>', shown, re.S)
    assert button
    assert re.fullmatch(
        r'<a href="[^"]+" rel="nofollow noreferrer" style="[^"]+">Diese Rechnung bezahlen</a>', button[1]
    )
    assert address in button[1]
    assert "<script" not in button[1]


def test_pressed_twice_it_is_one_link(house: House) -> None:
    invoice = house.invoice(house.customer())
    client = house.client()
    key = "0" * 32
    for _ in range(2):
        assert client.post(share_to(invoice), {"key": key, "do": "link"}).status_code == 303
    assert Link.objects.of(house.organization).count() == 1
    other = house.invoice(house.customer())
    assert client.post(share_to(other), {"key": key, "do": "link"}).status_code == 303
    assert Link.objects.of(house.organization).count() == 2


def test_it_is_seen_again_only_by_its_own_address(house: House) -> None:
    """The list says that it is there, and how often it was opened, and cannot say the link."""
    invoice = house.invoice(house.customer())
    client = house.client()
    _, address = make(client, invoice)
    Client().get(urlsplit(address).path, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Firefox/140"})
    listed = text(client.get(share_to(invoice)))
    assert address not in listed
    assert "opened 1 time," in listed
    token = address.rstrip("/").rpartition("/")[2]
    assert token not in str(list(Link.objects.of(house.organization).values()))


def test_closed_it_opens_nothing_for_anybody(house: House) -> None:
    invoice = house.invoice(house.customer())
    client = house.client("collector")
    _, address = make(client, invoice)
    link = Link.objects.of(house.organization).get()
    client.post(reverse("desk:link-revoke", args=[link.pk]))
    assert Client().get(urlsplit(address).path).status_code == 404
    again = text(client.get(share_to(invoice)))
    assert "closed" in again
    assert "Close it" not in again


def test_all_links_of_a_customer_are_closed_at_once(house: House) -> None:
    customer = house.customer()
    client = house.client()
    addresses = [make(client, house.invoice(customer), do)[1] for do in ("link", "button")]
    assert set(Link.objects.of(house.organization).values_list("purpose", flat=True)) == {"shared", "button"}
    page = text(client.get(reverse("desk:customer", args=[customer.pk])))
    assert "Close all links" in page
    client.post(reverse("desk:links-revoke", args=[customer.pk]))
    assert {Client().get(urlsplit(address).path).status_code for address in addresses} == {404}
    assert "Close all links" not in text(client.get(reverse("desk:customer", args=[customer.pk])))


def test_its_code_is_saved_as_svg_and_png_and_printed(house: House) -> None:
    with_account(house)
    invoice = house.invoice(house.customer())
    client = house.client()
    shown, address = make(client, invoice)
    pictures = re.findall(r'href="(/invoices/\d+/share/[^"]+)"', shown)
    svg, made_png, sheet = (
        client.get(next(to for to in pictures if kind in to)) for kind in ("qr.svg", "qr.png", "sheet.pdf")
    )
    assert svg["Content-Type"] == "image/svg+xml"
    assert made_png.content == png(symbol(address), scale=12)
    assert sheet.content.startswith(b"%PDF-")


def test_of_a_paid_invoice_nothing_is_shared(house: House) -> None:
    customer = house.customer()
    invoice = house.invoice(customer, 500)
    record_payment(customer, 500, "NOK", on=house.today, invoice=invoice, **house.told)
    client = house.client()
    assert "Share" not in text(client.get(reverse("desk:invoice", args=[invoice.pk])))
    client.post(share_to(invoice), {"key": "0" * 32})
    assert not Link.objects.of(house.organization).exists()


# --- a request in one form ------------------------------------------------------------------------------------------


def asked(client: Client, **said: str) -> Any:
    to = reverse("desk:request-new")
    key = _KEY.search(client.get(to).content.decode())
    assert key
    usual = {
        "key": key[1],
        "what": "Two shelves",
        "amount": "1 250,50",
        "currency": "NOK",
        "due": "2026-06-01",
        "do": "make",
    }
    return client.post(to, {**usual, **said})


def test_a_request_to_somebody_new_leads_straight_to_its_link(house: House) -> None:
    with_account(house)
    client = house.client()
    response = asked(client, customer="Møller & Co", email="mari@moller.example")
    assert response.status_code == 303, text(response)
    invoice = Invoice.objects.of(house.organization).select_related("customer").get()
    assert (invoice.kind, invoice.amount, invoice.description) == ("payment_request", 125_050, "Two shelves")
    assert invoice.customer.name == "Møller & Co"
    assert list(invoice.customer.contacts.values_list("email", flat=True)) == ["mari@moller.example"]
    shown = text(client.get(response["Location"]))
    assert "mailto:mari%40moller.example" in shown or "mailto:mari@moller.example" in shown
    address = re.search(r'value="([^"]+/pay/[^"]+)"', shown)
    assert address
    assert "Two shelves" in text(Client().get(urlsplit(address[1]).path))


def test_a_request_to_a_customer_that_is_known(house: House) -> None:
    with_account(house)
    customer = house.customer("Kaffe AS", ref="K9")
    for said in ("K9", "kaffe as"):
        assert asked(house.client(), customer=said, amount=f"1{len(said)}").status_code == 303
    assert Customer.objects.of(house.organization).get() == customer
    assert Invoice.objects.of(house.organization).count() == 2


def test_the_same_form_twice_is_one_request(house: House) -> None:
    with_account(house)
    client = house.client()
    said = {"key": "1" * 32, "customer": "Ny Kunde", "email": "ny@kunde.example"}
    first, second = asked(client, **said), asked(client, **said)
    assert first["Location"] == second["Location"]
    assert Invoice.objects.of(house.organization).count() == Customer.objects.of(house.organization).count() == 1
    assert Link.objects.of(house.organization).count() == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"customer": "Nobody Known"}, "There is no customer of this name yet"),
        ({"customer": "Ny", "email": "ny@kunde.example", "amount": "nothing"}, "nothing"),
        ({"customer": "Ny", "email": "ny@kunde.example", "amount": "-5"}, "above zero"),
        ({"customer": "Ny", "email": "ny@kunde.example", "due": "2020-01-01"}, "still to come"),
        ({"customer": "Ny", "email": "no address"}, "e"),
    ],
    ids=str,
)
def test_what_is_not_clear_is_asked_again_and_nothing_is_made(house: House, said: dict[str, str], told: str) -> None:
    with_account(house)
    response = asked(house.client(), **said)
    assert response.status_code == 422
    assert told in text(response)
    assert not Customer.objects.of(house.organization).exists()
    assert not Invoice.objects.of(house.organization).exists()


def test_what_the_check_finds_is_confirmed_first(house: House) -> None:
    """Here nobody could pay: there is no account yet."""
    client = house.client()
    said = {"customer": "Ny", "email": "ny@kunde.example"}
    response = asked(client, **said)
    assert response.status_code == 422
    assert "Make it all the same" in text(response)
    assert not Invoice.objects.of(house.organization).exists()
    assert not Customer.objects.of(house.organization).exists()
    assert asked(client, **said, do="confirm").status_code == 303
    assert Invoice.objects.of(house.organization).get().checked_at


def test_few_questions_to_the_database(house: House) -> None:
    with_account(house)
    customer = house.customer()
    invoice = house.invoice(customer)
    client = house.client()
    make(client, invoice)
    page = client.get(share_to(invoice)).content.decode()
    key = _KEY.search(page)
    assert key
    to = client.post(share_to(invoice), {"key": key[1]})["Location"]
    for address in (share_to(invoice), to, reverse("desk:request-new")):
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        assert len(found) <= 15, (address, len(found))


def test_a_quick_request_says_what_paying_early_takes_off_on_paper_and_in_its_message(house: House) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    from purring.facts.offers.terms import KEPT, keep_terms
    from purring.facts.organizations.models import LegalEntity
    from purring.followup.sharing import shared_words

    nothing: dict[str, Any] = {**dict.fromkeys(KEPT, 0), "whom": "all", "plan_smallest": "1", "plan_rhythms": []}
    keep_terms(house.organization, {**nothing, "ladder": [[200, 10]]}, on=house.today, **house.told)
    with_account(house)
    client = house.client()
    assert asked(client, customer="Møller & Co", email="m@moller.example", language="en").status_code == 303
    invoice = Invoice.objects.of(house.organization).select_related("customer__organization").get()
    early = Issued.objects.of(house.organization).get(invoice=invoice).facts["early_payment"]
    assert [one["percent"] for one in early] == ["2"]
    paper = client.get(reverse("desk:invoice-paper", args=[invoice.pk]))
    sheet = client.get(client.post(share_to(invoice), {"do": "link"})["Location"].replace("?", "sheet.pdf?"))
    for pdf in (paper, sheet):
        printed = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
        assert "1225,49" in re.sub(r"\s", "", printed)
    entity = LegalEntity.objects.of(house.organization).get()
    said = shared_words(invoice, entity, "https://pay.example/x", house.today)
    assert "1225,49" in re.sub(r"\s", "", said.text)
