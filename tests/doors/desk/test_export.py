# SPDX-License-Identifier: AGPL-3.0-or-later
"""Leave any day: everything of an organization in one file, whole or not at all, and nothing of anybody else in it."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from purring.facts.access.models import Link
from purring.facts.answers.models import AnswerFile
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Attachment, Invoice
from purring.facts.journal.actions import head
from purring.facts.journal.models import Entry
from purring.facts.messages.actions import record_reply
from purring.facts.messages.models import Message
from purring.facts.organizations.models import Organization, User
from purring.followup.export import making
from purring.followup.export.actions import stop, want
from purring.followup.export.models import KEPT, Export, ExportPart
from purring.followup.export.steps import readme, steps
from purring.followup.export.tables import left_out, tables
from purring.kit.tenancy import OrganizationOwned
from tests.doors.desk.cast import House, found_house
from tests.doors.desk.test_permissions import ids_of

LONG = 16
"""Letters from which on a value is found by chance nowhere."""


def ask(house: House, client: Client) -> Export:
    assert client.post(reverse("desk:export-want"), {"key": "form"}).status_code == 303
    return Export.objects.of(house.organization).get()


def made(house: House, client: Client) -> Export:
    export = ask(house, client)
    making.work_all(house.told["now"], 60)
    export.refresh_from_db()
    assert export.is_there, export.__dict__
    return export


def download(client: Client, export: Export) -> bytes:
    answer: Any = client.post(reverse("desk:export-file", args=[export.pk]))
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    assert len(content) == int(answer["Content-Length"]) == export.size
    return content


def opened(client: Client, export: Export) -> zipfile.ZipFile:
    book = zipfile.ZipFile(io.BytesIO(download(client, export)))
    assert book.testzip() is None
    return book


def lines(book: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in book.read(name).decode().splitlines()]


def cells(book: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(book.read(name).decode("utf-8-sig"))))


# --- what is in it ----------------------------------------------------------------------------------------------


def test_of_every_table_it_is_decided_what_leaves() -> None:
    """A table or column that is new is in nobody's hands before somebody decided so, here."""
    told = {table.model: table for table in tables()}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if not model.__module__.startswith("purring."):
            continue
        assert (label in told) != (label in left_out()), f"{label}: say in tables.toml what of it leaves"
        if label in told:
            there = {field.attname for field in model._meta.local_concrete_fields} - {"organization_id"}
            named = [*told[label].columns, *told[label].without]
            assert len(named) == len(set(named)), label
            assert set(named) == there, f"{label}: {sorted(set(named) ^ there)}"
            assert issubclass(model, OrganizationOwned) or told[label].of or label == "organizations.Organization"
    assert len({table.file for table in told.values()}) == len(told)


def test_everything_is_in_it_and_nothing_of_anybody_else(house: House, client: Client) -> None:
    other = found_house("nabo", "Naboen")
    ids_of(other)
    ids_of(house)
    customer = Customer.objects.of(house.organization).all()[0]
    record_reply(customer, "Takk, vi betaler på fredag", address="ane@kunde.example", **house.told)
    theirs = other.customer("Somebody elses customer").name
    with opened(client, made(house, client)) as book:
        for table in tables():
            rows = table.rows(house.organization.pk)
            told = lines(book, f"json-lines/{table.file}.jsonl")
            assert [row["id"] for row in told] == list(rows.order_by("pk").values_list("pk", flat=True)), table.model
            assert [row["id"] for row in cells(book, f"csv/{table.file}.csv")] == [str(row["id"]) for row in told]
        for model, folder in ((Attachment, "documents"), (AnswerFile, "answer-files"), (Message, "messages")):
            files = [name for name in book.namelist() if name.startswith(f"{folder}/")]
            assert len(files) == model.objects.of(house.organization).count() > 0
        everything = b"\n".join(book.read(name) for name in book.namelist())
        assert book.read("README.txt").decode().startswith("Alt om Snekker Solberg")  # a Norwegian business
    assert theirs.encode() not in everything
    assert b"Naboen" not in everything


def test_what_it_is_is_told_in_the_language_of_whoever_asked(house: House) -> None:
    owner, org = house.user("owner"), house.organization
    Organization.objects.filter(pk=org.pk).update(name="Snekker & <Sønn>")
    wanted = want(org, key="form", user=owner, now=house.told["now"])
    for language, begins in (("fr", "Tout ce qui concerne"), ("en", "Everything of"), ("", "Alt om")):
        User.objects.filter(pk=owner.pk).update(language=language)
        text = readme(org.pk)
        assert text.startswith(f"{begins} Snekker & <Sønn>\n")
        assert all(len(line) <= 80 for line in text.splitlines())
        assert "Invitation" in text
        assert "ApiKey" not in text  # it is in it
    stop(wanted, **house.told)
    User.objects.filter(pk=owner.pk).update(language="fr")
    assert readme(org.pk).startswith("Alt om"), "nobody asks now"


def test_no_secret_is_in_it(house: House, client: Client) -> None:
    ids_of(house)
    secrets = {house.user("owner").password, "sk_test_1"}
    for table in tables():
        for row in table.rows(house.organization.pk).values(*table.without) if table.without else ():
            secrets |= {str(value) for name, value in row.items() if value and name not in ("content", "logo")}
    for label in left_out():
        if label.partition(".")[0] in ("access", "codes") or label == "organizations.Invitation":
            model: Any = apps.get_model(label)
            secrets |= {str(one) for row in model.objects.of(house.organization).values_list() for one in row}
    hashes = set(Link.objects.of(house.organization).values_list("digest", flat=True))  # of long tokens: no way back
    known = {secret for secret in secrets if len(secret) >= LONG and not secret.startswith("20")}
    assert len(known) > 5
    with opened(client, made(house, client)) as book:
        for name in book.namelist():
            content = book.read(name).decode("utf-8", "replace")
            found = {secret for secret in known if secret in content}
            assert not found - (hashes if name.startswith("journal/") else set()), name


def test_amounts_and_texts_as_each_reader_wants_them(house: House, client: Client) -> None:
    customer = house.customer("=HYPERLINK(1)")
    house.invoice(customer, 125_050)
    with opened(client, made(house, client)) as book:
        assert lines(book, "json-lines/invoices.jsonl")[0]["amount"] == 125_050
        row = cells(book, "csv/invoices.csv")[0]
        assert (row["amount"], row["currency"]) == ("1250.50", "NOK")
        assert cells(book, "csv/customers.csv")[0]["name"] == "'=HYPERLINK(1)"
        assert lines(book, "json-lines/customers.jsonl")[0]["name"] == "=HYPERLINK(1)"
        assert cells(book, "csv/people.csv")[0]["email"] == "owner@snekker.example"


def test_messages_open_in_a_mail_program(house: House, client: Client) -> None:
    customer = house.customer()
    record_reply(customer, "Takk, vi betaler på fredag", address="ane@kunde.example", **house.told)
    sent = Message(
        organization=house.organization, customer=customer, channel="email", kind="friendly", address="ane@kunde.example",
        subject="Faktura", text="Kjære Ane", html="<p>Kjære Ane</p>", at=house.told["now"],
        headers="From: Ola <ola@snekker.example>\r\nTo: ane@kunde.example\r\nSubject: =?utf-8?q?P=C3=A5minnelse?=\r\n"
        "MIME-Version: 1.0\r\n",
    )  # fmt: skip
    sent.save(force_insert=True)
    sms = Message(
        organization=house.organization, customer=customer, channel="sms", kind="friendly", address="+47 22 00 00 00",
        text="Hei\nBcc: x", subject="A\nBcc: y@z.example", at=house.told["now"],
    )  # fmt: skip
    sms.save(force_insert=True)
    with opened(client, made(house, client)) as book:
        found = {
            int(name.rpartition("/")[2].removesuffix(".eml")): email.message_from_bytes(
                book.read(name), policy=email.policy.default
            )
            for name in book.namelist()
            if name.startswith("messages/")
        }
    mail = found[sent.pk]
    assert (mail["From"], mail["Subject"]) == ("Ola <ola@snekker.example>", "Påminnelse")
    assert [part.get_content().strip() for part in mail.iter_parts()] == ["Kjære Ane", "<p>Kjære Ane</p>"]
    assert found[sms.pk]["Bcc"] is None
    assert found[sms.pk]["X-Purring-With"] == "+47 22 00 00 00"
    answer = next(one for key, one in found.items() if key not in (sent.pk, sms.pk))
    assert answer["From"] == "ane@kunde.example"
    assert "på fredag" in answer.get_content()


def test_its_journal_can_be_checked_without_us(house: House, client: Client, tmp_path: Path) -> None:
    house.invoice(house.customer())
    with opened(client, made(house, client)) as book:
        book.extractall(tmp_path)
    folder = tmp_path / "journal"

    def check() -> subprocess.CompletedProcess[str]:
        program = [sys.executable, str(folder / "check_journal.py"), str(folder / "journal.jsonl")]
        return subprocess.run(program, capture_output=True, text=True, check=False)

    entries = len((folder / "journal.jsonl").read_text().splitlines())
    whole = check()
    assert whole.returncode == 0
    assert f"whole: {entries} entries" in whole.stdout
    assert Entry.objects.of(house.organization).get(seq=entries).hash in whole.stdout
    assert head(house.organization.pk)[0] >= entries > 3
    text = (folder / "journal.jsonl").read_text()
    (folder / "journal.jsonl").write_text(text.replace("invoice.recorded", "invoice.forgotten", 1))
    assert check().returncode == 1


# --- how it is made ---------------------------------------------------------------------------------------------


def test_a_worker_that_dies_is_gone_on_for(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the pieces and wherever it dies: the file is the one that a single piece would have made."""
    for number in range(4):
        house.invoice(house.customer(f"Kunde {number}"))
    whole = made(house, client)
    first = download(client, whole)
    monkeypatch.setattr(making, "PIECE_BLOCKS", 3)
    monkeypatch.setattr(making, "PART_BYTES", 700)
    export = want(house.organization, key="again", user=house.user("owner"), now=whole.asked_at)
    store, deaths = making._store, 0

    def dying(*arguments: Any) -> None:
        nonlocal deaths
        store(*arguments)
        if deaths < 3 and arguments[0].pieces % 7 == 3 and arguments[2]:
            deaths += 1
            raise KeyboardInterrupt

    monkeypatch.setattr(making, "_store", dying)
    for _ in range(200):
        if export.ended_at:
            break
        before = export
        try:
            making.work(before, house.told["now"], 0)
            making.work(before, house.told["now"], 0)  # a second worker, with what it read before: changes nothing
        except KeyboardInterrupt:
            late = ExportPart.objects.of(export.organization_id).filter(place__gte=export.pieces * 1000, export=export)
            assert not late
        export = Export.objects.of(house.organization).get(pk=export.pk)
        assert export.is_there == bool(export.ended_at)
        assert export.pieces <= before.pieces + 1
    assert deaths == 3
    assert export.is_there
    assert export.pieces > 20
    with zipfile.ZipFile(io.BytesIO(first)) as one, opened(client, export) as other:
        assert one.namelist() == other.namelist()
        for name in one.namelist():
            if not name.startswith("journal/journal."):  # which has grown by what was done meanwhile
                assert one.read(name) == other.read(name), name


def test_large_tables_go_on_in_another_file(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_MEMBER", 1)
    monkeypatch.setattr(making, "PIECE_BLOCKS", 1)
    ids = [house.customer(f"Kunde {number}").pk for number in range(3)]
    at = next(place for place, step in enumerate(steps()) if getattr(step, "name", "") == "csv/customers.csv")
    small = [*steps()]
    table = next(table for table in tables() if table.file == "customers")
    object.__setattr__(small[at], "block", 1)
    try:
        with opened(client, made(house, client)) as book:
            names = [name for name in book.namelist() if name.startswith("csv/customers")]
            found = [row["id"] for name in names for row in cells(book, name)]
    finally:
        object.__setattr__(small[at], "block", 1000)
    assert len(names) == 3
    assert found == [str(one) for one in ids]
    assert table.names[0] == "id"


def test_trouble_is_tried_again_and_then_told(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(making, "_store", fails)
    export = ask(house, client)
    for _ in range(making.MOST_TRIES):
        making.work_all(house.told["now"], 0)
        making.work_all(house.told["now"], 0)
    export.refresh_from_db()
    assert export.failed
    assert export.ended_at
    assert "not made" in client.get(reverse("desk:export")).content.decode()


# --- the page ---------------------------------------------------------------------------------------------------


def test_wished_for_once_however_often_it_is_pressed(house: House, client: Client) -> None:
    assert "Make the file" in client.get(reverse("desk:export")).content.decode()
    ask(house, client)
    ask(house, client)
    client.post(reverse("desk:export-want"), {"key": "another"})
    page = client.get(reverse("desk:export")).content.decode()
    assert Export.objects.of(house.organization).count() == 1
    assert "It begins in a moment." in page
    assert "Download" not in page
    assert Entry.objects.of(house.organization).filter(kind="export.wanted").count() == 1


def test_progress_then_the_file_then_what_is_said_of_it(
    house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "PIECE_BLOCKS", 4)
    export = ask(house, client)
    making.work_all(house.told["now"], 0)
    making.work_all(house.told["now"], 0)
    part = client.get(reverse("desk:export"), headers={"HX-Request": "true"}).content.decode()
    assert "Being made: " in part
    assert "<html" not in part
    assert "hx-get" in part
    assert client.post(reverse("desk:export-file", args=[export.pk])).status_code == 303  # nothing half is given away
    making.work_all(house.told["now"], 60)
    export.refresh_from_db()
    page = client.get(reverse("desk:export")).content.decode()
    assert "ready" in page
    assert "Download" in page
    assert "hx-get" not in page.partition('id="state"')[2]
    download(client, export)
    told = list(Entry.objects.of(house.organization).filter(kind__startswith="export.").values_list("kind", "actor"))
    mine = f"user:{house.user('owner').pk}"
    assert told == [("export.wanted", mine), ("export.made", "round:export"), ("export.downloaded", mine)]


def test_stopped_nothing_of_it_is_kept(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PIECE_BLOCKS", 4)
    export = ask(house, client)
    making.work_all(house.told["now"], 0)
    making.work_all(house.told["now"], 0)
    assert ExportPart.objects.of(house.organization).exists()
    for _ in range(2):
        assert client.post(reverse("desk:export-stop", args=[export.pk])).status_code == 303
    making.work_all(house.told["now"], 60)
    assert not ExportPart.objects.of(house.organization).exists()
    assert Entry.objects.of(house.organization).filter(kind="export.stopped").count() == 1
    assert "stopped" in client.get(reverse("desk:export")).content.decode()


def test_after_seven_days_it_is_gone(house: House, client: Client) -> None:
    export = made(house, client)
    making.work_all(house.told["now"] + KEPT - timedelta(minutes=1), 0)
    assert ExportPart.objects.of(house.organization).exists()
    making.work_all(house.told["now"] + KEPT + timedelta(minutes=1), 0)
    assert not ExportPart.objects.of(house.organization).exists()
    assert client.post(reverse("desk:export-file", args=[export.pk])).status_code == 303
    assert "not there any more" in client.get(reverse("desk:export")).content.decode()


def test_owners_alone(house: House) -> None:
    for role in ("accountant", "collector", "read_only"):
        assert house.client(role).get(reverse("desk:export")).status_code == 403
    assert Invoice.objects.of(house.organization).count() == 0
