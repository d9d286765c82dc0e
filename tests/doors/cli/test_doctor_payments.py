# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring doctor` on payment providers: dangerous keys fail, unheard notices are told, and what works is said to work."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet

from purring.doors.cli.doctor import payments
from purring.doors.cli.house import House
from purring.doors.cli.init import DEMO_MARKER
from purring.facts.checkout.accounts import connect_account
from purring.facts.checkout.attempts import begin_attempt, split
from purring.facts.checkout.booking import apply_truth
from purring.facts.checkout.models import ProviderAccount
from purring.plugins.payment import State, Truth
from tests.apps.facts.cast import TOLD, ana, bill, fjord

pytestmark = pytest.mark.django_db
NOW = TOLD["now"]
LIVE, TEST = {"secret_key": "sk_live_1"}, {"secret_key": "sk_test_1"}
PUBLIC = "https://pay.studio.example"


def found(address: str = PUBLIC, folder: Path = Path("nowhere")) -> list[tuple[str, str]]:
    house = cast(House, SimpleNamespace(setting=lambda name: address, data_folder=folder))
    return [(one.level, one.detail) for one in payments.checks(house, NOW)]


def test_none_is_fine() -> None:
    assert [level for level, _ in found()] == ["ok"]


def test_a_connected_one_is_fine() -> None:
    connect_account(fjord(), "stripe", LIVE, **TOLD)
    assert [level for level, _ in found()] == ["ok"]


@pytest.mark.parametrize(
    ("provider", "settings"),
    [
        ("stripe", TEST),
        ("stripe", {**LIVE, "api_url": "http://127.0.0.1:9"}),
        ("paypal", {"client_id": "c", "secret": "s", "sandbox": "yes"}),
        ("square", {"access_token": "t", "location_id": "L", "sandbox": "YES"}),
    ],
)
def test_test_keys_at_a_public_address_fail(provider: str, settings: dict[str, str]) -> None:
    connect_account(fjord(), provider, settings, **TOLD)
    ((level, told),) = found()
    assert level == "fail"
    assert "test money" in told
    assert [level for level, _ in found("http://127.0.0.1:8000")] == ["ok"]


def test_where_no_webhook_can_reach_it_says_that_it_asks() -> None:
    connect_account(fjord(), "stripe", LIVE, **TOLD)
    ((level, told),) = found("http://127.0.0.1:8000")
    assert (level, "asks" in told) == ("ok", True)


def test_secrets_that_cannot_be_opened_fail(settings: Any) -> None:
    connect_account(fjord(), "stripe", LIVE, **TOLD)
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    ((level, told),) = found()
    assert (level, "cannot be opened" in told) == ("fail", True)
    assert "sk_live" not in told


def test_the_demos_provider_elsewhere_fails(tmp_path: Path) -> None:
    account = connect_account(fjord(), "stripe", LIVE, **TOLD)
    ProviderAccount.objects.of(account.organization_id).update(provider="demo")
    ((level, told),) = found()
    assert (level, "no payment provider demo" in told) == ("fail", True)
    (tmp_path / DEMO_MARKER).touch()
    assert [level for level, _ in found("http://127.0.0.1:8000", tmp_path)] == ["ok"]
    assert [level for level, _ in found(PUBLIC, tmp_path)] == ["fail"]


def test_payments_without_notices_are_told() -> None:
    studio = fjord()
    account = connect_account(studio, "stripe", LIVE, **TOLD)
    customer = ana(studio)
    attempt = begin_attempt(account, customer, split([bill(customer)], 100_00), now=NOW)
    truth = Truth("pi_1", State.PAID, 100_00, "EUR", key=attempt.key, payment_ref="pi_1")
    apply_truth(account, truth, asked_at=NOW, now=NOW)
    ((level, told),) = found()
    assert (level, "no notice" in told) == ("warn", True)
    ProviderAccount.objects.of(studio).update(heard_at=NOW - timedelta(days=1))
    assert [level for level, _ in found()] == ["ok"]


def test_an_address_that_is_not_ours_any_more_is_told() -> None:
    settings = {"access_token": "t", "location_id": "L", "notice_url": "https://old.example/notices/"}
    connect_account(fjord(), "square", settings, **TOLD)
    ((level, told),) = found()
    assert (level, "webhook's address" in told) == ("warn", True)
