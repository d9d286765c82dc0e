# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money that came in finds its place: set against invoices and taken off again, moved to whose it is, proposed to a person."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.payments.actions import (
    allocate_payment,
    move_payment,
    record_payment,
    reverse_payment,
    unallocate_payment,
    unapplied,
)
from purring.facts.payments.models import Credit, Payment
from purring.facts.payments.proposals import Proposal, proposals
from purring.followup.invariants import INVARIANTS
from tests.apps.facts.cast import NOW, TODAY, TOLD, ana, bill, fjord
from tests.support import seeds

pytestmark = pytest.mark.django_db
DATED: dict[str, Any] = {"on": TODAY, **TOLD}


def on_account(customer: Customer) -> dict[str, int]:
    rows = Credit.objects.of(customer.organization_id).filter(customer=customer)
    return {currency: amount for currency, amount in rows.values_list("currency", "amount") if amount}


def stands(invoice: Invoice) -> tuple[int, int, object]:
    found = Invoice.objects.of(invoice.organization_id).get(pk=invoice.pk)
    return found.allocated, found.balance, found.settled_on


def given_to(payment: Payment, invoice: Invoice) -> int:
    return sum(payment.allocations.filter(invoice=invoice).values_list("amount", flat=True))


class TestSetAgainstAndTakenOff:
    @pytest.mark.scales
    def test_there_and_back_again(self, rng: random.Random) -> None:
        """Whatever is set against whatever, no payment gives more than it has, no invoice gets more than it asks; and taken
        off, everything stands as before."""
        organization = fjord()
        for number in range(seeds.count("placing", normal=12, endurance=2_000)):
            customer = ana(organization, f"C{number}")
            invoices = [bill(customer, str(n), rng.randint(1, 500)) for n in range(3)]
            paid = [record_payment(customer, rng.randint(1, 700), "EUR", **DATED) for _ in range(2)]
            before = [*map(stands, invoices)], on_account(customer)
            for _ in range(rng.randint(1, 8)):
                payment, invoice = rng.choice(paid), rng.choice(invoices)
                if rng.random() < 0.3:
                    if given_to(payment, invoice):
                        assert unallocate_payment(payment, invoice, **DATED) > 0
                    else:
                        with pytest.raises(Refused, match="nothing of this payment"):
                            unallocate_payment(payment, invoice, **DATED)
                elif unapplied(payment):
                    left, balance = unapplied(payment), stands(invoice)[1]
                    given = allocate_payment(payment, invoice, rng.randint(1, left), **DATED)
                    assert 0 <= given <= min(left, balance)
                assert all(0 <= one.allocated <= one.amount for one in customer.invoices.all())
                assert all(0 <= unapplied(one) <= one.amount for one in paid)
                assert sum(map(unapplied, paid)) == on_account(customer).get("EUR", 0)
            for payment in paid:
                for key in set(payment.allocations.values_list("invoice_id", flat=True)):
                    invoice = customer.invoices.get(pk=key)
                    if given_to(payment, invoice):
                        unallocate_payment(payment, invoice, **DATED)
            assert ([*map(stands, invoices)], on_account(customer)) == before
        for invariant in INVARIANTS:
            assert list(invariant.broken(NOW)) == [], invariant.name

    def test_twice_is_refused(self) -> None:
        invoice = bill(ana(fjord()))
        payment = record_payment(invoice.customer, 5_000, "EUR", invoice=invoice, **DATED)
        assert unallocate_payment(payment, invoice, **DATED) == 5_000
        with pytest.raises(Refused, match="nothing of this payment"):
            unallocate_payment(payment, invoice, **DATED)


class TestMoving:
    def test_to_whose_it_is(self) -> None:
        wrong = ana(fjord(), "C1")
        right, invoice = ana(wrong.organization, "C2"), bill(wrong)
        payment = record_payment(wrong, 12_000, "EUR", invoice=invoice, **DATED)
        reverse_payment(payment, 500, **DATED)
        move_payment(payment, right, **DATED)
        assert stands(invoice) == (0, 10_000, None)
        assert (on_account(wrong), on_account(right)) == ({}, {"EUR": 11_500})
        with pytest.raises(Refused, match="already"):
            move_payment(payment, right, **DATED)
        mine = bill(right, "2")
        moved = Payment.objects.of(wrong.organization).get()
        allocate_payment(moved, mine, 10_000, **DATED)
        reverse_payment(moved, 11_500, **DATED)
        assert stands(mine) == (0, 10_000, None)
        for invariant in INVARIANTS:
            assert list(invariant.broken(NOW)) == [], invariant.name

    def test_not_before_it_is_here_and_not_out_of_the_house(self) -> None:
        customer = ana(fjord())
        pending = record_payment(customer, 100, "EUR", pending=True, **DATED)
        with pytest.raises(Refused, match="arrived"):
            move_payment(pending, ana(customer.organization, "C2"), **DATED)
        settled = record_payment(customer, 100, "EUR", **DATED)
        with pytest.raises(Refused, match="not one of yours"):
            move_payment(settled, ana(fjord("other")), **DATED)


class TestProposals:
    @pytest.fixture
    def customer(self) -> Customer:
        customer = ana(fjord())
        for number, amount, days in (("26-101", 10_000, 30), ("26-102", 2_500, 20), ("26-103", 7_700, 10)):
            bill(customer, number, amount, due=TODAY - timedelta(days), reference=f"RF18539007547034{number[-1]}")
        return customer

    def proposed(self, customer: Customer, amount: int, note: str = "") -> list[tuple[str, list[str]]]:
        payment = record_payment(customer, amount, "EUR", note=note, **DATED)
        found = proposals(payment, amount, list(customer.invoices.filter(settled_on=None).order_by("due", "id")))
        assert all(one.amount <= amount for one in found)
        return [(one.why, self.numbers(one)) for one in found]

    def numbers(self, proposal: Proposal) -> list[str]:
        return [invoice.number[-3:] for invoice, _ in proposal.parts]

    def test_what_it_names_comes_first(self, customer: Customer) -> None:
        found = self.proposed(customer, 10_000, "your invoice 26-103, thank you")
        assert found == [("named", ["103"]), ("amount", ["101"])]
        assert self.proposed(customer, 99, "26/102")[0] == ("named", ["102"])

    def test_a_number_within_a_longer_one_is_no_name(self, customer: Customer) -> None:
        assert self.proposed(customer, 1, "126-1037") == [("oldest", ["101"])]

    def test_by_the_amount(self, customer: Customer) -> None:
        assert self.proposed(customer, 7_700)[0] == ("amount", ["103"])
        assert self.proposed(customer, 10_200)[0] == ("sum", ["102", "103"])
        assert self.proposed(customer, 12_500)[0] == ("sum", ["101", "102"])
        assert self.proposed(customer, 20_200)[0] == ("sum", ["101", "102", "103"])
        assert self.proposed(customer, 30_000) == [("all", ["101", "102", "103"])]
        assert self.proposed(customer, 10_100) == [("oldest", ["101", "102"])]

    def test_another_customer_s_invoice(self, customer: Customer) -> None:
        other = bill(ana(customer.organization, "C9"), "26-900")
        payment = record_payment(customer, 10_000, "EUR", note="26-900", **DATED)
        found = proposals(payment, 10_000, [])
        assert [(one.why, one.customer, [*one.parts]) for one in found] == [
            ("other_customer", other.customer, [(other, 10_000)])
        ]

    def test_never_another_house_s(self, customer: Customer) -> None:
        bill(ana(fjord("other")), "26-900")
        payment = record_payment(customer, 10_000, "EUR", note="26-900", **DATED)
        assert proposals(payment, 10_000, []) == []
