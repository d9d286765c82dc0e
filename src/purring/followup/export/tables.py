# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of each table is in an export, from `tables.toml`, and its rows as CSV and as JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from purring.core.money import to_text
from purring.kit.batches import Ids
from purring.kit.formulas import neutral
from purring.kit.tenancy import OrganizationOwned

Row = Sequence[Any]


@dataclass(frozen=True)
class Table:
    """One table; `fields` are what is asked of the database, `names` what they are called in the file, in its order."""

    model: str
    file: str
    fields: tuple[str, ...]
    names: tuple[str, ...]
    money: frozenset[int] = frozenset()
    """Places of amounts."""
    currency: int = -1
    """The place of their currency; behind the named fields where it is no column of the table."""
    of: str = ""
    columns: tuple[str, ...] = ()
    without: tuple[str, ...] = field(default=())

    @property
    def _model(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def rows(self, organization_id: int) -> QuerySet[Any]:
        """All of them, of this organization."""
        model = self._model
        if issubclass(model, OrganizationOwned):
            return model.objects.of(organization_id)
        where = f"{self.of}__organization_id" if self.of else "pk"  # the organization itself
        return model._default_manager.filter(**{where: organization_id})

    def between(self, organization_id: int, after: int, upto: int) -> list[Row]:
        """The rows with a key in (after, upto], by key."""
        rows = self.rows(organization_id).filter(pk__any_of=Ids(range(after + 1, upto + 1)))
        return list(rows.order_by("pk").values_list(*self.fields))

    def limits(self, organization_id: int) -> tuple[int, int]:
        """The keys of the first and of the last row; (0, 0) without any."""
        rows = self.rows(organization_id).order_by()
        first = rows.order_by("pk").values_list("pk", flat=True).first()
        last = rows.order_by("-pk").values_list("pk", flat=True).first()
        return first or 0, last or 0


@cache
def tables() -> tuple[Table, ...]:
    """All tables of an export, in the order of the file."""
    return tuple(_read(model, one) for model, one in _told()["tables"].items())


@cache
def left_out() -> dict[str, str]:
    """Tables that are not in it, with the reason."""
    return dict(_told()["left_out"])


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("tables.toml").read_text(encoding="utf-8"))


def _read(model: str, one: dict[str, Any]) -> Table:
    columns = tuple(one["columns"].split())
    plain, also = one.get("as", {}), one.get("also", {})
    fields = [*columns, *also.values()]
    names = [*(plain.get(name, name) for name in columns), *also]
    money = frozenset(columns.index(name) for name in one.get("money", "").split())
    currency = -1
    if money:
        where = one.get("currency", "currency")
        if where not in fields:
            fields, names = [*fields, where], [*names, "currency"]
        currency = fields.index(where)
    without = tuple(one.get("without", "").split())
    return Table(model, one["file"], tuple(fields), tuple(names), money, currency, one.get("of", ""), columns, without)


# --- as files ---------------------------------------------------------------------------------------------------

HEAD_MARK = "\ufeff"
"""By this spreadsheets see that it is UTF-8."""


def csv_head(names: Iterable[str]) -> bytes:
    return (HEAD_MARK + csv_lines([names]).decode()).encode()


def csv_lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """RFC 4180; no cell is a formula."""
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return kept.getvalue().encode()


def table_csv(table: Table, rows: Iterable[Row]) -> bytes:
    """Amounts as decimals of their currency."""
    if not table.money:
        return csv_lines(rows)
    return csv_lines(
        [
            _Decimal(to_text(value, row[table.currency])) if at in table.money and value is not None else value
            for at, value in enumerate(row)
        ]
        for row in rows
    )


class _Decimal(str):
    """A number already written out: a minus before it makes no formula of it."""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, _Decimal):
        return value
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return _plain(value) if isinstance(value, datetime | date | time | Decimal) else str(value)


def table_lines(table: Table, rows: Iterable[Row]) -> bytes:
    """JSON Lines: one object a line, amounts in whole minor units."""
    return json_lines(dict(zip(table.names, row, strict=True)) for row in rows)


def json_lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, default=_plain) + "\n" for row in rows).encode()


def _plain(value: Any) -> str:
    """Days and times as ISO 8601, decimals as they are."""
    return str(value) if isinstance(value, Decimal) else str(value.isoformat())
