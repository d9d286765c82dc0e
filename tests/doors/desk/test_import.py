# SPDX-License-Identifier: AGPL-3.0-or-later
"""Import by the desk: look first, choose columns, confirm once; nothing is kept before, and nobody else sees it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from purring.facts.invoices.models import Invoice
from purring.followup.models import Reminder
from tests.doors.desk.cast import House, found_house

PDF = b"%PDF-1.4\n%demo\n%%EOF\n"


def upload(client: Client, *files: tuple[str, bytes]) -> str:
    response = client.post(reverse("desk:import"), {"files": [SimpleUploadedFile(name, data) for name, data in files]})
    assert response.status_code == 303, response.content.decode()
    return str(response["Location"])


def look(client: Client, to: str) -> str:
    page = client.get(to)
    assert page.status_code == 200
    return page.content.decode()


def a_list(house: House, *, head: str = "number,customer,email,due,amount,currency") -> bytes:
    due = (house.today - timedelta(days=4)).isoformat()
    rows = [f"F-{n},Kunde {n},k{n}@kunde.example,{due},{n}00.50,NOK" for n in (1, 2, 3)]
    return "\n".join([head, *rows, ""]).encode()


def test_look_then_confirm(house: House, client: Client, tmp_path: Path) -> None:
    to = upload(client, ("list.csv", a_list(house)), ("F-2.pdf", PDF))
    page = look(client, to)
    assert "Import 3 rows" in page
    assert "3 new customers" in page
    assert "F-2.pdf" in page
    assert not Invoice.objects.of(house.organization).exists()
    done = client.post(f"{to}confirm/")
    assert done.status_code == 303, done.content.decode()
    assert done["Location"] == reverse("desk:today")
    assert Invoice.objects.of(house.organization).count() == 3
    assert Invoice.objects.of(house.organization).get(number="F-2").attachments.count() == 1
    assert Reminder.objects.of(house.organization).count() == 3, "a small import is decided at once"
    assert not any(path.is_file() for path in (tmp_path / "uploads").rglob("*"))
    assert client.post(f"{to}confirm/").status_code == 404
    assert "3 as before" in look(client, upload(client, ("list.csv", a_list(house))))


def test_columns_are_chosen_by_a_person(house: House, client: Client) -> None:
    to = upload(client, ("list.csv", a_list(house, head="number,customer,email,Xyz,Qqq,currency")))
    assert "Customers" in look(client, to), "without the names it looks like a list of customers"
    client.post(to, {"file-0-column-3": "due", "file-0-column-4": "amount"})
    page = look(client, to)
    assert "still missing" not in page
    assert "Import 3 rows" in page
    client.post(f"{to}confirm/")
    assert Invoice.objects.of(house.organization).get(number="F-1").amount == 10_050


def test_refused_rows_are_told_in_place_and_the_others_taken(house: House, client: Client) -> None:
    broken = a_list(house).replace(b"200.50", b"-200.50").replace(b"F-3,Kunde 3", b"F-3,")
    to = upload(client, ("list.csv", broken))
    page = look(client, to)
    assert "negative" in page
    assert "Line 3" in page
    assert "Import 1 row" in page
    done = client.post(f"{to}confirm/").content.decode()
    assert "negative" in done
    assert [row.number for row in Invoice.objects.of(house.organization)] == ["F-1"]


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02" * 100, b"hello\n", b"MZ\x90" * 50, b'{"a": 1}', b"number,customer,due,amount\n"]
)
def test_a_file_that_is_no_list_is_refused_on_its_page(client: Client, data: bytes) -> None:
    to = upload(client, ("what.csv", data or b" "))
    page = look(client, to)
    assert "note alert" in page or "still missing" in page
    assert "Import</button>" not in page


def test_no_file(client: Client) -> None:
    page = client.post(reverse("desk:import"), {})
    assert page.status_code == 422
    assert b"at least one file" in page.content


def test_a_document_without_its_invoice_is_told(client: Client) -> None:
    to = upload(client, ("Unknown-77.pdf", PDF))
    assert b"Unknown-77.pdf" in client.post(f"{to}confirm/").content


def test_names_never_become_paths(house: House, client: Client, tmp_path: Path) -> None:
    upload(client, ("../../evil.csv", a_list(house)))
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"0.bin", "names.json"}


def test_another_organization_does_not_see_it(house: House, client: Client) -> None:
    to = upload(client, ("list.csv", a_list(house)))
    neighbour = found_house("nabo", "Naboen").client()
    assert neighbour.get(to).status_code == 404
    assert neighbour.post(f"{to}confirm/").status_code == 404
    assert client.get(to).status_code == 200


def test_old_uploads_are_thrown_away(house: House, client: Client, tmp_path: Path, monkeypatch: Any) -> None:
    import os

    first = upload(client, ("list.csv", a_list(house)))
    folder = next((tmp_path / "uploads" / str(house.organization.pk)).iterdir())
    os.utime(folder, (1, 1))
    upload(client, ("list.csv", a_list(house)))
    assert client.get(first).status_code == 404
