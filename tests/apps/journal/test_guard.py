# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database keeps the journal append-only, whoever asks and however."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from purring.facts.journal.actions import broken_links, seal, write
from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import found_organization
from purring.facts.organizations.models import Organization

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def fjord() -> Organization:
    organization, _ = found_organization(
        "fjord", "Fjord Design", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=NOW, actor="test"
    )
    for amount in (100, 200):
        write(organization.pk, "payment.recorded", at=NOW, actor="test", text="Ana", amount=amount)
    return organization


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_is_sealed_once(fjord: Organization) -> None:
    assert seal(fjord.pk) == 3
    assert seal(fjord.pk) == 0
    assert list(broken_links(fjord.pk)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal_entry",
        "UPDATE journal_entry SET actor = 'nobody'",
        "UPDATE journal_entry SET kind = 'payment.reversed' WHERE seq = 2",
        "UPDATE journal_entry SET data = '{}'",
        "UPDATE journal_entry SET customer_id = 7",
        "UPDATE journal_entry SET seq = NULL, hash = ''",
        "UPDATE journal_entry SET hash = 'x' WHERE seq = 1",
        "UPDATE journal_entry SET seq = seq + 100",
    ],
)
def test_a_sealed_entry_never_changes(fjord: Organization, statement: str) -> None:
    seal(fjord.pk)
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement)
    assert list(broken_links(fjord.pk)) == []
    assert Entry.objects.of(fjord).count() == 3


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal_entry",
        "UPDATE journal_entry SET actor = 'nobody'",
        "UPDATE journal_entry SET seq = id",
        "UPDATE journal_entry SET seq = id, hash = 'x', actor = 'nobody'",
    ],
)
def test_nor_does_one_that_waits_for_its_seal(fjord: Organization, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement)


def test_personal_text_can_still_be_erased(fjord: Organization) -> None:
    seal(fjord.pk)
    run("DELETE FROM journal_entrytext")
    assert list(broken_links(fjord.pk)) == []


@pytest.mark.django_db(transaction=True)
class TestBetweenTests:
    """Tests that commit can be cleaned up, and the guard is there again afterwards."""

    @pytest.mark.parametrize("time", ["first", "second"])
    def test_the_guard_stands_each_time(self, fjord: Organization, time: str) -> None:
        assert Entry.objects.of(fjord).count() == 3
        with pytest.raises(DatabaseError, match="append-only"):
            run("DELETE FROM journal_entry")
