# SPDX-License-Identifier: AGPL-3.0-or-later
"""The invariants hold after every act, and each one speaks when its numbers are made to lie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from purring.facts.customers.actions import add_customer
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import record_invoice
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.actions import found_organization
from purring.facts.payments.actions import record_payment, reverse_payment
from purring.facts.payments.models import Allocation, Credit, Payment
from purring.facts.payments.settling import WRITE_OFF, cancel_credit_note, close, credit_note, reopen
from purring.followup.invariants import INVARIANTS
from purring.followup.models import Reminder, State

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def ana() -> Customer:
    organization, _ = found_organization(
        "fjord", "Fjord Design", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=NOW, actor="test"
    )
    return add_customer(organization, ref="C1", name="Ana", now=NOW, actor="test")


def bill(customer: Customer, number: str, amount: int = 10000) -> Invoice:
    return record_invoice(
        customer,
        number=number,
        issued=date(2026, 10, 1),
        due=date(2026, 10, 31),
        amount=amount,
        currency="NOK",
        now=NOW,
        actor="test",
    )


def pay(invoice: Invoice, amount: int) -> Payment:
    return record_payment(invoice.customer, amount, "NOK", on=TODAY, now=NOW, actor="test", invoice=invoice)


def broken() -> dict[str, list[str]]:
    found = {invariant.name: list(invariant.broken(NOW)) for invariant in INVARIANTS}
    return {name: lines for name, lines in found.items() if lines}


def test_after_every_kind_of_act_they_hold(ana: Customer) -> None:
    assert broken() == {}
    first, second, third = bill(ana, "1"), bill(ana, "2"), bill(ana, "3")
    over = pay(first, 12000)
    part = pay(second, 4000)
    assert broken() == {}
    reverse_payment(over, 5000, on=TODAY, now=NOW, actor="test")
    reverse_payment(part, 4000, on=TODAY, now=NOW, actor="test")
    assert broken() == {}
    note = credit_note(second, 2500, on=TODAY, now=NOW, actor="test")
    cancel_credit_note(note, on=TODAY, now=NOW, actor="test")
    close(third, WRITE_OFF, on=TODAY, now=NOW, actor="test")
    assert broken() == {}
    reopen(third, on=TODAY, now=NOW, actor="test")
    assert broken() == {}


def test_a_credit_note_that_frees_money_is_told_to_the_journal(ana: Customer) -> None:
    invoice = bill(ana, "1")
    pay(invoice, 8000)
    credit_note(invoice, 5000, on=TODAY, now=NOW, actor="test")
    assert broken() == {}


def lie_about_the_sum(invoice: Invoice, payment: Payment) -> None:
    Invoice.objects.of(invoice.organization_id).filter(pk=invoice.pk).update(allocated=1)


def lie_about_being_settled(invoice: Invoice, payment: Payment) -> None:
    Invoice.objects.of(invoice.organization_id).filter(pk=invoice.pk).update(settled_on=TODAY)


def allocate_twice(invoice: Invoice, payment: Payment) -> None:
    Allocation(organization_id=invoice.organization_id, payment=payment, invoice=invoice, amount=6000, on=TODAY).save()


def forget_money_on_account(invoice: Invoice, payment: Payment) -> None:
    Credit(organization_id=invoice.organization_id, customer=invoice.customer, currency="NOK", amount=7).save()


def add_to_the_journal(invoice: Invoice, payment: Payment) -> None:
    write(invoice.organization_id, "payment.allocated", at=NOW, actor="test", invoice_id=invoice.pk, allocated=5)


def reminder(invoice: Invoice, state: str, released_at: datetime) -> None:
    Reminder(
        organization_id=invoice.organization_id,
        customer=invoice.customer,
        on=TODAY,
        stage="friendly",
        channel="email",
        language="nb",
        currency="NOK",
        asked=1,
        why="",
        state=state,
        send_after=NOW,
        planned_at=NOW,
        released_at=released_at,
    ).save()


def send_without_words(invoice: Invoice, payment: Payment) -> None:
    reminder(invoice, State.SENT, NOW)


@pytest.mark.parametrize(
    ("lie", "name"),
    [
        (lie_about_the_sum, "sums of invoices"),
        (lie_about_being_settled, "settled marks"),
        (allocate_twice, "payments used up"),
        (forget_money_on_account, "money on account"),
        (add_to_the_journal, "balances from the journal"),
        (send_without_words, "words of what left"),
    ],
)
def test_a_lie_is_told(ana: Customer, lie: Callable[[Invoice, Payment], None], name: str) -> None:
    invoice = bill(ana, "1")
    lie(invoice, pay(invoice, 5000))
    assert name in broken()


def test_doubt_is_told_after_a_day(ana: Customer) -> None:
    reminder(bill(ana, "1"), State.UNCONFIRMED, NOW - timedelta(hours=23))
    assert "messages in doubt" not in broken()
    Reminder.objects.of(ana.organization_id).update(released_at=NOW - timedelta(hours=25))
    assert "messages in doubt" in broken()
