# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a rehearsal foretells is what the rounds then do, for random books and schedules; it writes nothing; and what it says
of a large book from a sample is true of the whole within its margin."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from purring.core.schedule import Schedule as CoreSchedule
from purring.facts.agreements.actions import hold
from purring.facts.customers.models import Customer
from purring.facts.organizations.models import Organization
from purring.followup import rehearsal
from purring.followup.drafting import Sender
from purring.followup.models import GONE, Reminder, Schedule, State
from purring.followup.planning import plan
from purring.followup.rehearsal import Rehearsal, rehearse
from purring.followup.schedules import assign, core_schedule, default_schedule, following, keep_schedule, read_steps
from purring.followup.writing import write
from tests.apps.facts.cast import NOW, TODAY, TOLD, ana, bill, fjord, sender
from tests.apps.living import NOT_HERE, Lived
from tests.core.histories import history, schedule
from tests.support import seeds

pytestmark = pytest.mark.django_db

DAYS = 28
SILENT = (
    "bank_data_stale", "outage", "send_failed", "approval", "schedule_changed", "exclude", "hold", "reply", "void",
    "write_off", "wrong_person",
)  # fmt: skip
"""Events after which often nothing is said any more; they are the matter of the histories."""
EMAIL = ("friendly", 3, "email"), ("follow_up", 10, "email"), ("firm", 21, "email"), ("final", 35, "email")


def steps(*rows: tuple[str, int, str]) -> list[dict[str, Any]]:
    return [{"stage": stage, "days": days, "channel": channel} for stage, days, channel in rows]


class _Undo(Exception):
    """Takes a history out of the database again."""


def told(played: Rehearsal) -> dict[str, Any]:
    """The rehearsal's numbers, as `done` counts them."""
    return {
        "weeks": [(dict(week.said), week.calls) for week in played.weeks],
        "stages": {stage: number for stage, number in played.stages.items() if number},
        "reached": played.reached.value,
        "invoices": played.invoices.value,
        "busiest": [(one.name, one.messages, one.calls, list(one.days)) for one in played.busiest],
    }


def done(organization: Organization, first: date) -> dict[str, Any]:
    """What went out from a day on to those who follow the usual schedule."""
    people = Customer.objects.of(organization).filter(following(default_schedule(organization)))
    said = Reminder.objects.of(organization).filter(on__gte=first, state__in=GONE, payment=None, customer__in=people)
    rows = list(said.select_related("customer").prefetch_related("items").order_by("on", "id"))
    weeks: list[tuple[dict[str, int], int]] = []
    for start in range(0, DAYS, 7):
        own = [row for row in rows if start <= (row.on - first).days < start + 7]
        weeks.append(
            (dict(Counter(row.stage for row in own if row.channel != "phone")), sum(r.channel == "phone" for r in own))
        )
    spoken = {row.customer_id: [other for other in rows if other.customer_id == row.customer_id] for row in rows}
    within = {key: max(sum(0 <= (b.on - a.on).days < 30 for b in own) for a in own) for key, own in spoken.items()}
    busiest = sorted(spoken.items(), key=lambda pair: (-len(pair[1]), -within[pair[0]], pair[1][0].customer.name))
    return {
        "weeks": weeks,
        "stages": dict(Counter(row.stage for row in rows)),
        "reached": len(spoken),
        "invoices": len({item.invoice_id for row in rows for item in row.items.all()}),
        "busiest": [
            (own[0].customer.name, len(own) - calls, calls, [row.on for row in own])
            for _, own in busiest[:5]
            for calls in [sum(row.channel == "phone" for row in own)]
        ],
    }


def thought_of(rng: random.Random) -> dict[str, Any]:
    """A schedule as a person could type it."""
    other = schedule(rng)
    return {
        "name": "Other",
        "steps": other["steps"],
        "min_days_between_contacts": max(other["min_days_between_contacts"], 1),
        "minimum_balance": other["minimum_balance"],
        "promise_grace_days": other["promise_grace_days"],
        "working_days_only": other["working_days_only"],
    }


def foretold_and_done(
    organization: Organization, post: Sender, first: date, thought: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Another schedule is rehearsed, kept, and lived day by day."""
    row = default_schedule(organization)

    def noon(day: date) -> datetime:
        return datetime.combine(day, time(10), UTC)

    plan(organization, noon(first), today=first)
    both = rehearse(organization, row, core_schedule(Schedule(**thought)), first, days=DAYS)
    keep_schedule(organization, row, now=noon(first), actor="test", **thought)
    for ahead in range(DAYS):
        day = first + timedelta(ahead)
        plan(organization, noon(day), today=day)
        write(organization, noon(day), post, today=day, any_hour=True)
    return told(both.thought), done(organization, first)


def history_before(rng: random.Random) -> tuple[Organization, Sender, date]:
    """A history lived up to a day: payments, promises, plans, disputes, bounces."""
    scenario = history(rng, without=(*NOT_HERE, *SILENT), odd_schedules=False, most_events=5)
    first = date.fromisoformat(scenario["start"]) + timedelta(rng.randint(3, 25))
    scenario["end"] = (first - timedelta(1)).isoformat()
    paid = {event["invoice"] for event in scenario["events"] if event["type"] == "payment" and "invoice" in event}
    scenario["events"] = [
        event
        for event in scenario["events"]
        if event["on"] < first.isoformat()
        and not (event["type"] in ("write_off_undone", "credit_note_cancelled") and event["invoice"] in paid)
        and not (event["type"] == "bounce" and "@" not in event["address"])
        and not (event["type"] == "payment" and "customer" in event and event.get("pending"))
    ]
    lived = Lived(scenario, "rehearsed")
    return lived.organization, lived.sender, first


def talkative(rng: random.Random) -> tuple[Organization, Sender, date]:
    """Customers of several countries who can be reached, with invoices around the first day; some follow another schedule."""
    organization, first = fjord("talkative"), TODAY + timedelta(rng.randint(0, 6))
    own = Schedule(organization=organization, **{**thought_of(rng), "name": "Own"})
    own.save(force_insert=True)
    for at in range(4):
        kind, country = rng.choice(("business", "consumer")), rng.choice(("NO", "BE", "FR", "US", "ZA", "DE"))
        who = ana(
            organization, f"C{at}", kind=kind, country=country, address_lines="Street 1", postcode="1", city="Town"
        )
        bills = [
            bill(who, f"{at}-{nth}", amount=rng.randint(2_000, 90_000), due=first + timedelta(rng.randint(-25, 20)))
            for nth in range(rng.randint(1, 4))
        ]
        if rng.random() < 0.3:
            assign(own, customer=who, **TOLD)
        if rng.random() < 0.3:
            assign(own, invoice=bills[0], **TOLD)
    return organization, sender("email", "sms", "letter")[0], first


@pytest.mark.parametrize("before", [talkative, history_before])
def test_the_rounds_do_what_the_rehearsal_foretold(
    rng: random.Random, before: Callable[[random.Random], tuple[Organization, Sender, date]]
) -> None:
    spoken = 0
    for _ in range(seeds.count("rehearsed", normal=8 if before is talkative else 4, endurance=1_000)):
        seed = rng.getrandbits(64)
        draw = random.Random(seed)
        try:
            with transaction.atomic():
                foretold, happened = foretold_and_done(*before(draw), thought_of(draw))
                assert foretold == happened, seed
                spoken += sum(happened["stages"].values())
                raise _Undo
        except _Undo:
            continue
    assert spoken > 3, "hardly anything was ever said"


def test_the_law_counts_from_the_first_reminder_that_is_only_rehearsed() -> None:
    """In Belgium a private person has two weeks after the first reminder, not after the last one."""
    organization = fjord()
    bill(ana(organization, kind="consumer", country="BE"), due=TODAY - timedelta(4))
    thought = {
        "name": "Hasty",
        "steps": steps(("friendly", 3, "email"), ("follow_up", 9, "email"), ("firm", 14, "email")),
    }
    foretold, happened = foretold_and_done(organization, sender("email")[0], TODAY, thought)
    assert foretold == happened
    assert happened["stages"] == {"friendly": 1, "follow_up": 1, "firm": 1}


def book(number: int, bills: int = 1) -> Organization:
    organization = fjord()
    for at in range(number):
        who = ana(organization, f"C{at:03}")
        for nth in range(bills + at % 3):
            bill(who, f"{at}-{nth}", due=TODAY - timedelta(at % 20 - nth))
    return organization


def values(*rows: tuple[str, int, str], **rules: Any) -> CoreSchedule:
    return CoreSchedule(read_steps(steps(*rows)), **rules)


def test_the_same_schedule_is_played_once_and_a_change_is_compared() -> None:
    organization = book(6)
    row = default_schedule(organization)
    same = rehearse(organization, row, core_schedule(row), TODAY)
    assert same.stored is None
    assert same.more == {}
    fewer = rehearse(organization, row, values(*EMAIL[:2]), TODAY)
    assert fewer.stored == same.thought
    assert fewer.more["messages"].value == fewer.thought.messages.value - same.thought.messages.value < 0
    assert fewer.thought.whole
    assert fewer.thought.messages.margin == 0


def test_only_those_who_follow_it_are_played() -> None:
    organization = book(4)
    own = Schedule(organization=organization, name="Own", steps=steps(*EMAIL))
    own.save(force_insert=True)
    customers = list(Customer.objects.of(organization).order_by("ref"))
    assign(own, customer=customers[0], **TOLD)
    assign(own, invoice=customers[1].invoices.first(), **TOLD)
    assert rehearse(organization, own, core_schedule(own), TODAY).thought.people == 2
    assert rehearse(organization, default_schedule(organization), values(*EMAIL), TODAY).thought.people == 3
    called = [(stage, days, "phone") for stage, days, _ in EMAIL]
    both = rehearse(organization, own, values(*called), TODAY)
    assert both.thought.calls.value > 0
    assert rehearse(organization, default_schedule(organization), values(*called), TODAY).thought.people == 3


def test_what_is_silent_today_stays_silent() -> None:
    """A hold without an end, a pause, and a message that a person skipped today."""
    organization = book(3)
    row = default_schedule(organization)
    usual = core_schedule(row)
    before = rehearse(organization, row, usual, TODAY).thought
    plan(organization, NOW)
    Reminder.objects.of(organization).update(state=State.SKIPPED)
    skipped = rehearse(organization, row, usual, TODAY).thought
    assert skipped.weeks[0].messages <= before.weeks[0].messages
    hold(Customer.objects.of(organization).get(ref="C000"), on=TODAY, **TOLD)
    assert rehearse(organization, row, usual, TODAY).thought.reached.value == before.reached.value - 1
    organization.paused_until = TODAY + timedelta(100)
    assert rehearse(organization, row, usual, TODAY).thought.messages.value == 0


def test_a_crowd_is_noticed() -> None:
    organization = book(2, bills=3)
    hurried = values(
        ("friendly", 1, "email"), ("follow_up", 3, "email"), ("firm", 5, "email"), ("final", 7, "email"),
        min_days_between_contacts=1,
    )  # fmt: skip
    row = default_schedule(organization)
    assert rehearse(organization, row, hurried, TODAY).thought.crowded.value > 0
    assert rehearse(organization, row, values(*EMAIL), TODAY).thought.crowded.value == 0


def test_a_sample_speaks_of_the_whole_within_its_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    organization = book(75)
    row, thought = default_schedule(organization), values(*EMAIL[1:])
    whole = rehearse(organization, row, thought, TODAY)
    assert whole.thought.whole
    assert whole.thought.messages.margin == 0
    monkeypatch.setattr(rehearsal, "MOST_PLAYED", 45)
    monkeypatch.setattr(rehearsal, "MOST_INVOICES", 80)
    part = rehearse(organization, row, thought, TODAY)
    assert part.thought.people == 75
    assert 8 <= part.thought.played < 60
    for name in ("messages", "reached", "invoices"):
        one, real = getattr(part.thought, name), getattr(whole.thought, name)
        assert 0 <= one.margin < real.value
        assert abs(one.value - real.value) <= 2 * max(one.margin, 1), name  # four standard errors
    assert abs(part.more["messages"].value - whole.more["messages"].value) <= 2 * part.more["messages"].margin
    assert rehearse(organization, row, thought, TODAY) == part, "the same question has the same answer"


def test_it_reads_in_a_fixed_number_of_queries_and_writes_nothing() -> None:
    organization = book(30)
    row = default_schedule(organization)
    counted = []
    for thought in (values(*EMAIL), values(*EMAIL, promise_grace_days=3)):
        with CaptureQueriesContext(connection) as found:
            rehearse(organization, row, thought, TODAY)
        assert all(one["sql"].startswith("SELECT") for one in found.captured_queries)
        counted.append(len(found))
    assert max(counted) <= 14, counted
