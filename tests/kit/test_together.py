# SPDX-License-Identifier: AGPL-3.0-or-later
"""Questions asked together have the answers they have one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext

from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Attachment, Invoice, InvoiceLine
from purring.facts.journal.models import Entry
from purring.kit.together import Question, answers, together
from tests.apps.facts.cast import TODAY, ana, bill, fjord

LATER = datetime(2026, 3, 4, 9, 30, 15, 123456, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def org() -> int:
    organization = fjord()
    for ref in ("Å", 'O\'Neil "& sons"', "C"):
        customer = ana(organization, ref, now=LATER, pay_run_days=[5, 20], po_required=ref == "C")
        for number in range(3):
            invoice = bill(customer, f"{ref}-{number}", 10_000 + number, TODAY + timedelta(number % 2))
            InvoiceLine(
                organization=organization, invoice=invoice, position=1, description="Oak", quantity="1.125", total=1
            ).save()
    return organization.pk


def questions(org: int) -> list[Question]:
    entries, customers = Entry.objects.of(org), Customer.objects.of(org)
    return [
        Question(customers.order_by("-id"), "id", "name", "pay_run_days", "po_required", "created_at", "look_on"),
        Question(Invoice.objects.of(org).order_by("due", "-id"), "id", "customer__name", "due", "checked_at"),
        Question(entries.order_by("-id")[:3], "id", "at", "kind", "data"),
        Question(
            entries.values("customer_id").annotate(last=Max("at")).order_by("-customer_id"), "customer_id", "last"
        ),
        Question(InvoiceLine.objects.of(org).order_by("id"), "quantity", "tax_rate"),
        Question(entries.filter(id__in=[]), "id"),
        Question(entries.filter(kind="no such thing"), "id"),
    ]


def test_the_answers_are_the_same(org: int) -> None:
    together(Question(Entry.objects.of(org), "id"))  # Django asks a new connection once what it can do
    with CaptureQueriesContext(connection) as found:
        one_way = answers(questions(org), few=True)
    assert len(found) == 1
    assert one_way == answers(questions(org), few=False)
    assert [len(rows) for rows in one_way] == [3, 9, 3, len(one_way[3]), 9, 0, 0]
    assert any(moment.microsecond for _, moment in one_way[3]), "moments keep what they had"


def test_instances_are_what_the_table_holds(org: int) -> None:
    rows = Invoice.objects.of(org).order_by("-id")
    (invoices, customers) = together(Question(rows), Question(Customer.objects.of(org).defer("note").order_by("id")))
    assert invoices == list(rows)
    for name in (field.attname for field in Invoice._meta.concrete_fields):
        assert [getattr(one, name) for one in invoices] == list(rows.values_list(name, flat=True)), name
    assert all(one.get_deferred_fields() == {"note"} for one in customers)


def test_bytes_are_not_asked_for(org: int) -> None:
    with pytest.raises(TypeError, match="BinaryField"):
        together(Question(Attachment.objects.of(org), "content"))


def test_no_question_is_no_statement(org: int) -> None:
    with CaptureQueriesContext(connection) as found:
        assert together() == []
        assert together(Question(Entry.objects.of(org).filter(id__in=[]), "id")) == [[]]
    assert len(found) == 0
