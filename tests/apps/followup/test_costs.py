# SPDX-License-Identifier: AGPL-3.0-or-later
"""What keeps the day of a large book cheap: few statements for a message, and a database that knows how full it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purring.followup import drafting
from purring.followup.own_wordings import own_wordings
from purring.followup.planning import plan
from purring.kit.mailsink import Sink
from tests.apps.cast import Studio

pytestmark = pytest.mark.django_db


def asked_for(studio: Studio, sink: Sink, messages: int) -> int:
    """How many statements it takes to let so many leave."""
    for _ in range(messages):
        studio.invoice()
    studio.plan()
    with CaptureQueriesContext(connection) as found:
        assert len(studio.write(sink)) == messages
    return len(found)


def test_one_more_message_takes_the_release_alone(studio: Studio, sink: Sink) -> None:
    few = asked_for(studio, sink, 62)
    studio.later(days=1)
    more = asked_for(studio, sink, 72) - few
    # SQLite: begin, account, what became of the one before, message, link, intention, journal, commit.
    assert more <= 10 * (8 if connection.vendor == "sqlite" else 1)


def test_own_wordings_are_looked_for_once_in_a_batch(
    studio: Studio, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def count(organization: Any, language: str) -> Any:
        looks.append(language)
        return own_wordings(organization, language)

    monkeypatch.setattr(drafting, "own_wordings", count)
    asked_for(studio, sink, 3)
    assert len(looks) == 1


def test_a_large_round_lets_sqlite_see_the_invoices_that_came(studio: Studio) -> None:
    """Without, it reads all of an organization's invoices for each batch."""
    for _ in range(12):
        studio.invoice()
    plan(studio.organization, studio.now, batch=5)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'invoices_invoice'")
            assert cursor.fetchone()[0]


def test_postgresql_packs_the_words_quickly() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'")
            known = "lz4" in cursor.fetchone()[0]
            cursor.execute(
                "SELECT DISTINCT attcompression::text FROM pg_attribute"
                " WHERE attrelid = 'correspondence_message'::regclass AND attname IN ('text', 'html')"
            )
            assert cursor.fetchall() == [("l" if known else "",)]
