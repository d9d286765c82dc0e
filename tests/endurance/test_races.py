# SPDX-License-Identifier: AGPL-3.0-or-later
"""Payments race with reminders: no reminder is released after the payment was committed."""

from __future__ import annotations

import pytest

from tests.endurance.conftest import Ground
from tests.support.seeds import count

pytestmark = [pytest.mark.slow, pytest.mark.scales]


def test_a_payment_that_is_committed_stops_the_reminder(grounds: Ground, seed: int) -> None:
    payments = count("races", normal=2_000, endurance=100_000)
    found = grounds.play("racing", "--payments", payments, "--seed", seed)
    wrong, troubles = found.pop("wrong"), found.pop("troubles")
    print(f"seed {seed}: {found}")
    assert wrong == {"by the journal": [], "by the clocks": []}
    assert troubles == ""
    assert found["payments"] == payments
    # It was a race: sometimes the one was first, sometimes the other, and often by a hair.
    assert found["released before"] > payments / 100
    assert found["stopped at the last moment"] > payments / 100
