# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/health`: 200 while pages, database and rounds live, 503 else, and not a word more than that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from purring.config.rounds import ROUNDS
from purring.followup.models import Beat


def ask() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/health")
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    told: dict[str, Any] = answer.json()
    assert told["ok"] == (answer.status_code == 200)
    return answer.status_code, told


def beat(**changed: Any) -> None:
    """Every round ended twenty seconds ago."""
    now = timezone.now()
    for one in ROUNDS:
        fields = {"started_at": now - timedelta(seconds=21), "finished_at": now - timedelta(seconds=20)}
        Beat.objects.create(round=one.name, **(fields | (changed if one.name == "plan" else {})))


@pytest.mark.django_db
def test_alive() -> None:
    beat()
    status, told = ask()
    assert status == 200
    assert told == {
        "ok": True,
        "database": True,
        "rounds": {one.name: {"ok": True, "age_seconds": 20} for one in ROUNDS},
    }


@pytest.mark.django_db
def test_a_round_that_stopped() -> None:
    beat(finished_at=timezone.now() - timedelta(minutes=11))
    status, told = ask()
    assert status == 503
    assert told["rounds"]["plan"] == {"ok": False, "age_seconds": 660}
    assert told["rounds"]["write"]["ok"]


@pytest.mark.django_db
def test_a_round_that_fails_is_told_without_its_words() -> None:
    beat(failed_since=timezone.now() - timedelta(minutes=20), error="could not write to ingrid@nordlys.example")
    answer = Client().get("/health")
    assert answer.status_code == 503
    assert b"ingrid" not in answer.content


@pytest.mark.django_db
def test_nothing_ever_ran() -> None:
    status, told = ask()
    assert (status, told["database"]) == (503, True)
    assert {one["age_seconds"] for one in told["rounds"].values()} == {None}


@pytest.mark.django_db
def test_without_a_database() -> None:
    def gone(*arguments: object) -> None:
        raise OperationalError("no route to 10.0.0.7")

    with connection.execute_wrapper(gone):
        status, told = ask()
    assert (status, told) == (503, {"ok": False, "database": False, "rounds": {}})


@pytest.mark.django_db
def test_only_looking() -> None:
    assert Client().post("/health").status_code == 405
    assert Client().head("/health").status_code == 503
