# SPDX-License-Identifier: AGPL-3.0-or-later
"""Taking in what is not in the index yet: new rows, found by their ids, and rows that changed, which the database marked.

A round does it; a search does it too when only little is waiting, so that what was written a second ago is found.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction

from purring.insight.search.models import SearchEntry
from purring.insight.search.sources import SOURCES, Source
from purring.insight.search.watching import ENTRY, WORDS
from purring.insight.search.words import compact, scope, spellings
from purring.kit.batches import insert_rows, update_rows

BATCH = 500
BEHIND = 20_000
"""On PostgreSQL a row may become visible after one with a higher id: so many ids are looked over again each time."""
IMPATIENT_MS = 100
"""How long a search waits for somebody else's writing."""
ANEW = ("key", "title", "text", "fresh")
NEW = ("organization", "group", "kind", "object_id", "key", "title", "text", "fresh")


def waiting(most: int, *, all_over: bool = False) -> list[tuple[str, int]]:
    """Kind and id of up to `most` rows that the index lacks or that changed, in one statement.

    `all_over` compares every id; else only those behind the last one taken in."""
    quote = connection.ops.quote_name
    behind = BEHIND if connection.vendor == "postgresql" else 0
    parts, params = [], []
    for kind, source in SOURCES.items():
        since = "0" if all_over else f"(SELECT COALESCE(MAX(object_id), 0) - {behind} FROM {ENTRY} WHERE kind = %s)"
        parts.append(
            f"SELECT * FROM (SELECT %s AS kind, row.id AS id FROM {quote(source.table)} row WHERE row.id > {since}"
            f" AND NOT EXISTS (SELECT 1 FROM {ENTRY} e WHERE e.kind = %s AND e.object_id = row.id)"
            f" ORDER BY row.id LIMIT {int(most)}) part_{kind}"
        )
        params += [kind, kind] if all_over else [kind, kind, kind]
    parts.append(f"SELECT kind, object_id FROM {ENTRY} WHERE NOT fresh")
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} LIMIT {int(most)}", params)
        return [(str(kind), int(key)) for kind, key in cursor.fetchall()]


def take_in(most: int = BATCH, *, all_over: bool = False) -> int:
    """Make the entries of up to `most` waiting rows; how many were made. One transaction."""
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, key in waiting(most, all_over=all_over):
        ids[kind].append(key)
    if not ids:
        return 0
    with transaction.atomic():
        return sum(_take_in(SOURCES[kind], keys) for kind, keys in ids.items())


def take_in_all() -> None:
    """Everything that is waiting, batch by batch, also what a late transaction left behind."""
    while take_in():
        pass
    while take_in(all_over=True):
        pass


def _take_in(source: Source, ids: list[int]) -> int:
    # The entry is locked before its row is read: a change in between waits here, and marks the entry again.
    entries = SearchEntry.objects.everywhere("the index is of all").filter(kind=source.kind, object_id__in=ids)
    there = dict(entries.select_for_update().order_by("id").values_list("object_id", "id"))
    made, anew = [], []
    for key, (organization_id, words) in source.words_of(ids).items():
        name = spellings([words.name])
        title = " ".join([scope(organization_id, source.group), *name])
        text = " ".join([*(word for word in spellings(words.rest) if word not in name), *words.amounts])
        if key in there:
            anew.append((compact(words.name), title, text, True, there[key]))
        else:
            made.append((organization_id, source.group, source.kind, key, compact(words.name), title, text, True))
    if connection.vendor == "sqlite":
        _store_lite(made, anew)
    else:
        SearchEntry.objects.everywhere("the index is of all").bulk_create(
            [SearchEntry(organization_id=row[0], **dict(zip(NEW[1:], row[1:], strict=True))) for row in made],
            ignore_conflicts=True,  # another process may take in the same
        )
        update_rows(SearchEntry, ANEW, anew)
    return len(made) + len(anew)


def _store_lite(made: list[tuple[Any, ...]], anew: list[tuple[Any, ...]]) -> None:
    """Entries and their words in FTS5, which is told what it had before it forgets it."""
    changed = json.dumps([row[-1] for row in anew])
    some = "SELECT {}id, title, text FROM " + f"{ENTRY} WHERE id"
    with connection.cursor() as cursor:
        if anew:
            gone = some.format("'delete', ")
            cursor.execute(
                f"INSERT INTO {WORDS} ({WORDS}, rowid, title, text) {gone} IN (SELECT value FROM json_each(%s))",
                [changed],
            )
            update_rows(SearchEntry, ANEW, anew)
        last = cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {ENTRY}").fetchone()[0]
        insert_rows(SearchEntry, NEW, made)
        cursor.execute(
            f"INSERT INTO {WORDS} (rowid, title, text) {some.format('')} > %s"
            f" UNION ALL {some.format('')} IN (SELECT value FROM json_each(%s))",
            [last, changed],
        )


def catch_up(most: int) -> bool:
    """Take in what little is waiting, before a search: True when nothing is left out. More than `most` is left to the
    round, and a database that others write to at length is not waited for."""
    found = waiting(most + 1)
    if not found or len(found) > most:
        return not found
    try:
        with _impatient():
            take_in(most)
    except OperationalError:
        return False
    return True


@contextmanager
def _impatient() -> Iterator[None]:
    """On SQLite a writer waits for the one before; here not for long."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {IMPATIENT_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
