# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person with a link and no cookies: opens pages, fills in what they ask, sends it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from purring.facts.answers.models import Answer
from purring.facts.customers.models import Customer
from purring.followup.accounts import load_accounts
from purring.kit import links
from tests.doors.desk.cast import House


def path_of(house: House, customer: Customer) -> str:
    token = links.token(links.PORTAL, [house.organization.pk, customer.pk], house.today)
    return f"/pay/{token}/"


@dataclass
class Visitor:
    """One customer's link in one browser."""

    house: House
    customer: Customer
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    token: str = ""
    """Of a link of their own; else they have one that shows everything."""

    def to(self, kind: str) -> str:
        path = f"/pay/{self.token}/" if self.token else path_of(self.house, self.customer)
        return f"{path}answer/{kind}/"

    def form(self, kind: str) -> str:
        """The token of a freshly opened page."""
        page = self.client.get(self.to(kind)).content.decode()
        found = re.search(r'name="form" value="([^"]+)"', page)
        assert found, page
        return found[1]

    def sends(self, kind: str, form: str = "", **said: Any) -> Any:
        """Opens the page of an answer, fills it in and sends it."""
        response = self.client.post(self.to(kind), {"form": form or self.form(kind), **said})
        assert not self.client.cookies
        return response

    def answers(self, kind: str, **said: Any) -> Answer:
        """Sends it, and it is taken."""
        response = self.sends(kind, **said)
        assert response.status_code == 303, response.content.decode()
        return self.given()[-1]

    def reads(self, kind: str, **said: Any) -> str:
        """Sends it, and reads the thanks."""
        response = self.sends(kind, **said)
        page: str = self.client.get(response["Location"]).content.decode()
        return page.replace("\u00a0", " ")

    def given(self) -> list[Answer]:
        return list(Answer.objects.of(self.house.organization).filter(customer=self.customer).order_by("id"))


def loaded(house: House, customer: Customer) -> Any:
    """The account as the daily round would load it now."""
    return load_accounts(house.organization, [customer.pk], house.today)[customer.pk]


def decided(house: House, customer: Customer) -> Any:
    """What the daily round would decide for the customer now."""
    return loaded(house, customer).decide(house.today)


def written_to(house: House, customer: Customer) -> str:
    """The address a mail would go to now, or nothing when nobody can be written to."""
    account = loaded(house, customer)
    assert account.decide(house.today).contact
    return str(account.account.reach["email"].to)


def codes(house: House, customer: Customer) -> dict[str, str]:
    """The answer of every open invoice, by number."""
    return {number: answer.code for number, answer in decided(house, customer).answers.items()}
