# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever stands still and for how long: the same stages go out in the same order, only later, and never closer
together than the schedule puts them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest

from tests.core.histories import ABOUT_CONTACTS, Row, check_many, history
from tests.core.playing import Played, ladders
from tests.support import seeds

pytestmark = [pytest.mark.scales, pytest.mark.slow]


def with_outage(rng: random.Random) -> Row:
    """A history of one invoice in which the rounds stood still once or twice, listed last.

    Without steps before the due date: those are for their day, and one that was missed leaves room for the next.
    """
    scenario = history(rng, without={*ABOUT_CONTACTS, "outage", "invoice", "plan"}, most_events=6)
    scenario["invoices"] = scenario["invoices"][:1]
    steps = [step for step in scenario["schedule"]["steps"] if step["days"] > 0]
    scenario["schedule"]["steps"] = steps or [{"stage": "friendly", "days": 3, "channel": "email"}]
    kept = {invoice["ref"] for invoice in scenario["invoices"]}
    scenario["events"] = [
        event
        for event in scenario["events"]
        if event.get("invoice", "I1") in kept and set(event.get("invoices", ())) <= kept
    ]
    start, days = date.fromisoformat(scenario["start"]), rng.randint(40, 100)
    scenario["end"] = (start + timedelta(days)).isoformat()
    for _ in range(rng.randint(1, 2)):
        on = start + timedelta(rng.randint(0, days))
        until = on + timedelta(rng.choice((0, 1, 3, 7, 14, 30)))
        scenario["events"].append({"on": on.isoformat(), "type": "outage", "until": until.isoformat()})
    return scenario


def complaints(scenario: Row) -> list[str]:
    without = {**scenario, "events": [event for event in scenario["events"] if event["type"] != "outage"]}
    usual, late = ladders(Played(without)), ladders(Played(scenario))
    found = []
    for key, said in late.items():
        expected = usual.get(key, [])
        if [one.stage for one in said] != [one.stage for one in expected][: len(said)]:
            found.append(f"{key}: {said}, without the outage {expected}")
        if any(one.on < usually.on for one, usually in zip(said, expected, strict=False)):
            found.append(f"{key}: earlier than without the outage: {said}, {expected}")
    return found


def test_an_outage_only_delays(rng: random.Random) -> None:
    check_many(rng, seeds.count("outages", normal=2_000, endurance=100_000), complaints, with_outage)


def test_nothing_is_lost_when_there_is_time(rng: random.Random) -> None:
    """An open invoice that nobody says anything about gets its whole ladder, however often the rounds stood still, and
    each stage keeps its distance."""
    for _ in range(seeds.count("whole_ladders", normal=150, endurance=20_000)):
        scenario = with_outage(rng)
        scenario["events"] = [event for event in scenario["events"] if event["type"] == "outage"]
        (customer,) = [c for c in scenario["customers"] if c["ref"] == scenario["invoices"][0]["customer"]]
        customer["contacts"] = [{"email": "a@b.example", "phone": "+4712345678"}]
        customer["kind"] = "business"  # a law may forbid a stage for good where no softer one went before
        customer["address"] = {"lines": ["Street 1"], "postcode": "1000", "city": "Town"}
        scenario["schedule"]["minimum_balance"] = "0.00"
        start = date.fromisoformat(scenario["start"])
        scenario["end"] = (start + timedelta(400)).isoformat()
        steps = scenario["schedule"]["steps"]
        said = ladders(Played(scenario))["I1", "0"]
        assert [one.stage for one in said][: len(steps)] == [step["stage"] for step in steps], scenario
        due = date.fromisoformat(scenario["invoices"][0]["due"])
        for (before, one), (earlier, later) in zip(pairwise(said), pairwise(steps), strict=False):
            its_day = due + timedelta(later["days"])
            apart = later["days"] - earlier["days"]
            assert one.on >= (before.on + timedelta(apart) if before.on >= its_day else its_day), scenario
