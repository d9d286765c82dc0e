# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whole stories of payers through each provider's own HTTP and notices, over a bad line: what is booked in the end is what
happened there, whatever was heard of it, how often and in which order.

Several payers press "pay" in one world. Their stories are played many times from that moment, each time with another
chance, and the world is set back in between; so a run costs what its money costs, not what its house costs.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from purring.core.errors import Trouble
from purring.facts.checkout import looking
from purring.facts.checkout.attempts import begin_attempt, open_page, split
from purring.facts.checkout.models import Attempt, Discrepancy, ProviderAccount
from purring.facts.checkout.notices import store_notice
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Payment, Reversal
from purring.plugins.payment import Provider, Wanted
from tests.apps.facts.cast import TOLD, ana, bill, fjord
from tests.support.providers.all import SHOPS
from tests.support.providers.paypal import PayPalShop
from tests.support.providers.shop import Sent, Shop
from tests.support.seeds import count

pytestmark = pytest.mark.django_db
NOW: datetime = TOLD["now"]
PAYERS = 40
REPLAYS = 25
"""How often the stories of one world are played anew."""
DELIVERIES = (0, 0, 1, 1, 2, 5)
"""How often one notice arrives: lost, once, again."""


@dataclass
class Payer:
    """One customer with one attempt."""

    customer: Customer
    invoices: list[Invoice]
    attempt: Attempt


@dataclass
class World:
    """One account at one shop, and payers who have its page open."""

    shop: Shop
    rng: random.Random
    account: ProviderAccount
    payers: list[Payer] = field(default_factory=list)
    now: datetime = NOW
    travelling: list[Sent] = field(default_factory=list)
    """Notices on their way, as often as they will arrive."""
    heard: int = 0

    def __post_init__(self) -> None:
        self.shop.clock = lambda: self.now
        self.provider: Provider = self.shop.connect()

    def opens(self, number: int) -> None:
        rng, customer = self.rng, ana(self.account.organization, ref=f"P{number}")
        invoices = [bill(customer, f"{number}-{at}", rng.randint(1, 90_00)) for at in range(rng.choice([1, 1, 2, 3]))]
        amount = rng.randint(1, sum(one.balance for one in invoices))
        attempt = begin_attempt(self.account, customer, split(invoices, amount), now=self.now, form_key=customer.ref)
        addresses = ("https://x.example/r", "https://x.example/c")
        wanted = Wanted(attempt.key, amount, attempt.currency, "Logo", "1001", *addresses)
        while not attempt.url:  # the payer presses again until there is a page
            try:
                open_page(attempt, self.provider, wanted, self.now)
            except Trouble:
                continue
        self.payers.append(Payer(customer, invoices, attempt))

    @contextmanager
    def set_back(self) -> Iterator[None]:
        """What happens inside has not happened afterwards, neither here nor at the shop."""
        shop = {name: copy.deepcopy(value) for name, value in vars(self.shop).items() if name not in _LASTING}
        now = self.now
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        vars(self.shop).update(shop)
        self.now, self.heard = now, len(self.shop.notices)
        self.travelling.clear()

    def hears(self) -> None:
        """Each new notice sets out so often as it will arrive; some that are on their way arrive now, in any order."""
        for sent in self.shop.notices[self.heard :]:
            self.travelling += [sent] * self.rng.choice(DELIVERIES)
        self.heard = len(self.shop.notices)
        self.rng.shuffle(self.travelling)
        arriving = self.rng.randint(0, len(self.travelling))
        for sent in self.travelling[:arriving]:
            told = self.provider.read_notice(self.shop.sign(sent.body, self.now), sent.body, self.now)
            store_notice(self.account, told, sent.body, self.now)
        del self.travelling[:arriving]

    def look(self, after: timedelta) -> None:
        self.now += after
        looking.look(self.now, clock=lambda: self.now, connect=lambda _: self.provider, most=1_000)


_LASTING = frozenset({"rng", "clock", "check", "asked"})


def account_of(organization: Organization, shop: Shop) -> ProviderAccount:
    made = ProviderAccount(organization=organization, provider=shop.name, sealed="-", created_at=NOW)
    made.token = f"token-{ProviderAccount.objects.everywhere('a test').count()}"
    made.save(force_insert=True)
    return made


def story(shop: Shop, ref: str, rng: random.Random) -> list[Callable[[], object]]:
    """What happens at the provider, one thing after the other."""
    told: list[Callable[[], object]] = []
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
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
    while left and rng.random() < 0.35:
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


def play(world: World) -> int:
    """The stories of all payers, mixed; then silence, in which the rounds go on asking. How many stories it were."""
    rng, shop = world.rng, world.shop
    shop.trouble = 0.2
    stories = [story(shop, payer.attempt.ref, rng) for payer in world.payers]
    while any(stories):
        world.now += timedelta(minutes=rng.randint(0, 300))
        for happens in stories:
            while happens and rng.random() < 0.6:
                happens.pop(0)()
        world.hears()
        if rng.random() < 0.3:
            world.look(timedelta(minutes=rng.randint(0, 90)))
    world.look(timedelta(hours=20))
    shop.trouble = 0.0
    world.look(timedelta(hours=30))
    for payer in world.payers:
        agrees(world, payer)
    return len(world.payers)


def agrees(world: World, payer: Payer) -> None:
    sale, org = world.shop.sale(payer.attempt.ref), payer.attempt.organization_id
    payments: list[Any] = list(Payment.objects.of(org).filter(customer=payer.customer).values())
    reversals = Reversal.objects.of(org).filter(payment__in=[one["id"] for one in payments])
    came = sale.units if sale.stage == "paid" else 0
    went = sum(one.units for one in sale.backs if one.state in {"done", "lost"})
    told = (sale, payments)
    assert sum(one["amount"] for one in payments if one["settled_on"]) == came, told
    assert sum(one.amount for one in reversals) == went, told
    open_now = [one for one in payments if not one["settled_on"] and not one["failed_on"]]
    assert bool(open_now) == (sale.stage == "pending"), told
    balances = Invoice.objects.of(org).filter(pk__in=[one.pk for one in payer.invoices])
    assert sum(one.amount - one.balance for one in balances) == came - went, told
    codes = set(Discrepancy.objects.of(org).filter(attempt=payer.attempt).values_list("code", flat=True))
    assert codes <= {"disputed"}, (codes, told)
    assert sale.stage != "agreed", "money that was agreed to is taken"


@pytest.mark.scales
@pytest.mark.slow
@pytest.mark.parametrize("name", SHOPS)
def test_whatever_is_heard_and_when_the_end_is_what_happened_there(name: str, rng: random.Random) -> None:
    # The thousand of the normal run are SQLite's; on PostgreSQL each question is a journey.
    normal = 1_000 if connection.vendor == "sqlite" else 200
    wanted, played, worlds = count("checkout_providers", normal=normal, endurance=20_000), 0, 0
    while played < wanted:
        shop = SHOPS[name](rng, trouble=0.2)
        with transaction.atomic():  # a fresh house for each world
            world = World(shop, rng, account_of(fjord(f"house-{worlds}"), shop))
            for number in range(PAYERS):
                world.opens(number)
            for _ in range(REPLAYS):
                with world.set_back():
                    played += play(world)
                if played >= wanted:
                    break
            transaction.set_rollback(True)
        worlds += 1
