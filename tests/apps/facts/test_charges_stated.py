# SPDX-License-Identifier: AGPL-3.0-or-later
"""Late charges on a statement of account: rows of their own, only what is owed today."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from purring.facts.charges.actions import handle_charges
from purring.facts.charges.stated import charge_lines
from purring.facts.payments.actions import record_payment
from purring.facts.payments.statements import statement_facts, statement_pdf
from tests.apps.facts.cast import TODAY, TOLD
from tests.apps.facts.test_charge_order import DATED, ask, late_one, pay

pytestmark = pytest.mark.django_db


def test_they_are_rows_of_their_own_with_what_was_paid_of_them() -> None:
    invoice = late_one()
    ask(invoice, interest=1_000, compensation=4_000)
    pay(invoice, 4_500)
    lines = charge_lines(invoice.customer, TODAY, "EUR")
    assert [(line.amount, line.paid) for line in lines] == [(4_000, 4_000), (1_000, 500)], "cost is paid first"
    facts = statement_facts(invoice.customer, TODAY, "EUR", lines)
    assert sum(row.balance for row in facts.invoices) == 100_000 + 500
    assert statement_pdf(invoice.customer, TODAY, "EUR", lines).pdf.startswith(b"%PDF")


def test_they_have_their_names_of_the_place() -> None:
    invoice = late_one()
    invoice.customer.language = "de"
    ask(invoice, interest=1_000)
    assert [line.number for line in charge_lines(invoice.customer, TODAY, "EUR")] == ["Verzugszinsen · 1"]


def test_what_may_still_fall_away_is_not_owed() -> None:
    invoice = late_one()
    ask(invoice, interest=1_000, waived_by=TODAY + timedelta(2))
    assert charge_lines(invoice.customer, TODAY, "EUR") == []
    assert charge_lines(invoice.customer, TODAY + timedelta(3), "EUR")


def test_beside_a_paid_invoice_only_what_a_person_pursues() -> None:
    invoice = late_one(order="principal")
    ask(invoice, interest=1_000, on=date(2026, 2, 20))
    record_payment(invoice.customer, 100_000, "EUR", invoice=invoice, **DATED)
    assert charge_lines(invoice.customer, TODAY, "EUR") == []
    handle_charges(invoice, "pursue", on=TODAY, **TOLD)
    (line,) = charge_lines(invoice.customer, TODAY, "EUR")
    assert line.amount == 1_000
