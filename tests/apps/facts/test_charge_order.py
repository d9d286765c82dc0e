# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which money fills what: the invoice first, or charges that were asked for where the business follows the law in that."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from purring.core.errors import Refused
from purring.facts.agreements.actions import agree_plan
from purring.facts.charges.actions import handle_charges, pay_charges
from purring.facts.charges.asked import standing
from purring.facts.charges.models import AskedCharge
from purring.facts.charges.policy import keep_policy, policy_of
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.messages.models import Message
from purring.facts.payments.actions import (
    allocate_payment,
    record_payment,
    reverse_payment,
    settle_payment,
    unapplied,
)
from purring.facts.payments.many import NewPayment, record_payments
from purring.facts.payments.models import ChargeAllocation, Payment
from purring.followup.invariants import INVARIANTS
from tests.apps.facts.cast import TODAY, TOLD, ana, bill, fjord
from tests.support import seeds

pytestmark = pytest.mark.django_db

DATED: dict[str, Any] = {"on": TODAY, **TOLD}
LATE = date(2026, 1, 15)


def late_one(creditor: str = "DE", debtor: str = "DE", *, order: str = "law", least: str = "high") -> Invoice:
    """EUR 1,000.00 of one business to another, 48 days late."""
    organization = fjord(country=creditor)
    if (order, least) != ("principal", "high"):
        keep_policy(organization, order=order, least=least, **TOLD)
    return bill(ana(organization, kind="business", country=debtor), amount=100_000, due=LATE)


def ask(invoice: Invoice, *, on: date = TODAY, waived_by: date | None = None, **sums: int) -> None:
    org = invoice.organization
    said = Message(organization=org, customer=invoice.customer, channel="email", kind="firm", text="", at=TOLD["now"])
    said.save(force_insert=True)
    for kind, amount in sums.items():
        told: dict[str, Any] = {"kind": kind, "amount": amount, "currency": invoice.currency, "rule": "r", "on": on}
        AskedCharge(organization=org, invoice=invoice, message=said, waived_by=waived_by, **told).save()


def pay(invoice: Invoice, amount: int, **named: Any) -> Payment:
    return record_payment(invoice.customer, amount, invoice.currency, invoice=invoice, **{**DATED, **named})


def beside(invoice: Invoice) -> int:
    return sum(ChargeAllocation.objects.of(invoice.organization_id).values_list("amount", flat=True))


def sound() -> list[str]:
    return [line for invariant in INVARIANTS for line in invariant.broken(timezone.now())]


def test_until_it_is_decided_otherwise_the_invoice_is_filled() -> None:
    invoice = late_one(order="principal")
    ask(invoice, interest=1_000, compensation=4_000)
    payment = pay(invoice, 60_000)
    invoice.refresh_from_db()
    assert (invoice.balance, beside(invoice)) == (40_000, 0)
    with pytest.raises(Refused, match="principal is paid first"):
        pay_charges(record_payment(invoice.customer, 500, "EUR", **DATED), invoice, 500, **DATED)
    assert unapplied(payment) == 0


def test_where_the_law_has_it_charges_come_first_and_the_journal_says_by_which_rule() -> None:
    invoice = late_one()
    ask(invoice, interest=1_000, compensation=4_000)
    pay(invoice, 60_000)
    invoice.refresh_from_db()
    assert (invoice.balance, beside(invoice)) == (45_000, 5_000)
    assert standing([invoice], TODAY)[invoice.pk].open == 0
    told = Entry.objects.of(invoice.organization_id).get(kind="charges.paid")
    assert (told.data["charges"], told.data["rule"]) == (5_000, "BGB § 367")
    pay(invoice, 50_000)
    invoice.refresh_from_db()
    assert (invoice.balance, beside(invoice)) == (0, 5_000)
    assert sound() == []


@pytest.mark.parametrize(
    ("creditor", "debtor", "least", "expected"),
    [
        ("DE", "FR", "high", 5_000),
        ("DE", "NO", "high", 0),
        ("DE", "PL", "high", 0),
        ("BR", "BR", "high", 1_000),
        ("DE", "BR", "high", 1_000),
        ("SE", "SE", "high", 0),
        ("SE", "SE", "medium", 1_000),
    ],
)
def test_both_laws_must_have_it_so_and_surely(creditor: str, debtor: str, least: str, expected: int) -> None:
    """Brazil and Sweden fill interest first, and no cost; Norway has no such rule on file; Poland no data."""
    invoice = late_one(creditor, debtor, least=least)
    ask(invoice, interest=1_000, compensation=4_000)
    pay(invoice, 60_000)
    assert beside(invoice) == expected


def test_what_still_falls_away_when_the_invoice_is_paid_is_not_filled() -> None:
    invoice = late_one()
    ask(invoice, interest=1_000, waived_by=TODAY + timedelta(3))
    pay(invoice, 60_000)
    assert beside(invoice) == 0
    pay(invoice, 10_000, on=TODAY + timedelta(4))
    assert beside(invoice) == 1_000, "the day has passed"


def test_money_from_before_a_charge_was_asked_does_not_pay_it() -> None:
    invoice = late_one()
    ask(invoice, interest=1_000)
    pay(invoice, 60_000, on=TODAY - timedelta(1))
    assert beside(invoice) == 0


def test_nothing_comes_before_what_was_agreed_or_is_disputed_or_given_up() -> None:
    for act in (
        lambda invoice: agree_plan(invoice.customer, [invoice], [(TODAY + timedelta(7), 100_000)], **DATED),
        lambda invoice: open_dispute(invoice, **DATED),
        lambda invoice: handle_charges(invoice, "waive", **DATED),
        lambda invoice: handle_charges(invoice, "aside", **DATED),
    ):
        organization = fjord(f"f{Invoice.objects.everywhere('a test').count()}", country="DE")
        keep_policy(organization, order="law", least="high", **TOLD)
        invoice = bill(ana(organization, kind="business", country="DE"), amount=100_000, due=LATE)
        ask(invoice, interest=1_000)
        act(invoice)
        pay(invoice, 60_000)
        assert not ChargeAllocation.objects.of(organization).exists()


def test_a_list_of_payments_fills_as_single_ones_do() -> None:
    invoice = late_one()
    ask(invoice, interest=1_000, compensation=4_000)
    wanted = [
        NewPayment(invoice.customer_id, invoice, amount, "EUR", TODAY, "transfer", "bank", str(at), "")
        for at, amount in enumerate((3_000, 4_000, 100_000))
    ]
    first, second, third = record_payments(invoice.organization, wanted, **TOLD)
    invoice.refresh_from_db()
    assert (invoice.balance, beside(invoice)) == (0, 5_000)
    assert [unapplied(one) for one in (first, second, third)] == [0, 0, 2_000]
    assert sound() == []


def test_who_changed_what_and_when() -> None:
    organization = fjord()
    assert (policy_of(organization.pk).order, policy_of(organization.pk).least) == ("principal", "high")
    keep_policy(organization, order="law", least="high", **TOLD)
    assert policy_of(organization.pk).less_sure_at is None
    keep_policy(organization, order="law", least="low", now=TOLD["now"], actor="user:7")
    policy = policy_of(organization.pk)
    assert (policy.less_sure_at, policy.less_sure_by) == (TOLD["now"], "user:7")
    keep_policy(organization, order="law", least="low", now=timezone.now(), actor="user:8")
    assert Entry.objects.of(organization).filter(kind="charges.policy").count() == 2, "nothing changed the third time"
    for order, least in (("mine", "high"), ("law", "sure")):
        with pytest.raises(Refused):
            keep_policy(organization, order=order, least=least, **TOLD)


@pytest.mark.parametrize("order", ["principal", "law"])
def test_no_cent_is_made_or_lost_whatever_happens(order: str, rng: random.Random) -> None:
    """Random sums, days and ways for money to come: what comes in is what is set, set beside, on account or gone back;
    and with the principal first nothing is set beside an open invoice."""
    for turn in range(seeds.count("charge_orders", normal=6, endurance=300)):
        organization = fjord(f"fjord{turn}", country=rng.choice(["DE", "FR", "BR", "NO"]))
        keep_policy(organization, order=order, least="high", **TOLD)
        customer = ana(organization, kind="business", country=rng.choice(["DE", "NL", "IT", "SE"]))
        invoice = bill(customer, amount=rng.randint(1, 50_000), due=LATE)
        payments: list[Payment] = []
        for step in range(8):
            amount = rng.randint(1, 20_000)
            match rng.randrange(6):
                case 0:
                    falls_away = rng.choice([None, TODAY, TODAY - timedelta(2)])
                    ask(invoice, waived_by=falls_away, interest=rng.randint(1, 900), fee=rng.randint(1, 4_000))
                case 1:
                    on_its_way = pay(invoice, amount, pending=True)
                    settle_payment(on_its_way, **DATED)
                    payments.append(on_its_way)
                case 2:
                    new = NewPayment(customer.pk, invoice, amount, "EUR", TODAY, "", "bank", f"{turn}.{step}", "")
                    payments += record_payments(
                        organization, [new, new._replace(external_ref=f"{turn}.{step}b")], **TOLD
                    )
                case 3 if payments:
                    one = rng.choice(payments)
                    back = sum(one.reversals.values_list("amount", flat=True))
                    if one.amount > back:
                        reverse_payment(one, rng.randint(1, one.amount - back), **DATED)
                case 4:
                    payments.append(record_payment(customer, amount, "EUR", **DATED))
                    allocate_payment(payments[-1], invoice, rng.randint(1, amount), **DATED)
                case _:
                    before = beside(invoice)
                    payments.append(pay(invoice, amount))
                    invoice.refresh_from_db()
                    if order == "principal":
                        assert beside(invoice) == before
            for one in payments:
                one.refresh_from_db()
                given = sum(one.allocations.values_list("amount", flat=True))
                given += sum(one.charge_allocations.values_list("amount", flat=True))
                back = sum(one.reversals.values_list("amount", flat=True))
                assert one.amount == given + back + unapplied(one)
                assert unapplied(one) >= 0
        if order == "principal":
            assert beside(invoice) == 0
        asked = standing([Invoice.objects.of(organization).get(pk=invoice.pk)], TODAY)[invoice.pk]
        assert beside(invoice) <= max(asked.total, asked.paid)
    assert sound() == []
