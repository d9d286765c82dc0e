# SPDX-License-Identifier: AGPL-3.0-or-later
"""Charges beside an invoice: what accrues, what stands asked, what a person chose, money set against them and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from purring.core.errors import Refused
from purring.facts.charges.accruing import accrued
from purring.facts.charges.actions import free_charges, handle_charges, pay_charges, withdraw_asked
from purring.facts.charges.asked import Standing, standing
from purring.facts.charges.debts import stayed
from purring.facts.charges.models import AskedCharge
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.facts.payments.actions import allocate_payment, record_payment, reverse_payment, unapplied
from purring.facts.payments.models import Credit
from purring.facts.payments.settling import credit_note
from purring.followup.invariants import INVARIANTS
from tests.apps.facts.cast import TODAY, TOLD, ana, bill, fjord

pytestmark = pytest.mark.django_db

DATED = {"on": TODAY, **TOLD}
DUE = date(2026, 1, 15)


@pytest.fixture
def invoice() -> Invoice:
    """NOK 10,000.00 of a Norwegian business to another, 48 days late."""
    customer = ana(fjord(currency="NOK"), kind="business", country="NO")
    return bill(customer, amount=1_000_000, due=DUE)


def letter(invoice: Invoice, on: date, *, waived_by: date | None = None, **sums: int) -> Message:
    """A message that asked for charges of these kinds."""
    org = invoice.organization
    said = Message(organization=org, customer=invoice.customer, channel="email", kind="firm", text="", at=TOLD["now"])
    said.save(force_insert=True)
    for kind, amount in sums.items():
        told: dict[str, Any] = {"kind": kind, "amount": amount, "currency": "NOK", "rule": "r", "on": on}
        AskedCharge(organization=org, invoice=invoice, message=said, waived_by=waived_by, **told).save()
    return said


def now(invoice: Invoice, on: date = TODAY) -> Standing:
    return standing([Invoice.objects.of(invoice.organization_id).get(pk=invoice.pk)], on)[invoice.pk]


def sound() -> list[str]:
    return [line for invariant in INVARIANTS for line in invariant.broken(timezone.now())]


def test_what_the_law_gives_is_worked_out_from_the_payments(invoice: Invoice) -> None:
    whole = accrued(invoice, date(2026, 2, 5))
    assert (whole.interest.amount, whole.compensation.amount) == (6904, 46_000)
    assert whole.interest.rule.startswith("NO-B2B")
    record_payment(invoice.customer, 400_000, "NOK", invoice=invoice, **{**DATED, "on": date(2026, 1, 30)})
    part = accrued(invoice, date(2026, 2, 5))
    assert part.interest.amount < whole.interest.amount
    assert part.principal == 600_000


def test_a_credit_note_lowers_what_fell_due(invoice: Invoice) -> None:
    credit_note(invoice, 500_000, **DATED)
    invoice.refresh_from_db()
    assert accrued(invoice, date(2026, 2, 5)).interest.amount == 6904 // 2


def test_money_that_went_back_paid_nothing() -> None:
    first, second, back = (100, date(2026, 1, 1)), (50, date(2026, 1, 5)), (-70, date(2026, 1, 9))
    assert stayed([first, second, back]) == [(80, date(2026, 1, 1))]
    assert stayed([first, (-100, date(2026, 1, 2)), second]) == [second]


def test_the_last_letter_states_each_kind_anew(invoice: Invoice) -> None:
    letter(invoice, date(2026, 2, 5), interest=6904, compensation=46_000)
    assert now(invoice).open == 52_904
    letter(invoice, date(2026, 2, 20), interest=13_150)
    assert now(invoice).open == 13_150 + 46_000


def test_what_did_not_arrive_was_not_asked(invoice: Invoice) -> None:
    letter(invoice, date(2026, 2, 5), interest=6904)
    lost = letter(invoice, date(2026, 2, 20), interest=13_150)
    assert withdraw_asked([lost], **TOLD) == 1
    assert now(invoice).open == 6904
    assert withdraw_asked([lost], **TOLD) == 0


def test_paid_in_time_they_fall_away(invoice: Invoice) -> None:
    letter(invoice, date(2026, 2, 5), interest=6904, waived_by=TODAY)
    assert now(invoice).waived_by == TODAY
    assert now(invoice, TODAY + timedelta(1)).waived_by is None
    record_payment(invoice.customer, 1_000_000, "NOK", invoice=invoice, **DATED)
    assert now(invoice).open == 0


def test_paid_too_late_they_stand(invoice: Invoice) -> None:
    letter(invoice, date(2026, 2, 5), interest=6904, waived_by=TODAY - timedelta(1))
    record_payment(invoice.customer, 1_000_000, "NOK", invoice=invoice, **DATED)
    assert now(invoice).open == 6904


@pytest.mark.parametrize("choice", ["aside", "waive"])
def test_a_person_sets_them_aside_or_waives_them(invoice: Invoice, choice: str) -> None:
    letter(invoice, date(2026, 2, 5), interest=6904)
    handle_charges(invoice, choice, reason="a good customer", **DATED)
    assert now(invoice).open == 0
    handle_charges(invoice, "", **DATED)
    assert now(invoice).open == 6904


@pytest.mark.parametrize(
    ("choice", "until"),
    [("waive_until", None), ("waive", TODAY), ("waive_until", TODAY - timedelta(1)), ("give", None)],
)
def test_a_choice_that_makes_no_sense_is_refused(invoice: Invoice, choice: str, until: date | None) -> None:
    with pytest.raises(Refused):
        handle_charges(invoice, choice, until=until, **DATED)


def test_money_over_the_principal_is_set_against_them_by_an_act(invoice: Invoice) -> None:
    letter(invoice, date(2026, 2, 5), interest=6904)
    payment = record_payment(invoice.customer, 1_010_000, "NOK", invoice=invoice, **DATED)
    assert unapplied(payment) == 10_000, "the principal first; what is over waits on account"
    with pytest.raises(Refused, match="more than is asked"):
        pay_charges(payment, invoice, 6905, **DATED)
    pay_charges(payment, invoice, 6904, **DATED)
    assert now(invoice).open == 0
    assert unapplied(payment) == 10_000 - 6904
    invoice.refresh_from_db()
    assert (invoice.amount, invoice.allocated) == (1_000_000, 1_000_000), "the invoice is as it was"
    with pytest.raises(Refused, match="payment has left"):
        allocate_payment(payment, bill(invoice.customer, "2", 10_000), 5_000, **DATED)
    assert sound() == []
    free_charges(payment, invoice, 904, **DATED)
    assert now(invoice).open == 904
    assert Credit.objects.of(invoice.organization_id).get().amount == 10_000 - 6000
    assert sound() == []


def test_a_payment_that_goes_back_frees_what_it_paid_beside(invoice: Invoice) -> None:
    letter(invoice, date(2026, 2, 5), interest=6904)
    payment = record_payment(invoice.customer, 1_010_000, "NOK", invoice=invoice, **DATED)
    pay_charges(payment, invoice, 6904, **DATED)
    reverse_payment(payment, 10_000, **DATED)
    invoice.refresh_from_db()
    assert (now(invoice).open, invoice.balance) == (6904, 0)
    reverse_payment(payment, 1_000_000, **DATED)
    invoice.refresh_from_db()
    assert invoice.balance == 1_000_000
    assert sound() == []


def test_other_peoples_money_pays_nothing_here(invoice: Invoice) -> None:
    letter(invoice, date(2026, 2, 5), interest=6904)
    other = ana(invoice.organization, "C2")
    payment = record_payment(other, 10_000, "NOK", **DATED)
    with pytest.raises(Refused, match="another customer's"):
        pay_charges(payment, invoice, 100, **DATED)
