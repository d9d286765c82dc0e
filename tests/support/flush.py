# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lets Django empty the test database on SQLite, where the journal's triggers forbid what `flush` does.

Tests that commit (`transactional_db`) are cleaned up by deleting every row. PostgreSQL truncates, which asks no trigger.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from purring.facts.journal.guard import SQLITE, SQLITE_OFF


@pytest.fixture(scope="session", autouse=True)
def journal_can_be_emptied() -> Iterator[None]:
    """Takes the guard off while `flush` runs, and puts it on again; between tests only."""
    import django.db.backends.sqlite3.base  # noqa: F401  # first: the next import alone would go in a circle
    from django.db.backends.sqlite3.operations import DatabaseOperations

    usual = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *arguments: Any, **options: Any) -> list[str]:
        statements = usual(self, *arguments, **options)
        return [*SQLITE_OFF, *statements, *SQLITE] if statements else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
