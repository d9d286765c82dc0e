# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an engine relies on: beats, trouble that stays where it is, one process per folder, an owner who is told."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail

from purring.config import engine, rounds
from purring.config.rounds import ROUNDS, Round, due, run_round
from purring.core.errors import Refused
from purring.facts.organizations.actions import add_member, found_organization
from purring.facts.organizations.models import Organization, User
from purring.followup.deliveries import sweep
from purring.followup.models import Beat, State
from purring.followup.planning import Planned
from purring.followup.watch import stopped_rounds, tell_owners
from purring.kit.mailsink import Sink
from tests.apps.cast import ACTOR, NOON, Studio

RHYTHMS = [("plan", 60), ("write", 10)]


def well(now: datetime) -> None:
    pass


def badly(now: datetime) -> None:
    raise OSError("the disk is full")


# A round that begins gives up connections that look odd, as one in the middle of a test's transaction does.

# --- beats -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_round_keeps_its_beat_and_its_trouble() -> None:
    assert run_round(Round("plan", 60, well), NOON)
    beat = Beat.objects.get(round="plan")
    assert (beat.started_at, beat.error, beat.failed_since) == (NOON, "", None)
    assert beat.finished_at
    finished = beat.finished_at
    for minutes in (1, 2):
        assert not run_round(Round("plan", 60, badly), NOON + timedelta(minutes=minutes))
    beat = Beat.objects.get(round="plan")
    assert beat.error == "the disk is full"
    assert beat.failed_since == NOON + timedelta(minutes=1)  # since the first time
    assert beat.finished_at == finished
    assert run_round(Round("plan", 60, well), NOON + timedelta(minutes=3))
    beat = Beat.objects.get(round="plan")
    assert (beat.error, beat.failed_since) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_trouble_with_one_organization_stops_no_other(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    found_organization(
        "aaa", "Before", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=NOON, actor=ACTOR
    )
    planned: list[str] = []

    def plan(organization: Organization, now: datetime) -> Planned:
        planned.append(organization.slug)
        if organization.slug == studio.organization.slug:
            raise ValueError("a row nobody understands")
        return Planned()

    monkeypatch.setattr(rounds, "plan", plan)
    one = next(one for one in ROUNDS if one.name == "plan")
    assert not run_round(one, NOON)
    assert set(planned) == {"studio", "aaa"}
    assert Beat.objects.get(round="plan").error == "studio: a row nobody understands"


def test_a_round_is_due_at_its_rhythm() -> None:
    one = Round("plan", 60, well)
    assert due(one, None, NOON)
    assert not due(one, NOON, NOON + timedelta(seconds=59))
    assert due(one, NOON, NOON + timedelta(seconds=60))


# --- the engine of one process -------------------------------------------------------------------------------------------


def test_the_embedded_engine_goes_on_after_trouble_and_lets_a_round_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    in_the_middle, go_on = threading.Event(), threading.Event()

    def run(one: Round, now: datetime) -> bool:
        runs.append(one.name)
        if one.name == "slow":
            in_the_middle.set()
            go_on.wait(10)
            runs.append("slow is done")
        return one.name != "bad"

    listed = (Round("bad", 1, well), Round("slow", 3600, well), Round("after", 3600, well))
    monkeypatch.setattr(engine, "ROUNDS", listed)
    monkeypatch.setattr(engine, "run_round", run)
    monkeypatch.setattr(engine, "TICK_SECONDS", 0.01)
    thread = engine.Embedded()
    thread.start()
    assert in_the_middle.wait(10)
    thread.stop(0)  # does not wait: the round is in the middle of its work
    assert thread.is_alive()
    go_on.set()
    thread.stop(10)
    assert not thread.is_alive()
    assert runs == ["sweep", "bad", "slow", "slow is done"]


LOCK = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "purring.config.settings"
import django
django.setup()
from purring.config.engine import lock_data_folder
lock_data_folder(Path(sys.argv[1]))
"""


def test_one_process_per_folder(tmp_path: Path) -> None:
    held = engine.lock_data_folder(tmp_path)
    command = [sys.executable, "-c", LOCK, str(tmp_path)]
    refused = subprocess.run(command, cwd=Path(engine.__file__).parents[2], capture_output=True, text=True)
    assert refused.returncode == 1
    assert "another purring process is running" in refused.stderr
    held.close()
    engine.lock_data_folder(tmp_path).close()


def test_workers_need_postgresql(settings: Any) -> None:
    settings.ON_POSTGRESQL = False
    with pytest.raises(Refused, match="PostgreSQL"):
        engine.run_worker()


@pytest.mark.skipif(not settings.ON_POSTGRESQL, reason="procrastinate is only there on PostgreSQL")
@pytest.mark.django_db
def test_every_round_is_a_periodic_task() -> None:
    from procrastinate.contrib.django import app

    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert {f"purring.{one.name}" for one in ROUNDS} < set(periodic)
    assert periodic["purring.write"] == "* * * * * */10"
    assert periodic["purring.plan"] == "*/1 * * * *"
    assert periodic["purring.repeats"] == "0 * * * *"


# --- the owner is told ---------------------------------------------------------------------------------------------------


@pytest.fixture
def owner(studio: Studio) -> User:
    user = User.objects.create_user("ane@studio.example", "a quiet morning")
    add_member(studio.organization, user, "owner", **studio.told)
    reader = User.objects.create_user("bo@studio.example", "a quiet morning")
    add_member(studio.organization, reader, "read_only", **studio.told)
    return user


def beat(name: str, **fields: Any) -> None:
    Beat.objects.update_or_create(round=name, defaults=fields)


@pytest.mark.django_db
def test_a_round_that_stands_still_or_fails_is_noticed() -> None:
    now = NOON
    beat("plan", finished_at=now - timedelta(minutes=9))
    beat("write", finished_at=now - timedelta(minutes=9))
    assert stopped_rounds(now, RHYTHMS) == []
    beat("write", finished_at=now - timedelta(minutes=11))
    (line,) = stopped_rounds(now, RHYTHMS)
    assert "write" in line
    beat("plan", finished_at=now - timedelta(hours=2), error="no route", failed_since=now - timedelta(hours=2))
    assert any("no route" in line for line in stopped_rounds(now, RHYTHMS))


@pytest.mark.django_db
def test_the_owner_is_told_once_a_day(studio: Studio, owner: User) -> None:
    beat("write", finished_at=studio.now - timedelta(hours=1))
    for _ in range(3):
        tell_owners(studio.now, RHYTHMS)
        studio.later(minutes=15)
    (told,) = mail.outbox
    assert told.to == [owner.email]
    assert "write" in told.body
    studio.later(days=1)
    tell_owners(studio.now, RHYTHMS)
    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_the_owner_is_told_of_doubts_and_failures(studio: Studio, owner: User, sink: Sink) -> None:
    studio.invoice()
    studio.invoice()
    studio.plan()
    first, second = studio.reminders()
    first.state, first.ended_at = State.UNCONFIRMED, studio.now
    second.state, second.ended_at = State.FAILED, studio.now
    first.save()
    second.save()
    tell_owners(studio.now, RHYTHMS)
    (told,) = mail.outbox
    assert "1 message may or may not have arrived" in told.body
    assert "1 message could not be delivered" in told.body


@pytest.mark.django_db
def test_nobody_is_told_when_all_is_well(studio: Studio, owner: User) -> None:
    for name, _ in RHYTHMS:
        beat(name, finished_at=studio.now)
    assert tell_owners(studio.now, RHYTHMS) == 0
    assert mail.outbox == []


def test_a_new_start_on_one_laptop_frees_what_a_dead_process_held(studio: Studio) -> None:
    studio.invoice()
    studio.plan()
    (reminder,) = studio.reminders()
    held = {"lease": "dead", "lease_until": NOON + timedelta(hours=1)}
    type(reminder).objects.of(reminder.organization_id).filter(pk=reminder.pk).update(state=State.RELEASED, **held)
    assert sweep(NOON) == (0, 0)
    assert sweep(NOON, alone=True) == (0, 1)
    (reminder,) = studio.reminders()
    assert reminder.state == State.UNCONFIRMED
