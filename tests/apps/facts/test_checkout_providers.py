# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whole stories of payers through each provider's own HTTP and notices, over a bad line: what is booked in the end is what
happened there."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from purring.core.errors import Trouble
from purring.facts.checkout import looking
from purring.facts.checkout.attempts import begin_attempt, open_page, split
from purring.facts.checkout.models import Attempt, Discrepancy, Notice, ProviderAccount
from purring.facts.checkout.notices import store_notice
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Payment, Reversal
from purring.plugins.payment import Provider, Wanted
from tests.apps.facts.cast import TOLD, ana, bill, fjord
from tests.support.providers.all import SHOPS
from tests.support.providers.paypal import PayPalShop
from tests.support.providers.shop import Shop
from tests.support.seeds import count

pytestmark = pytest.mark.django_db
NOW: datetime = TOLD["now"]
DELIVERIES = (0, 0, 0, 1, 1, 2, 5)


@dataclass
class Scene:
    """One payer, one attempt, one shop."""

    shop: Shop
    account: ProviderAccount
    customer: Customer
    rng: random.Random
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.shop.clock = lambda: self.now
        self.provider: Provider = self.shop.connect()

    def opens(self, invoices: list[Invoice], amount: int) -> Attempt:
        attempt = begin_attempt(
            self.account, self.customer, split(invoices, amount), now=self.now, form_key=self.customer.ref
        )
        wanted = Wanted(
            attempt.key, amount, attempt.currency, "Logo", "1001", "https://x.example/r", "https://x.example/c"
        )
        while not attempt.url:  # the payer presses again until there is a page
            try:
                open_page(attempt, self.provider, wanted, self.now)
            except Trouble:
                continue
        return attempt

    def hears(self, times: int = 1) -> None:
        """Some of the notices so far arrive, in any order, signed anew with each delivery."""
        for sent in self.rng.choices(self.shop.notices, k=times) if self.shop.notices else ():
            told = self.provider.read_notice(self.shop.sign(sent.body, self.now), sent.body, self.now)
            store_notice(self.account, told, sent.body, self.now)

    def look(self, after: timedelta) -> None:
        self.now += after
        looking.look(self.now, clock=lambda: self.now, connect=lambda _: self.provider)


def account_of(organization: Organization, shop: Shop) -> ProviderAccount:
    made = ProviderAccount(organization=organization, provider=shop.name, sealed="-", created_at=NOW)
    made.token = f"token-{ProviderAccount.objects.everywhere('a test').count()}"
    made.save(force_insert=True)
    return made


def story(scene: Scene, attempt: Attempt) -> list[Callable[[], object]]:
    """What happens at the provider, one thing after the other."""
    shop, ref, rng = scene.shop, attempt.ref, scene.rng
    told: list[Callable[[], object]] = []
    for _ in range(rng.randint(0, 2)):
        told += [lambda: shop.promises(ref), lambda: shop.bounces(ref)] if rng.random() < 0.4 else []
        told += [lambda: shop.declines(ref)] if rng.random() < 0.4 else []
    ending = rng.random()
    if ending < 0.15:
        return [*told, lambda: shop.expires(ref)]
    if ending < 0.25:
        return [*told, lambda: shop.promises(ref)]
    if ending < 0.35:
        return told
    if isinstance(shop, PayPalShop) and rng.random() < 0.7:
        return [*told, lambda: shop.approves(ref)]
    told += [lambda: shop.promises(ref)] if rng.random() < 0.3 else []
    told.append(lambda: shop.pays(ref))
    left = shop.sale(ref).units
    while left and rng.random() < 0.4:
        units = rng.randint(1, left)
        left -= units
        told += goes_back(shop, ref, units, rng)
    return told


def goes_back(shop: Shop, ref: str, units: int, rng: random.Random) -> Sequence[Callable[[], object]]:
    if rng.random() < 0.4:
        return [lambda: shop.returns(ref, units)]
    if rng.random() < 0.4:
        ends = rng.choice(["done", "failed"])
        return [
            lambda: shop.returns(ref, units, state="pending"),
            lambda: shop.decides(ref, shop.sale(ref).backs[-1], ends),
        ]
    ends = rng.choice(["lost", "won"])
    claim = [lambda: shop.claims(ref, units), lambda: shop.decides(ref, shop.sale(ref).backs[-1], ends)]
    return claim if rng.random() < 0.8 else claim[:1]


def play(scene: Scene) -> None:
    rng, number = scene.rng, scene.customer.ref
    invoices = [bill(scene.customer, f"{number}-{at}", rng.randint(1, 90_00)) for at in range(rng.randint(1, 3))]
    attempt = scene.opens(invoices, rng.randint(1, sum(one.balance for one in invoices)))
    for happens in story(scene, attempt):
        scene.now += timedelta(minutes=rng.randint(0, 300))
        happens()
        scene.hears(rng.choice(DELIVERIES))
        for _ in range(rng.randint(0, 2)):
            scene.look(timedelta(minutes=rng.randint(0, 90)))
    scene.look(timedelta(hours=20))
    scene.shop.trouble = 0.0
    for _ in range(3):
        scene.look(timedelta(hours=30))
    agrees(scene, attempt, invoices)
    curtain(scene, attempt)


def agrees(scene: Scene, attempt: Attempt, invoices: list[Invoice]) -> None:
    sale = scene.shop.sale(attempt.ref)
    mine = Payment.objects.of(attempt.organization_id).filter(customer=scene.customer)
    came = sale.units if sale.stage == "paid" else 0
    went = sum(one.units for one in sale.backs if one.state in {"done", "lost"})
    told = (sale, list(mine.values()))
    reversals = Reversal.objects.of(attempt.organization_id).filter(payment__in=mine)
    assert sum(mine.exclude(settled_on=None).values_list("amount", flat=True)) == came, told
    assert sum(reversals.values_list("amount", flat=True)) == went, told
    assert mine.filter(settled_on=None, failed_on=None).exists() == (sale.stage == "pending"), told
    for invoice in invoices:
        invoice.refresh_from_db()
    assert sum(one.amount - one.balance for one in invoices) == came - went, told
    codes = set(Discrepancy.objects.of(attempt.organization_id).filter(attempt=attempt).values_list("code", flat=True))
    assert codes <= {"disputed"}, (codes, told)
    assert sale.stage != "agreed", "money that was agreed to is taken"


def curtain(scene: Scene, attempt: Attempt) -> None:
    """Nobody asks about this one any more."""
    Attempt.objects.of(attempt.organization_id).filter(pk=attempt.pk).update(look_at=None)
    Notice.objects.of(attempt.organization_id).update(look_at=None)
    ProviderAccount.objects.of(attempt.organization_id).filter(pk=scene.account.pk).update(enabled=False)


@pytest.mark.scales
@pytest.mark.slow
@pytest.mark.parametrize("name", SHOPS)
def test_whatever_is_heard_and_when_the_end_is_what_happened_there(name: str, rng: random.Random) -> None:
    for number in range(count("checkout_providers", normal=40, endurance=20_000)):
        if number % 50 == 0:  # a fresh house now and then: looking through a crowded one takes ever longer
            studio = fjord(f"house-{number}")
        shop = SHOPS[name](rng, trouble=0.2)
        play(Scene(shop, account_of(studio, shop), ana(studio, ref=f"P{number}"), rng))
