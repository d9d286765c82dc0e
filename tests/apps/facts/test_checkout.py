# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every cent is booked once, however the provider's notices travel; what is not as asked waits for a person."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from purring.core.errors import Refused, Trouble
from purring.facts.checkout import attempts, looking
from purring.facts.checkout.attempts import Part, begin_attempt, open_page, split
from purring.facts.checkout.booking import apply_truth
from purring.facts.checkout.models import Attempt, Discrepancy, Notice, ProviderAccount
from purring.facts.checkout.notices import store_notice
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments import actions as payments
from purring.facts.payments.models import Payment, Reversal
from purring.plugins.payment import Back, State, Truth, Wanted
from tests.apps.facts.cast import TODAY, TOLD, ana, bill, fjord
from tests.apps.facts.till import Till
from tests.support.seeds import count

pytestmark = pytest.mark.django_db
NOW: datetime = TOLD["now"]


@dataclass
class Counter:
    """A customer at the till with invoices."""

    till: Till
    account: ProviderAccount
    customer: Customer
    now: datetime = NOW

    def bill(self, amount: int, **more: Any) -> Invoice:
        number = f"{self.customer.ref}-{self.customer.invoices.count()}"
        return bill(self.customer, number, amount, **more)

    def presses_pay(self, *invoices: Invoice, amount: int | None = None, form_key: str = "") -> Attempt:
        parts = split(invoices, amount or sum(one.balance for one in invoices))
        attempt = begin_attempt(self.account, self.customer, parts, now=self.now, form_key=form_key)
        open_page(attempt, self.till, wanted(attempt), self.now)
        return attempt

    def look(self, after: timedelta = timedelta(minutes=1)) -> None:
        self.now += after
        looking.look(self.now, clock=lambda: self.now, connect=lambda _: self.till)

    def hears(self) -> None:
        """All notices arrive."""
        for notice in self.till.notices:
            store_notice(self.account, notice, b"{}", self.now)
        self.look(timedelta(0))

    def codes(self) -> list[str]:
        return list(Discrepancy.objects.of(self.account.organization_id).order_by("id").values_list("code", flat=True))


def wanted(attempt: Attempt) -> Wanted:
    return Wanted(
        attempt.key, attempt.amount, attempt.currency, "Logo", "1001", "https://x.example/r", "https://x.example/c"
    )


def account_of(organization: Organization, **fields: Any) -> ProviderAccount:
    made = ProviderAccount(organization=organization, provider="till", sealed="-", created_at=NOW, **fields)
    made.token = f"token-{ProviderAccount.objects.everywhere('a test').count()}"
    made.save(force_insert=True)
    return made


@pytest.fixture
def counter() -> Counter:
    studio = fjord()
    return Counter(Till(random.Random(1)), account_of(studio), ana(studio))


def paid(truth_key: str) -> dict[str, Any]:
    return {"state": State.PAID, "payment_ref": f"money-{truth_key}", "paid_at": NOW}


class TestPaying:
    def test_a_paid_invoice_is_settled(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, **paid(attempt.key), fee=1_70)
        counter.hears()
        invoice.refresh_from_db()
        assert (invoice.balance, invoice.settled_on) == (0, TODAY)
        payment = Payment.objects.of(invoice.organization_id).get()
        assert (payment.amount, payment.source, payment.external_ref) == (
            50_00, f"till:{counter.account.pk}", f"money-{attempt.key}",
        )  # fmt: skip
        assert payment.booking.fee == 1_70
        assert counter.codes() == []

    def test_several_at_once_the_oldest_first(self, counter: Counter) -> None:
        old, young = counter.bill(30_00, due=TODAY - timedelta(9)), counter.bill(40_00)
        attempt = counter.presses_pay(young, old, amount=50_00)
        counter.till.happens(attempt.ref, counter.now, **paid(attempt.key))
        counter.hears()
        old.refresh_from_db()
        young.refresh_from_db()
        assert (old.balance, young.balance) == (0, 20_00)

    def test_no_notice_ever_comes(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, **paid(attempt.key))
        counter.look()
        invoice.refresh_from_db()
        assert invoice.balance == 0

    def test_on_its_way_it_is_silent_and_failing_it_is_open_again(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, state=State.PENDING, payment_ref="debit")
        counter.hears()
        payment = Payment.objects.of(invoice.organization_id).get()
        assert (payment.invoice_id, payment.settled_on, payment.failed_on) == (invoice.pk, None, None)
        with pytest.raises(Refused, match="on its way"):
            counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, state=State.FAILED, payment_ref="", why="no cover")
        counter.hears()
        payment.refresh_from_db()
        assert payment.failed_on == TODAY
        counter.till.happens(attempt.ref, counter.now, state=State.PAID, payment_ref="debit")
        counter.hears()
        invoice.refresh_from_db()
        assert invoice.balance == 0, "the same debit, tried again, counts once"

    def test_agreed_money_is_taken_only_while_it_is_owed(self, counter: Counter) -> None:
        one, two = counter.bill(50_00), counter.bill(20_00)
        first, second = counter.presses_pay(one), counter.presses_pay(two)
        payments.record_payment(counter.customer, 20_00, "EUR", on=TODAY, invoice=two, **TOLD)
        for attempt in (first, second):
            counter.till.happens(attempt.ref, counter.now, state=State.AGREED)
        counter.hears()
        assert counter.till.taken == [first.key]
        one.refresh_from_db()
        assert one.balance == 0

    def test_the_same_form_twice_is_one_attempt(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        assert counter.presses_pay(invoice, form_key="f").pk == counter.presses_pay(invoice, form_key="f").pk
        stranger = ana(counter.customer.organization, ref="C2")
        with pytest.raises(Refused, match="another page"):
            begin_attempt(counter.account, stranger, [Part(invoice, 1)], now=counter.now, form_key="f")

    def test_a_newer_page_takes_the_place_of_the_older_one(self, counter: Counter) -> None:
        invoice, other = counter.bill(50_00), counter.bill(1_00)
        first, elsewhere = counter.presses_pay(invoice), counter.presses_pay(other)
        second = counter.presses_pay(invoice, amount=20_00)
        counter.look()
        assert counter.till.ended == {first.ref}
        again = counter.presses_pay(invoice)
        assert again.pk not in (first.pk, second.pk, elsewhere.pk), "a page that is being closed is no way to pay"

    def test_the_same_wish_in_two_tabs_is_one_attempt(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        first = counter.presses_pay(invoice, form_key="one tab")
        assert counter.presses_pay(invoice, form_key="another").pk == first.pk
        assert counter.presses_pay(invoice, amount=49_99).pk != first.pk
        counter.now += attempts.SAME_PAGE_FOR
        assert counter.presses_pay(invoice).pk != first.pk, "the page may be old by now"

    def test_a_page_that_can_never_open_is_given_up(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        counter.till.start_trouble = [Trouble("busy"), Trouble("never", permanent=True)]
        keys = set()
        for _ in range(2):
            with pytest.raises(Trouble):
                counter.presses_pay(invoice, form_key="f")
            keys.add(Attempt.objects.of(invoice.organization_id).latest("id").key)
        assert len(keys) == 1, "after a moment's trouble the same key is tried again"
        assert counter.presses_pay(invoice, form_key="f").key not in keys

    def test_not_more_than_is_open(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        for amount in (0, -1, 50_01):
            with pytest.raises(Refused):
                split([invoice], amount)
        parts = [Part(invoice, 50_00)]
        payments.record_payment(counter.customer, 10_00, "EUR", on=TODAY, invoice=invoice, **TOLD)
        with pytest.raises(Refused, match="less is open"):
            begin_attempt(counter.account, counter.customer, parts, now=counter.now)


class TestNotAsAsked:
    @pytest.mark.parametrize(
        ("news", "code"),
        [
            ({"amount": 49_99}, "wrong_amount"),
            ({"amount": 51_00}, "wrong_amount"),
            ({"currency": "USD"}, "wrong_currency"),
        ],
    )
    def test_other_money_waits_on_account(self, news: dict[str, Any], code: str, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, **{**paid(attempt.key), **news})
        counter.hears()
        invoice.refresh_from_db()
        assert invoice.balance == 50_00
        assert counter.codes() == [code]
        assert payments.unapplied(Payment.objects.of(invoice.organization_id).get()) == news.get("amount", 50_00)

    def test_another_account_s_money_and_test_money_are_not_booked(self, counter: Counter) -> None:
        counter.account.account, counter.account.live = "acct_ours", True
        counter.account.save()
        for news in ({"account": "acct_theirs"}, {"live": False}):
            attempt = counter.presses_pay(counter.bill(50_00))
            counter.till.happens(attempt.ref, counter.now, **{**paid(attempt.key), **news})
        counter.hears()
        assert not Payment.objects.of(counter.account.organization_id).exists()
        assert counter.codes() == ["other_account", "test_money"]

    def test_another_organization_s_attempt_is_unknown(self, counter: Counter) -> None:
        attempt = counter.presses_pay(counter.bill(50_00))
        counter.till.happens(attempt.ref, counter.now, **paid(attempt.key))
        elsewhere = account_of(fjord("other"))
        assert apply_truth(elsewhere, counter.till.truths[attempt.ref], asked_at=NOW, now=NOW) is None
        assert not Payment.objects.everywhere("a test").exists()
        assert Discrepancy.objects.of(elsewhere.organization_id).get().code == "unknown_attempt"

    def test_other_sales_of_the_same_account_are_no_business_of_ours(self, counter: Counter) -> None:
        sale = replace(counter.till.truths[counter.presses_pay(counter.bill(5_00)).ref], key="", ref="their-shop")
        sold = replace(sale, state=State.PAID, payment_ref="x")
        assert apply_truth(counter.account, sold, asked_at=NOW, now=NOW) is None
        assert counter.codes() == []

    def test_paid_twice_by_two_ways(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        payments.record_payment(counter.customer, 30_00, "EUR", on=TODAY, invoice=invoice, **TOLD)
        counter.till.happens(attempt.ref, counter.now, **paid(attempt.key))
        counter.hears()
        invoice.refresh_from_db()
        assert invoice.balance == 0
        assert counter.codes() == ["paid_twice"]
        assert payments.unapplied(Payment.objects.of(invoice.organization_id).get(source__startswith="till")) == 30_00


class TestMoneyBack:
    def test_a_refund_opens_the_invoice_by_its_part(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, **paid(attempt.key))
        counter.hears()
        counter.till.gives_back(attempt.ref, counter.now, 20_00)
        counter.hears()
        invoice.refresh_from_db()
        assert (invoice.balance, invoice.settled_on) == (20_00, None)
        counter.till.gives_back(attempt.ref, counter.now, 30_00, done=False)
        counter.hears()
        invoice.refresh_from_db()
        assert invoice.balance == 20_00, "a refund that has not left yet changes nothing"

    def test_a_dispute_is_told_and_only_a_lost_one_opens_the_invoice(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, **paid(attempt.key))
        counter.till.gives_back(attempt.ref, counter.now, 50_00, why=Back.CHARGEBACK, done=False)
        counter.hears()
        invoice.refresh_from_db()
        assert (invoice.balance, counter.codes()) == (0, ["disputed"])
        (told,) = counter.till.truths[attempt.ref].returned
        counter.till.happens(attempt.ref, counter.now, returned=(replace(told, done=True),))
        counter.hears()
        invoice.refresh_from_db()
        assert invoice.balance == 50_00

    def test_heard_of_only_by_asking(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, **paid(attempt.key))
        counter.hears()
        counter.till.gives_back(attempt.ref, counter.now + timedelta(hours=2), 20_00)
        counter.till.notices.clear()
        counter.look(timedelta(hours=3))
        invoice.refresh_from_db()
        assert invoice.balance == 20_00


class TestTrouble:
    def test_a_slow_provider_does_not_hold_up_the_other_rounds(
        self, counter: Counter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            counter.presses_pay(counter.bill(number + 1))
        moments = iter(range(0, 1_000, 20))
        monkeypatch.setattr("purring.facts.checkout.looking.time.monotonic", lambda: float(next(moments)))
        asked: list[str] = []
        fetch = counter.till.fetch

        def slowly(ref: str) -> Truth:
            asked.append(ref)
            return fetch(ref)

        monkeypatch.setattr(counter.till, "fetch", slowly)
        counter.look()
        assert len(asked) == 1
        for _ in range(3):
            counter.look(timedelta(seconds=10))
        assert len(set(asked)) == 3, "the next passes look at the rest"

    def test_an_answer_nobody_can_read_keeps_no_other_waiting(self, counter: Counter) -> None:
        broken, sound = counter.bill(1_00), counter.bill(2_00)
        first, second = counter.presses_pay(broken), counter.presses_pay(sound)
        del counter.till.truths[first.ref]
        counter.till.happens(second.ref, counter.now, **paid(second.key))
        counter.look()
        sound.refresh_from_db()
        assert sound.balance == 0
        first.refresh_from_db()
        assert (first.look_at or counter.now) > counter.now, "asked again later"

    def test_a_provider_that_asks_for_patience_gets_it(self, counter: Counter) -> None:
        attempt = counter.presses_pay(counter.bill(1_00))
        counter.till.trouble = 1.0
        counter.till.rng = random.Random(3)  # "90 seconds"
        for _ in range(12):
            counter.look(timedelta(hours=30))
        attempt.refresh_from_db()
        assert attempt.look_at
        assert timedelta(hours=3) < attempt.look_at - counter.now <= timedelta(days=1)


class TestOrder:
    def test_an_older_truth_changes_nothing(self, counter: Counter) -> None:
        invoice = counter.bill(50_00)
        attempt = counter.presses_pay(invoice)
        counter.till.happens(attempt.ref, counter.now, state=State.PENDING, payment_ref="debit")
        before = counter.till.truths[attempt.ref]
        failed = replace(before, state=State.FAILED, payment_ref="")
        apply_truth(counter.account, before, asked_at=NOW + timedelta(seconds=9), now=NOW)
        apply_truth(counter.account, failed, asked_at=NOW + timedelta(seconds=3), now=NOW)
        assert Payment.objects.of(invoice.organization_id).get().failed_on is None

    def test_notices_repeated_shuffled_delayed_and_lost_lead_to_the_same_end(self, rng: random.Random) -> None:
        """What is booked in the end is what happened at the provider, whatever was heard of it and when."""
        studio = fjord()
        for number in range(count("checkout", normal=40, endurance=20_000)):
            play(Counter(Till(rng, trouble=0.2), account_of(studio), ana(studio, ref=f"P{number}")), rng)


def play(counter: Counter, rng: random.Random) -> None:
    """One payer's random story, told badly; then silence, in which the rounds go on asking."""
    till = counter.till
    invoices = [counter.bill(rng.randint(1, 90_00)) for _ in range(rng.randint(1, 3))]
    attempt = counter.presses_pay(*invoices, amount=rng.randint(1, sum(one.balance for one in invoices)))
    for news in story(attempt, rng):
        counter.now += timedelta(minutes=rng.randint(0, 300))
        if isinstance(news, tuple):
            till.gives_back(attempt.ref, counter.now, news[0], why=news[1])
        else:
            till.happens(attempt.ref, counter.now, **news)
        for notice in rng.choices(till.notices, k=rng.randint(0, 5)):  # lost, late, shuffled, up to five times
            store_notice(counter.account, notice, b"{}", counter.now)
        for _ in range(rng.randint(0, 2)):
            counter.look(timedelta(minutes=rng.randint(0, 90)))
    for _ in range(3):
        counter.look(timedelta(hours=20))
    till.trouble = 0.0
    for _ in range(2):
        counter.look(timedelta(hours=30))
    agrees(counter, attempt, invoices)
    mine = Attempt.objects.of(attempt.organization_id).filter(pk=attempt.pk)
    assert mine.get().look_at is None or truth_may_change(till, attempt)
    mine.update(look_at=None)  # the curtain falls
    Notice.objects.of(attempt.organization_id).update(look_at=None)
    ProviderAccount.objects.of(attempt.organization_id).update(enabled=False)


def truth_may_change(till: Till, attempt: Attempt) -> bool:
    return till.truths[attempt.ref].state in {State.OPEN, State.AGREED, State.PENDING, State.FAILED}


def story(attempt: Attempt, rng: random.Random) -> list[dict[str, Any] | tuple[int, Back]]:
    told: list[dict[str, Any] | tuple[int, Back]] = []
    debit = {"state": State.PENDING, "payment_ref": f"money-{attempt.key}"}
    for _ in range(rng.randint(0, 2)):
        told += [debit, {"state": State.FAILED, "payment_ref": ""}] if rng.random() < 0.5 else [debit]
    if rng.random() < 0.8:
        told.append(paid(attempt.key) if rng.random() < 0.7 else {"state": State.AGREED, "payment_ref": ""})
        left = attempt.amount
        while left and rng.random() < 0.4:
            back = rng.randint(1, left)
            left -= back
            told.append((back, rng.choice(list(Back))))
    elif rng.random() < 0.5:
        told.append({"state": State.ENDED, "payment_ref": ""})
    return told


def agrees(counter: Counter, attempt: Attempt, invoices: list[Invoice]) -> None:
    truth = counter.till.truths[attempt.ref]
    mine = Payment.objects.of(attempt.organization_id).filter(customer=counter.customer)
    settled = mine.exclude(settled_on=None)
    back = sum(Reversal.objects.of(attempt.organization_id).filter(payment__in=mine).values_list("amount", flat=True))
    came = truth.amount if truth.state is State.PAID else 0
    went = sum(one.amount for one in truth.returned) if came else 0
    story_of_it = (truth, list(mine.values()))
    assert sum(settled.values_list("amount", flat=True)) == came, story_of_it
    assert back == went, story_of_it
    open_now = mine.filter(settled_on=None, failed_on=None).exists()
    assert open_now == (truth.state is State.PENDING), story_of_it
    for invoice in invoices:
        invoice.refresh_from_db()
    assert sum(one.amount - one.balance for one in invoices) == came - went, story_of_it
