# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leaves next is found without looking at all that waits, however many messages wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
    with CaptureQueriesContext(connection) as found:
        assert len(claim(studio.organization, NOON, NOON.date(), 5, timedelta(minutes=5), any_hour=any_hour)) == 5
    asked = next(one["sql"] for one in found.captured_queries if "LIMIT 5" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + asked.replace("%", "%%"))
        steps = [row[3] for row in cursor.fetchall()]
    assert any("reminder_waiting" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
