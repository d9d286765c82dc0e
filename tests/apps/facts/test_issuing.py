# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our own documents: numbered without gaps in the order of their dates, with their facts kept as they stood."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from purring.core.errors import Refused
from purring.facts.customers.models import Customer
from purring.facts.invoices.issuing import issue_invoice, series_of
from purring.facts.invoices.models import Invoice, Issued
from purring.facts.organizations.models import LegalEntity
from tests.apps.facts.cast import TODAY, TOLD, ana, fjord
from tests.support import seeds

LINE = {"description": "Logo", "quantity": "2", "unit_price": "100.00", "tax_rate": "25"}


def entity_of(customer: Customer) -> LegalEntity:
    return LegalEntity.objects.of(customer.organization_id).get()


def issue(customer: Customer, *, on: date = TODAY, **more: Any) -> Invoice:
    told = {"issued": on, "due": on + timedelta(14), "currency": "EUR", **TOLD, **more}
    return issue_invoice(customer, entity_of(customer), told.pop("lines", [LINE]), **told)


@pytest.mark.django_db
def test_an_invoice_of_ours_is_a_claim_with_lines_and_facts() -> None:
    customer = ana(fjord())
    invoice = issue(customer, reference="RF18539007547034", delivered=TODAY.isoformat())
    assert (invoice.number, invoice.amount, invoice.balance) == ("2026-0001", 25_000, 25_000)
    assert (invoice.reference, invoice.purchased_on) == ("RF18539007547034", TODAY)
    assert list(invoice.lines.values_list("unit_price", "total")) == [(10_000, 20_000)]
    facts = Issued.objects.of(customer.organization).get(invoice=invoice).facts
    assert (facts["number"], facts["buyer"]["name"], facts["seller"]["country"]) == ("2026-0001", customer.name, "NO")


@pytest.mark.django_db
def test_each_kind_and_each_year_begins_with_one() -> None:
    customer = ana(fjord())
    numbers = [
        issue(customer).number,
        issue(customer, kind="payment_request").number,
        issue(customer).number,
        issue(customer, on=date(2027, 1, 2)).number,
    ]
    assert numbers == ["2026-0001", "R-2026-0001", "2026-0002", "2027-0001"]


@pytest.mark.django_db
def test_numbers_follow_the_dates() -> None:
    customer = ana(fjord())
    issue(customer)
    with pytest.raises(Refused, match="dated 2026-03-04"):
        issue(customer, on=TODAY - timedelta(1))
    assert issue(customer).number == "2026-0002"


@pytest.mark.django_db
def test_what_fails_takes_no_number(rng: random.Random) -> None:
    customer = ana(fjord())
    good = 0
    for _ in range(seeds.count("issued", normal=60, endurance=2_000)):
        wrong = rng.random() < 0.5
        lines = (
            [rng.choice([{**LINE, "quantity": "0"}, {**LINE, "unit_price": "much"}, {"shoe": "1"}])]
            if wrong
            else [LINE]
        )
        try:
            with transaction.atomic():
                issue(customer, lines=lines)
                good += 1
        except Refused:
            assert wrong
    positions = Issued.objects.of(customer.organization).order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, good + 1))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("one process at a time writes to SQLite")
    customer = ana(fjord())
    series_of(entity_of(customer), "invoice")
    trouble: list[Exception] = []

    def work(seed: int) -> None:
        rng = random.Random(seed)
        try:
            for _ in range(12):
                try:
                    with transaction.atomic():
                        issue(customer)
                        if rng.random() < 0.3:
                            raise _Undo
                except _Undo:
                    pass
        except Exception as error:  # told by the test itself
            trouble.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert trouble == []
    positions = Issued.objects.of(customer.organization).order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, len(positions) + 1))
    assert len(positions) > 12


class _Undo(Exception):
    """Takes one document back before it is stored."""
