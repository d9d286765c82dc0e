# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the rounds do from rows is what the rehearsal does for the same events: same messages, same days, same amounts,
same tasks, same balances. And the stored facts agree with each other at the end of every history."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from purring.facts.customers.models import Customer
from purring.followup.account_rows import AccountRows
from purring.followup.invariants import INVARIANTS
from tests.apps.living import NOT_HERE, Lived
from tests.core.histories import Row, history, shortest
from tests.core.playing import Played
from tests.support import seeds

pytestmark = [pytest.mark.django_db, pytest.mark.scales, pytest.mark.slow]

PARTS = 4


class _Undo(Exception):
    """Takes a history out of the database again."""


def drawn(rng: random.Random) -> Row:
    """A history whose events have a plain act: see `Lived`.

    A claim that comes back (a write-off undone, a credit note cancelled) only where no money came: what was over by then
    stays on account in the rows, while the rehearsal sets it against the invoice again. What is asked is the same.

    No approval where a second currency could be called about: a message that waits for its yes holds the day of the
    customer in the rounds, while the rehearsal lets the telephone step of the other currency go first.
    """
    scenario = history(rng, without=(*NOT_HERE, "bank_data_stale"), odd_schedules=False)
    paid = {event["invoice"] for event in scenario["events"] if event["type"] == "payment" and "invoice" in event}
    scenario["events"] = [event for event in scenario["events"] if _plain(event, paid)]
    if '"phone"' in json.dumps(scenario.get("schedule")) + json.dumps(scenario["events"]):
        scenario["events"] = [event for event in scenario["events"] if event["type"] != "approval"]
    return scenario


def _plain(event: Row, paid: set[str]) -> bool:
    if event["type"] in ("write_off_undone", "credit_note_cancelled"):
        return event["invoice"] not in paid
    if event["type"] == "payment" and "customer" in event and event.get("pending"):
        return False
    return event["type"] != "bounce" or "@" in event["address"]


def complaints(scenario: Row) -> list[str]:
    """What differs between the two tellings; the database is left as it was."""
    found: list[str] = []
    try:
        with transaction.atomic():
            lived = Lived(scenario, "lived")
            found += _differences(lived)
            found += _read_differently(lived)
            for invariant in INVARIANTS:
                found += [f"{invariant.name}: {line}" for line in invariant.broken(lived.now)]
            raise _Undo
    except _Undo:
        return found


def _read_differently(lived: Lived) -> list[str]:
    """Rows fetched together are those fetched table by table."""
    org = lived.organization.pk
    ids = list(Customer.objects.of(org).values_list("id", flat=True))
    together, alone = (vars(AccountRows(org, ids, few=few)) for few in (True, False))
    return [
        f"{name} read together: {together[name]}" for name in alone if name != "_few" and together[name] != alone[name]
    ]


def _differences(lived: Lived) -> list[str]:
    played = Played(lived.scenario)
    expected = sorted(
        (
            day.on,
            day.account.customer,
            contact.stage,
            contact.channel,
            contact.to or "",
            contact.currency,
            contact.asked,
            tuple(sorted((ref, count.stage) for count in contact.counts for ref in count.invoices)),
            tuple(sorted(contact.charges)),
        )
        for day in played.days
        if (contact := day.decision.contact)
    )
    found = _first_difference("contact", expected, lived.contacts())
    wanted: dict[tuple[str, str, str], date] = {}
    for day in played.days:
        for task in day.decision.tasks:
            for subject in task.subjects:
                wanted.setdefault((day.account.customer, task.code, subject), day.on)
    tasks = sorted(
        (on, customer, code, plain_subject(subject))
        for (customer, code, subject), on in wanted.items()
        if code != "data_stale"
    )
    stored = sorted((on, ref, code, plain_subject(subject)) for on, ref, code, subject in lived.tasks())
    found += _first_difference("task", tasks, stored)
    balances = {ref: bill.balance for ref, bill in played.world.bills.items()}
    now = lived.balances()
    found += [f"{ref}: {balances[ref]} rehearsed, {now[ref]} in rows" for ref in now if balances[ref] != now[ref]]
    return found


def plain_subject(subject: str) -> str:
    """A plan has another name in a file than in a row; its instalments are numbered alike."""
    plan, slash, instalment = subject.partition("/")
    return f"plan/{instalment}" if slash else plan


def _first_difference(what: str, rehearsed: list[Any], stored: list[Any]) -> list[str]:
    missing = [one for one in rehearsed if one not in stored]
    extra = [one for one in stored if one not in rehearsed]
    return [f"{what} only rehearsed: {one}" for one in missing[:1]] + [
        f"{what} only in rows: {one}" for one in extra[:1]
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_rounds_do_what_was_rehearsed(part: int, rng: random.Random) -> None:
    normal = 60 if connection.vendor == "sqlite" else 24
    for _ in range(seeds.count("lived", normal=normal, endurance=20_000) // PARTS):
        scenario = drawn(random.Random(rng.getrandbits(64)))
        if complaints(scenario):
            small = shortest(scenario, lambda candidate: bool(complaints(candidate)))
            raise AssertionError("\n".join([*complaints(small), json.dumps(small, indent=1)]))
