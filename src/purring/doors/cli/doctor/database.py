# SPDX-License-Identifier: AGPL-3.0-or-later
"""Is the database there, of this version, durable? And is what lies in it true?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from purring.core.errors import Refused
from purring.doors.cli.doctor.finding import Finding, failure, good, warning
from purring.doors.cli.house import House
from purring.doors.cli.opening import applied_steps, has_database, pending_migrations, unknown_steps

SHOWN_LINES = 3
MOST_LINES = 1000


def checks(house: House) -> Iterator[Finding]:
    from django.db import connection

    try:
        there = has_database()
    except Refused as refused:
        yield failure("database", refused.message)
        return
    if not there:
        yield failure("database", "there is none yet; begin with: purring init")
        return
    if unknown_steps(applied_steps()):
        yield failure("database", "of another version than this program, likely a newer one; use that version")
        return
    waiting = pending_migrations()
    if waiting:
        yield failure("database", f"of an older version ({len(waiting)} steps); run: purring migrate")
        return
    yield good("database", f"{connection.vendor}, of this version")
    yield _durable()


def _durable() -> Finding:
    """Sent once rests on commits that survive a power cut."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            mode = str(cursor.fetchone()[0])
            cursor.execute("PRAGMA synchronous")
            level = int(cursor.fetchone()[0])
            if mode != "wal" or level < 2:
                return failure("durability", f"journal_mode is {mode}, synchronous is {level}; wal and 2 are needed")
            return good("durability", "write-ahead log, synced at every commit")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute("SELECT current_setting(%s)", [name])
            if cursor.fetchone()[0] == "off":
                return failure("durability", f"{name} is off in PostgreSQL; turn it on")
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            return warning("durability", "the database role is a superuser; a plain owner is enough and safer")
    return good("durability", "synced at every commit")


def invariants(now: datetime) -> Iterator[Finding]:
    """What must be true of the facts."""
    from purring.followup.invariants import INVARIANTS

    for invariant in INVARIANTS:
        began = time.monotonic()
        lines = list(islice(invariant.broken(now), MOST_LINES))
        if lines:
            more = f" · and {len(lines) - SHOWN_LINES} more" if len(lines) > SHOWN_LINES else ""
            yield failure(invariant.name, " · ".join(lines[:SHOWN_LINES]) + more)
        else:
            yield good(invariant.name, f"whole ({time.monotonic() - began:.1f} s)")
