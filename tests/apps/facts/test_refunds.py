# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money goes back only when two people want it, once, and the books follow what really left."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from purring.core.errors import Refused, Trouble
from purring.facts.checkout.accounts import connect_account
from purring.facts.checkout.attempts import begin_attempt, open_page, split
from purring.facts.checkout.booking import apply_truth
from purring.facts.checkout.models import ProviderAccount
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.actions import add_member
from purring.facts.organizations.models import User
from purring.facts.payments import actions as payments
from purring.facts.payments.models import Payment, Reversal
from purring.facts.refunds.actions import (
    ask_refund,
    confirm_refund,
    may_confirm,
    record_paid_back,
    refundable,
    withdraw_refund,
)
from purring.facts.refunds.models import RefundRequest
from purring.facts.refunds.sending import TRIED_FOR, send, send_refunds
from purring.plugins.payment import Back, Returned, State, Wanted
from tests.apps.facts.cast import NOW, TODAY, TOLD, ana, bill, fjord
from tests.apps.facts.till import Till

pytestmark = pytest.mark.django_db
DATED: dict[str, Any] = {"on": TODAY, **TOLD}


def person(customer: Customer, name: str, role: str) -> User:
    user = User.objects.create_user(f"{name}@fjord.example")
    add_member(customer.organization, user, role, **TOLD)
    return user


class Refunding(Till):
    """The till, when money is asked back: once per key, whatever is heard of it."""

    def refund(self, payment_ref: str, amount: int, currency: str, key: str) -> Returned:
        ref = next(name for name, truth in self.truths.items() if truth.payment_ref == payment_ref)
        there = next((one for one in self.truths[ref].returned if one.ref == key), None)
        made = there or Returned(key, Back.REFUND, amount, True, NOW)
        if there is None:
            self.truths[ref] = replace(self.truths[ref], returned=(*self.truths[ref].returned, made))
        self._maybe_trouble()
        return made


class Desk:
    """A payment of 50.00 by a provider for an invoice, two people, and the provider."""

    def __init__(self) -> None:
        self.customer = ana(fjord())
        self.invoice = bill(self.customer, amount=50_00)
        self.eva, self.ole = (person(self.customer, name, "accountant") for name in ("eva", "ole"))
        self.till = Refunding(random.Random(1))
        given = {"secret_key": "sk_test_1"}
        self.account = connect_account(self.customer.organization, "stripe", given, **TOLD)
        attempt = begin_attempt(self.account, self.customer, split([self.invoice], 50_00), now=NOW)
        wanted = Wanted(attempt.key, 50_00, "EUR", "1", "1", "https://x.example", "https://x.example")
        open_page(attempt, self.till, wanted, NOW)
        self.ref = attempt.ref
        self.till.truths[self.ref] = replace(
            self.till.truths[self.ref], state=State.PAID, payment_ref="money", paid_at=NOW
        )
        apply_truth(self.account, self.till.truths[self.ref], asked_at=NOW, now=NOW)
        self.payment = Payment.objects.of(self.customer.organization).get()

    def asks(self, amount: int = 20_00) -> RefundRequest:
        return ask_refund(self.payment, amount, user=self.eva, **TOLD)

    def confirms(self, request: RefundRequest) -> RefundRequest:
        return confirm_refund(request, user=self.ole, **TOLD)

    def round(self, after: timedelta = timedelta(0)) -> int:
        now = NOW + after
        return send_refunds(now, clock=lambda: now, connect=self.connect)

    def connect(self, account: ProviderAccount) -> Refunding:
        return self.till

    def balance(self) -> int:
        return Invoice.objects.of(self.customer.organization).get(pk=self.invoice.pk).balance


@pytest.fixture
def desk() -> Desk:
    return Desk()


def now(request: RefundRequest) -> RefundRequest:
    return RefundRequest.objects.of(request.organization_id).get(pk=request.pk)


def test_two_people_one_refund(desk: Desk) -> None:
    request = desk.asks()
    assert desk.round() == 0, "nobody confirmed it yet"
    assert not may_confirm(request, desk.eva)
    with pytest.raises(Refused, match="another person"):
        confirm_refund(request, user=desk.eva, **TOLD)
    desk.confirms(request)
    desk.confirms(request)
    assert desk.round() == 1
    assert desk.round() == 0
    assert (now(request).state, desk.balance()) == ("done", 20_00)
    assert Reversal.objects.of(request.organization_id).get().amount == 20_00


def test_who_is_alone_confirms_alone() -> None:
    customer = ana(fjord())
    eva = person(customer, "eva", "owner")
    person(customer, "kim", "collector")
    payment = payments.record_payment(customer, 5_00, "EUR", **DATED)
    request = ask_refund(payment, 5_00, user=eva, **TOLD)
    assert confirm_refund(request, user=eva, **TOLD).state == "confirmed"


def test_never_more_than_came_in(desk: Desk) -> None:
    desk.asks(30_00)
    assert refundable(desk.payment) == 20_00
    with pytest.raises(Refused, match="more than is left"):
        desk.asks(20_01)
    desk.asks(20_00)
    assert refundable(desk.payment) == 0


def test_disputed_money_is_not_sent_back_as_well(desk: Desk) -> None:
    truth = desk.till.truths[desk.ref]
    claim = Returned("dp", Back.CHARGEBACK, 40_00, False, NOW)
    apply_truth(desk.account, replace(truth, returned=(claim,)), asked_at=NOW, now=NOW)
    assert refundable(desk.payment) == 10_00
    apply_truth(desk.account, replace(truth, returned=()), asked_at=NOW, now=NOW)
    assert refundable(desk.payment) == 50_00, "the dispute was won"


def test_withdrawn_money_may_be_asked_for_again(desk: Desk) -> None:
    request = desk.asks(50_00)
    withdraw_refund(request, **TOLD)
    withdraw_refund(request, **TOLD)
    with pytest.raises(Refused, match="withdrawn"):
        desk.confirms(request)
    again = desk.confirms(desk.asks(50_00))
    with pytest.raises(Refused, match="on its way"):
        withdraw_refund(again, **TOLD)


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_lost_answer_sends_nothing_twice(desk: Desk, lost: int) -> None:
    """The provider did it, the answer never came: the same key again."""
    request = desk.confirms(desk.asks())
    desk.till.trouble = 1.0
    for _ in range(lost):
        desk.round(timedelta(hours=1))
    assert now(request).state == "confirmed"
    desk.till.trouble = 0.0
    desk.round(timedelta(hours=5))
    assert (now(request).state, desk.balance()) == ("done", 20_00)
    assert len(desk.till.truths[desk.ref].returned) == 1


def test_after_half_a_day_without_an_answer_a_person_looks(desk: Desk) -> None:
    request = desk.confirms(desk.asks())
    desk.till.trouble = 1.0
    desk.round(TRIED_FOR + timedelta(minutes=1))
    assert (now(request).state, now(request).error) == ("failed", "the line is bad")
    assert desk.round(TRIED_FOR * 2) == 0


def test_what_the_provider_refuses_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> Returned:
        raise Trouble("this payment is too old to refund", permanent=True)

    monkeypatch.setattr(desk.till, "refund", refuses)
    request = desk.confirms(desk.asks())
    desk.round()
    assert now(request).state == "failed"
    assert (desk.balance(), refundable(desk.payment)) == (0, 50_00)


def test_a_refund_that_takes_its_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent, but not gone yet: nothing is booked before the provider says so."""
    real = Refunding.refund

    def slowly(payment_ref: str, amount: int, currency: str, key: str) -> Returned:
        told = replace(real(desk.till, payment_ref, amount, currency, key), done=False)
        desk.till.truths[desk.ref] = replace(desk.till.truths[desk.ref], returned=(told,))
        return told

    monkeypatch.setattr(desk.till, "refund", slowly)
    request = desk.confirms(desk.asks())
    desk.round()
    assert (now(request).state, desk.balance()) == ("sent", 0)
    (told,) = desk.till.truths[desk.ref].returned
    later = NOW + timedelta(days=2)
    truth = replace(desk.till.truths[desk.ref], returned=(replace(told, done=True, on=later),))
    apply_truth(desk.account, truth, asked_at=later, now=later)
    desk.round(timedelta(days=2))
    assert (now(request).state, desk.balance()) == ("done", 20_00)


def test_of_two_who_hold_the_same_request_one_sends_it(desk: Desk) -> None:
    request = desk.asks()
    first, second = desk.confirms(request), desk.confirms(request)
    sent = [send(one, NOW, clock=lambda: NOW, connect=desk.connect) for one in (first, second, first)]
    assert sent == [True, False, False]
    assert len(desk.till.truths[desk.ref].returned) == 1


@pytest.mark.django_db(transaction=True)
def test_two_confirm_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both presses and the round itself race; the provider is asked once."""
    if connection.vendor != "postgresql":
        pytest.skip("one process at a time writes to SQLite")
    desk = Desk()
    request, asked, trouble = desk.asks(), [], []
    start = threading.Barrier(4)
    real = Refunding.refund

    def counted(*given: Any) -> Returned:
        asked.append(given)
        return real(desk.till, *given)

    monkeypatch.setattr(desk.till, "refund", counted)

    def work(user: User) -> None:
        try:
            start.wait()
            confirmed = confirm_refund(request, user=user, **TOLD)
            send(confirmed, NOW, clock=lambda: NOW, connect=desk.connect)
            desk.round()
        except Exception as error:  # told by the test itself
            trouble.append(error)
        finally:
            connections.close_all()

    third = person(desk.customer, "una", "owner")
    workers = [threading.Thread(target=work, args=(user,)) for user in (desk.ole, third, desk.ole, third)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert trouble == []
    assert len(asked) == 1
    assert (now(request).state, desk.balance()) == ("done", 20_00)


def test_money_that_came_by_hand_is_paid_back_by_hand(desk: Desk) -> None:
    cash = payments.record_payment(desk.customer, 7_00, "EUR", method="cash", **DATED)
    request = ask_refund(cash, 7_00, user=desk.eva, reason="paid twice", **TOLD)
    with pytest.raises(Refused, match="by hand"):
        record_paid_back(request, **DATED)
    desk.confirms(request)
    assert desk.round() == 0
    assert payments.unapplied(cash) == 7_00, "it is here until somebody pays it back"
    record_paid_back(request, **DATED)
    record_paid_back(request, **DATED)
    assert (now(request).state, payments.unapplied(cash)) == ("done", 0)
