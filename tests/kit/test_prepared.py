# SPDX-License-Identifier: AGPL-3.0-or-later
"""A prepared question answers as its query set does, with other values each time, on both databases."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from purring.facts.customers.models import Contact, Customer
from purring.facts.invoices.models import Invoice
from purring.kit.prepared import Prepared
from tests.apps.facts.cast import TODAY, ana, bill, fjord

pytestmark = pytest.mark.django_db


def late(organization: int, customer: int, today: date, among: list[int]) -> Any:
    contacts = Contact.objects.of(organization).filter(customer=OuterRef("customer"))
    rows = Invoice.objects.of(organization).filter(customer=customer, due__lt=today, pk__any_of=among)
    return rows.select_related("customer__organization").annotate(has=Exists(contacts)).order_by("due", "id")


LATE = Prepared(late, organization=int, customer=int, today=date, among=list)


def test_it_answers_as_the_query_set_does() -> None:
    one, other = fjord(), fjord("other")
    customers = [ana(one), ana(one, "C2"), ana(other)]
    for customer in customers:
        for days in (-9, -1, 0, 5):
            bill(customer, f"{customer.pk}-{days}", due=TODAY + timedelta(days), issued=TODAY - timedelta(30))
    every = list(Invoice.objects.everywhere("a test").values_list("pk", flat=True))
    asked = 0
    for customer in customers:
        for today in (TODAY - timedelta(5), TODAY, TODAY + timedelta(9)):
            for among in (every, every[::2], []):
                said: dict[str, Any] = {
                    "organization": customer.organization_id,
                    "customer": customer.pk,
                    "today": today,
                    "among": among,
                }
                plain = list(late(**said))
                with CaptureQueriesContext(connection) as queries:
                    found = LATE(**said)
                    assert [row.customer.organization.slug for row in found] == [
                        row.customer.organization.slug for row in plain
                    ]
                assert len(queries) == 1, "what it is related to came along"
                assert [row.__dict__.keys() for row in found] == [row.__dict__.keys() for row in plain]
                assert [(row.pk, row.due, row.has) for row in found] == [(row.pk, row.due, row.has) for row in plain]
                asked += len(found)
    assert asked


def test_values_and_texts() -> None:
    customer = ana(fjord())
    by_ref = Prepared(
        lambda organization, ref: (
            Customer.objects.of(organization).filter(ref=ref).values_list("pk", Count("invoices"))
        ),
        organization=int,
        ref=str,
    )
    assert by_ref(organization=customer.organization_id, ref=customer.ref) == [(customer.pk, 0)]
    assert by_ref(organization=customer.organization_id, ref="' OR 1=1 --") == []
    bill(customer)
    assert by_ref(organization=customer.organization_id, ref=customer.ref) == [(customer.pk, 1)]


def test_a_value_that_it_does_not_ask_for_is_a_mistake() -> None:
    forgets = Prepared(lambda organization, customer: Invoice.objects.of(organization), organization=int, customer=int)
    with pytest.raises(TypeError, match="customer"):
        forgets(organization=1, customer=1)


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_its_own() -> None:
    customer = ana(fjord())
    invoices = [bill(customer, str(at), due=TODAY - timedelta(1), issued=TODAY - timedelta(9)).pk for at in range(3)]
    wrong: list[object] = []

    def ask(mine: list[int]) -> None:
        try:
            for _ in range(20):
                found = LATE(organization=customer.organization_id, customer=customer.pk, today=TODAY, among=mine)
                if [row.pk for row in found] != mine:
                    wrong.append(found)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=([one],)) for one in invoices]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong
