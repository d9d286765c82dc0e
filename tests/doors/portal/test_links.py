# SPDX-License-Identifier: AGPL-3.0-or-later
"""A link opens what it was made for, for whom it was made, while it opens; and nothing else opens anything."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signals
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from purring.doors.portal.opening import WRONG_LINKS, visit
from purring.facts.access.actions import make_link, revoke_link, revoke_links
from purring.facts.access.models import Link
from purring.facts.access.signed import page_address
from purring.facts.access.tokens import PREVIEW, new_token
from purring.facts.answers.models import Answer
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.payments.actions import record_payment
from purring.kit import links
from tests.doors.desk.cast import House, found_house
from tests.doors.portal.visitor import Visitor

HOSTILE = 10_000


def made(house: House, customer: Customer, *invoices: Invoice, **more: Any) -> str:
    token = new_token()
    make_link(customer, token, invoices=invoices, **house.told, **more)
    return token


def page(token: str, **headers: Any) -> Any:
    return Client().get(f"/pay/{token}/", **headers)


def test_the_link_of_one_message_shows_only_its_invoices(house: House) -> None:
    customer = house.customer(language="en")
    shown, other = house.invoice(customer, 111_100), house.invoice(customer, 222_200)
    record_payment(customer, 3_300, "NOK", on=house.today, **house.told)  # on account, not this link's business
    token = made(house, customer, shown)
    text = page(token).content.decode()
    assert shown.number in text
    assert other.number not in text
    assert "2,222" not in text
    assert "33.00" not in text
    everything = page(made(house, customer)).content.decode()
    assert shown.number in everything
    assert other.number in everything


def test_an_answer_by_it_speaks_only_of_its_invoices(house: House) -> None:
    customer = house.customer(language="en")
    shown, other = house.invoice(customer), house.invoice(customer)
    visitor = Visitor(house, customer, token=made(house, customer, shown))
    asked = visitor.client.get(visitor.to("dispute")).content.decode()
    assert shown.number in asked
    assert other.number not in asked
    refused = visitor.sends("dispute", words="Wrong", amount="", invoice=other.pk)
    assert refused.status_code == 303  # there is only one it can be about, whatever was sent
    given = visitor.given()[-1]
    assert list(given.invoices.values_list("pk", flat=True)) == [shown.pk]
    assert given.link == Link.objects.of(house.organization).get().digest


def test_of_a_paid_invoice_it_tells_nothing_of_the_others(house: House) -> None:
    customer = house.customer(language="en")
    shown, other = house.invoice(customer, 500), house.invoice(customer)
    record_payment(customer, 500, "NOK", on=house.today, invoice=shown, **house.told)
    visitor = Visitor(house, customer, token=made(house, customer, shown))
    thanks = visitor.reads("copy", words="A copy of this, please")
    assert "on its way" in thanks
    assert other.number not in thanks
    assert not Answer.objects.of(house.organization).get().invoices.exists()


PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"}


def opened(path: str) -> HttpResponse:
    """As the server has it before it sends it."""
    match = resolve(path)
    request = RequestFactory().get(path, headers=PHONE)
    request.resolver_match = match
    answered: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return answered


def test_get_changes_nothing_and_a_visit_is_noted_when_the_page_has_left(house: House) -> None:
    customer = house.customer()
    invoice = house.invoice(customer)
    token = made(house, customer, invoice)
    version = Customer.objects.of(house.organization).get(pk=customer.pk).version
    entries = Entry.objects.of(house.organization).count()
    with CaptureQueriesContext(connection) as found:
        pages = [opened(f"/pay/{token}/{to}") for to in ("", "answer/promise/")]
    assert [one.status_code for one in pages] == [200, 200]
    assert not [q["sql"] for q in found if q["sql"].startswith(("INSERT", "UPDATE", "DELETE", "BEGIN", "SAVEPOINT"))]
    signals.request_finished.disconnect(close_old_connections)  # of the test's own connection, as Django's client does
    for one in pages:
        one.close()  # as the server does once it has sent it
    signals.request_finished.connect(close_old_connections)
    assert Customer.objects.of(house.organization).get(pk=customer.pk).version == version
    link = Link.objects.of(house.organization).get()
    assert link.opened == 1
    assert Entry.objects.of(house.organization).count() == entries + 1
    entry = Entry.objects.of(house.organization).latest("id")
    assert (entry.kind, entry.customer_id, entry.invoice_id) == ("link.visited", customer.pk, invoice.pk)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": "Mozilla/5.0 (compatible; SafelinksScanner/1.0)"},
        {"User-Agent": "WhatsApp/2.24 preview"},
        {"User-Agent": "curl/8.5"},
        {**PHONE, "Sec-Purpose": "prefetch"},
        {**PHONE, "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_a_machine_that_opens_a_link_is_no_visit(house: House, headers: dict[str, str]) -> None:
    customer = house.customer()
    house.invoice(customer)
    token = made(house, customer)
    assert Client().get(f"/pay/{token}/", headers=headers).status_code == 200
    assert Client().head(f"/pay/{token}/", headers=PHONE).status_code == 200
    assert Link.objects.of(house.organization).get().opened == 0
    assert Client().get(f"/pay/{token}/", headers=PHONE).status_code == 200
    assert Link.objects.of(house.organization).get().opened == 1


def test_closing_all_links_closes_the_signed_ones_too(house: House, later: Callable[..., None]) -> None:
    customer, other = house.customer(), house.customer()
    house.invoice(customer)
    house.invoice(other)
    old = links.token(links.PORTAL, [house.organization.pk, customer.pk], house.today)
    shown = page_address(customer, house.today, timezone.now()).split("/")[-2]
    theirs = page_address(other, house.today, timezone.now()).split("/")[-2]
    token = made(house, customer)
    assert [page(one).status_code for one in (old, shown, theirs, token)] == [200] * 4
    assert revoke_links(customer, **house.told) == 1
    assert [page(one).status_code for one in (old, shown, theirs, token)] == [404, 404, 200, 404]
    later(minutes=1)
    again = page_address(customer, house.today, timezone.now() + timedelta(minutes=1)).split("/")[-2]
    assert page(again).status_code == 200, "what the desk opens afterwards is a new one"
    assert page(old).status_code == 404


def test_a_revoked_and_an_expired_link_open_nothing(house: House, later: Callable[..., None]) -> None:
    customer = house.customer()
    house.invoice(customer)
    token, gone = made(house, customer), made(house, customer)
    revoke_link(Link.objects.of(house.organization).latest("id"), **house.told)
    assert page(token).status_code == 200
    assert page(gone).status_code == 404
    later(days=401)
    assert page(token).status_code == 404
    for kind in ("promise", "paid"):
        assert Client().post(f"/pay/{token}/answer/{kind}/", {"form": "x"}).status_code == 404


def test_the_link_of_a_preview_opens_nothing_and_is_nobodys_fault(house: House) -> None:
    for _ in range(200):
        assert page(PREVIEW).status_code == 404
    assert page(made(house, house.customer())).status_code == 200


def test_ten_thousand_hostile_tokens_open_nothing(house: House, rng: random.Random, later: Callable[..., None]) -> None:
    """Mutated, cut, expired, revoked, another house's, of another purpose, made up: 0 of them."""
    customer, neighbour = house.customer(), found_house("nabo", "Naboen")
    theirs = neighbour.customer()
    good = [made(house, customer) for _ in range(20)]
    expired = [made(house, customer, good_for=timedelta(hours=1)) for _ in range(20)]
    revoked = [made(house, customer) for _ in range(20)]
    for link in Link.objects.of(house.organization).order_by("-id")[:20]:
        revoke_link(link, **house.told)
    later(hours=2)
    org, today = house.organization.pk, house.today
    signed = links.token(links.PORTAL, [org, customer.pk], today)
    crossed = links.token(links.PORTAL, [org, theirs.pk], today)
    other = links.token(links.Purpose("answer", "/x/{token}/", 180), [org, customer.pk], today)
    old = links.token(links.PORTAL, [org, customer.pk], today - timedelta(days=181))
    alphabet = string.ascii_letters + string.digits + "-_"

    def hostile() -> str:
        kind = rng.randrange(8)
        if kind < 3:  # one sign is another one, dropped, or one too many
            token = rng.choice([*good, signed])
            at = rng.randrange(len(token) - (1 if token != signed else 0))
            change = rng.choice([c for c in alphabet + ":." if c != token[at]])
            return rng.choice((token[:at] + change + token[at + 1 :], token[:at] + token[at + 1 :], token + change))
        if kind == 3:
            one, two = rng.sample(good, 2)
            return one[:11] + two[11:]
        if kind == 4:
            return rng.choice([*expired, *revoked, crossed, other, old])
        if kind == 5:
            return "".join(rng.choices(alphabet, k=22))
        if kind == 6:
            return rng.choice(good).swapcase()
        return "".join(chr(rng.randrange(1, 0x2FF)) for _ in range(rng.randrange(1, 60)))

    requests, known = RequestFactory(), {*good, signed}
    opened = []
    for number in range(HOSTILE):
        token = hostile()
        if token in known:
            continue
        request = requests.get("/", REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        if visit(request, token) is not None:
            opened.append(token)
    assert opened == []
    assert all(visit(requests.get("/"), token) for token in known)
    assert len(WRONG_LINKS) <= 10_000


def test_who_tries_many_wrong_links_waits_and_nobody_else(house: House) -> None:
    token = made(house, house.customer())
    answers = {page(new_token(), REMOTE_ADDR="192.0.2.1").status_code for _ in range(100)}
    assert answers == {404, 429}
    refused = page(token, REMOTE_ADDR="192.0.2.1")
    assert refused.status_code == 429
    assert refused["Retry-After"] == "10"
    assert b"minutes" in refused.content
    # What a stranger writes into a proxy's header is not believed.
    assert page(token, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="192.0.2.9").status_code == 429
    assert page(token, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_an_old_signed_link_shows_all_until_it_expires(house: House, later: Callable[..., None]) -> None:
    customer = house.customer()
    first, second = house.invoice(customer), house.invoice(customer)
    token = links.token(links.PORTAL, [house.organization.pk, customer.pk], house.today)
    text = page(token).content.decode()
    assert first.number in text
    assert second.number in text
    found = visit(RequestFactory().get("/"), token)
    assert found
    assert (found.invoices, found.link) == (None, None)
    assert found.shows(first.pk)
    assert timezone.now() == found.now
    later(days=181)
    assert page(token).status_code == 404
