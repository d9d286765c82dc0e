# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database itself keeps the journal append-only: no entry is deleted, and none changes but by being sealed once.

Triggers, because a promise that only the program keeps is none to an auditor. They belong to the table: a migration that
makes SQLite build the table anew must end with `guard`.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

SEALED_ONCE = (
    "OLD.seq IS NULL AND OLD.hash = '' AND NEW.seq IS NOT NULL AND NEW.hash <> ''"
    " AND NEW.id = OLD.id AND NEW.organization_id = OLD.organization_id AND NEW.at = OLD.at"
    " AND NEW.actor = OLD.actor AND NEW.kind = OLD.kind AND NEW.data = OLD.data"
    " AND NEW.text_digest = OLD.text_digest"
)

SQLITE = (
    """CREATE TRIGGER journal_never_deleted BEFORE DELETE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an entry cannot be deleted'); END""",
    f"""CREATE TRIGGER journal_sealed_once BEFORE UPDATE ON journal_entry
    WHEN NOT ({SEALED_ONCE} AND NEW.customer_id IS OLD.customer_id AND NEW.invoice_id IS OLD.invoice_id)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an entry can only be sealed, once'); END""",
)
SQLITE_OFF = (
    "DROP TRIGGER IF EXISTS journal_never_deleted",
    "DROP TRIGGER IF EXISTS journal_sealed_once",
)

POSTGRESQL = (
    """CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        RAISE EXCEPTION 'the journal is append-only: an entry is never deleted, and only sealed, once'
            USING ERRCODE = 'integrity_constraint_violation';
    END
    $body$""",
    """CREATE TRIGGER journal_never_deleted BEFORE DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_append_only()""",
    f"""CREATE TRIGGER journal_sealed_once BEFORE UPDATE ON journal_entry
    FOR EACH ROW WHEN (NOT ({SEALED_ONCE}
        AND NEW.customer_id IS NOT DISTINCT FROM OLD.customer_id
        AND NEW.invoice_id IS NOT DISTINCT FROM OLD.invoice_id))
    EXECUTE FUNCTION journal_append_only()""",
)
POSTGRESQL_OFF = (
    "DROP TRIGGER IF EXISTS journal_never_deleted ON journal_entry",
    "DROP TRIGGER IF EXISTS journal_sealed_once ON journal_entry",
    "DROP FUNCTION IF EXISTS journal_append_only()",
)


def guard(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on the table; safe to repeat."""
    unguard(connection)
    _run(connection, SQLITE if connection.vendor == "sqlite" else POSTGRESQL)


def unguard(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers off, for a migration that is taken back."""
    _run(connection, SQLITE_OFF if connection.vendor == "sqlite" else POSTGRESQL_OFF)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
