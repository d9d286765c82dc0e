# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money in every order: whatever is booked, credited, reversed, written off and undone, no cent is made or lost, no
balance goes below zero, and the journal alone gives the same numbers as the rows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from purring.core.errors import Refused
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import CreditNote, Invoice
from purring.facts.journal.models import Entry
from purring.facts.payments.actions import (
    allocate_payment,
    fail_payment,
    record_payment,
    reverse_payment,
    settle_payment,
    unallocate_payment,
    unapplied,
)
from purring.facts.payments.many import NewPayment, record_payments
from purring.facts.payments.models import Allocation, Credit, Payment, Reversal
from purring.facts.payments.settling import VOID, WRITE_OFF, cancel_credit_note, close, closed_as, credit_note, reopen
from purring.followup.invariants import INVARIANTS
from tests.apps.facts.cast import NOW, TODAY, TOLD, ana, bill, fjord
from tests.support import seeds

pytestmark = pytest.mark.django_db

DATED = {"on": TODAY, **TOLD}


class Books:
    """A customer with a few invoices in two currencies, and everything that can happen to their money."""

    def __init__(self, rng: random.Random, customer: Customer) -> None:
        self.rng, self.customer = rng, customer
        self.acts: tuple[Callable[[], object], ...] = (
            self.pay, self.pay, self.pay_many, self.pay_pending, self.settle, self.fail, self.allocate, self.reverse,
            self.unallocate, self.credit, self.uncredit, self.write_off, self.void, self.reopen, self.bill,
        )  # fmt: skip
        self.bill()

    def bill(self) -> None:
        number = self.customer.invoices.count()
        if number < 8:
            bill(
                self.customer,
                str(number),
                self.rng.choice((1, 99, 10_000, 33_333)),
                currency=self.rng.choice(("EUR", "JPY")),
            )

    def invoice(self) -> Invoice:
        return self.rng.choice(list(self.customer.invoices.order_by("id")))

    def payment(self, **fits: object) -> Payment:
        found = list(self.customer.payments.filter(**fits).order_by("id"))
        if not found:
            raise Refused("nothing", "no such payment")
        return self.rng.choice(found)

    def amount(self, near: int) -> int:
        return max(1, int(near * self.rng.choice((0.3, 0.5, 1, 1, 1.5))))

    def pay(self, *, pending: bool = False) -> None:
        invoice = self.invoice()
        named = invoice if self.rng.random() < 0.8 else None
        money = self.amount(invoice.balance or 500)
        record_payment(self.customer, money, invoice.currency, invoice=named, pending=pending, **DATED)

    def pay_pending(self) -> None:
        self.pay(pending=True)

    def pay_many(self) -> None:
        wanted = []
        for _ in range(self.rng.randint(1, 4)):
            invoice = self.invoice()
            money = self.amount(invoice.balance or 500)
            named = invoice if self.rng.random() < 0.8 else None
            wanted.append(NewPayment(self.customer.pk, named, money, invoice.currency, TODAY, "", "file", "", ""))
        record_payments(self.customer.organization, wanted, **TOLD)

    def settle(self) -> None:
        settle_payment(self.payment(settled_on=None), **DATED)

    def fail(self) -> None:
        fail_payment(self.payment(settled_on=None), **DATED)

    def allocate(self) -> None:
        payment = self.payment(settled_on__isnull=False)
        allocate_payment(payment, self.invoice(), self.amount(unapplied(payment)), **DATED)

    def unallocate(self) -> None:
        unallocate_payment(self.payment(settled_on__isnull=False), self.invoice(), **DATED)

    def reverse(self) -> None:
        payment = self.payment()
        reverse_payment(payment, self.amount(payment.amount), **DATED)

    def credit(self) -> None:
        invoice = self.invoice()
        credit_note(invoice, self.amount(invoice.amount), **DATED)

    def uncredit(self) -> None:
        notes = list(CreditNote.objects.of(self.customer.organization).order_by("id"))
        if notes:
            cancel_credit_note(self.rng.choice(notes), **DATED)

    def write_off(self) -> None:
        close(self.invoice(), WRITE_OFF, **DATED)

    def void(self) -> None:
        close(self.invoice(), VOID, **DATED)

    def reopen(self) -> None:
        reopen(self.invoice(), **DATED)


@pytest.mark.slow
@pytest.mark.scales
def test_no_cent_is_made_or_lost(rng: random.Random) -> None:
    taken = refused = 0
    organization = fjord()
    for number in range(seeds.count("books", normal=40, endurance=10_000)):
        books = Books(rng, ana(organization, f"C{number}"))
        for _ in range(30):
            act = rng.choice(books.acts)
            before = state(books.customer)
            try:
                act()
                taken += 1
            except Refused:
                refused += 1
                assert state(books.customer) == before, f"{act.__name__} was refused, and did something"
            if rng.random() < 0.25:
                check(books.customer, act.__name__)
        check(books.customer, "the last one")
    for invariant in INVARIANTS:
        assert list(invariant.broken(NOW)) == [], invariant.name
    assert taken > refused


def state(customer: Customer) -> list[object]:
    rows: list[object] = [
        list(customer.invoices.order_by("id").values()),
        list(customer.credits.order_by("id").values()),
    ]
    return [*rows, Entry.objects.of(customer.organization_id).count()]


def check(customer: Customer, act: str) -> None:
    """The numbers of one customer, added up from the rows, from the journal, and as they stand on the invoices."""
    org = customer.organization_id
    told = by_the_journal(customer)
    for invoice in customer.invoices.all():
        allocated = sum(Allocation.objects.of(org).filter(invoice=invoice).values_list("amount", flat=True))
        credited = sum(invoice.credit_notes.filter(cancelled_at=None).values_list("amount", flat=True))
        forgiven = sum(invoice.closures.filter(undone_at=None).values_list("amount", flat=True))
        assert (invoice.allocated, invoice.credited, invoice.forgiven) == (allocated, credited, forgiven), act
        assert 0 <= invoice.balance <= invoice.amount, act
        assert told[invoice.pk] == invoice.balance, f"{act}: {told[invoice.pk]} open by the journal, {invoice.balance}"
        assert (invoice.settled_on is not None) == (invoice.balance == 0), act
        assert not closed_as(invoice) or invoice.balance == 0, f"{act}: a closed invoice has something open"
    free: Counter[str] = Counter()
    for payment in customer.payments.all():
        given = sum(Allocation.objects.of(org).filter(payment=payment).values_list("amount", flat=True))
        back = sum(Reversal.objects.of(org).filter(payment=payment).values_list("amount", flat=True))
        whole = payment.amount if payment.settled_on else 0
        assert given >= 0, act
        assert given + back + unapplied(payment) == whole, act
        assert unapplied(payment) >= 0, act
        free[payment.currency] += unapplied(payment)
    noted = Credit.objects.of(org).filter(customer=customer).values_list("currency", "amount")
    assert +free == +Counter(dict(noted)), act


def by_the_journal(customer: Customer) -> Counter[int]:
    """What is open on each invoice, from the journal alone. A second reading, beside the product's own invariant."""
    open_: Counter[int] = Counter()
    for entry in Entry.objects.of(customer.organization_id).filter(customer_id=customer.pk, invoice_id__isnull=False):
        assert entry.invoice_id is not None
        amount = entry.data.get("allocated", entry.data.get("amount", 0))
        if entry.kind in ("invoice.recorded", "invoice.reopened", "invoice.credit_cancelled"):
            open_[entry.invoice_id] += amount
        elif entry.kind in ("invoice.credited", "invoice.closed", "payment.allocated", "payment.unallocated"):
            open_[entry.invoice_id] -= amount
    return open_


def test_a_list_of_payments_is_booked_as_one_by_one(rng: random.Random) -> None:
    organization = fjord()
    for number in range(seeds.count("lists", normal=20, endurance=2_000)):
        one, other = ana(organization, f"A{number}"), ana(organization, f"B{number}")
        amounts = [rng.randint(1, 500) for _ in range(3)]
        bills = {who.pk: [bill(who, str(n), amount) for n, amount in enumerate(amounts)] for who in (one, other)}
        paid = [(rng.choice([0, 1, 2, None]), rng.randint(1, 400)) for _ in range(rng.randint(1, 8))]
        for which, amount in paid:
            meant = None if which is None else bills[one.pk][which]
            record_payment(one, amount, "EUR", invoice=meant, **DATED)
        record_payments(
            organization,
            [
                NewPayment(
                    other.pk,
                    None if which is None else bills[other.pk][which],
                    amount,
                    "EUR",
                    TODAY,
                    "",
                    "file",
                    "",
                    "",
                )
                for which, amount in paid
            ],
            **TOLD,
        )
        assert books(one) == books(other)
        check(other, "record_payments")


def books(customer: Customer) -> tuple[object, ...]:
    """What a customer's money looks like, without the ids."""
    entries = Entry.objects.of(customer.organization_id).filter(customer_id=customer.pk, kind__startswith="payment.")
    told = Counter((entry.kind, entry.data["amount"], entry.data.get("allocated")) for entry in entries)
    return (
        list(customer.invoices.order_by("number").values_list("number", "allocated", "settled_on")),
        list(customer.credits.values_list("currency", "amount")),
        told,
    )


# --- what was found by it ------------------------------------------------------------------------------------


def test_money_that_goes_back_does_not_reopen_a_closed_invoice() -> None:
    invoice = bill(ana(fjord()))
    payment = record_payment(invoice.customer, 4_000, "EUR", invoice=invoice, **DATED)
    close(invoice, WRITE_OFF, **DATED)
    reverse_payment(payment, 4_000, **DATED)
    invoice.refresh_from_db()
    assert (invoice.balance, invoice.forgiven) == (0, 10_000)
    reopen(invoice, **DATED)
    invoice.refresh_from_db()
    assert invoice.balance == 10_000
    check(invoice.customer, "reopen")


def test_a_closed_invoice_keeps_its_credit_notes() -> None:
    invoice = bill(ana(fjord()))
    note = credit_note(invoice, 1_000, **DATED)
    close(invoice, VOID, **DATED)
    with pytest.raises(Refused, match="closed"):
        cancel_credit_note(note, **DATED)


def test_money_names_an_invoice_of_its_own_customer() -> None:
    organization = fjord()
    invoice = bill(ana(organization, "C1"))
    with pytest.raises(Refused, match="another customer"):
        record_payment(ana(organization, "C2"), 100, "EUR", invoice=invoice, **DATED)


def test_the_same_payment_twice_is_one() -> None:
    invoice = bill(ana(fjord()))
    one = {"source": "bank", "external_ref": "2026-1", "invoice": invoice, **DATED}
    first = record_payment(invoice.customer, 4_000, "EUR", **one)
    assert record_payment(invoice.customer, 4_000, "EUR", **one).pk == first.pk
    invoice.refresh_from_db()
    assert invoice.balance == 6_000
