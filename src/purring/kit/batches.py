# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many rows at once: storing them and finding them, without the cost per row that the ORM has for good reasons.

`insert_rows` is for rounds and imports that store thousands of plain rows; the constraints of the database hold as
always. `field__any_of=[ids]` is `__in` with one parameter, however long the list; many queries about the same list take
it as `Ids`. `field__among=(words)` is what an index of those words only needs. Knows no table by name.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db import connection, models
from django.db.models import Lookup
from psycopg import Cursor


@contextmanager
def without_pauses() -> Iterator[None]:
    """No search for reference cycles while one batch is worked on: its thousands of rows set it off again and again, and
    each time it walks through all that a process has loaded (a quarter of a planning round). Counting goes on as always."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


GROWN = 10
"""A table is counted anew when a tenth of it or more is new, as autovacuum would."""


SAMPLED = 400
"""Rows of each index that SQLite looks at, as its documentation advises."""


class Ids:
    """A list of ids that many queries ask for: looked through once, not by the ORM for each of them."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.all = list(ids)

    @cached_property
    def run(self) -> tuple[int, int] | None:
        """First and last when no number between is missing."""
        ids = self.all
        if len(ids) <= 50:
            return None
        first, last = min(ids), max(ids)
        return (first, last) if last - first + 1 == len(set(ids)) else None

    @cached_property
    def json(self) -> str:
        return json.dumps(self.all)


@models.Field.register_lookup
@models.ForeignKey.register_lookup
class AnyOf(Lookup):
    """`customer_id__any_of=ids`: one array parameter on PostgreSQL, one JSON text on SQLite. Whole numbers only."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        ids = self.rhs if isinstance(self.rhs, Ids) else Ids(self.rhs)
        if ids.run:  # one walk along the index
            if (
                connection.vendor == "sqlite"
            ):  # without the hint it takes an index of the whole organization for shorter
                return f"likelihood({left} >= %s, 0.004) AND likelihood({left} <= %s, 0.004)", (
                    *params,
                    ids.run[0],
                    *params,
                    ids.run[1],
                )
            return f"{left} BETWEEN %s AND %s", (*params, *ids.run)
        if connection.vendor == "postgresql":
            # Of the column's own type, so that it is looked up in a hash table where no index leads to the rows.
            return f"{left} = ANY(%s::bigint[])", (*params, ids.all)
        return f"{left} IN (SELECT value FROM json_each(%s))", (*params, ids.json)


@models.CharField.register_lookup
class Among(Lookup):
    """`state__among=("planned", "deferred")`: `__in` with its few known words written into the statement. SQLite answers
    from an index that covers those words only (a partial one) when it reads them there; what is bound later it cannot know."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        words = [str(word) for word in self.rhs]
        if not all(re.fullmatch("[a-z_.]+", word) for word in words):
            raise ValueError(f"only words of our own stand in a statement, not {words!r}")
        written = [f"'{word}'" for word in words]
        return f"{left} = {written[0]}" if len(words) == 1 else f"{left} IN ({', '.join(written)})", tuple(params)


def adapt(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value of this field must be given to a raw statement; None: as it is."""
    if isinstance(field, models.DateTimeField):
        return moment
    if isinstance(field, models.DateField):
        return connection.ops.adapt_datefield_value
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DecimalField):
        return lambda value: connection.ops.adapt_decimalfield_value(value, field.max_digits, field.decimal_places)
    return None


_json = json.JSONEncoder(separators=(",", ":")).encode


def fetch_bytes(model: type[models.Model], field: str, ids: Sequence[int]) -> dict[int, bytes]:
    """The bytes of a binary column by id. PostgreSQL is asked for its binary format: half the bytes, no decoding.

    The ids must have been reached through their organization.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    select = f"SELECT id, {connection.ops.quote_name(field)} FROM {table} WHERE id"
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            rows = Cursor(connection.connection).execute(f"{select} = ANY(%s)", [list(ids)], binary=True).fetchall()
        else:
            rows = connection.connection.execute(f"{select} IN (SELECT value FROM json_each(?))", [json.dumps(ids)])
        return {key: bytes(content) for key, content in rows}


def moment(value: datetime) -> Any:
    """A datetime for a raw statement."""
    return _moment(value, connection.vendor)


@lru_cache(64)
def _moment(value: datetime, vendor: str) -> Any:
    """One and the same moment stands in several rows of every message."""
    return connection.ops.adapt_datetimefield_value(value)


@lru_cache(256)
def _plan(model: type[models.Model], names: tuple[str, ...], vendor: str) -> tuple[str, str, tuple[Any, ...]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    values = ", ".join(["%s"] * len(names))
    adapters = tuple((at, adapter) for at, field in enumerate(fields) if (adapter := adapt(field)))
    return f"INSERT INTO {table} ({columns}) VALUES ({values})", f"COPY {table} ({columns}) FROM STDIN", adapters


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store rows given as tuples in the order of `names` (field names; every column without a database default).

    In the caller's transaction. Raises what the database raises, `IntegrityError` for a broken constraint.
    """
    insert, copy, adapters = _plan(model, tuple(names), connection.vendor)
    ready = _all_adapted(rows, adapters)
    if not ready:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(copy) as stream:
                for row in ready:
                    stream.write_row(row)
        else:
            cursor.executemany(insert, ready)


def update_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set the named columns of many rows; each tuple is the new values in the order of `names`, then the id.

    In the caller's transaction. The ids must have been reached through their organization.
    """
    _, _, adapters = _plan(model, tuple(names), connection.vendor)
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = [connection.ops.quote_name(field.column) for field in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    update = f"UPDATE {table} SET {', '.join(f'{column} = %s' for column in columns)} WHERE id = %s"
    ready = _all_adapted(rows, adapters)
    if ready:
        with connection.cursor() as cursor:
            cursor.executemany(update, ready)


def count_anew(model: type[models.Model], stored: int, names: Sequence[str]) -> None:
    """After a round stored many rows: the database looks at the table anew, or it believes it nearly empty and reads all
    of an organization where an index leads to the rows. PostgreSQL counts the named columns, unless the table was already
    large beside what was stored or is being counted anyway, until its next autovacuum; SQLite, which has none, samples."""
    table = model._meta.db_table
    if connection.vendor != "postgresql":
        sample(table)
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        if cursor.fetchone()[0] < stored * GROWN:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {connection.ops.quote_name(table)} ({columns})")


def sample(table: str = "") -> None:
    """Let SQLite see how its tables (one, or all) are filled; a few milliseconds, however large they are. Nothing on
    PostgreSQL, which does it by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {SAMPLED}")
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}" if table else "ANALYZE")


def insert_row(cursor: Any, model: type[models.Model], names: Sequence[str], row: Sequence[Any]) -> int:
    """Store one row on an open cursor; its id."""
    insert, _, adapters = _plan(model, tuple(names), connection.vendor)
    cursor.execute(f"{insert} RETURNING id", _adapted(row, adapters))
    return int(cursor.fetchone()[0])


def _adapted(row: Sequence[Any], adapters: tuple[Any, ...]) -> list[Any]:
    values = list(row)
    for at, adapter in adapters:
        if values[at] is not None:
            values[at] = adapter(values[at])
    return values


def _all_adapted(rows: Iterable[Sequence[Any]], adapters: tuple[Any, ...]) -> list[list[Any]]:
    """The same for many rows; a value that is the same object as in the row before (a moment, a day) is adapted once."""
    ready = list(map(list, rows))
    for at, adapter in adapters:
        last = adapted = None
        for values in ready:
            value = values[at]
            if value is not last:
                last, adapted = value, None if value is None else adapter(value)
            values[at] = adapted
    return ready
