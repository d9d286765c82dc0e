# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many rows at once are the same rows as one by one."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from purring.facts.journal.actions import record_many
from purring.facts.journal.models import Entry
from purring.kit.batches import Ids, count_anew, without_pauses

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def store(count: int, *, org: int = 1) -> None:
    rows = [(None if number % 3 else number, None, {"number": number}) for number in range(count)]
    record_many(org, "test.stored", rows, at=NOW, actor="test")


@pytest.mark.django_db
def test_rows_that_share_values_are_stored_as_they_are() -> None:
    store(100)
    record_many(1, "test.later", [(None, 7, {})], at=NOW + timedelta(1), actor="test")
    entries = list(Entry.objects.of(1).order_by("id"))
    assert [entry.data.get("number") for entry in entries] == [*range(100), None]
    assert [entry.customer_id for entry in entries[:6]] == [0, None, None, 3, None, None]
    assert {entry.at for entry in entries} == {NOW, NOW + timedelta(1)}


@pytest.mark.django_db
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("count", [0, 1, 40, 90])
def test_any_of_finds_what_in_finds(rng: Random, count: int, gaps: bool) -> None:
    store(200)
    ids = list(Entry.objects.of(1).order_by("id").values_list("id", flat=True))
    wanted = rng.sample(ids, count) if gaps else ids[20 : 20 + count]
    rng.shuffle(wanted)
    expected = set(Entry.objects.of(1).filter(id__in=wanted).values_list("id", flat=True))
    known = Ids(iter(wanted))
    for asked in (wanted, known, known):
        assert set(Entry.objects.of(1).filter(id__any_of=asked).values_list("id", flat=True)) == expected


@pytest.mark.django_db
def test_counting_anew_lets_postgresql_see_the_rows() -> None:
    def believed() -> float:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'journal_entry'")
            return float(cursor.fetchone()[0])

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # or an autovacuum that counts the empty table now has it to itself
            cursor.execute("LOCK TABLE journal_entry IN SHARE UPDATE EXCLUSIVE MODE")
    store(300)
    count_anew(Entry, 300, ("organization", "seq"))
    if connection.vendor == "postgresql":
        assert believed() >= 300
        before = believed()
        store(10)
        count_anew(Entry, 10, ("organization", "seq"))  # few beside what there was
        assert believed() == before


@pytest.mark.django_db
def test_counting_anew_lets_sqlite_look_at_the_rows() -> None:
    store(300)
    count_anew(Entry, 300, ("organization", "seq"))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'journal_entry'")
            assert cursor.fetchone()[0]


def test_the_search_for_cycles_goes_on_after_a_batch() -> None:
    assert gc.isenabled()
    with without_pauses():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="many"), without_pauses():
        int("many")
    assert gc.isenabled()
    gc.disable()
    try:
        with without_pauses():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
