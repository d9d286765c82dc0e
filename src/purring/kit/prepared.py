# SPDX-License-Identifier: AGPL-3.0-or-later
"""A question to the database that a page asks each time it is opened: its SQL is worked out once in each thread, then only
its values change.

The ORM needs three quarters of a millisecond to turn a query set into SQL, which is more than SQLite needs to answer it. A
`Prepared` is told how the query set is made, with named values; the rest is the ORM's own: the SQL, the converters, the
instances with what they are related to. Not for query sets whose shape depends on a value (None, a list for `__in`; use
`__any_of`), nor with `prefetch_related`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

KINDS = (int, date, str, list)
"""Of values: numbers, days, texts, lists of ids for `__any_of`."""


class Prepared:
    """`Prepared(lambda customer, today: …query set…, customer=int, today=date)`; called with the values, a list."""

    def __init__(self, build: Callable[..., models.QuerySet[Any]], **kinds: type) -> None:
        assert set(kinds.values()) <= set(KINDS)
        self._build, self._kinds = build, kinds
        self._here = threading.local()

    def __call__(self, **values: Any) -> list[Any]:
        return self._ready()(values)

    def _ready(self) -> _Ready:
        ready: _Ready | None = getattr(self._here, "ready", None)
        if ready is None or connections[ready.alias] is not ready.connection:
            ready = self._here.ready = _Ready(self._build, self._kinds)
        return ready


class _Ready:
    """For one connection of one thread, which asks one question after the other."""

    def __init__(self, build: Callable[..., models.QuerySet[Any]], kinds: dict[str, type]) -> None:
        stand_ins = {name: _stand_in(kind, at) for at, (name, kind) in enumerate(kinds.items(), 1)}
        self._rows = build(**stand_ins)
        self.alias = self._rows.db
        self.connection = connections[self.alias]
        self._compiler: Any = self._rows.query.get_compiler(connection=self.connection)
        self._sql, params = self._compiler.as_sql()
        meant = {_key(_given(value, self.connection)): name for name, value in stand_ins.items()}
        self._params = [(meant.get(_key(param), ""), param) for param in params]
        if missing := set(kinds) - {name for name, _ in self._params}:
            raise TypeError(f"a prepared question does not ask for {', '.join(sorted(missing))}")
        query: Any = self._rows.query
        query.get_compiler = lambda *_given, **_named: self._compiler

    def __call__(self, values: dict[str, Any]) -> list[Any]:
        given = {name: _given(value, self.connection) for name, value in values.items()}
        filled = tuple(given[name] if name else param for name, param in self._params)
        self._compiler.as_sql = lambda *_given, **_named: (self._sql, filled)
        rows: Any = self._rows
        return list(rows._iterable_class(rows))


def _stand_in(kind: type, at: int) -> Any:
    """A value that stands nowhere else in the statement."""
    number = -9_111_222_333_444_555_000 - at
    if kind is date:
        return date(1, 2, at)
    return {int: number, str: f"stand-in {number}", list: [number]}[kind]


def _given(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """As the database's driver is given it."""
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, list) and connection.vendor != "postgresql":
        return json.dumps(value)
    return value


def _key(value: Any) -> str:
    return f"{type(value).__name__} {value}"
