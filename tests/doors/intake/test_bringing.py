# SPDX-License-Identifier: AGPL-3.0-or-later
"""An import that is cut off anywhere goes on where it was: the books are the same as if nothing had happened."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from purring.doors.intake import bringing
from purring.doors.intake.bringing import work, work_all
from purring.facts.beginning.importing import GivenFile, begin_import
from purring.facts.beginning.models import Import, ImportFile, RefusedRow
from purring.facts.customers.models import Contact, Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import found_organization
from purring.facts.organizations.models import Organization
from purring.facts.payments.models import Payment
from purring.followup.taking_back import listed

pytestmark = pytest.mark.django_db

INVOICES = "number,customer,email,city,due,amount,currency,paid\n" + "".join(
    f"A-{n},Kunde {n % 4},k{n % 4}{'b' if n % 8 > 5 else ''}@kunde.example,{'Oslo' if n < 5 else 'Bergen'},2026-02-20,"
    f"{'x' if n % 7 == 3 else f'{n + 1}00.00'},NOK,{'1.00' if n % 5 == 0 else ''}\n"
    for n in range(14)
)
PAYMENTS = "date,amount,currency,payer,description\n" + "2026-01-05,10.00,NOK,Kunde 1,same\n" * 5
PDF = b"%PDF-1.4\n%demo\n%%EOF\n"


@dataclass(frozen=True)
class Studio:
    organization: Organization
    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)


def found(slug: str) -> Studio:
    told: dict[str, Any] = {"language": "nb", "currency": "NOK", "timezone": "Europe/Oslo", "actor": "test"}
    return Studio(found_organization(slug, slug, "NO", now=Studio.now, **told)[0])


@pytest.fixture
def studio() -> Studio:
    return found("fjord")


@pytest.fixture
def other() -> Studio:
    """The same business, to which nothing happens."""
    return found("nabo")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "CHUNK_ROWS", 3)


def begun(studio: Studio) -> Import:
    files = [
        GivenFile("A-1.pdf", PDF, document=True),
        GivenFile("list.csv", INVOICES.encode(), 14),
        GivenFile("money.csv", PAYMENTS.encode(), 5),
    ]
    return begin_import(studio.organization, files, key=uuid4().hex, now=studio.now, user_id=None)


def books(studio: Studio) -> dict[str, Any]:
    org = studio.organization
    row = Import.objects.of(org).latest("id")
    return {
        "invoices": sorted(Invoice.objects.of(org).values_list("number", "amount", "allocated", "customer__name")),
        "customers": sorted(Customer.objects.of(org).values_list("name", "city")),
        "contacts": sorted(Contact.objects.of(org).values_list("customer__name", "email")),
        "payments": Counter(Payment.objects.of(org).values_list("source", "amount", "invoice__number")),
        "refused": list(RefusedRow.objects.of(org).order_by("line").values_list("line", "field", "cells")),
        "told": Counter(Entry.objects.of(org).values_list("kind", flat=True)),
        "counts": (row.made_invoices, row.made_customers, row.changed, row.unchanged, row.booked, row.refused),
        "done": (row.done, row.rows, row.state),
        "ids": len(listed(row.invoices)),
    }


def in_one_go(studio: Studio) -> dict[str, Any]:
    work(begun(studio), lambda: studio.now)
    return books(studio)


def test_in_one_go(studio: Studio) -> None:
    there = in_one_go(studio)
    assert len(there["invoices"]) == 12
    assert there["done"] == (20, 20, Import.DONE)
    assert [(line, cells[0]) for line, _, cells in there["refused"]] == [(5, "A-3"), (12, "A-10")]
    assert there["counts"][4:] == (5, 2)
    assert Invoice.objects.of(studio.organization).get(number="A-1").attachments.count() == 1
    assert there["told"]["file.imported"] == 2
    kept = ImportFile.objects.of(studio.organization).values_list("content", flat=True)
    assert {bytes(content) for content in kept} == {b""}, "the files are not kept"


class Killed(BaseException):
    """As a process is: nothing catches it."""


@pytest.mark.parametrize("run", range(6))
def test_killed_anywhere_it_goes_on(
    studio: Studio, other: Studio, monkeypatch: pytest.MonkeyPatch, rng: random.Random, run: int
) -> None:
    """Inside a chunk, between two, at the end of a file: nothing is missing, and nothing twice."""
    wanted = in_one_go(other)
    row, kept, taken = begun(studio), bringing._keep, bringing._takes
    deaths = 0

    def dying(after: Any) -> Any:
        def act(*given: Any, **named: Any) -> Any:
            nonlocal deaths
            made = after(*given, **named)
            if rng.random() < 0.3:
                deaths += 1
                raise Killed
            return made

        return act

    monkeypatch.setattr(bringing, "_keep", dying(kept))
    monkeypatch.setattr(bringing, "_takes", dying(taken))
    for _ in range(300):
        row.refresh_from_db()
        if row.state == Import.DONE:
            break
        Import.objects.of(studio.organization).update(tries=0)
        row.refresh_from_db()
        try:
            work(row, lambda: studio.now, 0.0)
        except Killed:
            bringing._open.clear()  # another process knows nothing of it
    assert deaths
    assert books(studio) == wanted


def test_of_two_processes_one_brings_each_chunk(studio: Studio, other: Studio) -> None:
    wanted = in_one_go(other)
    mine = begun(studio)
    theirs = Import.objects.of(studio.organization).get(pk=mine.pk)
    for _ in range(40):
        work(mine, lambda: studio.now, 0.0)
        here = dict(bringing._open)
        bringing._open.clear()
        stale = Import.objects.of(studio.organization).get(pk=mine.pk)
        stale.file, stale.place, stale.state = theirs.file, theirs.place, Import.RUNNING
        bringing._step(stale, studio.now)  # it looked before the other one was through
        bringing._open.clear()
        bringing._open.update(here)
        theirs.refresh_from_db()
    mine.refresh_from_db()
    assert mine.state == Import.DONE
    assert books(studio) == wanted


def test_what_does_not_get_on_waits_for_a_person(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    row = begun(studio)

    def fails(*given: Any, **named: Any) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(bringing, "store_chunk", fails)
    later = studio.now + timedelta(minutes=5)
    for _ in range(Import.TRIES):
        with pytest.raises(RuntimeError, match="a mistake of ours"):
            work_all(lambda: later)
    work_all(lambda: later)
    row.refresh_from_db()
    assert (row.state, row.gave_up) == (Import.PAUSED, True)


def test_a_small_one_is_left_to_the_request_that_began_it(studio: Studio) -> None:
    row = begun(studio)
    work_all(lambda: studio.now)
    row.refresh_from_db()
    assert row.done == 0
    work_all(lambda: studio.now + timedelta(minutes=2))
    row.refresh_from_db()
    assert row.state == Import.DONE, "which may have died"


def test_a_file_that_cannot_be_read_does_not_keep_the_others(studio: Studio) -> None:
    files = [GivenFile("bad.xlsx", b"PK\x03\x04 broken"), GivenFile("list.csv", INVOICES.encode(), 14)]
    row = begin_import(studio.organization, files, key="bad", now=studio.now, user_id=None)
    work(row, lambda: studio.now)
    assert row.state == Import.DONE
    assert ImportFile.objects.of(studio.organization).get(name="bad.xlsx").problem
    assert Invoice.objects.of(studio.organization).count() == 12


def test_rows_that_were_not_taken_are_forgotten_in_time(studio: Studio) -> None:
    in_one_go(studio)
    bringing.forget(studio.now + timedelta(days=29))
    assert RefusedRow.objects.of(studio.organization).count() == 2
    bringing.forget(studio.now + timedelta(days=31))
    assert not RefusedRow.objects.of(studio.organization).exists(), "there are people in them"
    assert Invoice.objects.of(studio.organization).count() == 12
