# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workers are killed with `kill -9` at random moments: nobody is asked twice, nothing is lost, every doubt is shown."""

from __future__ import annotations

import pytest

from tests.endurance.conftest import Ground
from tests.support.seeds import count

pytestmark = [pytest.mark.slow, pytest.mark.scales]

HAND_OVER = ("asking", "permitting", "handing over", "recording")


def test_killed_workers_send_nothing_twice_and_lose_nothing(grounds: Ground, seed: int) -> None:
    """One process on SQLite, two workers on PostgreSQL, each against a real server that syncs before its 250."""
    kills = count("kills", normal=300, endurance=10_000)
    found = grounds.play("killing", "--kills", kills, "--workers", 2 if grounds.on_postgresql else 1, "--seed", seed)
    wrong, troubles = found.pop("wrong"), found.pop("workers in trouble")
    print(f"seed {seed}: {found}")
    assert {what: which for what, which in wrong.items() if which} == {}
    assert troubles == []
    assert found["kills"] == kills
    # The test is worth something only if it struck where it hurts: also between the release and the server's word.
    assert all(found["killed while"].get(place) for place in HAND_OVER) or kills < 300
    assert found["unconfirmed that arrived"] or kills < 300
