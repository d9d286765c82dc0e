# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo's payment page: it says that no money moves, and what is pressed there is booked like any payment."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from purring.facts.checkout.accounts import connect_account, provider_of
from purring.facts.checkout.attempts import begin_attempt, open_page, split
from purring.facts.checkout.looking import look_at_attempt
from purring.facts.checkout.models import Attempt
from purring.followup.accounts import load_accounts
from purring.plugins.payment import Wanted, demo, registry
from tests.apps.facts.cast import NOW, TODAY, TOLD, ana, bill, fjord

pytestmark = pytest.mark.django_db
HERE, GONE = "http://testserver/pay/token/paid/", "http://testserver/pay/token/stopped/"


@pytest.fixture
def attempt(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    settings.ROOT_URLCONF = "tests.doors.demopay.urls"
    monkeypatch.setattr(registry, "_brought", {})
    registry.bring_in(demo)
    studio = fjord()
    account = connect_account(studio, demo.NAME, {"folder": str(tmp_path)}, **TOLD)
    customer = ana(studio)
    made = begin_attempt(account, customer, split([bill(customer)], 100_00), now=NOW)
    wanted = Wanted(made.key, made.amount, made.currency, "Fjord Design · 1 <b>", "1", HERE, GONE)
    assert open_page(made, provider_of(account), wanted, NOW) == f"http://testserver/demo-pay/{made.key}/"
    return made


def press(attempt: Attempt, act: str) -> str:
    answer = Client(enforce_csrf_checks=True).post(f"/demo-pay/{attempt.key}/", {"act": act})
    assert answer.status_code == 303
    return str(answer["Location"])


def test_it_says_that_no_money_moves(attempt: Attempt) -> None:
    page = Client().get(f"/demo-pay/{attempt.key}/")
    said = page.content.decode()
    assert "No money moves" in said
    assert "€100.00" in said
    assert "Fjord Design · 1 &lt;b&gt;" in said
    assert not page.cookies
    assert provider_of(attempt.account).fetch(attempt.ref).state == "open", "looking at it pays nothing"


def test_declined_then_paid_then_silent(attempt: Attempt) -> None:
    assert press(attempt, "decline") == f"/demo-pay/{attempt.key}/"
    assert "declined" in Client().get(f"/demo-pay/{attempt.key}/").content.decode()
    assert press(attempt, "pay") == HERE
    assert Client().get(f"/demo-pay/{attempt.key}/")["Location"] == HERE, "paid is paid"
    looked = look_at_attempt(attempt, provider_of(attempt.account), lambda: NOW)
    assert looked.state == "paid"
    loaded = load_accounts(attempt.customer.organization, [attempt.customer_id], TODAY)[attempt.customer_id]
    assert loaded.account.invoices == ()


def test_cancelled(attempt: Attempt) -> None:
    assert press(attempt, "cancel") == GONE
    assert provider_of(attempt.account).fetch(attempt.ref).state == "open"


def test_what_is_not_there(attempt: Attempt) -> None:
    for ref in ("0" * 32, "nonsense", attempt.key[:-1]):
        assert Client().get(f"/demo-pay/{ref}/").status_code == 404
    provider_of(attempt.account).end(attempt.ref)
    assert "closed" in Client().get(f"/demo-pay/{attempt.key}/").content.decode()


def test_only_the_demo_has_it(settings: Any) -> None:
    from purring.config import urls

    def routed() -> bool:
        return any(str(entry.pattern) == "demo-pay/" for entry in importlib.reload(urls).urlpatterns)

    settings.DEMO_MAILBOX = "somewhere"
    assert routed()
    settings.DEMO_MAILBOX = ""
    assert not routed()
