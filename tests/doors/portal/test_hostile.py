# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every route of the portal, taken from its urls so that none can be forgotten: with links that open nothing, with what is
somebody else's, and with odd values in addresses and forms."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import URLPattern, reverse

from purring.core.plans import Wish
from purring.doors.portal.urls import urlpatterns
from purring.facts.access.actions import make_link, revoke_link
from purring.facts.access.models import Link
from purring.facts.access.tokens import new_token
from purring.facts.answers.actions import give_answer
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import attach
from purring.facts.invoices.models import Invoice
from purring.facts.offers.actions import Agreed, ask_for_plan
from purring.facts.offers.terms import KEPT, keep_terms
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.actions import record_payment
from purring.kit import links
from purring.language.pages import ANSWERS
from tests.doors.desk.cast import House, found_house
from tests.support.providers.all import SHOPS

ODD = (
    "",
    "²",
    "-1",
    "9" * 40,
    "9" * 5000,
    "\x00",
    "a\x00b",
    "٣",
    "1e309",
    "NaN",
    "<b>",
    "2026-02-31",
    "9999-12-31",
    "%s",
    "‮",
)
NAMES = {str(one.name) for one in urlpatterns}
WITHOUT_LINK = {"colour"}
"""What is the same for everybody: a colour."""


@dataclass
class Portal:
    """A customer of whom everything is there that a route can show, and a neighbour of another house."""

    house: House
    customer: Customer
    values: dict[str, list[dict[str, Any]]]
    """By route, the arguments beside the link for which there is something."""
    told: str
    """Stands on each page that was opened, and on none that was not."""

    def token(self, *invoices: Invoice, **more: Any) -> str:
        made = new_token()
        make_link(self.customer, made, invoices=invoices, **self.house.told, **more)
        return made

    def paths(self, token: str, name: str = "") -> Iterator[str]:
        """Of every route, or of one."""
        for one in urlpatterns:
            if one.name not in WITHOUT_LINK and name in ("", one.name):
                for given in self.values.get(str(one.name), [{}]):
                    yield reverse(f"portal:{one.name}", kwargs={"token": token, **given})


def arguments(route: URLPattern) -> set[str]:
    return set(re.findall(r"<\w+:(\w+)>", str(route.pattern))) - {"token"}


@pytest.fixture
def portal(house: House, monkeypatch: pytest.MonkeyPatch) -> Portal:
    from tests.doors.desk.test_issuing import credit, issued
    from tests.doors.portal.payer import Payer, connected, entity_of, installed

    entity_of(house)
    values = {
        **dict.fromkeys(KEPT, 0), "whom": "all", "plan_most": 6, "plan_first_days": 60, "plan_last_days": 300,
        "plan_smallest": "1", "plan_rhythms": [], "ladder": [], "deferral_days": 30, "autopay": True,
    }  # fmt: skip
    keep_terms(house.organization, values, on=house.today, **house.told)
    installed(monkeypatch, stripe=SHOPS["stripe"](random.Random(1)))
    account = connected(house, "stripe")
    customer = house.customer("Hemmelig Kunde AS", language="en")
    first = house.invoice(customer, number="SECRET-1")
    house.invoice(customer, number="SECRET-2", late=-9)
    planned = house.invoice(customer, 90_000, number="SECRET-3", late=-30)
    attempt = Payer(house, customer).is_led(account, keep="yes")
    attach(first, "SECRET-1.pdf", b"%PDF-1.4 SECRET-1", "application/pdf", **house.told)
    ours = issued(house.client("accountant"), house, customer)
    credit(house.client("accountant"), ours, "200")
    payment = record_payment(customer, 500, "NOK", on=house.today, invoice=first, **house.told)
    answer, _ = give_answer(
        customer, "question", key="key", now=house.told["now"], on=house.today, words="SECRET", invoices=[first]
    )
    agreed = Agreed("SECRET", "en", "key")
    wish = Wish(3, "monthly", house.today + timedelta(7))
    plan = ask_for_plan(customer, [planned], wish, agreed, on=house.today, now=house.told["now"])
    entity = LegalEntity.objects.of(house.organization).get(is_default=True).pk
    place = {"currency": "NOK", "entity_id": entity}
    return Portal(
        house,
        customer,
        {
            "paper": [{"number": ours.pk}],
            "credit-note": [{"number": ours.credit_notes.get().pk}],
            "file": [{"number": first.attachments.get().pk}],
            "receipt": [{"number": payment.pk}],
            "answer": [{"kind": kind} for kind in ANSWERS],
            "noted": [{"key": answer.key}],
            "pay": [place],
            "way": [{**place, "kind": "transfer"}],
            "paid": [{"key": attempt.key}],
            "stopped": [{"key": attempt.key}],
            "plan-paper": [{"plan_id": plan.pk}],
        },
        "SECRET",
    )


def test_every_route_has_its_arguments(portal: Portal) -> None:
    """A route that nobody gave any fails here, and so would one whose page is not there: the walks would prove nothing."""
    for route in urlpatterns:
        if route.name in WITHOUT_LINK:
            continue
        given = portal.values.get(str(route.name), [{}])
        assert all(arguments(route) == one.keys() for one in given), route
    token, seen = portal.token(), set()
    for name in NAMES - WITHOUT_LINK:
        for path in portal.paths(token, name):
            response = Client().get(path)
            if response.status_code == 200 and name not in ("logo",):
                seen.add(name)
            assert response.status_code in (200, 303, 405) or name == "logo", (path, response.status_code)
    assert NAMES - seen == {"colour", "logo", "leave", "language", "details", "autopay"}, (
        "these need a code, POST or more"
    )


def closed_links(portal: Portal) -> dict[str, str]:
    good, revoked, expired = portal.token(), portal.token(), portal.token(good_for=timedelta(hours=1))
    revoke_link(Link.objects.of(portal.house.organization).order_by("-id")[1], **portal.house.told)
    org, customer, today = portal.house.organization.pk, portal.customer.pk, portal.house.today
    neighbour = found_house("nabo", "Naboen")
    return {
        "mutated": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "cut": good[:-1],
        "revoked": revoked,
        "expired": expired,
        "made up": new_token(),
        "another purpose": links.token(links.Purpose("answer", "/x/{token}/", 180), [org, customer], today),
        "old": links.token(links.PORTAL, [org, customer], today - timedelta(days=181)),
        "across": links.token(links.PORTAL, [neighbour.organization.pk, customer], today),
        "odd": "²\x00'%s",
    }


def test_a_link_that_opens_nothing_opens_none_of_them(portal: Portal, later: Callable[..., None]) -> None:
    from purring.doors.portal.opening import WRONG_LINKS

    good = portal.token()
    answers, closed = int(portal.customer.answers.count()), closed_links(portal)
    later(hours=2)
    for why, token in closed.items():
        for path in portal.paths(token):
            for act in (Client().get, Client().post):
                WRONG_LINKS.clear()
                response = act(path)
                assert response.status_code in (404, 405), (why, path, response.status_code)
                assert portal.told not in response.content.decode(), (why, path)
                assert "Hemmelig" not in response.content.decode()
    assert portal.customer.answers.count() == answers
    assert Client().get(f"/pay/{good}/").status_code == 200


def test_what_is_of_others_is_not_there(portal: Portal) -> None:
    """Their own link, with the numbers and keys of somebody else; in this house, and in another."""
    house, neighbour = portal.house, found_house("nabo", "Naboen")
    for one in (house, neighbour):
        other = one.customer("Kunde To", language="en")
        one.invoice(other, number=f"OWN-{one.organization.pk}")
        token = new_token()
        make_link(other, token, **one.told)
        for path in portal.paths(token):
            response = Client().get(path)
            body = response.content.decode(errors="replace")
            assert response.status_code in (200, 303, 404, 405), (path, response.status_code)
            assert portal.told not in body, path
            assert "Hemmelig" not in body, path
        for name in ("paper", "credit-note", "file", "receipt", "noted", "paid", "stopped", "plan-paper"):
            for path in portal.paths(token, name):
                assert Client().get(path).status_code == 404, path


def test_a_link_of_one_message_shows_nothing_beside_it(portal: Portal) -> None:
    house = portal.house
    alone = house.invoice(portal.customer, number="ALONE-9")
    token = portal.token(alone)
    for path in portal.paths(token):
        response = Client().get(path)
        body = response.content.decode(errors="replace")
        assert not re.search(r"SECRET-\d", body), path


# --- odd values -------------------------------------------------------------------------------------------------


def fields(page: str) -> dict[str, str]:
    """What the forms of a page send, with the values they begin with."""
    found = {}
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and 'type="file"' not in tag:
            found[name[1]] = value[1] if value else ""
    return found


def comes_in(client: Client, path: str) -> None:
    """By a code, so that the pages behind it are walked too."""
    form = re.findall(r'name="form" value="([^"]+)"', client.get(f"{path}more/").content.decode())[-1]
    client.post(f"{path}more/", {"form": form})
    code = re.findall(r"\b\d{6}\b", str(mail.outbox[-1].body))[0]
    form = re.findall(r'name="form" value="([^"]+)"', client.get(f"{path}more/").content.decode())[0]
    assert client.post(f"{path}more/", {"form": form, "code": code}).status_code == 303


@pytest.mark.parametrize("known", [False, True], ids=["link", "code"])
def test_odd_values_never_break_a_page(portal: Portal, rng: random.Random, known: bool) -> None:
    token = portal.token()
    client = Client()  # raises whatever a page breaks with
    if known:
        comes_in(client, f"/pay/{token}/")
    asked = ("page", "language", "currency", "what", "amount", "invoice", "agreed", "saved", "all", "number", "rhythm",
             "first", "first_on", "again", "kept", "ended", "bye")  # fmt: skip
    tried = 0
    for path in [*portal.paths(token)]:
        page = client.get(path)
        begun = fields(page.content.decode(errors="replace")) if page.status_code == 200 else {}
        for odd in rng.sample(ODD, 3):
            tried += broke_not(client.get(path, dict.fromkeys(asked, odd)), path, odd)
            if "/leave/" not in path:
                tried += broke_not(
                    client.post(path, {**dict.fromkeys(begun, odd), "form": begun.get("form", "")}), path, odd
                )
        for name in begun:
            odd = rng.choice(ODD)
            tried += broke_not(client.post(path, {**begun, name: odd}), path, f"{name}={odd!r}")
    assert tried > 150


def broke_not(response: Any, path: str, odd: str) -> int:
    assert response.status_code < 500, (path, odd, response.status_code)
    return 1


def test_odd_numbers_and_words_in_addresses_are_not_there(portal: Portal) -> None:
    token, client = portal.token(), Client()
    odd: dict[str, tuple[str, ...]] = {
        "int": ("9" * 20, "9" * 40, "9" * 5000, "0", "²"),
        "str": ("%00", "²", "%FF", "."),
        "slug": ("x", "9" * 300),
    }
    for route in urlpatterns:
        pattern = str(route.pattern)
        kinds = [kind for kind, name in re.findall(r"<(\w+):(\w+)>", pattern) if name != "token"]
        for at in range(max(map(len, (odd[kind] for kind in kinds)), default=0)):
            path = "/pay/" + re.sub(r"<\w+:token>", token, pattern)
            for kind in kinds:
                path = re.sub(r"<\w+:\w+>", odd[kind][at % len(odd[kind])], path, count=1)
            response = client.get(path)
            assert response.status_code in (200, 303, 404, 405), (path, response.status_code)
