# SPDX-License-Identifier: AGPL-3.0-or-later
"""New invoices at the desk: looked at before they are issued, issued once, with paper, UBL and credit note."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Attachment, CreditNote, Invoice, Issued
from purring.facts.invoices.papers import print_missing
from purring.facts.organizations.models import LegalEntity
from tests.doors.desk.cast import House

NEW = "/invoices/new/"


def form(house: House, customer: Customer, *lines: dict[str, str], **fields: str) -> dict[str, str]:
    """What a browser sends."""
    entity = LegalEntity.objects.of(house.organization).get()
    data = {
        "kind": "invoice",
        "customer": customer.ref,
        "entity": str(entity.pk),
        "issued": house.today.isoformat(),
        "due": "",
        "currency": "NOK",
        "key": "k1",
        "lines-TOTAL_FORMS": str(len(lines)),
        "lines-INITIAL_FORMS": "0",
        **fields,
    }
    for at, line in enumerate(lines):
        data |= {f"lines-{at}-{name}": value for name, value in line.items()}
    return data


SHELF = {"description": "A shelf of oak", "quantity": "2", "unit": "C62", "unit_price": "1 250,50", "tax_rate": "25"}


def looked_at(client: Client, data: dict[str, str]) -> dict[str, str]:
    """The form after a look at it, with the mark of what was shown."""
    page = client.post(NEW, data)
    assert page.status_code == 200, page.content.decode()
    found = re.search(r'name="looked_at" value="(\w+)"', page.content.decode())
    assert found, page.content.decode()
    return {**data, "looked_at": found[1], "do": "issue"}


def issued(client: Client, house: House, customer: Customer, *lines: dict[str, str], **fields: str) -> Invoice:
    data = looked_at(client, form(house, customer, *(lines or (SHELF,)), **fields))
    done = client.post(NEW, data)
    assert done.status_code == 303, done.content.decode()
    return Invoice.objects.of(house.organization).latest("id")


def test_it_is_looked_at_before_it_is_issued(house: House, client: Client) -> None:
    customer = house.customer(terms_days=30)
    data = form(house, customer, SHELF)
    page = client.post(NEW, data).content.decode()
    assert re.search("3.126,25", page)
    assert "data:image/png;base64," in page
    assert not Invoice.objects.of(house.organization).exists()
    client.post(NEW, {**data, "do": "issue"})
    assert not Invoice.objects.of(house.organization).exists(), "nobody has seen it yet"
    ready = looked_at(client, data)
    client.post(NEW, {**ready, "lines-0-unit_price": "9 000"})
    assert not Invoice.objects.of(house.organization).exists(), "it is another one now"
    client.post(NEW, ready)
    invoice = Invoice.objects.of(house.organization).get()
    assert (invoice.number, invoice.amount) == (f"{house.today.year}-0001", 312_625)
    assert (invoice.due - invoice.issued).days == 30


def test_sent_twice_it_is_one(house: House, client: Client) -> None:
    data = looked_at(client, form(house, house.customer(), SHELF))
    first, second = client.post(NEW, data), client.post(NEW, data)
    assert first.headers["Location"] == second.headers["Location"]
    assert Invoice.objects.of(house.organization).count() == 1
    assert Attachment.objects.of(house.organization).count() == 1


def test_the_paper_is_there_at_once_and_printed_once(house: House, client: Client) -> None:
    invoice = issued(client, house, house.customer())
    paper = Issued.objects.of(house.organization).get().paper
    assert paper
    assert bytes(paper.content).startswith(b"%PDF")
    assert print_missing(house.organization, [invoice.customer_id], **house.told) == 0
    page = client.get(reverse("desk:invoice", args=[invoice.pk])).content.decode()
    assert f"{invoice.number}.pdf" in page
    assert "2026-0001 issued" in page
    assert client.get(reverse("desk:invoice-paper", args=[invoice.pk])).content == bytes(paper.content)


def test_as_ubl(house: House, client: Client) -> None:
    invoice = issued(client, house, house.customer())
    answer = client.get(reverse("desk:invoice-ubl", args=[invoice.pk]))
    assert answer.headers["Content-Type"] == "application/xml"
    assert f"<cbc:ID>{invoice.number}</cbc:ID>".encode() in answer.content


def test_what_the_check_finds_is_shown_and_settled_by_issuing(house: House, client: Client) -> None:
    customer = house.customer(po_required=True)
    page = client.post(NEW, form(house, customer, SHELF)).content.decode()
    assert "purchase order number" in page
    assert "Issue it all the same" in page
    invoice = issued(client, house, customer)
    assert invoice.checked_at, "nobody is asked about it again"
    assert issued(client, house, customer, key="k2", order="PO 7").po_number == "PO 7"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lines-0-unit_price": "much"}, "much"),
        ({"lines-0-unit_price": ""}, "still missing"),
        ({"lines-0-description": ""}, "still missing"),
        ({"lines-0-tax_rate": "900"}, "900"),
        ({"lines-0-quantity": "0"}, "more than zero"),
        ({"customer": "nobody"}, "no customer"),
        ({"due": "2026-05-01"}, "before the issue date"),
        ({"lines-TOTAL_FORMS": "0"}, "at least one"),
        ({"note": "a\x07b"}, "control character"),
    ],
)
def test_what_is_wrong_is_told_in_its_place(house: House, client: Client, change: dict[str, str], told: str) -> None:
    data = form(house, house.customer(), SHELF) | change
    page = client.post(NEW, data)
    if page.status_code == 200:  # only refused when it is issued
        page = client.post(NEW, looked_at(client, data))
    assert page.status_code == 422
    assert told in page.content.decode()
    assert not Issued.objects.of(house.organization).exists()


def test_more_lines(house: House, client: Client) -> None:
    page = client.post(NEW, form(house, house.customer(), SHELF, do="more"))
    assert page.status_code == 200
    assert 'name="lines-3-description"' in page.content.decode()
    assert "A shelf of oak" in page.content.decode()


def test_a_payment_request(house: House, client: Client) -> None:
    invoice = issued(client, house, house.customer(), {**SHELF, "tax_rate": ""}, kind="payment_request")
    assert (invoice.kind, invoice.number, invoice.amount) == ("payment_request", "R-2026-0001", 250_100)


def credit(client: Client, invoice: Invoice, amount: str, **fields: Any) -> Any:
    data = {"credit-note-amount": amount, "credit-note-reason": "one came broken", "credit-note-key": "c1", **fields}
    return client.post(reverse("desk:invoice-credit-note", args=[invoice.pk]), data)


def test_a_credit_note_of_ours(house: House, client: Client) -> None:
    invoice = issued(client, house, house.customer())
    assert credit(client, invoice, "1 250").status_code == 303
    assert credit(client, invoice, "1 250").status_code == 303, "the same click twice"
    note = CreditNote.objects.of(house.organization).get()
    made = note.issued_here
    assert (note.number, note.amount, made.facts["corrects"]) == ("C-2026-0001", 125_000, invoice.number)
    assert made.facts["lines"][0]["unit_price"] == "1000.00"
    assert made.paper
    assert made.paper.filename == "C-2026-0001.pdf"
    assert made.paper.invoice_id == invoice.pk
    invoice.refresh_from_db()
    assert invoice.balance == 187_625
    assert "Credit note C-2026-0001 issued" in client.get(reverse("desk:invoice", args=[invoice.pk])).content.decode()


def test_all_of_it_is_credited_line_by_line(house: House, client: Client) -> None:
    second = {"description": "Advice", "unit_price": "100", "tax_rate": "15"}
    invoice = issued(client, house, house.customer(), SHELF, second)
    refused = credit(client, invoice, "100")
    assert refused.status_code == 422
    assert "several tax rates" in refused.content.decode()
    assert credit(client, invoice, "3 241,25").status_code == 303
    assert len(CreditNote.objects.of(house.organization).get().issued_here.facts["lines"]) == 2
    invoice.refresh_from_db()
    assert invoice.balance == 0


def test_of_an_imported_invoice_the_number_is_asked_for(house: House, client: Client) -> None:
    invoice = house.invoice(house.customer())
    assert credit(client, invoice, "100").status_code == 422
    assert credit(client, invoice, "100", **{"credit-note-number": "G-7"}).status_code == 303
    assert not Issued.objects.of(house.organization).exists()


def test_a_statement(house: House, client: Client) -> None:
    customer = house.customer()
    house.invoice(customer)
    house.invoice(customer, currency="EUR")
    page = client.get(reverse("desk:customer", args=[customer.pk])).content.decode()
    assert "statement.pdf?currency=EUR" in page
    for currency in ("NOK", "EUR", "XXX"):
        answer = client.get(reverse("desk:customer-statement", args=[customer.pk]), {"currency": currency})
        assert answer.content.startswith(b"%PDF")
        assert "attachment" in answer.headers["Content-Disposition"]
