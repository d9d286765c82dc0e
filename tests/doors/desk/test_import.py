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

from purring.config.rounds import planning
from purring.doors.intake import bringing
from purring.facts.beginning.models import Import
from purring.facts.invoices.models import Invoice
from purring.followup.models import Reminder
from tests.doors.desk.cast import House, found_house

PDF = b"%PDF-1.4\n%demo\n%%EOF\n"


def upload(client: Client, *files: tuple[str, bytes]) -> str:
    response = client.post(reverse("desk:import"), {"files": [SimpleUploadedFile(name, data) for name, data in files]})
    assert response.status_code == 303, response.content.decode()
    return str(response["Location"])


def page_of(house: House) -> str:
    """The page of the latest import."""
    row = Import.objects.of(house.organization).latest("id")
    return reverse("desk:import-one", args=[row.pk])


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
    again = client.post(f"{to}confirm/")
    assert (again.status_code, again["Location"]) == (303, page_of(house)), "a second click finds it done"
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
    assert client.post(f"{to}confirm/")["Location"] == page_of(house)
    done = look(client, page_of(house))
    assert "negative" in done
    assert "list.csv · Line 3 · Amount" in done
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


def test_a_document_without_its_invoice_is_told(house: House, client: Client) -> None:
    to = upload(client, ("Unknown-77.pdf", PDF))
    client.post(f"{to}confirm/")
    assert "Unknown-77.pdf: no invoice has its number" in look(client, page_of(house))


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


# --- large ones: behind the page ------------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows are many, and go in one by one."""
    monkeypatch.setattr("purring.doors.desk.views.importing.AT_ONCE_ROWS", 2)
    monkeypatch.setattr(bringing, "AT_ONCE_ROWS", 2)
    monkeypatch.setattr(bringing, "CHUNK_ROWS", 1)


def one_chunk(house: House) -> None:
    """A pass whose time is over after one chunk."""
    row = Import.objects.of(house.organization).latest("id")
    bringing.work(row, lambda: house.told["now"], 0.0)


def say(client: Client, house: House, what: str) -> str:
    answer = client.post(page_of(house), {"do": what})
    assert answer.status_code == 303
    return look(client, page_of(house))


def test_a_large_list_goes_in_behind_its_page(house: House, client: Client, large: None) -> None:
    to = upload(client, ("list.csv", a_list(house)))
    assert client.post(f"{to}confirm/")["Location"] == page_of(house)
    assert "0 of 3 rows looked at" in look(client, page_of(house))
    assert not Invoice.objects.of(house.organization).exists()
    one_chunk(house)
    assert "1 of 3 rows looked at" in look(client, page_of(house))
    assert "under way" in look(client, reverse("desk:import"))
    assert client.get(page_of(house), headers={"HX-Request": "true"}).content.lstrip().startswith(b'<div class="stack')
    bringing.work_all(lambda: house.told["now"])
    assert "Imported: 3 new." in look(client, page_of(house))
    assert Invoice.objects.of(house.organization).count() == 3


def test_it_waits_and_goes_on(house: House, client: Client, large: None) -> None:
    client.post(f"{upload(client, ('list.csv', a_list(house)))}confirm/")
    one_chunk(house)
    assert "Go on" in say(client, house, "pause")
    bringing.work_all(lambda: house.told["now"])
    assert Invoice.objects.of(house.organization).count() == 1, "it waits"
    say(client, house, "go-on")
    bringing.work_all(lambda: house.told["now"])
    assert Invoice.objects.of(house.organization).count() == 3


@pytest.mark.parametrize(("what", "left"), [("stop", 1), ("stop-back", 0)])
def test_it_stops_and_the_person_says_what_stays(
    house: House, client: Client, large: None, what: str, left: int
) -> None:
    client.post(f"{upload(client, ('list.csv', a_list(house)))}confirm/")
    one_chunk(house)
    say(client, house, "pause")
    page = say(client, house, what)
    bringing.work_all(lambda: house.told["now"])
    assert Invoice.objects.of(house.organization).count() == left
    assert ("Stopped after 1 of 3 rows" in page) == bool(left)
    say(client, house, "go-on")
    bringing.work_all(lambda: house.told["now"])
    assert Invoice.objects.of(house.organization).count() == left, "it is over"


def test_much_is_taken_back_behind_the_page_too(house: House, client: Client, large: None) -> None:
    client.post(f"{upload(client, ('list.csv', a_list(house)))}confirm/")
    bringing.work_all(lambda: house.told["now"])
    row = Import.objects.of(house.organization).get()
    client.post(reverse("desk:import-undo", args=[row.pk]))
    assert "3 invoices are being taken back" in look(client, page_of(house))
    bringing.work_all(lambda: house.told["now"])
    assert "taken back" in look(client, page_of(house))
    assert not Invoice.objects.of(house.organization).exists()


def test_what_was_not_taken_is_saved_mended_and_brought_again(house: House, client: Client, large: None) -> None:
    """The columns that a person named are understood by themselves then, and the reason behind a row is no column."""
    broken = a_list(house, head="number,customer,email,Xyz,Qqq,currency").replace(b"200.50", b"-200.50")
    broken = broken.replace(b"F-3,Kunde 3", b"F-3,")
    to = upload(client, ("list.csv", broken))
    client.post(to, {"file-0-column-3": "due", "file-0-column-4": "amount"})
    client.post(f"{to}confirm/")
    bringing.work_all(lambda: house.told["now"])
    saved = client.get(
        f"{reverse('desk:import-not-taken', args=[Import.objects.of(house.organization).get().pk])}?file=0"
    )
    text = saved.getvalue().decode()
    lines = text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "number,customer,email,due,amount,currency,Not taken because"
    assert len(lines) == 3
    assert "F-2,Kunde 2,k2@kunde.example" in lines[1]
    assert ",-200.50,NOK,Amount" in lines[1] or ",-200.50,NOK," in lines[1]
    mended = text.replace("-200.50", "200.50").replace("F-3,,", "F-3,Kunde 3,")
    again = upload(client, ("mended.csv", mended.encode()))
    assert "Import 2 rows" in look(client, again)
    client.post(f"{again}confirm/")
    numbers = [row.number for row in Invoice.objects.of(house.organization).order_by("number")]
    assert numbers == ["F-1", "F-2", "F-3"]


def test_a_formula_in_a_saved_row_does_not_run(house: House, client: Client) -> None:
    broken = a_list(house).replace(b"F-2,Kunde 2", b'F-2,"=HYPERLINK(1)"')
    client.post(f"{upload(client, ('list.csv', broken))}confirm/")
    row = Import.objects.of(house.organization).get()
    saved = client.get(reverse("desk:import-not-taken", args=[row.pk]))
    assert b",'=HYPERLINK(1)," in saved.getvalue()


def test_nothing_leaves_while_rows_go_in(house: House, client: Client, large: None) -> None:
    client.post(f"{upload(client, ('list.csv', a_list(house)))}confirm/")
    one_chunk(house)
    planning(house.told["now"])
    assert not Reminder.objects.of(house.organization).exists(), "what was paid may stand further down"
    bringing.work_all(lambda: house.told["now"])
    planning(house.told["now"])
    assert Reminder.objects.of(house.organization).count() == 3


def test_another_organizations_import_cannot_be_told_anything(house: House, client: Client, large: None) -> None:
    client.post(f"{upload(client, ('list.csv', a_list(house)))}confirm/")
    neighbour = found_house("nabo", "Naboen").client()
    assert neighbour.post(page_of(house), {"do": "stop"}).status_code == 404
    assert Import.objects.of(house.organization).get().state == Import.RUNNING


def test_an_upload_that_cannot_be_taken_now_waits(
    house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = upload(client, ("list.csv", a_list(house)))

    def fails(*given: Any, **named: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("purring.doors.desk.views.importing.begin_import", fails)
        with pytest.raises(OSError, match="disk"):
            client.post(f"{to}confirm/")
    assert "Import 3 rows" in look(client, to)
    client.post(f"{to}confirm/")
    assert Invoice.objects.of(house.organization).count() == 3
