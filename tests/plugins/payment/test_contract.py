# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every payment provider alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purring.core.errors import Refused, Trouble
from purring.plugins.payment import Back, Charging, Completing, Provider, State, Truth, Wanted
from purring.plugins.payment.registry import connect, plugin, plugins
from tests.plugins.payment.vendors import specs
from tests.support.providers.all import SHOPS
from tests.support.providers.paypal import PayPalShop
from tests.support.providers.shop import Sent, Shop
from tests.support.providers.stripe import StripeShop

LANGUAGES = ("en", "de", "nl", "it", "es", "fr", "nb", "pt-PT", "pt-BR", "af", "da", "sv", "fi", "pl", "")


def wanted(key: str = "a" * 32, amount: int = 50_00, currency: str = "EUR", language: str = "en") -> Wanted:
    return Wanted(
        key,
        amount,
        currency,
        "Invoice 1001, Fjord Design",
        "1001",
        "https://billing.example/back",
        "https://billing.example/cancelled",
        language=language,
        email="ana@example.org",
    )


def heard(shop: Shop, provider: Provider) -> Truth:
    """The truth that the last notice leads to."""
    sent, now = shop.notices[-1], shop.clock()
    return provider.fetch(provider.read_notice(sent.headers, sent.body, now).ref)


def paid(shop: Shop, provider: Provider, key: str = "a" * 32) -> tuple[str, Truth]:
    started = provider.start(wanted(key))
    shop.pays(started.ref)
    return started.ref, provider.fetch(started.ref)


class TestPaying:
    def test_from_page_to_truth(self, shop: Shop) -> None:
        provider = shop.connect()
        started = provider.start(wanted())
        assert started.url.startswith("https://")
        before = provider.fetch(started.ref)
        assert (before.state, before.amount, before.currency) == (State.OPEN, 50_00, "EUR")
        assert (before.key, before.payment_ref) == ("a" * 32, "")
        shop.pays(started.ref)
        for truth in (heard(shop, provider), provider.fetch(started.ref)):
            assert (truth.state, truth.amount, truth.currency, truth.key) == (State.PAID, 50_00, "EUR", "a" * 32)
            assert truth.payment_ref
            assert truth.paid_at is not None
            assert truth.fee == 1_00
            assert truth.live is False
            assert truth.returned in ([], ())

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_page_is_asked_for_in_every_language(self, shop: Shop, language: str) -> None:
        assert shop.connect().start(wanted(language=language)).url

    def test_long_words_are_cut_and_not_refused(self, shop: Shop) -> None:
        long = Wanted("b" * 32, 1_00, "EUR", "ä" * 2_000, "r" * 2_000, "https://x.example/r", "https://x.example/c")
        assert shop.connect().start(long).url

    def test_the_same_key_is_one_page(self, shop: Shop) -> None:
        provider = shop.connect()
        assert provider.start(wanted()) == provider.start(wanted())
        assert len(shop.sales) == 1
        assert provider.start(wanted("c" * 32)).ref not in {"", provider.start(wanted()).ref}

    def test_declined_and_then_paid(self, shop: Shop) -> None:
        provider = shop.connect()
        ref = provider.start(wanted()).ref
        shop.declines(ref)
        truth = heard(shop, provider)
        assert (truth.state, truth.payment_ref) == (State.FAILED, "")
        late = shop.notices[-1]
        shop.pays(ref)
        for notice in (late, shop.notices[-1]):
            told = provider.read_notice(notice.headers, notice.body, shop.clock())
            assert provider.fetch(told.ref).state is State.PAID, "what was declined before says nothing any more"

    def test_money_on_its_way(self, shop: Shop) -> None:
        provider = shop.connect()
        ref = provider.start(wanted()).ref
        shop.promises(ref)
        before = heard(shop, provider)
        assert before.state is State.PENDING
        assert before.payment_ref
        shop.pays(ref)
        after = heard(shop, provider)
        assert (after.state, after.payment_ref) == (State.PAID, before.payment_ref)

    def test_money_that_does_not_come(self, shop: Shop) -> None:
        provider = shop.connect()
        ref = provider.start(wanted()).ref
        shop.promises(ref)
        shop.bounces(ref)
        truth = heard(shop, provider)
        assert (truth.state, truth.key) == (State.FAILED, "a" * 32)

    def test_an_ended_page(self, shop: Shop) -> None:
        provider = shop.connect()
        ref = provider.start(wanted()).ref
        shop.expires(ref)
        assert provider.fetch(ref).state is State.ENDED

    def test_closing_a_page_once_twice_and_after_the_payment(self, shop: Shop) -> None:
        provider = shop.connect()
        ref = provider.start(wanted()).ref
        provider.end(ref)
        provider.end(ref)
        if not isinstance(shop, PayPalShop):  # PayPal has no such thing; there nothing is taken without us
            assert provider.fetch(ref).state is State.ENDED
        paid_ref, _ = paid(shop, provider, "d" * 32)
        provider.end(paid_ref)
        assert provider.fetch(paid_ref).state is State.PAID


class TestMoneyBack:
    def test_in_part_in_whole_and_not_more(self, shop: Shop) -> None:
        provider = shop.connect()
        ref, truth = paid(shop, provider)
        first = provider.refund(truth.payment_ref, 20_00, "EUR", "r1")
        assert (first.why, first.amount) == (Back.REFUND, 20_00)
        assert provider.refund(truth.payment_ref, 20_00, "EUR", "r1").ref == first.ref
        assert [one.amount for one in provider.fetch(ref).returned] == [20_00]
        with pytest.raises(Trouble) as caught:
            provider.refund(truth.payment_ref, 30_01, "EUR", "r2")
        assert caught.value.permanent
        provider.refund(truth.payment_ref, 30_00, "EUR", "r3")
        for now in (provider.fetch(ref), heard(shop, provider)):
            assert sorted(one.amount for one in now.returned) == [20_00, 30_00]
            assert (now.state, now.amount, now.payment_ref) == (State.PAID, 50_00, truth.payment_ref)

    def test_long_keys_stay_different(self, shop: Shop) -> None:
        provider = shop.connect()
        _, truth = paid(shop, provider)
        names = {provider.refund(truth.payment_ref, 1_00, "EUR", "k" * 60 + str(at)).ref for at in range(3)}
        assert len(names) == 3

    def test_refunded_by_hand_on_the_provider_s_pages(self, shop: Shop) -> None:
        provider = shop.connect()
        ref, _ = paid(shop, provider)
        back = shop.returns(ref, 7_00, state="pending")
        assert [(one.amount, one.done) for one in heard(shop, provider).returned] == [(7_00, False)]
        shop.decides(ref, back, "done")
        assert [(one.amount, one.done) for one in heard(shop, provider).returned] == [(7_00, True)]
        failed = shop.returns(ref, 3_00, state="pending")
        shop.decides(ref, failed, "failed")
        assert [one.amount for one in heard(shop, provider).returned] == [7_00]

    @pytest.mark.parametrize("lost", [True, False])
    def test_a_dispute(self, shop: Shop, lost: bool) -> None:
        provider = shop.connect()
        ref, truth = paid(shop, provider)
        claim = shop.claims(ref, 50_00)
        told = heard(shop, provider)
        assert [(one.why, one.amount, one.done) for one in told.returned] == [(Back.CHARGEBACK, 50_00, False)]
        assert told.payment_ref == truth.payment_ref
        assert provider.fetch(ref).returned == told.returned, "asked in another way, the same answer"
        shop.decides(ref, claim, "lost" if lost else "won")
        assert [one.done for one in heard(shop, provider).returned] == ([True] if lost else [])

    def test_found_by_asking(self, shop: Shop) -> None:
        provider = shop.connect()
        ref, truth = paid(shop, provider)
        paid(shop, provider, "e" * 32)
        before = shop.clock() + timedelta(hours=9)
        shop.clock = lambda: before + timedelta(minutes=3)
        provider = shop.connect()
        assert list(provider.changed_since(before)) == []
        shop.returns(ref, 5_00)
        found = list(provider.changed_since(before))
        assert {one.rpartition(":")[2] for one in found} == {truth.payment_ref}
        assert [one.amount for one in provider.fetch(found[0]).returned] == [5_00]
        shop.claims(ref, 2_00)
        assert {one.rpartition(":")[2] for one in provider.changed_since(before)} == {truth.payment_ref}

    def test_many_changes_come_in_pages(self, shop: Shop) -> None:
        shop.check = lambda _asked, _reply: None
        provider = shop.connect()
        ref, truth = paid(shop, provider)
        for _ in range(120):
            shop.returns(ref, 1)
        assert truth.payment_ref in {
            one.rpartition(":")[2] for one in provider.changed_since(shop.clock() - timedelta(1))
        }
        assert len(provider.fetch(ref).returned) == 120


class TestTheLine:
    @pytest.mark.parametrize("mood", ["busy", "broken", "junk", "deaf", "lost"])
    def test_trouble_passes_and_the_same_key_does_nothing_twice(self, shop: Shop, mood: str) -> None:
        provider = shop.connect()
        provider.start(wanted("0" * 32))  # signed in
        shop.moods.append(mood)
        with pytest.raises(Trouble) as caught:
            provider.start(wanted())
        assert not caught.value.permanent
        assert caught.value.retry_after_seconds == (30 if mood == "busy" else None)
        ref = provider.start(wanted()).ref
        assert len(shop.sales) == 2
        shop.pays(ref)
        truth = provider.fetch(ref)
        shop.moods.append(mood)
        with pytest.raises(Trouble):
            provider.refund(truth.payment_ref, 1_00, "EUR", "r")
        provider.refund(truth.payment_ref, 1_00, "EUR", "r")
        assert [one.amount for one in provider.fetch(ref).returned] == [1_00]

    def test_credentials_that_do_not_count(self, shop: Shop) -> None:
        wrong = {"secret_key": "sk_test_x", "secret": "x", "access_token": "x"}
        with pytest.raises(Refused) as caught:
            shop.connect(**wrong).start(wanted())
        assert caught.value.code == "bad_settings"
        assert caught.value.params["field"] in wrong

    def test_what_is_not_known_there(self, shop: Shop) -> None:
        provider = shop.connect()
        if isinstance(shop, PayPalShop):  # forgets what nobody approved
            assert provider.fetch("GONE").state is State.ENDED
            return
        with pytest.raises(Trouble) as caught:
            provider.fetch({"stripe": "cs_test_gone", "square": "GONE:LNK"}[shop.name])
        assert caught.value.permanent


class TestNotices:
    def test_an_id_for_ever(self, shop: Shop) -> None:
        provider = shop.connect()
        paid(shop, provider)
        now = shop.clock()
        first, again = (shop.notices[-1] for _ in range(2))
        one = provider.read_notice(first.headers, first.body, now)
        later = provider.read_notice(
            shop.sign(again.body, now + timedelta(hours=5)), again.body, now + timedelta(hours=5)
        )
        assert (one.id, one.ref) == (later.id, later.ref)
        ids = {provider.read_notice(sent.headers, sent.body, now).id for sent in shop.notices}
        assert len(ids) == len(shop.notices)

    def test_nothing_but_the_signed_bytes(self, shop: Shop) -> None:
        provider = shop.connect()
        paid(shop, provider)
        sent, now = shop.notices[-1], shop.clock()
        changed = [
            sent.body[:-1],
            sent.body + b" ",
            sent.body.replace(b"a", b"b"),
            b"",
            json.dumps(json.loads(sent.body), indent=1).encode(),
        ]
        for body in changed:
            refuses(provider, Sent(sent.headers, body), now)
        for name, value in sent.headers.items():
            for bad in (
                "",
                value[:-4] + "AAAA" if not value.endswith("AAAA") else "",
                "é" + value,
                "t=1,v1=",
                "x" * 9_000,
            ):
                refuses(provider, Sent({**sent.headers, name: bad}, sent.body), now)
        refuses(provider, Sent({}, sent.body), now)

    def test_not_from_long_ago_and_not_from_the_future(self, shop: Shop) -> None:
        provider = shop.connect()
        paid(shop, provider)
        sent, now = shop.notices[-1], shop.clock()
        for moment in (now + timedelta(days=5), now - timedelta(hours=1)):
            refuses(provider, sent, moment)

    def test_without_a_secret_nothing_counts(self, shop: Shop) -> None:
        paid(shop, shop.connect())
        bare = shop.connect(webhook_secret="", webhook_id="", signature_key="")
        refuses(bare, shop.notices[-1], shop.clock())

    @pytest.mark.parametrize(
        "body",
        [b"", b"{}", b"[]", b"null", b'"x"', b"\xff", b'{"id": 1, "data": 3}', b'{"type": null, "event_type": []}'],
    )
    def test_signed_and_unreadable(self, shop: Shop, body: bytes) -> None:
        now = shop.clock()
        with pytest.raises(Refused) as caught:
            shop.connect().read_notice(shop.sign(body, now), body, now)
        assert caught.value.code == "bad_notice"


def refuses(provider: Provider, sent: Sent, now: datetime) -> None:
    with pytest.raises(Refused) as caught:
        provider.read_notice(sent.headers, sent.body, now)
    assert caught.value.code == "bad_signature"


class TestWhatItOffers:
    def test_the_registry_knows_it(self, shop: Shop) -> None:
        known = plugin(shop.name)
        assert (known.NAME, shop.name in plugins()) == (shop.name, True)
        assert len({field.key for field in known.FIELDS}) == len(known.FIELDS)
        with pytest.raises(Refused) as caught:
            connect(shop.name, {})
        assert caught.value.code == "bad_settings"
        assert caught.value.params["field"] in {field.key for field in known.FIELDS if field.required}

    def test_the_protocols(self, shop: Shop) -> None:
        provider = shop.connect()
        assert isinstance(provider, Provider)
        assert provider.name == shop.name
        assert isinstance(provider, Completing) == isinstance(shop, PayPalShop)
        assert isinstance(provider, Charging) == isinstance(shop, StripeShop)


def test_an_unknown_name() -> None:
    with pytest.raises(Refused) as caught:
        connect("nobody", {})
    assert caught.value.code == "unknown_provider"


@pytest.mark.parametrize("name", SHOPS)
def test_each_request_is_as_the_vendor_describes_it(name: str, test_data: Path) -> None:
    """Everything that is ever asked, in one go, against the vendor's own description."""
    described = specs(name, test_data)
    shop = SHOPS[name]()
    shop.check = lambda asked, reply: None if asked.path == "/v1/oauth2/token" else described.check(asked, reply)
    provider = shop.connect()
    ref, truth = paid(shop, provider)
    provider.refund(truth.payment_ref, 1_00, "EUR", "r")
    shop.claims(ref, 2_00)
    for sent in shop.notices:
        provider.fetch(provider.read_notice(sent.headers, sent.body, shop.clock()).ref)
    list(provider.changed_since(datetime.now(UTC) - timedelta(hours=1)))
    provider.end(provider.start(wanted("e" * 32)).ref)
    assert len(described.checked) >= 7
    assert {"lost", "deaf"}.isdisjoint(shop.moods)
