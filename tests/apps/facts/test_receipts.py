# SPDX-License-Identifier: AGPL-3.0-or-later
"""A receipt says what came in with one payment and what it paid, and what was left to pay right after it."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from purring.core.errors import Refused
from purring.facts.invoices.issuing import issue_invoice
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.actions import allocate_payment, record_payment, reverse_payment
from purring.facts.payments.receipts import receipt_facts, receipt_pdf
from purring.papers.totals import totals
from tests.apps.facts.cast import TODAY, TOLD, ana, bill, fjord

pytestmark = pytest.mark.django_db
DATED = {"on": TODAY, **TOLD}


def test_two_parts_of_one_invoice() -> None:
    customer = ana(fjord())
    invoice = bill(customer)
    first = record_payment(customer, 4_000, "EUR", invoice=invoice, method="cash", **DATED)
    last = record_payment(customer, 6_000, "EUR", invoice=invoice, method="card", **DATED)
    for payment, amount, left in ((first, 4_000, 6_000), (last, 6_000, 0)):
        facts = receipt_facts(payment, "en")
        assert (facts.payment.amount, totals(facts.invoice).payable) == (amount, left)
    text = PdfReader(io.BytesIO(receipt_pdf(last, "de").pdf)).pages[0].extract_text()
    assert "Karte" in text
    assert "60,00" in text


def test_one_payment_of_several_invoices_with_something_over() -> None:
    customer = ana(fjord())
    one, two = bill(customer, "A-1", 1_000), bill(customer, "A-2", 2_000)
    payment = record_payment(customer, 3_500, "EUR", invoice=one, **DATED)
    allocate_payment(payment, two, 2_000, **DATED)
    facts = receipt_facts(payment, "en")
    assert facts.invoice.number == "A-1, A-2"
    assert [line.description for line in facts.invoice.lines] == ["Invoice A-1", "Invoice A-2", "Credit"]
    assert (facts.payment.amount, totals(facts.invoice).payable) == (3_500, 0)
    for number in range(30):
        allocate_payment(payment, bill(customer, f"B-{number}", 10), 10, **DATED)
    assert receipt_facts(payment, "en").invoice.number == "A-1 +31"


def test_an_invoice_of_our_own_keeps_its_lines() -> None:
    customer = ana(fjord())
    entity = LegalEntity.objects.of(customer.organization).get()
    lines = [{"description": "Logo", "unit_price": "80", "tax_rate": "25"}]
    invoice = issue_invoice(customer, entity, lines, issued=TODAY, due=TODAY, currency="EUR", **TOLD)
    payment = record_payment(customer, 10_000, "EUR", invoice=invoice, **DATED)
    facts = receipt_facts(payment, "en")
    assert [line.description for line in facts.invoice.lines] == ["Logo"]
    assert totals(facts.invoice).payable == 0


def test_money_that_paid_nothing_or_went_back_has_none() -> None:
    customer = ana(fjord())
    invoice = bill(customer)
    on_account = record_payment(customer, 100, "EUR", **DATED)
    coming = record_payment(customer, 100, "EUR", invoice=invoice, pending=True, **DATED)
    gone = record_payment(customer, 100, "EUR", invoice=invoice, **DATED)
    reverse_payment(gone, 100, **DATED)
    for payment in (on_account, coming, gone):
        with pytest.raises(Refused):
            receipt_pdf(payment)
