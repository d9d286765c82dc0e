# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ways to be paid: a provider is connected, changed and checked by the owner; what is secret is never shown again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purring.core.errors import Refused, Trouble
from purring.facts.checkout.accounts import notice_address, settings_of
from purring.facts.checkout.models import Notice, ProviderAccount
from purring.facts.checkout.notices import store_notice
from purring.facts.checkout.ways import ways_of
from purring.facts.organizations.models import LegalEntity
from purring.plugins.payment import Notice as Told
from tests.doors.desk.cast import House

SECRET = "sk_live_a_very_secret_key"
CONNECT = "/settings/ways/connect/?provider="


def fields(**changed: Any) -> dict[str, Any]:
    return {"own_secret_key": SECRET, "enabled": "on", **changed}


def account(house: House) -> ProviderAccount:
    return ProviderAccount.objects.of(house.organization).get()


@pytest.fixture
def connected(house: House, client: Client) -> ProviderAccount:
    given = fields(own_webhook_secret="whsec_hidden", currencies="eur; NOK", title="Card", least="10", most="5000,50")
    assert client.post(CONNECT + "stripe", given).status_code == 303
    return account(house)


def test_connect(client: Client, connected: ProviderAccount) -> None:
    assert (connected.live, connected.currencies, connected.title) == (True, ["EUR", "NOK"], "Card")
    assert connected.limits == {"NOK": [1_000, 500_050]}
    page = client.get(reverse("desk:way-account", args=[connected.pk])).content.decode()
    assert notice_address(connected) in page
    assert "real money" in page
    for secret in (SECRET, "whsec_hidden"):
        assert secret not in page
        assert secret not in connected.sealed


def test_an_empty_secret_keeps_what_is_there(client: Client, connected: ProviderAccount) -> None:
    to = reverse("desk:way-account", args=[connected.pk])
    assert client.post(to, fields(own_secret_key="", title="Card or wallet", currencies="")).status_code == 303
    connected.refresh_from_db()
    assert settings_of(connected)["secret_key"] == SECRET
    assert (connected.title, connected.currencies, connected.limits) == ("Card or wallet", [], {})
    client.post(to, fields(own_secret_key="sk_test_1"))
    connected.refresh_from_db()
    assert connected.live is False
    assert "test: no money moves" in client.get(reverse("desk:ways")).content.decode()


def test_what_is_wrong_is_said_beside_its_field(house: House, client: Client) -> None:
    for given, told in (
        (fields(own_secret_key="pk_live_1"), "begins with sk_ or rk_"),
        (fields(currencies="EUR, XXQ"), "XXQ is not a currency"),
        (fields(least="10", most="5"), "less than the least"),
        (fields(own_secret_key=""), "required"),
    ):
        response = client.post(CONNECT + "stripe", given)
        assert response.status_code == 422
        assert told in response.content.decode()
        assert SECRET not in response.content.decode()
    assert not ProviderAccount.objects.of(house.organization).exists()
    assert client.get(CONNECT + "nobody").status_code == 303


def test_square_signs_the_address(house: House, client: Client) -> None:
    given = fields(own_access_token="EAAA1", own_location_id="L1", own_sandbox="yes")
    assert client.post(CONNECT + "square", given).status_code == 303
    made = account(house)
    assert settings_of(made)["notice_url"] == notice_address(made)
    assert (made.live, made.account) == (False, "L1")


class Answers:
    """A provider that answers as it is told to."""

    def __init__(self, found: Any) -> None:
        self.found = found

    def changed_since(self, moment: object) -> list[str]:
        if isinstance(self.found, Exception):
            raise self.found
        return list(self.found)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([], "the keys are right. Nothing happened"),
        (["a", "b"], "2 things changed"),
        (Refused("bad_settings", "Stripe does not take this key"), "Stripe does not take this key."),
        (Trouble("no answer in time"), "did not answer as it should: no answer in time."),
    ],
)
def test_check(
    client: Client, connected: ProviderAccount, monkeypatch: pytest.MonkeyPatch, found: Any, told: str
) -> None:
    monkeypatch.setattr("purring.doors.desk.views.ways.provider_of", lambda _: Answers(found))
    assert client.post(reverse("desk:way-check", args=[connected.pk])).status_code == 303
    assert told in client.get(reverse("desk:way-account", args=[connected.pk])).content.decode()


def test_off_and_on(client: Client, connected: ProviderAccount) -> None:
    to = reverse("desk:way-switch", args=[connected.pk])
    for wanted, enabled in (("no", False), ("no", False), ("yes", True)):
        assert client.post(to, {"enabled": wanted}).status_code == 303
        connected.refresh_from_db()
        assert connected.enabled is enabled


def test_the_ways_by_hand(house: House, client: Client) -> None:
    entity = LegalEntity.objects.of(house.organization).get()
    to = reverse("desk:ways-by-hand", args=[entity.pk])
    page = client.post(to, {"kind": "mobile", "mobile-enabled": "on", "mobile-number": "", "mobile-text": ""})
    assert page.status_code == 422
    assert "need the number" in page.content.decode()
    given = {"kind": "cash", "cash-enabled": "on", "cash-text": "At the workshop, until four"}
    assert client.post(to, given).status_code == 303
    assert {way.kind: way.text for way in ways_of(entity) if way.enabled}["cash"] == "At the workshop, until four"


def test_only_the_owner(house: House) -> None:
    for role in ("accountant", "collector", "read_only"):
        assert house.client(role).get(reverse("desk:ways")).status_code == 403


def test_notices_that_nothing_came_of_are_shown_with_what_to_do(client: Client, connected: ProviderAccount) -> None:
    page = reverse("desk:way-account", args=[connected.pk])
    act = reverse("desk:way-notices", args=[connected.pk])
    assert "could not be followed" not in client.get(page).content.decode()

    def lost() -> Notice:
        rows = Notice.objects.of(connected.organization_id).filter(account=connected)
        rows.update(look_at=None, looks=9, error="no such payment")
        return rows.get()

    store_notice(connected, Told("evt_9", "payment.done", "pi_9"), b"{}", timezone.now())
    lost()
    for shown in ("payment.done", "pi_9", "no such payment", "could not be followed"):
        assert shown in client.get(page).content.decode()
    assert "notices could not be followed" in client.get(reverse("desk:ways")).content.decode()
    for _ in range(2):
        assert client.post(act, {"do": "again"}).status_code == 303
    assert Notice.objects.of(connected.organization_id).get().look_at, "the next round asks"
    assert "could not be followed" not in client.get(page).content.decode()
    lost()
    assert client.post(act, {"do": "seen"}).status_code == 303
    assert Notice.objects.of(connected.organization_id).get().look_at is None
    assert "could not be followed" not in client.get(page).content.decode()
