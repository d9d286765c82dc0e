# SPDX-License-Identifier: AGPL-3.0-or-later
"""Over random histories of months: whom nobody may chase is not chased, no stage is skipped or said twice, nobody is
written to inside the gap, and nobody is asked for more than is owed. A second, naive reading of the rules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from purring.core.answers import Contact, Count
from purring.core.facts import Account, Counted, Invoice
from purring.core.schedule import RANK, Schedule, Step
from tests.core.histories import ABOUT_CONTACTS, Row, check_many, history
from tests.core.playing import Decided, Played, ladders
from tests.support import seeds

pytestmark = [pytest.mark.scales, pytest.mark.slow]
PARTS = 4
"""So that several processes can share them."""


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_that_may_never_happen(part: int, rng: random.Random) -> None:
    check_many(rng, seeds.count("histories", normal=3_000, endurance=1_000_000) // PARTS, complaints)


def test_each_stage_once_for_each_ladder(rng: random.Random) -> None:
    """Without bounces and new schedules, what went out for an invoice is a rising row of stages."""
    number = seeds.count("ladders", normal=500, endurance=100_000)
    check_many(rng, number, crooked_ladders, lambda chance: history(chance, without=ABOUT_CONTACTS))


def complaints(scenario: Row) -> list[str]:
    played = Played(scenario)
    found = list(played.said_twice)
    for day in played.days:
        if day.decision.contact:
            found += [f"{day.on} {day.account.customer}: {line}" for line in _wrong(day, day.decision.contact)]
    found += [f"negative: {row}" for row in played.result["invoices"] if row["balance"].startswith("-")]
    return found


def _wrong(day: Decided, contact: Contact) -> Iterator[str]:
    account, today = day.account, day.on
    invoices = {invoice.ref: invoice for invoice in account.invoices}
    for ref in contact.invoices:
        yield from (f"{ref} is {why}" for why in _silences(day, invoices[ref]))
    for count in contact.counts:
        yield from _out_of_step(day, invoices[count.invoices[0]], count)
    last = account.last_contact_on
    if last and (today - last).days < day.schedule.gap_days:
        yield f"contacted on {last} already"
    if contact.channel != "phone" and not day.calendar.is_working(today):
        yield "a quiet day"
    owed = sum(invoices[ref].balance for ref in contact.invoices) - account.credit.get(contact.currency, 0)
    if not 0 < contact.asked <= owed:
        yield f"asked for {contact.asked}, owed {owed}"
    if account.approval_required and contact.channel != "phone":
        yield "not approved"
    if account.data_stale_until and today <= account.data_stale_until:
        yield "on old bank data"
    if {invoices[ref].currency for ref in contact.invoices} != {contact.currency}:
        yield "two currencies in one message"


def _silences(day: Decided, invoice: Invoice) -> Iterator[str]:
    """Everything that forbids to mention this invoice today."""
    account, today = day.account, day.on
    if invoice.balance <= 0:
        yield "settled"
    if account.excluded:
        yield "excluded"
    if account.awaiting_our_answer:
        yield "waiting for our answer"
    if invoice.pending:
        yield "being paid"
    if invoice.disputed >= invoice.balance:
        yield "disputed"
    grace = timedelta(day.schedule.grace_days)
    if any(invoice.ref in promise.invoices and today <= promise.pay_on + grace for promise in account.promises):
        yield "promised"
    for hold in account.holds:
        if hold.invoice in (None, invoice.ref) and (hold.until is None or today <= hold.until):
            yield "held"


def _out_of_step(day: Decided, invoice: Invoice, count: Count) -> Iterator[str]:
    """What is wrong with the stage that this contact counts as."""
    account, today, schedule = day.account, day.on, day.schedule
    due, said = invoice.due, invoice.counted
    plans = [plan for plan in account.plans if invoice.ref in plan.invoices]
    if bool(plans) != bool(count.plan):
        yield f"{invoice.ref}: on a plan, and not reminded by it, or the other way round"
        return
    if plans and count.instalment is not None:
        instalment = plans[0].instalments[count.instalment]
        due, said = instalment.due, instalment.counted
    where = f"{count.stage} for {invoice.ref}, due {due}, after {[one.stage for one in said]}"
    step = schedule.step_of.get(count.stage)
    if step is None:
        yield f"{where}: no such stage"
    elif _is_oldest(day, invoice.ref, due) and today < _comes(due, step, said):
        yield f"{where}: too early"
    elif step.days <= 0:
        if said and RANK[count.stage] <= max(RANK[one.stage] for one in said):
            yield f"{where}: again"
        if day.calendar.shift(due + timedelta(step.days)) != today:
            yield f"{where}: not its day"
    elif count.stage != _next_stage(schedule, said):
        yield f"{where}: its next stage is {_next_stage(schedule, said)}"


def _comes(due: date, step: Step, said: tuple[Counted, ...]) -> date:
    """The day of a step; a repeated one counts from the day it went out."""
    if said and said[-1].stage == step.stage:
        return said[-1].on + timedelta(step.repeat_every or 0)
    return due + timedelta(step.days)


def _is_oldest(day: Decided, ref: str, due: date) -> bool:
    """True for what set the day: younger ones ride along ahead of theirs."""
    contact = day.decision.contact
    return contact is not None and (contact.oldest, contact.due) == (ref, due)


def _next_stage(schedule: Schedule, said: tuple[Counted, ...]) -> str | None:
    """The softest stage after the due date that was not said yet, nor a firmer one."""
    top = max((RANK[one.stage] for one in said), default=-1)
    left = [step.stage for step in schedule.steps if step.days > 0 and RANK[step.stage] > top]
    if left:
        return left[0]
    return schedule.steps[-1].stage if schedule.steps[-1].repeat_every else None


def crooked_ladders(scenario: Row) -> list[str]:
    played = Played(scenario)
    last = scenario["schedule"]["steps"][-1]
    found = []
    for ladder, said in ladders(played).items():
        stages = [one.stage for one in said]
        while last.get("repeat_every") and len(stages) > 1 and stages[-1] == stages[-2] == last["stage"]:
            stages.pop()
        ranks = [RANK[stage] for stage in stages]
        if ranks != sorted(set(ranks)):
            found.append(f"{ladder}: {said}")
    return found


def test_the_naive_reading_finds_what_is_wrong() -> None:
    """Its own test: a chased promise, a skipped stage and a contact inside the gap are seen."""
    played = Played(PLAIN)
    day = next(day for day in played.days if day.decision.contact)
    assert day.decision.contact
    assert not list(_wrong(day, day.decision.contact))
    (invoice,) = day.account.invoices
    assert {"I1 is settled"} <= _lines(day, day.account._replace(invoices=(invoice._replace(balance=0),)))
    assert {"I1 is waiting for our answer"} == _lines(day, day.account._replace(awaiting_our_answer=True))
    assert len(_lines(day, day.account._replace(last_contact_on=day.on - timedelta(4)))) == 1
    said = (Counted("friendly", day.on),)
    assert len(_lines(day, day.account._replace(invoices=(invoice._replace(counted=said),)))) == 1


def _lines(day: Decided, account: Account) -> set[str]:
    assert day.decision.contact
    return set(_wrong(day._replace(account=account), day.decision.contact))


PLAIN: Row = {
    "start": "2026-03-02",
    "end": "2026-03-31",
    "organization": {
        "name": "Fjord",
        "country": "NO",
        "language": "en",
        "timezone": "Europe/Oslo",
        "currency": "EUR",
    },
    "schedule": {
        "steps": [
            {"stage": "friendly", "days": 3, "channel": "email"},
            {"stage": "firm", "days": 10, "channel": "email"},
        ]
    },
    "customers": [{"ref": "C1", "name": "Ana", "contacts": [{"email": "ana@c1.example"}]}],
    "invoices": [
        {
            "ref": "I1",
            "customer": "C1",
            "issued": "2026-02-20",
            "due": "2026-03-06",
            "amount": "100.00",
            "currency": "EUR",
        }
    ],
    "events": [],
}
