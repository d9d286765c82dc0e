# SPDX-License-Identifier: AGPL-3.0-or-later
"""What only one of the providers does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from purring.core.errors import Trouble
from purring.plugins.payment import Back, State, Wanted
from tests.support.providers.paypal import PayPalShop
from tests.support.providers.shop import Reply, Request, reply
from tests.support.providers.square import SquareShop
from tests.support.providers.stripe import StripeShop

WANTED = Wanted("a" * 32, 50_00, "EUR", "Logo", "1", "https://x.example/r", "https://x.example/c")


class TestStripeKeepsAWayOfPaying:
    def test_only_when_asked_to(self) -> None:
        shop = StripeShop()
        provider = shop.connect()
        for wanted, kept in ((WANTED, None), (replace(WANTED, key="b", keep=True), ("pm_1", "Visa 4242", "cus_1"))):
            ref = provider.start(wanted).ref
            shop.pays(ref)
            found = provider.fetch(ref).kept
            assert (found and (found.ref, found.label, found.payer)) == kept

    def test_a_charge_without_the_payer(self) -> None:
        shop = StripeShop()
        provider = shop.connect()
        ref = provider.start(replace(WANTED, keep=True)).ref
        shop.pays(ref)
        kept = provider.fetch(ref).kept
        assert kept
        later = replace(WANTED, key="later")
        truth = provider.charge(kept, later)
        assert (truth.state, truth.amount, truth.key) == (State.PAID, 50_00, "later")
        assert provider.charge(kept, later).payment_ref == truth.payment_ref
        assert len(shop.sales) == 2
        shop.needs_payer = True
        declined = provider.charge(kept, replace(WANTED, key="again"))
        assert (declined.state, declined.payment_ref) == (State.FAILED, "")
        assert declined.why == "The payer has to be there."
        provider.forget(kept)
        assert shop.detached == ["pm_1"]


class TestPayPalTakesWhatWasAgreed:
    def test_once(self) -> None:
        shop = PayPalShop()
        provider = shop.connect()
        ref = provider.start(WANTED).ref
        shop.approves(ref)
        assert provider.fetch(ref).state is State.AGREED
        shop.moods.extend(["", "lost"])
        with pytest.raises(Trouble):
            provider.complete(ref, WANTED.key)
        truth = provider.complete(ref, WANTED.key)
        assert (truth.state, truth.payment_ref) == (State.PAID, shop.sale(ref).money)
        assert sum(one.path.endswith("/capture") for one in shop.asked) == 1

    def test_refused_by_the_bank_and_agreed_again(self) -> None:
        shop = PayPalShop()
        provider = shop.connect()
        ref = provider.start(WANTED).ref
        shop.approves(ref)
        shop.sale(ref).method = "refused"
        failed = provider.complete(ref, WANTED.key)
        assert (failed.state, failed.why) == (State.FAILED, "The instrument presented was declined.")
        shop.declines(ref)
        assert provider.fetch(ref).state is State.FAILED
        shop.approves(ref)
        assert provider.fetch(ref).state is State.AGREED
        assert provider.complete(ref, WANTED.key).state is State.PAID

    def test_a_session_is_kept_and_renewed(self) -> None:
        shop = PayPalShop()
        shop.base_url = "https://renewed.example"
        provider = shop.connect()
        provider.start(WANTED)
        shop.connect().start(WANTED)
        assert sum(one.path == "/v1/oauth2/token" for one in shop.asked) == 1
        provider._session.token = "old"
        with pytest.raises(Trouble, match="session") as caught:
            provider.start(replace(WANTED, key="new"))
        assert not caught.value.permanent
        assert provider.start(replace(WANTED, key="new")).ref

    def test_without_the_right_to_see_disputes_the_payment_is_seen(self) -> None:
        shop = PayPalShop()
        shop.may_see_disputes = False
        provider = shop.connect()
        ref = provider.start(WANTED).ref
        shop.pays(ref)
        assert provider.fetch(ref).state is State.PAID

    def test_a_claim_settled_by_a_refund_counts_once(self) -> None:
        shop = PayPalShop()
        provider = shop.connect()
        ref = provider.start(WANTED).ref
        shop.pays(ref)
        claim = shop.claims(ref, 50_00)
        shop.returns(ref, 50_00)
        shop.decides(ref, claim, "lost")
        back = provider.fetch(ref).returned
        assert [(one.why, one.amount) for one in back] == [(Back.REFUND, 50_00)]


def test_square_s_pages_end_although_it_repeats_itself() -> None:
    class Repeating(SquareShop):
        def route(self, request: Request) -> Reply:
            if request.path == "/v2/payments":
                return reply(200, {"payments": [{"id": "x"}], "cursor": "again"})
            return super().route(request)

    shop = Repeating()
    assert list(shop.connect().changed_since(shop.clock())) == ["payment:x"]
    assert sum(one.path == "/v2/payments" for one in shop.asked) == 2
