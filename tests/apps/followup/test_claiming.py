# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leaves next is found without looking at all that waits, however many messages wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from purring.followup.writing import claim
from purring.kit.batches import sample
from tests.apps.cast import NOON, Studio

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("any_hour", [True, False])
def test_the_next_messages_are_read_in_their_order(studio: Studio, any_hour: bool) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL reads a table of so few rows as a whole, and is right to")
    for _ in range(20):
        studio.invoice()
    assert studio.plan().reminders == 20
    sample()
    asked: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        assert len(claim(studio.organization, NOON, NOON.date(), 5, timedelta(minutes=5), any_hour=any_hour)) == 5
    sql, params = next(one for one in asked if "LIMIT 5" in one[0])
    with connection.cursor() as cursor:  # with its values bound as in truth: what SQLite sees decides the index
        cursor.execute("EXPLAIN QUERY PLAN " + sql, params)
        steps = [row[3] for row in cursor.fetchall()]
    assert any("reminder_waiting" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
