# SPDX-License-Identifier: AGPL-3.0-or-later
"""Storing what was read: the same file twice changes nothing, and nobody's money or name is lost on the way."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.doors.intake import LocaleFacts, read
from purring.doors.intake.rows import InvoiceRow
from purring.doors.intake.store_invoices import Invoices
from purring.doors.intake.store_people import People
from purring.doors.intake.storing import FileResult, store, store_document
from purring.facts.customers.models import Customer
from purring.facts.customers.people import add_contact
from purring.facts.invoices.models import Attachment, Invoice
from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import found_organization
from purring.facts.organizations.models import Organization
from purring.facts.payments.actions import record_payment, reverse_payment
from purring.facts.payments.models import Credit, Payment
from purring.facts.payments.settling import credit_note
from purring.followup.first_asking import plan_requests
from purring.followup.invariants import INVARIANTS

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HEAD = "number,customer,customer_ref,email,issued,due,amount,currency,paid,po_number,description,status\n"
LOGO = "1001,Nordlys Kafé,C1,ingrid@nordlys.example,2026-10-01,2026-10-31,1250.50,NOK,,,Logo,\n"


@pytest.fixture
def fjord() -> Organization:
    organization, _ = found_organization(
        "fjord", "Fjord Design", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=NOW, actor="test"
    )
    return organization


def taken(organization: Organization, text: str, **options: Any) -> FileResult:
    """Import a list, and see that everything that must be true still is."""
    locale = LocaleFacts(organization.language, organization.country, organization.currency)
    reading = read(text.encode(), locale=locale, name="list.csv")
    result = store(organization, reading, now=NOW, actor="import", **options)
    assert broken() == []
    return result


def broken() -> list[str]:
    return [line for invariant in INVARIANTS for line in invariant.broken(NOW)]


def counts(result: FileResult) -> tuple[int, int, int]:
    return result.created, result.updated, result.unchanged


def refused(result: FileResult) -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.code) for one in result.refused]


def invoice(number: str) -> Invoice:
    return Invoice.objects.everywhere("test").get(number=number)


class TestInvoices:
    def test_a_new_invoice_with_its_customer(self, fjord: Organization) -> None:
        result = taken(fjord, HEAD + LOGO)
        assert counts(result) == (1, 0, 0)
        assert result.new_customers == 1
        stored = invoice("1001")
        assert (stored.amount, stored.currency, stored.balance) == (125050, "NOK", 125050)
        assert stored.known_on == stored.issued == date(2026, 10, 1)
        assert (stored.customer.ref, stored.customer.language, stored.customer.kind) == ("C1", "nb", "unknown")
        assert stored.customer.contacts.get().email == "ingrid@nordlys.example"
        kinds = list(Entry.objects.of(fjord).order_by("id").values_list("kind", flat=True))
        assert kinds[-3:] == ["customer.added", "invoice.recorded", "file.imported"]

    def test_the_same_file_again_changes_nothing(self, fjord: Organization) -> None:
        text = HEAD + LOGO + "1002,Café Lumière,,,2026-11-01,2026-12-01,300,EUR,100,,,\n"
        taken(fjord, text)
        entries, customers = Entry.objects.of(fjord).count(), list(Customer.objects.of(fjord).values())
        assert counts(taken(fjord, text)) == (0, 0, 2)
        assert Entry.objects.of(fjord).count() == entries
        assert list(Customer.objects.of(fjord).values()) == customers

    def test_what_may_change_does(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        version = invoice("1001").customer.version
        changed = LOGO.replace(",,,Logo,", ",,PO-7,Logo and letterhead,shipped").replace("2026-10-31", "2026-12-05")
        assert counts(taken(fjord, HEAD + changed)) == (0, 1, 0)
        stored = invoice("1001")
        assert (stored.po_number, stored.description, stored.order_status) == ("PO-7", "Logo and letterhead", "shipped")
        assert (stored.due, stored.generation, stored.known_on) == (date(2026, 12, 5), 1, date(2026, 11, 20))
        assert stored.customer.version > version, "nothing decided before may leave"

    def test_an_empty_cell_wipes_nothing(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO.replace(",,,Logo,", ",,PO-7,Logo,shipped"))
        assert counts(taken(fjord, HEAD + LOGO.replace("Logo", ""))) == (0, 0, 1)
        assert (invoice("1001").po_number, invoice("1001").description) == ("PO-7", "Logo")

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [("1250.50", "1250.51", "amount"), ("NOK", "EUR", "currency"), ("2026-10-01", "2026-10-02", "issued")],
    )
    def test_the_claim_never_changes(self, fjord: Organization, old: str, new: str, field: str) -> None:
        taken(fjord, HEAD + LOGO)
        result = taken(fjord, HEAD + LOGO.replace(old, new).replace("Logo", "Other"))
        assert [(line, name) for line, name, _ in refused(result)] == [(2, field)]
        assert invoice("1001").description == "Logo", "a refused row changes nothing at all"

    def test_a_due_date_is_not_moved_into_the_past(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        assert refused(taken(fjord, HEAD + LOGO.replace("2026-10-31", "2026-11-10"))) == [(2, "due", "bad_date")]

    def test_without_an_issue_date_it_is_known_at_the_latest_today(self, fjord: Organization) -> None:
        text = "number,customer,due,amount\n1,Ana,2026-10-31,5\n2,Ana,2026-12-24,5\n"
        taken(fjord, text)
        assert invoice("1").known_on == date(2026, 10, 31)
        assert invoice("2").known_on == date(2026, 11, 20)
        assert counts(taken(fjord, text)) == (0, 0, 2)

    def test_two_customers_may_use_one_number(self, fjord: Organization) -> None:
        text = HEAD + LOGO + LOGO.replace("Nordlys Kafé,C1,ingrid", "Other,C2,other")
        assert counts(taken(fjord, text)) == (2, 0, 0)
        assert Invoice.objects.of(fjord).filter(number="1001").count() == 2

    def test_ledger_words_are_no_status_of_an_order(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO.replace("Logo,", "Logo,Overdue"))
        assert invoice("1001").order_status == ""

    def test_texts_the_database_has_no_room_for(self, fjord: Organization) -> None:
        assert refused(taken(fjord, HEAD + LOGO.replace("1001", "9" * 70))) == [(2, "number", "too_long")]


class TestPaid:
    def test_a_part_and_then_more(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,250.50"))
        assert invoice("1001").balance == 100000
        assert counts(taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,750.50"))) == (0, 1, 0)
        assert invoice("1001").balance == 50000
        assert [p.amount for p in Payment.objects.of(fjord).order_by("id")] == [25050, 50000]
        assert counts(taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,750.50"))) == (0, 0, 1)

    def test_the_status_paid_settles(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO.replace("Logo,", "Logo,paid"))
        assert invoice("1001").settled_on == date(2026, 11, 20)
        assert invoice("1001").balance == 0

    def test_less_than_before_is_refused(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,750.50"))
        assert refused(taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,250.50"))) == [(2, "paid", "paid_less")]
        assert invoice("1001").balance == 50000

    def test_a_payment_recorded_here_is_not_booked_again(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,0"))
        known = invoice("1001")
        record_payment(known.customer, 50050, "NOK", on=date(2026, 11, 19), now=NOW, actor="test", invoice=known)
        assert counts(taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,0"))) == (0, 0, 1), "the list does not know yet"
        assert counts(taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,500.50"))) == (0, 0, 1), "now it does"
        assert counts(taken(fjord, HEAD + LOGO.replace("NOK,", "NOK,1250.50"))) == (0, 1, 0)
        assert [p.amount for p in Payment.objects.of(fjord).order_by("id")] == [50050, 75000]

    def test_a_credit_note_recorded_here_counts_too(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        credit_note(invoice("1001"), 25050, on=date(2026, 11, 19), now=NOW, actor="test")
        balance_of_the_ledger = HEAD.replace("paid", "balance") + LOGO.replace("NOK,", "NOK,1000")
        assert counts(taken(fjord, balance_of_the_ledger)) == (0, 0, 1)
        assert not Payment.objects.of(fjord).exists()

    def test_money_that_went_back_is_not_booked_again(self, fjord: Organization) -> None:
        text = HEAD + LOGO.replace("NOK,", "NOK,250.50")
        taken(fjord, text)
        reverse_payment(Payment.objects.of(fjord).get(), 25050, on=date(2026, 11, 19), now=NOW, actor="test")
        assert counts(taken(fjord, text)) == (0, 0, 1)
        assert invoice("1001").balance == 125050

    def test_an_invoice_that_was_taken_back_is_closed(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        row = InvoiceRow(2, "1001", "Nordlys Kafé", date(2026, 10, 31), 125050, "NOK", customer_ref="C1", status="Void")
        told = FileResult("list.csv", "invoices")
        Invoices(fjord, People(fjord, NOW, "import"), NOW, "import").take([row], told)
        assert counts(told) == (0, 1, 0)
        assert invoice("1001").balance == 0
        assert broken() == []


def test_a_payment_request_with_its_lines(fjord: Organization) -> None:
    facts = {
        "kind": "payment_request",
        "seller": {"name": "Fjord Design", "country": "NO"},
        "buyer": {"name": "Nordlys Kafé", "country": "NO", "email": "ingrid@nordlys.example"},
        "number": "R-1",
        "issued": "2026-11-20",
        "due": "2026-12-04",
        "delivered": "2026-11-10",
        "currency": "NOK",
        "reference": "1234567",
        "payment_link": "https://pay.example/1",
        "lines": [
            {"description": "Logo", "quantity": "2", "unit_price": "500.00", "tax_rate": "25"},
            {"description": "Frakt", "unit_price": "33.333", "tax_rate": "25"},
        ],
    }
    assert counts(taken(fjord, json.dumps([facts]))) == (1, 0, 0)
    asked = invoice("R-1")
    assert (asked.kind, asked.amount, asked.reference, asked.pay_link) == (
        "payment_request",
        129_166,
        "1234567",
        "https://pay.example/1",
    )
    assert asked.purchased_on == date(2026, 11, 10)
    lines = asked.lines.values_list("description", "quantity", "unit_price", "total")
    assert list(lines) == [("Logo", Decimal(2), 50_000, 100_000), ("Frakt", Decimal(1), None, 3_333)]
    assert plan_requests(fjord, NOW) == 1
    assert counts(taken(fjord, json.dumps([facts]))) == (0, 0, 1)


class TestCustomers:
    def test_found_by_address_when_there_is_no_number(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        taken(fjord, HEAD + "1002,Nordlys,,INGRID@nordlys.example,2026-10-01,2026-10-31,5,NOK,,,,\n")
        assert invoice("1002").customer.ref == "C1"

    def test_found_by_name_however_it_is_spelled(self, fjord: Organization) -> None:
        taken(fjord, HEAD + "1,Café Ærlig,,,2026-10-01,2026-10-31,5,NOK,,,,\n")
        taken(fjord, HEAD + "2,CAFE AERLIG,,,2026-10-01,2026-10-31,5,NOK,,,,\n")
        assert Customer.objects.of(fjord).count() == 1

    def test_another_number_is_another_customer(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO + LOGO.replace("1001", "1002").replace("C1", "C2"))
        assert Customer.objects.of(fjord).count() == 2

    def test_a_number_that_comes_later_is_taken_on(self, fjord: Organization) -> None:
        """Else the same invoice would stand twice, and be asked for twice."""
        taken(fjord, HEAD + LOGO.replace("C1", ""))
        assert invoice("1001").customer.ref == "Nordlys Kafé"
        assert counts(taken(fjord, HEAD + LOGO)) == (0, 1, 0)
        assert invoice("1001").customer.ref == "C1"

    def test_one_address_for_several_customers_means_the_one_with_the_name(self, fjord: Organization) -> None:
        two = HEAD + LOGO + LOGO.replace("1001", "1002").replace("Nordlys Kafé,C1", "Nordlys Bar,C2")
        taken(fjord, two)
        taken(fjord, HEAD + "1003,Nordlys Bar,,ingrid@nordlys.example,2026-10-01,2026-10-31,5,NOK,,,,\n")
        assert invoice("1003").customer.ref == "C2"

    def test_two_firms_with_the_address_of_their_accountant_are_two(self, fjord: Organization) -> None:
        post = "post@regnskap.example"
        text = f"{HEAD}1,Nordlys AS,,{post},2026-10-01,2026-10-31,5,NOK,,,,\n2,Sørlys AS,,{post},2026-10-01,2026-10-31,5,NOK,,,,\n"
        assert counts(taken(fjord, text)) == (2, 0, 0)
        assert {invoice("1").customer.name, invoice("2").customer.name} == {"Nordlys AS", "Sørlys AS"}
        assert counts(taken(fjord, text)) == (0, 0, 2)

    def test_a_firm_with_a_new_name_is_not_asked_twice_for_one_invoice(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO.replace("C1", ""))
        renamed = LOGO.replace("C1", "").replace("Nordlys Kafé", "Kystbaren")
        assert counts(taken(fjord, HEAD + renamed)) == (0, 0, 1)
        assert Customer.objects.of(fjord).count() == 1

    def test_a_bare_ref_in_a_list_of_customers_is_theirs(self, fjord: Organization) -> None:
        taken(fjord, "Ref,Name,E-mail,Country\nC9,Lumière,m@lumiere.example,FR\n")
        assert Customer.objects.of(fjord).get().ref == "C9"

    def test_a_new_address_takes_the_place_of_the_old(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        changed = HEAD + LOGO.replace("ingrid@", "regnskap@")
        assert counts(taken(fjord, changed)) == (0, 1, 0)
        assert [c.email for c in invoice("1001").customer.contacts.all()] == ["regnskap@nordlys.example"]
        assert counts(taken(fjord, changed)) == (0, 0, 1)

    def test_two_people_of_one_customer_in_one_list(self, fjord: Organization) -> None:
        text = HEAD + LOGO + LOGO.replace("1001", "1002").replace("ingrid@", "ola@")
        taken(fjord, text)
        emails = ["ingrid@nordlys.example", "ola@nordlys.example"]
        assert [c.email for c in invoice("1001").customer.contacts.all()] == emails
        assert counts(taken(fjord, text)) == (0, 0, 2)

    def test_a_list_of_customers(self, fjord: Organization) -> None:
        text = "customer,customer_ref,email,country,kind,contact\nLumière,C9,m@lumiere.example,FR,business,Marie Noir\n"
        assert counts(taken(fjord, text)) == (1, 0, 0)
        assert counts(taken(fjord, text)) == (0, 0, 1)
        assert counts(taken(fjord, text.replace("Marie Noir", "Jean Roux"))) == (0, 1, 0)
        customer = Customer.objects.of(fjord).get()
        assert (customer.country, customer.language, customer.kind) == ("FR", "fr", "business")
        assert customer.contacts.get().name == "Jean Roux"

    def test_another_organization_is_never_touched(self, fjord: Organization) -> None:
        other, _ = found_organization(
            "other", "Other", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=NOW, actor="test"
        )
        taken(fjord, HEAD + LOGO)
        assert counts(taken(other, HEAD + LOGO)) == (1, 0, 0)
        assert Customer.objects.of(other).get().pk != Customer.objects.of(fjord).get().pk


class TestPayments:
    HEAD = "date,amount,currency,reference,invoice,payer\n"

    def test_booked_to_the_invoice_once(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        text = self.HEAD + "2026-11-10,250.50,NOK,,1001,\n"
        assert counts(taken(fjord, text)) == (1, 0, 0)
        assert counts(taken(fjord, text)) == (0, 0, 1)
        assert invoice("1001").balance == 100000

    def test_two_equal_payments_are_two(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        text = self.HEAD + "2026-11-10,250.50,NOK,,1001,\n" * 2
        assert counts(taken(fjord, text)) == (2, 0, 0)
        assert counts(taken(fjord, text)) == (0, 0, 2)
        assert invoice("1001").balance == 74950

    def test_by_reference(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        assert counts(taken(fjord, self.HEAD + "2026-11-10,1250.50,NOK,1001,,\n")) == (1, 0, 0)
        assert invoice("1001").settled_on == date(2026, 11, 10)

    def test_a_known_payer_without_an_invoice_has_it_on_account(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        assert counts(taken(fjord, self.HEAD + "2026-11-10,10,NOK,,,NORDLYS KAFE\n")) == (1, 0, 0)
        assert Credit.objects.of(fjord).get().amount == 1000
        assert invoice("1001").balance == 125050

    def test_refused_with_the_reason(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        rows = (
            "2026-11-10,10,NOK,,404,\n2026-11-10,10,NOK,,,Nobody\n2026-12-10,10,NOK,,1001,\n2026-11-10,10,EUR,,1001,\n"
        )
        result = taken(fjord, self.HEAD + rows)
        assert refused(result) == [
            (2, "invoice", "not_found"),
            (3, "invoice", "not_found"),
            (4, "date", "bad_date"),
            (5, "currency", "bad_currency"),
        ]
        assert counts(result) == (0, 0, 0)


class TestTogether:
    BAD = "1002,Nordlys Kafé,C1,not an address,2026-10-01,2026-10-31,5,NOK,,,,\n"

    def test_good_rows_are_stored_and_the_others_told(self, fjord: Organization) -> None:
        result = taken(fjord, HEAD + self.BAD + LOGO)
        assert counts(result) == (1, 0, 0)
        assert refused(result) == [(2, "email", "bad_email")]

    def test_all_or_nothing(self, fjord: Organization) -> None:
        result = taken(fjord, HEAD + LOGO + self.BAD, all_or_nothing=True)
        assert counts(result) == (0, 0, 0)
        assert not Customer.objects.of(fjord).exists()

    def test_a_dry_run_tells_and_stores_nothing(self, fjord: Organization) -> None:
        entries = Entry.objects.of(fjord).count()
        result = taken(fjord, HEAD + LOGO + self.BAD, dry_run=True)
        assert counts(result) == (1, 0, 0)
        assert refused(result) == [(3, "email", "bad_email")]
        assert not Customer.objects.of(fjord).exists()
        assert Entry.objects.of(fjord).count() == entries

    def test_more_than_one_chunk(self, fjord: Organization) -> None:
        rows = "".join(
            f"{n},Customer {n % 700},K{n % 700},,2026-10-01,2026-10-31,5,NOK,{n % 2},,,\n" for n in range(2500)
        )
        done: list[int] = []
        result = taken(fjord, HEAD + rows, progress=done.append)
        assert counts(result) == (2500, 0, 0)
        assert (result.new_customers, sum(done)) == (700, 2500)
        assert counts(taken(fjord, HEAD + rows)) == (0, 0, 2500)


class TestDocuments:
    PDF = b"%PDF-1.4\nan invoice\n%%EOF\n"

    def keep(self, organization: Organization, name: str) -> bool:
        return store_document(organization, name, self.PDF, now=NOW, actor="import")

    @pytest.mark.parametrize("name", ["2026-041.pdf", "Faktura 2026-041 Nordlys.pdf", "a/b/nordlys_2026_041.PDF"])
    def test_by_the_number_in_its_name_once(self, fjord: Organization, name: str) -> None:
        taken(fjord, HEAD + LOGO.replace("1001", "2026-041"))
        assert self.keep(fjord, name)
        assert not self.keep(fjord, name)
        kept = Attachment.objects.of(fjord).get(invoice__number="2026-041")
        assert bytes(kept.content) == self.PDF

    def test_the_longest_number_is_meant(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO.replace("1001", "41") + LOGO.replace("1001", "2026-41"))
        self.keep(fjord, "2026-41.pdf")
        assert Attachment.objects.of(fjord).filter(invoice__number="2026-41").count() == 1

    def test_a_name_without_a_number(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO)
        with pytest.raises(Refused, match="rename the file") as error:
            self.keep(fjord, "11001.pdf")
        assert error.value.code == "not_found"

    def test_a_number_that_two_customers_have(self, fjord: Organization) -> None:
        taken(fjord, HEAD + LOGO + LOGO.replace("Nordlys Kafé,C1,ingrid", "Other,C2,other"))
        with pytest.raises(Refused, match="several") as error:
            self.keep(fjord, "1001.pdf")
        assert error.value.code == "ambiguous"


def test_people_stay_who_they_are_when_a_list_knows_more_of_one(fjord: Organization) -> None:
    """What points to a contact, a proposal of theirs say, stays with it."""
    taken(fjord, HEAD + LOGO)
    customer = Customer.objects.of(fjord).get()
    ida = add_contact(customer, name="Ida Vik", email="ida@nordlys.example", role="owner", now=NOW, actor="test")
    before = customer.contacts.get(email="ingrid@nordlys.example").pk
    more = "number,customer,customer_ref,email,contact,due,amount,currency\n"
    taken(fjord, more + "1002,Nordlys Kafé,C1,ingrid@nordlys.example,Ingrid Moe,2026-10-31,10.00,NOK\n")
    there = customer.contacts.order_by("position").values_list("pk", "name", "role")
    assert list(there) == [(before, "Ingrid Moe", "billing"), (ida.pk, "Ida Vik", "owner")]
