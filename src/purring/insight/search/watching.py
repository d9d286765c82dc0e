# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the database keeps the entries honest: a changed row marks its entry, a deleted one takes it along.

Triggers, because rows change in many acts and in plain SQL, and an index that a forgotten call makes stale would lie.
They fire only when a column changes that has words, so that recording money, counting versions and releasing messages
cost nothing; new rows are found by their ids (see `indexing`). Put on again after every migration.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from purring.insight.search.models import SearchEntry
from purring.insight.search.sources import SOURCES, Source

ENTRY, WORDS = SearchEntry._meta.db_table, "search_words"
VECTOR = "array_to_tsvector(string_to_array(title || COALESCE(' ' || NULLIF(text, ''), ''), ' '))"
"""PostgreSQL's words of an entry, exactly as they were folded: no dictionary, no parser of its own."""

# Entries go in by whole batches (`indexing`): a trigger would let FTS5 write a segment for each row, two hundred times as dear.
FTS = (
    f"""CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS} USING fts5(
        title, text, content='{ENTRY}', content_rowid='id', detail=column, tokenize='unicode61 remove_diacritics 0')""",
    f"""CREATE TRIGGER {WORDS}_out AFTER DELETE ON {ENTRY}
    BEGIN INSERT INTO {WORDS} ({WORDS}, rowid, title, text) VALUES ('delete', OLD.id, OLD.title, OLD.text); END""",
    f'CREATE INDEX IF NOT EXISTS search_entry_key ON {ENTRY} (organization_id, "group", key, id)',
)
GIN = (
    f"CREATE INDEX IF NOT EXISTS {WORDS} ON {ENTRY} USING gin (({VECTOR}))",
    f'CREATE INDEX IF NOT EXISTS search_entry_key ON {ENTRY} (organization_id, "group", key COLLATE "C", id)',
    f"""CREATE OR REPLACE FUNCTION search_marks() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        UPDATE {ENTRY} SET fresh = false WHERE kind = TG_ARGV[0] AND object_id = NEW.id;
        RETURN NULL;
    END $body$""",
    f"""CREATE OR REPLACE FUNCTION search_forgets() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        DELETE FROM {ENTRY} WHERE kind = TG_ARGV[0] AND object_id = OLD.id;
        RETURN NULL;
    END $body$""",
    f"""CREATE OR REPLACE FUNCTION search_marks_whole() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        EXECUTE format('UPDATE {ENTRY} SET fresh = false WHERE kind = %L AND object_id IN (SELECT %I FROM changed)',
            TG_ARGV[0], TG_ARGV[1]);
        RETURN NULL;
    END $body$""",
)


def watch(connection: BaseDatabaseWrapper) -> None:
    """Index and triggers; safe to repeat. Nothing while a table is missing yet (a migration that stops half-way)."""
    unwatch(connection)
    there = set(connection.introspection.table_names())
    if ENTRY not in there:
        return
    lite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for statement in FTS if lite else GIN:
            cursor.execute(statement)
        for source in SOURCES.values():
            if source.table in there:
                for _, _, statement in _lite(source) if lite else _full(source):
                    cursor.execute(statement)


def unwatch(connection: BaseDatabaseWrapper) -> None:
    """Without triggers, so that tables can be built anew."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER IF EXISTS {WORDS}_out")
        for source in SOURCES.values():
            for name, table, _ in _lite(source) if connection.vendor == "sqlite" else _full(source):
                if table in there:
                    on = "" if connection.vendor == "sqlite" else f" ON {table}"
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _columns(model: type[models.Model], fields: tuple[str, ...]) -> list[str]:
    found: list[Any] = [model._meta.get_field(name) for name in fields]
    return [f'"{field.column}"' for field in found]


def _lite(source: Source) -> Iterator[tuple[str, str, str]]:
    """Name, table and statement of each trigger on SQLite."""
    kind, table = source.kind, source.table
    columns = _columns(source.model, source.fields)
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    name = f"search_{kind}_changed"
    yield (
        name,
        table,
        f"""CREATE TRIGGER {name} AFTER UPDATE OF {", ".join(columns)} ON {table} WHEN {differs}
        BEGIN UPDATE {ENTRY} SET fresh = 0 WHERE kind = '{kind}' AND object_id = NEW.id; END""",
    )
    name = f"search_{kind}_gone"
    yield (
        name,
        table,
        f"""CREATE TRIGGER {name} AFTER DELETE ON {table}
        BEGIN DELETE FROM {ENTRY} WHERE kind = '{kind}' AND object_id = OLD.id; END""",
    )
    if source.parts:
        model, key, fields = source.parts
        part = model._meta.db_table
        events = {"new": ("INSERT", "NEW"), "gone": ("DELETE", "OLD")}
        events["changed"] = (f"UPDATE OF {', '.join(_columns(model, fields))}", "NEW")
        for event, (what, row) in events.items():
            name = f"search_{kind}_part_{event}"
            yield (
                name,
                part,
                f"""CREATE TRIGGER {name} AFTER {what} ON {part}
                BEGIN UPDATE {ENTRY} SET fresh = 0 WHERE kind = '{kind}' AND object_id = {row}.{key}; END""",
            )


def _full(source: Source) -> Iterator[tuple[str, str, str]]:
    """The same on PostgreSQL. Parts are marked once a statement, so that an import of thousands pays once."""
    kind, table = source.kind, source.table
    columns = _columns(source.model, source.fields)
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    name = f"search_{kind}_changed"
    yield (
        name,
        table,
        f"""CREATE TRIGGER {name} AFTER UPDATE OF {", ".join(columns)} ON {table}
        FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION search_marks('{kind}')""",
    )
    name = f"search_{kind}_gone"
    yield (
        name,
        table,
        f"""CREATE TRIGGER {name} AFTER DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION search_forgets('{kind}')""",
    )
    if source.parts:
        model, key, _ = source.parts
        part = model._meta.db_table
        for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            name = f"search_{kind}_part_{event.lower()}"
            yield (
                name,
                part,
                f"""CREATE TRIGGER {name} AFTER {event} ON {part} REFERENCING {rows} TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION search_marks_whole('{kind}', '{key}')""",
            )
