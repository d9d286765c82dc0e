# SPDX-License-Identifier: AGPL-3.0-or-later
"""The test house itself: what the other tests lean on does what it says."""

from __future__ import annotations

import random
import signal

import psycopg
import pytest

from tests.support.postgres import Server
from tests.support.seeds import count


@pytest.mark.postgres
def test_server_is_durable_and_its_owner_is_no_superuser(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("show fsync").fetchone() == ("on",)
        assert connection.execute("show synchronous_commit").fetchone() == ("on",)
        assert connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (False,)


@pytest.mark.postgres
@pytest.mark.slow
def test_what_was_committed_survives_a_crash(mortal_postgres_server: Server) -> None:
    server = mortal_postgres_server
    url = server.create_database()
    with psycopg.connect(url) as connection:
        connection.execute("create table kept (number int)")
        connection.execute("insert into kept values (42)")
    server.stop(signal.SIGKILL)
    server.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("select number from kept").fetchall() == [(42,)]


def test_chance_is_repeatable(rng: random.Random, seed: int) -> None:
    assert rng.random() == random.Random(seed).random()


def test_a_count_is_set_by_profile_or_by_its_own_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PURRING_PROFILE", raising=False)
    assert count("teaspoons", normal=3, endurance=100) == 3
    monkeypatch.setenv("PURRING_PROFILE", "endurance")
    assert count("teaspoons", normal=3, endurance=100) == 100
    monkeypatch.setenv("PURRING_TEASPOONS", "7")
    assert count("teaspoons", normal=3, endurance=100) == 7
