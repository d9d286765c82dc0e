# SPDX-License-Identifier: AGPL-3.0-or-later
"""A customer who pays on their page, and the providers' stand-ins as the business has connected them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.test import Client
from django.utils import timezone

from purring.facts.checkout.accounts import connect_account
from purring.facts.checkout.models import Attempt, ProviderAccount
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity
from purring.plugins.payment import Field, Provider
from tests.doors.desk.cast import House
from tests.doors.portal.visitor import path_of
from tests.support.providers.paypal import PayPalShop
from tests.support.providers.shop import Sale, Shop

IBAN = "NO93 8601 1117 947"


@dataclass
class Installed:
    """A provider's plug-in whose every account is one stand-in."""

    shop: Shop
    NAME: str = ""
    TITLE: str = ""
    FIELDS: tuple[Field, ...] = ()
    makes: Callable[[], Provider] | None = None

    def connect(self, settings: Mapping[str, str]) -> Provider:
        return self.makes() if self.makes else self.shop.connect()


def installed(monkeypatch: Any, **shops: Shop) -> dict[str, Installed]:
    """Only these providers are installed."""
    found = {name: Installed(shop, name, name.title()) for name, shop in shops.items()}
    monkeypatch.setattr("purring.plugins.payment.registry.plugins", lambda: found)
    for shop in shops.values():
        shop.clock = timezone.now
    return found


def connected(house: House, provider: str, **more: Any) -> ProviderAccount:
    return connect_account(house.organization, provider, {}, **house.told, **more)


def entity_of(house: House, **fields: Any) -> LegalEntity:
    """The one that is owed, with a bank account."""
    entity = LegalEntity.objects.of(house.organization).get(is_default=True)
    given = {"accounts": [{"scheme": "iban", "number": IBAN, "bic": "DABANO22"}], **fields}
    for name, value in given.items():
        setattr(entity, name, value)
    entity.save()
    return entity


@dataclass
class Payer:
    """One customer's link in one browser without cookies."""

    house: House
    customer: Customer
    currency: str = "NOK"
    language: str = ""
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    @property
    def home(self) -> str:
        return path_of(self.house, self.customer)

    @property
    def pay_page(self) -> str:
        entity = LegalEntity.objects.of(self.house.organization).get(is_default=True)
        return f"{self.home}pay/{self.currency}-{entity.pk}/"

    def opens(self, path: str) -> Any:
        response = self.client.get(path + self._query(path))
        assert not self.client.cookies
        return response

    def reads(self, path: str) -> str:
        return words(self.opens(path))

    def form(self) -> str:
        found = re.search(r'name="form" value="([^"]+)"', self.opens(self.pay_page).content.decode())
        assert found
        return found[1]

    def presses(self, method: str, form: str = "", **said: Any) -> Any:
        """Chooses a way and presses "continue"."""
        given = {"form": form or self.form(), "what": "all", "method": method, **said}
        return self.client.post(self.pay_page + self._query(self.pay_page), given)

    def is_led(self, account: ProviderAccount, **said: Any) -> Attempt:
        """To the provider's page."""
        response = self.presses(f"account-{account.pk}", **said)
        assert response.status_code == 303, words(response)
        attempt = self.attempts()[-1]
        assert response["Location"] == attempt.url
        return attempt

    def comes_back(self, attempt: Attempt) -> str:
        return self.reads(f"{self.home}paid/{attempt.key}/")

    def turns_back(self, attempt: Attempt) -> str:
        return self.reads(f"{self.home}stopped/{attempt.key}/")

    def attempts(self) -> list[Attempt]:
        return list(Attempt.objects.of(self.house.organization).filter(customer=self.customer).order_by("id"))

    def balances(self) -> list[int]:
        rows = Invoice.objects.of(self.house.organization).filter(customer=self.customer).order_by("due", "id")
        return [one.balance for one in rows]

    def _query(self, path: str) -> str:
        return f"{'&' if '?' in path else '?'}language={self.language}" if self.language else ""


def words(response: Any) -> str:
    """What a page says, blanks as they are typed."""
    text: str = unescape(response.content.decode())
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def pays_there(shop: Shop, sale: Sale | str) -> None:
    """The payer pays on the provider's page."""
    ref = sale if isinstance(sale, str) else sale.name
    if isinstance(shop, PayPalShop):
        shop.approves(ref)
    else:
        shop.pays(ref)
