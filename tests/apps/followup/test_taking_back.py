# SPDX-License-Identifier: AGPL-3.0-or-later
"""An import is taken back whole while nothing of it was said, booked or agreed; afterwards it stays, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from purring.core.errors import Refused
from purring.doors.intake.bringing import work, work_all
from purring.facts.agreements.actions import hold
from purring.facts.beginning.importing import GivenFile, ask_to_take_back, begin_import
from purring.facts.beginning.models import Import
from purring.facts.customers.models import Contact, Customer
from purring.facts.invoices.actions import record_invoice
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.payments.actions import record_payment
from purring.facts.payments.models import Allocation, Payment
from purring.followup.invariants import INVARIANTS
from purring.followup.models import Reminder, ReminderItem, State, Task
from purring.followup.planning import plan
from purring.followup.taking_back import listed, runs, take_back, take_back_some, with_later

if TYPE_CHECKING:
    from tests.apps.cast import Studio

pytestmark = pytest.mark.django_db
ROWS = (
    "number,customer,email,due,amount,currency,paid\n"
    "A-1,Anna,anna@a.example,2026-02-20,100.00,NOK,40.00\n"
    "A-2,Anna,anna@a.example,2026-02-21,50.00,NOK,\n"
    "B-1,Berit,berit@b.example,2026-06-01,70.00,NOK,\n"
)


def bring(studio: Studio, text: str = ROWS) -> Import:
    file = GivenFile("list.csv", text.encode(), text.count("\n") - 1)
    row = begin_import(studio.organization, [file], key=uuid4().hex, now=studio.now, user_id=None)
    return work(row, lambda: studio.now)


def left(studio: Studio) -> dict[str, int]:
    models: tuple[Any, ...] = (Invoice, Customer, Contact, Payment, Allocation, Reminder, ReminderItem, Task)
    return {model.__name__: model.objects.of(studio.organization).count() for model in models}


def broken(studio: Studio) -> list[str]:
    return [line for one in INVARIANTS for line in one.broken(studio.now)]


def refused(studio: Studio, row: Import) -> str:
    before = left(studio)
    with pytest.raises(Refused) as told:
        take_back(row, **studio.told)
    assert told.value.code == "too_late"
    assert left(studio) == before, "all of it stays"
    return told.value.message


def test_everything_it_made_disappears_and_the_journal_says_so(studio: Studio) -> None:
    row = bring(studio)
    plan(studio.organization, studio.now)
    assert left(studio)["Reminder"] == 1
    done = take_back(row, **studio.told)
    assert done == (3, 2, 0)
    assert set(left(studio).values()) == {0}
    entries = Entry.objects.of(studio.organization)
    assert entries.filter(kind="import.taken_back").get().data["invoices"] == 3
    assert entries.filter(kind="invoice.recorded").count() == 3, "what happened stays told"
    assert broken(studio) == []
    assert take_back(row, **studio.told) is None, "a second click finds it done"
    assert entries.filter(kind="import.taken_back").count() == 1


def test_the_corrected_file_can_be_brought_afterwards(studio: Studio) -> None:
    take_back(bring(studio), **studio.told)
    again = bring(studio, ROWS.replace("100.00", "120.00"))
    assert again.made_invoices == 3
    assert Invoice.objects.of(studio.organization).get(number="A-1").amount == 12_000


def test_who_was_there_before_stays_and_is_decided_afresh(studio: Studio) -> None:
    first = bring(studio, ROWS.split("A-2")[0])
    second = bring(studio)
    assert (second.made_invoices, second.made_customers) == (2, 1)
    anna = Customer.objects.of(studio.organization).get(name="Anna")
    plan(studio.organization, studio.now)
    assert ReminderItem.objects.of(studio.organization).count() == 2
    version = Customer.objects.of(studio.organization).get(pk=anna.pk).version
    assert take_back(second, **studio.told) == (2, 1, 0)
    assert Customer.objects.of(studio.organization).get(pk=anna.pk).version > version, (
        "nothing decided before may leave"
    )
    assert Reminder.objects.of(studio.organization).get().state == State.WITHDRAWN
    plan(studio.organization, studio.now)
    asks = Reminder.objects.of(studio.organization).get()
    assert (asks.state, asks.asked) == (State.PLANNED, 6_000)
    assert broken(studio) == []
    assert take_back(first, **studio.told) == (1, 1, 0)


def test_after_a_message_it_stays(studio: Studio) -> None:
    row = bring(studio)
    plan(studio.organization, studio.now)
    Reminder.objects.of(studio.organization).update(state=State.SENT)
    assert "A-1 has left" in refused(studio, row)


def test_after_a_payment_it_stays(studio: Studio) -> None:
    row = bring(studio)
    invoice = Invoice.objects.of(studio.organization).get(number="B-1")
    record_payment(invoice.customer, 500, "NOK", invoice=invoice, on=studio.today, **studio.told)
    assert "payment of B-1" in refused(studio, row)


def test_after_something_was_agreed_it_stays(studio: Studio) -> None:
    row = bring(studio)
    invoice = Invoice.objects.of(studio.organization).get(number="A-2")
    hold(invoice.customer, invoice=invoice, on=studio.today, **studio.told)
    assert "noted about A-2" in refused(studio, row)


def test_a_customer_of_whom_more_is_known_by_now_stays(studio: Studio) -> None:
    row = bring(studio)
    berit = Customer.objects.of(studio.organization).get(name="Berit")
    record_invoice(
        berit, number="Z-1", issued=studio.today, due=studio.today, amount=100, currency="NOK", **studio.told
    )
    assert take_back(row, **studio.told) == (3, 1, 1)
    assert [one.number for one in Invoice.objects.of(studio.organization)] == ["Z-1"]
    assert list(berit.contacts.values_list("email", flat=True)) == ["berit@b.example"]


def test_much_goes_step_by_step_and_who_is_known_by_now_stays(studio: Studio) -> None:
    row = bring(studio)
    plan(studio.organization, studio.now)
    berit = Customer.objects.of(studio.organization).get(name="Berit")
    told = {"issued": studio.today, "due": studio.today, "amount": 100, "currency": "NOK", **studio.told}
    record_invoice(berit, number="Z-1", **told)
    assert not take_back_some(row, 1, **studio.told), "nobody asked for it"
    ask_to_take_back(row, actor="user:7")
    steps = 1
    while take_back_some(row, 1, **studio.told):
        steps += 1
    assert steps == 6, "three invoices, two customers, the end"
    assert (left(studio)["Invoice"], left(studio)["Customer"]) == (1, 1)
    entry = Entry.objects.of(studio.organization).get(kind="import.taken_back")
    assert (entry.data["invoices"], entry.data["customers"], entry.data["stayed"]) == (3, 1, 1)
    assert broken(studio) == []
    assert take_back(row, **studio.told) is None


def test_much_that_was_used_stays_whole_and_says_why(studio: Studio) -> None:
    row = bring(studio)
    invoice = Invoice.objects.of(studio.organization).get(number="B-1")
    record_payment(invoice.customer, 500, "NOK", invoice=invoice, on=studio.today, **studio.told)
    ask_to_take_back(row, actor="user:7")
    work_all(lambda: studio.now)
    row.refresh_from_db()
    assert (row.state, left(studio)["Invoice"]) == (Import.DONE, 3)
    assert "payment of B-1" in row.trouble


def test_ids_are_kept_as_runs() -> None:
    assert runs([3, 4, 5, 9, 11, 12]) == [[3, 5], [9, 9], [11, 12]]
    assert listed(runs([3, 4, 5, 9, 11, 12])) == [3, 4, 5, 9, 11, 12]
    assert runs([]) == []
    assert with_later([[3, 5], [9, 9]], [11, 10]) == [[3, 5], [9, 11]]
    assert with_later([], [4]) == [[4, 4]]
    assert with_later([[4, 4]], []) == [[4, 4]]
