# SPDX-License-Identifier: AGPL-3.0-or-later
"""From SQLite to PostgreSQL: every row of a backup's database, with its id, into an empty one. All of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connection, connections, models, transaction
from psycopg.types.json import Jsonb

from purring.core.errors import Refused
from purring.doors.cli.opening import has_database

FROM = "moved"
"""Alias of the SQLite database while it is read."""
ENGINE_APP = "procrastinate"
"""Its tables are PostgreSQL's alone and hold nothing but jobs that say "now"."""


def refuse_unless_empty(made_of: str) -> None:
    """Refuses `not_empty` where a backup of another kind of database would meet an organization or a user."""
    if made_of == connection.vendor or not has_database():
        return
    taken = any(apps.get_model("organizations", name)._base_manager.exists() for name in ("Organization", "User"))
    if taken:
        raise Refused(
            "not_empty",
            "this PostgreSQL holds an organization already; moving from SQLite needs an empty database: make a new one "
            "and name it in PURRING_DATABASE_URL",
        )


def move_in(dump: Path) -> None:
    """Copy the SQLite database of a checked backup into the PostgreSQL of the settings, which has no organization.

    The copy is brought to this version first. Ids stay, sequences go on behind them. Refuses (`does_not_fit`) a row that
    PostgreSQL will not take, naming its table; nothing is kept then.
    """
    connections.databases[FROM] = connections.configure_settings({FROM: _sqlite(dump), "default": {}})[FROM]
    try:
        for app in dict.fromkeys(model._meta.app_label for model in _models()):
            if app in _migrated():
                call_command("migrate", app, database=FROM, verbosity=0, interactive=False)
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            _empty()
            for model in _models():
                _copy(model)
            _set_sequences()
    finally:
        connections[FROM].close()
        del connections[FROM]
        del connections.databases[FROM]


def _sqlite(dump: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(dump)}


def _models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label != ENGINE_APP
    ]


def _migrated() -> set[str]:
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(None).migrated_apps


def _empty() -> None:
    """What `migrate` puts into a fresh database (kinds of content, permissions) gives way to the rows that come."""
    with connection.cursor() as cursor:
        for model in _models():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


def _copy(model: type[models.Model]) -> None:
    fields = model._meta.local_concrete_fields
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    try:
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for row in _rows(model, fields):
                copy.write_row(row)
    except (DataError, IntegrityError) as error:
        why = str(error).strip().splitlines()
        raise Refused(
            "does_not_fit", f"PostgreSQL does not take a row of {model._meta.db_table} ({why[0]}); nothing was moved"
        ) from None


def _rows(model: type[models.Model], fields: Any) -> Iterator[list[Any]]:
    names = [field.attname for field in fields]
    for values in model._base_manager.using(FROM).order_by("pk").values_list(*names).iterator(chunk_size=2_000):
        yield [_prepared(field, value) for field, value in zip(fields, values, strict=True)]


def _prepared(field: Any, value: Any) -> Any:
    if value is None and isinstance(field, models.JSONField) and not field.null:
        return Jsonb(None)
    return field.get_db_prep_save(value, connection)


def _set_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
