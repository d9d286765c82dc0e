# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several questions to the database in one statement: what a page about one customer asks of a dozen tables takes one way
there and back, not a dozen.

Each answer is worked out by the database as a JSON array, in the question's own order, and read back by the type of each
field. That is worth it for tens of rows; a round that reads thousands asks one question after the other (`alone`).
Knows no table by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.functions import JSONArray

ROW = "together_row"
FEW = 60
"""Things whose rows are fetched together: as many as a page shows. Those of thousands come faster table by table."""
EXACT_DIGITS = 15
"""Decimals of so many digits come through JSON as they are (IEEE 754, double precision)."""


class Question:
    """A query set, and the fields wanted of its rows (`__` reaches related rows); none named: model instances, without
    the fields that are deferred. Bytes cannot be asked for."""

    def __init__(self, rows: models.QuerySet[Any], *fields: str) -> None:
        self._rows, self._fields = rows, fields

    def alone(self) -> list[Any]:
        """The answer by a statement of its own: tuples, or instances."""
        return list(self._rows.values_list(*self._fields) if self._fields else self._rows)

    def statement(self) -> tuple[str, tuple[Any, ...], Callable[[list[Any]], Any]] | None:
        """SQL with one JSON array per row, its parameters, and how such an array is read; None: nothing can answer it."""
        fields = self._fields or self._own_fields()
        asked = self._rows.annotate(**{ROW: JSONArray(*fields)}).values_list(ROW)
        wanted = asked.query.annotations[ROW].get_source_expressions()
        reads = [_reader(one.output_field) for one in wanted]
        try:
            sql, params = asked.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            return None
        model, database = self._rows.model, self._rows.db

        def read(row: list[Any]) -> Any:
            values = tuple(
                value if value is None or how is None else how(value) for value, how in zip(row, reads, strict=True)
            )
            return values if self._fields else model.from_db(database, fields, values)

        return sql, params, read

    def _own_fields(self) -> tuple[str, ...]:
        names, deferred = self._rows.query.deferred_loading
        own = [field.attname for field in self._rows.model._meta.concrete_fields]
        return tuple(
            name for name in own if (name not in names) == deferred or name == self._rows.model._meta.pk.attname
        )


def together(*questions: Question) -> list[list[Any]]:
    """The answers to the questions, in one statement."""
    statements = [question.statement() for question in questions]
    parts: list[str] = []
    params: list[Any] = []
    for at, one in enumerate(statements):
        if one:
            parts.append(f"(SELECT {_gathered()} FROM ({one[0]}) AS part{at})")
            params += one[1]
    found: Iterable[Any] = ()
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", params)
            found = cursor.fetchone()
    cells = iter(found)
    answers = []
    for one in statements:
        cell = next(cells) if one else None
        rows = json.loads(cell) if isinstance(cell, str) else cell
        answers.append([one[2](row) for row in rows or ()] if one else [])
    return answers


def answers(questions: Sequence[Question], *, few: bool) -> list[list[Any]]:
    """All answers: in one statement when few rows are to be expected, else by one each."""
    return together(*questions) if few else [question.alone() for question in questions]


def _gathered() -> str:
    row = connection.ops.quote_name(ROW)
    # Both keep the order of an ordered subquery: PostgreSQL says so, and SQLite leaves its ORDER BY out only below
    # count, min and max.
    return f"jsonb_agg({row})" if connection.vendor == "postgresql" else f"json_group_array(json({row}))"


def _reader(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value of this field comes back from JSON; None: as it is."""
    if isinstance(field, models.ForeignKey):
        return _reader(field.target_field)
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return date.fromisoformat
    if isinstance(field, models.BooleanField):
        return bool
    if isinstance(field, models.DecimalField) and field.max_digits and field.max_digits <= EXACT_DIGITS:
        step = Decimal(1).scaleb(-(field.decimal_places or 0))
        return lambda value: Decimal(repr(value)).quantize(step)
    if isinstance(field, models.JSONField):
        return lambda value: json.loads(value) if isinstance(value, str) else value
    if not isinstance(field, (models.IntegerField, models.CharField, models.TextField)):
        raise TypeError(f"{type(field).__name__} cannot be asked for together with others")
    return None


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
