# SPDX-License-Identifier: AGPL-3.0-or-later
"""A business that bills as several legal entities."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity
from tests.doors.desk.cast import House

ACCOUNTS = {
    "accounts-TOTAL_FORMS": "1",
    "accounts-INITIAL_FORMS": "0",
    "accounts-0-scheme": "iban",
    "accounts-0-number": "NO93 8601 1117 947",
}


def adds(client: Client, name: str = "Solberg Import AS", **more: str) -> Any:
    return client.post(reverse("desk:entity-new"), {"name": name, "country": "NO", **ACCOUNTS, **more})


def entity(house: House, name: str) -> LegalEntity:
    return LegalEntity.objects.of(house.organization).get(name=name)


def test_a_further_one_is_added_once(house: House, client: Client) -> None:
    first = LegalEntity.objects.of(house.organization).get()
    assert (
        "Bill as a further legal entity"
        in client.get(reverse("desk:settings-entity", args=[first.pk])).content.decode()
    )
    for _ in range(2):  # a double click
        assert adds(client).status_code == 303
    made = entity(house, "Solberg Import AS")
    assert made.accounts[0]["number"] == "NO93 8601 1117 947"
    assert not made.is_default
    taken = adds(client, city="Bergen")
    assert taken.status_code == 422
    assert "Another entity has this name." in taken.content.decode()
    assert "Bergen" in taken.content.decode()
    assert LegalEntity.objects.of(house.organization).count() == 2


def test_another_usual_one_takes_no_invoice_over(house: House, client: Client) -> None:
    """Money of what is open already goes where it went."""
    first = LegalEntity.objects.of(house.organization).get()
    invoice = house.invoice(house.customer())
    adds(client)
    made = entity(house, "Solberg Import AS")
    before = Customer.objects.of(house.organization).get().version
    for _ in range(2):
        client.post(reverse("desk:entity-usual", args=[made.pk]))
    assert entity(house, made.name).is_default
    assert not entity(house, first.name).is_default
    assert Invoice.objects.of(house.organization).get(pk=invoice.pk).entity_id == first.pk
    assert Customer.objects.of(house.organization).get().version > before
    assert "Another legal entity is the usual one" in client.get(reverse("desk:audit")).content.decode()


def test_a_quick_request_says_who_bills(house: House, client: Client) -> None:
    assert "Billed by" not in client.get(reverse("desk:request-new")).content.decode()
    adds(client)
    made, customer = entity(house, "Solberg Import AS"), house.customer()
    page = client.get(reverse("desk:request-new")).content.decode()
    assert "Billed by" in page
    form = {
        "customer": customer.ref, "what": "A shelf", "amount": "100", "currency": "NOK",
        "due": house.today.isoformat(), "entity": made.pk, "key": "k" * 32, "do": "confirm",
    }  # fmt: skip
    assert client.post(reverse("desk:request-new"), form).status_code == 303
    assert Invoice.objects.of(house.organization).get().entity_id == made.pk


def test_a_file_says_who_bills_what_is_in_it(house: House, client: Client) -> None:
    assert "Billed by" not in client.get(reverse("desk:import")).content.decode()
    adds(client)
    made = entity(house, "Solberg Import AS")
    assert "Billed by" in client.get(reverse("desk:import")).content.decode()
    assert "Billed by" in client.get(reverse("desk:begin-invoices")).content.decode()
    due = house.today.isoformat()
    file = SimpleUploadedFile("list.csv", f"number,customer,due,amount\n7,Kaffebrenneriet,{due},100\n".encode())
    looked = client.post(reverse("desk:import"), {"files": file, "entity": made.pk})
    client.post(looked.headers["Location"] + "confirm/")
    assert Invoice.objects.of(house.organization).get().entity_id == made.pk
    named = client.get(reverse("desk:invoices"), {"entity": str(made.pk), "show": "all"}).content.decode()
    assert "Kaffebrenneriet" in named
    first = LegalEntity.objects.of(house.organization).get(is_default=True)
    assert "No invoice here" in client.get(reverse("desk:invoices"), {"entity": str(first.pk)}).content.decode()


def test_invoices_that_name_nobody_are_the_usual_ones(house: House, client: Client) -> None:
    invoice = house.invoice(house.customer())
    adds(client)
    first = LegalEntity.objects.of(house.organization).get(is_default=True)
    assert invoice.number in client.get(reverse("desk:invoices"), {"entity": str(first.pk)}).content.decode()
