# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the other side said of a message that left, and how it is recorded.

`sent` is stored together with the release of the next message: one commit for each message instead of two. So at any
moment at most one message of a worker stands as released, the newest one; should the worker die, that one is in doubt, as
it would be anyway. Whoever writes calls `record` as soon as no next release follows.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from psycopg import Cursor

from purring.facts.journal.actions import COLUMNS as JOURNAL_COLUMNS
from purring.facts.journal.models import Entry
from purring.kit.batches import insert_rows, moment

ACTOR = "round:write"

DONE = """done AS (
  UPDATE followup_reminder SET state = %(left_state)s, detail = %(left_detail)s, ended_at = %(left_at)s::timestamptz,
    lease = '', lease_until = NULL
  WHERE id = %(left_reminder)s AND organization_id = %(org)s AND message_id = %(left_message)s
    AND state IN ('released', 'unconfirmed') RETURNING id
)"""
DONE_ENTRY = """SELECT %(org)s, %(left_at)s::timestamptz, %(actor)s, %(left_kind)s, %(left_customer)s,
    %(left_data)s::jsonb, '', '' FROM done"""
"""Its journal entry; one prepared statement on PostgreSQL, alone here and beside a release in `releasing`."""
_RECORD = f"""
WITH {DONE}
INSERT INTO journal_entry (organization_id, at, actor, kind, customer_id, data, text_digest, hash)
{DONE_ENTRY}
"""


class Left(NamedTuple):
    """A message that left: `sent`, or `unconfirmed` when the other side did not say."""

    organization: int
    customer: int
    reminder: int
    message: int
    state: str
    detail: str
    """The other side's words."""
    source: str
    """Digest of the mail (see `facts.messages.sources`)."""
    at: datetime

    @property
    def data(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        return {"reminder": self.reminder, "detail": self.detail[:200], "source": self.source}

    def values(self) -> dict[str, Any]:
        """The parameters of `DONE` and `DONE_ENTRY`."""
        return {
            "org": self.organization,
            "actor": ACTOR,
            "left_customer": self.customer,
            "left_reminder": self.reminder,
            "left_message": self.message,
            "left_state": self.state,
            "left_kind": f"reminder.{self.state}",
            "left_detail": self.detail[:500],
            "left_data": json.dumps(self.data),
            "left_at": self.at,
        }


def record(left: Left) -> None:
    """Store it in a transaction of its own."""
    if connection.vendor == "postgresql":
        run_prepared(_RECORD, left.values())
        return
    with transaction.atomic(), connection.cursor() as cursor:
        insert_rows(Entry, JOURNAL_COLUMNS, end_with(cursor, left))


def end_with(cursor: Any, left: Left) -> list[tuple[Any, ...]]:
    """Store it in the running transaction; its journal entry, for the caller to store along with their own. Nothing when
    another worker or a person has decided meanwhile: that stands."""
    cursor.execute(
        "UPDATE followup_reminder SET state = %s, detail = %s, ended_at = %s, lease = '', lease_until = NULL"
        " WHERE id = %s AND organization_id = %s AND message_id = %s AND state IN ('released', 'unconfirmed')",
        [left.state, left.detail[:500], moment(left.at), left.reminder, left.organization, left.message],
    )
    if not cursor.rowcount:
        return []
    return [(left.organization, left.at, ACTOR, f"reminder.{left.state}", left.customer, None, left.data, "", "")]


def run_prepared(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """Run one statement that the server keeps prepared, once per connection; its first row, if it gives rows."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = Cursor(connection.connection).execute(statement, values, prepare=True)
        return cursor.fetchone() if cursor.rownumber is not None else None
