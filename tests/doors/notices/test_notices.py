# SPDX-License-Identifier: AGPL-3.0-or-later
"""The door of the providers' notices: signed ones are stored once, all others learn nothing; and from the notice to the
decision, a paid invoice is silent at once, and money that went back is asked for again as kindly as before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from purring.facts.checkout import looking
from purring.facts.checkout.accounts import change_account, connect_account, notice_address, settings_of
from purring.facts.checkout.attempts import begin_attempt, open_page, split
from purring.facts.checkout.models import Attempt, AttemptState, Notice, ProviderAccount
from purring.facts.payments.actions import record_payment
from purring.followup.accounts import load_accounts
from purring.plugins.payment import Provider, Wanted
from tests.apps.facts.cast import TODAY, TOLD, ana, bill, fjord
from tests.support.providers.all import SHOPS
from tests.support.providers.shop import Sent, Shop
from tests.support.seeds import count

pytestmark = pytest.mark.django_db
NOW = TOLD["now"]
SETTINGS = {
    "stripe": {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"},
    "paypal": {"client_id": "id", "secret": "secret", "webhook_id": "WH-1", "sandbox": "yes"},
    "square": {"access_token": "token", "location_id": "L1", "signature_key": "key", "sandbox": "yes"},
}


class Counter:
    """A business with one account at a stand-in, a customer, and the door."""

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)
        self.shop: Shop = SHOPS[name](clock=lambda: self.now)
        self.organization = fjord()
        self.account = connect_account(self.organization, name, SETTINGS[name], **TOLD)
        self.address = notice_address(self.account).removeprefix(settings.BASE_URL)
        self.provider: Provider = self.shop.connect()
        if name == "square":
            self.shop.notice_url = notice_address(self.account)  # type: ignore[attr-defined]
            self.provider = self.shop.connect()
        monkeypatch.setattr("purring.doors.notices.views._connected", lambda account: self.provider)
        self.customer = ana(self.organization)
        self.client = Client(enforce_csrf_checks=True)

    def presses_pay(self, *invoices: Any, amount: int = 0) -> Attempt:
        parts = split(list(invoices), amount or sum(one.balance for one in invoices))
        attempt = begin_attempt(self.account, self.customer, parts, now=self.now)
        addresses = ("https://x.example/r", "https://x.example/c")
        open_page(
            attempt,
            self.provider,
            Wanted(attempt.key, attempt.amount, attempt.currency, "Logo", "1", *addresses),
            self.now,
        )
        return attempt

    def sends(self, sent: Sent, address: str = "", **more: Any) -> int:
        headers = {**sent.headers, **more}
        response = self.client.post(
            address or self.address, sent.body, content_type="application/json", headers=headers
        )
        assert response.content == b"", "nobody learns anything from the answer"
        assert not self.client.cookies
        return int(response.status_code)

    def rounds(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        looking.look(self.now, clock=lambda: self.now, connect=lambda _: self.provider)

    def decides(self) -> Any:
        loaded = load_accounts(self.organization, [self.customer.pk], TODAY)[self.customer.pk]
        return loaded.decide(self.organization.today(self.now))


@pytest.fixture(params=SHOPS)
def counter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(request.param, monkeypatch)


def heard(counter: Counter) -> int:
    return Notice.objects.of(counter.organization).count()


def test_a_signed_notice_is_stored_once(counter: Counter) -> None:
    attempt = counter.presses_pay(bill(counter.customer))
    counter.shop.pays(attempt.ref)
    (sent, *_) = counter.shop.notices
    assert [counter.sends(sent) for _ in range(3)] == [200, 200, 200]
    assert heard(counter) == 1
    kept = Notice.objects.of(counter.organization).get()
    assert bytes(kept.body) == sent.body
    assert ProviderAccount.objects.of(counter.organization).get().heard_at == counter.now


def test_what_is_wrong_learns_nothing(counter: Counter) -> None:
    attempt = counter.presses_pay(bill(counter.customer))
    counter.shop.pays(attempt.ref)
    (sent, *_) = counter.shop.notices
    name = counter.account.provider
    assert counter.sends(Sent(sent.headers, sent.body + b" ")) == 400
    assert counter.sends(Sent({}, sent.body)) == 400
    other = next(one for one in SHOPS if one != name)
    assert counter.sends(sent, f"/notices/{other}/{counter.account.token}/") == 404
    assert counter.sends(sent, f"/notices/{name}/{counter.account.token[:-1]}/") == 404
    assert counter.sends(sent, f"/notices/{name}/{'x' * 5_000}/") == 404
    assert counter.sends(Sent(sent.headers, b" " * 1_000_001)) == 413
    assert counter.client.get(counter.address).status_code == 405
    counter.now += timedelta(days=5)
    assert counter.sends(sent) == 400, "too old: perhaps somebody recorded it"
    assert heard(counter) == 0


def test_notices_of_chance_are_never_stored(counter: Counter, rng: Any) -> None:
    attempt = counter.presses_pay(bill(counter.customer))
    counter.shop.pays(attempt.ref)
    (sent, *_) = counter.shop.notices
    for _ in range(count("forged_notices", normal=60, endurance=5_000)):
        body, headers = bytearray(sent.body), dict(sent.headers)
        if rng.random() < 0.5:
            at = rng.randrange(len(body))
            body[at] ^= 1 << rng.randrange(7)
        else:
            name = rng.choice([one for one in headers if headers[one] and one != "content-type"])
            at = rng.randrange(len(headers[name]))
            headers[name] = headers[name][:at] + rng.choice("abcXYZ019") + headers[name][at + 1 :]
        if bytes(body) == sent.body and headers == sent.headers:
            continue
        status = counter.sends(Sent(headers, bytes(body)))
        assert status in {400, 503} or (status == 200 and headers != sent.headers)
    assert heard(counter) <= 1
    assert all(bytes(one.body) == sent.body for one in Notice.objects.of(counter.organization))


def test_a_paid_invoice_is_silent_at_once_and_money_back_is_asked_for_kindly(counter: Counter) -> None:
    invoice = bill(counter.customer, due=TODAY - timedelta(3))
    before = counter.decides().contact
    assert before
    assert before.stage == "friendly"
    attempt = counter.presses_pay(invoice)
    if counter.account.provider == "paypal":
        counter.shop.approves(attempt.ref)  # type: ignore[attr-defined]
    else:
        counter.shop.pays(attempt.ref)
    for sent in counter.shop.notices:
        assert counter.sends(sent) == 200
    counter.rounds()
    assert counter.decides().contact is None, "silent by the first round after the notice"
    invoice.refresh_from_db()
    assert invoice.balance == 0

    known = len(counter.shop.notices)
    claim = counter.shop.claims(attempt.ref, 10_000)
    counter.shop.decides(attempt.ref, claim, "lost")
    for sent in counter.shop.notices[known:]:
        assert counter.sends(sent) == 200
    counter.rounds(timedelta(seconds=10))
    invoice.refresh_from_db()
    assert invoice.balance == 10_000
    again = counter.decides().contact
    assert again
    assert again.stage == "friendly", "as kindly as before"


def test_pages_that_nobody_needs_are_closed(counter: Counter) -> None:
    invoice, other = bill(counter.customer, "1"), bill(counter.customer, "2")
    first = counter.presses_pay(invoice)
    counter.now += timedelta(seconds=30)
    second, elsewhere = counter.presses_pay(invoice, amount=5_000), counter.presses_pay(other)
    closed: list[str] = []
    counter.provider.end = closed.append  # type: ignore[method-assign, assignment]
    counter.rounds(timedelta(seconds=10))
    assert closed == [first.ref], "a newer one took its place"
    record_payment(counter.customer, 10_000, "EUR", on=TODAY, invoice=other, **TOLD)
    counter.rounds(timedelta(seconds=10))
    assert closed == [first.ref, elsewhere.ref], "it was settled otherwise"
    counter.rounds(timedelta(days=31))
    states = Attempt.objects.of(counter.organization).order_by("id").values_list("state", flat=True)
    assert set(states) == {AttemptState.ENDED}
    assert second.ref in closed


def test_the_address_is_made_from_our_own(counter: Counter) -> None:
    assert notice_address(counter.account) == (
        f"{settings.BASE_URL}/notices/{counter.account.provider}/{counter.account.token}/"
    )
    if counter.account.provider == "square":
        assert settings_of(counter.account)["notice_url"] == notice_address(counter.account), "Square signs it"
        change_account(counter.account, given={**SETTINGS["square"], "notice_url": ""}, **TOLD)
        counter.account.refresh_from_db()
        assert settings_of(counter.account)["notice_url"] == notice_address(counter.account)
