# SPDX-License-Identifier: AGPL-3.0-or-later
"""The decision, answer by answer and task by task, on accounts made by hand. What it does over time is told by the
stories and the histories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from purring.core import reasons
from purring.core.answers import HOLD_CODES, Decision
from purring.core.calendar import EVERY_DAY, Calendar
from purring.core.decide import decide
from purring.core.facts import Account, Counted, Hold, Instalment, Invoice, Plan, Promise, Reach
from purring.core.lawful import NO_LAW, Law
from purring.core.schedule import Schedule, Step

TODAY = date(2026, 3, 4)
STEPS = (
    Step("courtesy", -3, "email"),
    Step("due_today", 0, "email"),
    Step("friendly", 3, "email"),
    Step("firm", 10, "email"),
)
GENTLE = Schedule(STEPS)


def days(number: int) -> date:
    """That many days from today."""
    return TODAY + timedelta(number)


def invoice(due: int = -4, ref: str = "I1", **fields: Any) -> Invoice:
    made = Invoice(ref, days(due - 14), days(due), "EUR", 10_000, days(due - 14))
    return made._replace(**fields)


def account(*invoices: Invoice, **fields: Any) -> Account:
    reach = {"email": Reach("ana@c1.example"), "sms": Reach("+4712345678")}
    return Account("C1", invoices or (invoice(),), reach)._replace(**fields)


class NoDay:
    """A calendar of a country that never works."""

    def is_working(self, day: date) -> bool:
        return False

    def shift(self, day: date) -> date:
        return day + timedelta(1)

    def every_day(self) -> NoDay:
        return self

    def closed_until(self, day: date) -> date | None:
        return None


class Forbidding:
    """A law that forbids everything."""

    def forbids(self, stage: str, channel: str, today: date, counted_on: date | None) -> str | None:
        return "a rule"


@dataclass
class World:
    """Everything a decision takes."""

    account: Account = field(default_factory=account)
    schedule: Schedule = GENTLE
    law: Law = NO_LAW
    calendar: Calendar = EVERY_DAY

    def decide(self) -> Decision:
        return decide(self.account, self.schedule, self.law, self.calendar, TODAY)

    def with_account(self, **fields: Any) -> World:
        return replace(self, account=self.account._replace(**fields))

    def with_invoice(self, **fields: Any) -> World:
        return self.with_account(invoices=(self.account.invoices[0]._replace(**fields),))


SAID_ALL = (Counted("friendly", days(-40)), Counted("firm", days(-30)))
MAKES: dict[str, Callable[[World], World]] = {
    "delivery_failed": lambda world: world.with_account(delivery_trouble=True),
    "unlawful": lambda world: replace(world, law=Forbidding()),
    "approval": lambda world: world.with_account(approval_required=True),
    "quiet_day": lambda world: replace(world, calendar=NoDay()),
    "budget": lambda world: world.with_account(last_contact_on=days(-4)),
    "data_stale": lambda world: world.with_account(data_stale_until=TODAY),
    "no_address": lambda world: world.with_account(reach={}),
    "bad_address": lambda world: world.with_account(reach={"email": Reach(None, spoiled=True)}),
    "below_minimum": lambda world: replace(world, schedule=Schedule(STEPS, minimum_balance="100.01")),
    "credit_on_account": lambda world: world.with_account(credit={"EUR": 10_000}),
    "not_due": lambda world: world.with_invoice(due=days(10)),
    "final_reached": lambda world: world.with_invoice(due=days(-60), counted=SAID_ALL),
    "to_check": lambda world: world.with_invoice(attention="purchase_order_missing"),
    "awaiting_our_answer": lambda world: world.with_account(awaiting_our_answer=True),
    "pending_payment": lambda world: world.with_invoice(pending=True),
    "promised": lambda world: world.with_account(promises=(Promise(days(-1), days(-1), frozenset({"I1"})),)),
    "on_plan": lambda world: world.with_account(plans=(Plan("P", days(-1), ("I1",), (Instalment(days(9), 10_000),)),)),
    "disputed": lambda world: world.with_invoice(disputed=10_000),
    "held": lambda world: world.with_account(holds=(Hold("I1", TODAY),)),
    "excluded": lambda world: world.with_account(excluded=True),
    "settled": lambda world: world.with_invoice(balance=0),
}
"""How to make each answer, the last one tried first. Sending trouble concerns only what would really leave."""


def test_every_code_is_made() -> None:
    assert set(MAKES) == set(HOLD_CODES)


def test_nothing_in_the_way() -> None:
    decision = World().decide()
    assert [answer.code for answer in decision.answers.values()] == ["send"]
    contact = decision.contact
    assert contact
    assert (contact.stage, contact.channel, contact.to, contact.asked) == (
        "friendly",
        "email",
        "ana@c1.example",
        10_000,
    )
    assert decision.look_again_on == days(1)


@pytest.mark.parametrize("code", HOLD_CODES)
def test_each_answer_alone(code: str) -> None:
    decision = MAKES[code](World()).decide()
    assert decision.answers["I1"].code == code
    assert decision.contact is None
    sentence = reasons.why_hold(decision.answers["I1"])
    assert sentence
    assert "{" not in sentence


def test_the_first_that_applies_is_the_answer() -> None:
    """Reason upon reason: each new one stands before those that were there."""
    world = World()
    for code, make in MAKES.items():
        world = make(world)
        assert world.decide().answers["I1"].code == code


@pytest.mark.parametrize(
    ("code", "look"),
    [
        ("budget", 1),
        ("data_stale", 1),
        ("quiet_day", 1),
        ("held", 1),
        ("promised", 1),
        ("not_due", 7),
        ("excluded", None),
        ("disputed", None),
        ("settled", None),
        ("no_address", None),
        ("credit_on_account", None),
        ("final_reached", None),
        ("on_plan", 6),
    ],
)
def test_when_to_look_again(code: str, look: int | None) -> None:
    assert MAKES[code](World()).decide().look_again_on == (None if look is None else days(look))


# --- tasks ------------------------------------------------------------------------------------------------------


BROKEN = tuple(Promise(days(-30), days(-on), frozenset({"I1"})) for on in (20, 10))
TASKS: dict[str, Callable[[World], World]] = {
    "no_address": MAKES["no_address"],
    "data_stale": MAKES["data_stale"],
    "unmatched_receipt": MAKES["credit_on_account"],
    "final_reached": MAKES["final_reached"],
    "purchase_order_missing": MAKES["to_check"],
    "promise_broken_twice": lambda world: world.with_account(promises=BROKEN),
}


@pytest.mark.parametrize("code", TASKS)
def test_a_task_is_asked_for_once(code: str) -> None:
    world = TASKS[code](World())
    (wanted,) = world.decide().tasks
    assert (wanted.code, wanted.invoices) == (code, ("I1",))
    assert "{" not in reasons.why_task(wanted)
    raised = frozenset((wanted.code, subject) for subject in wanted.subjects)
    assert world.with_account(raised=raised).decide().tasks == ()


def test_a_call_is_a_contact_for_a_person() -> None:
    world = replace(World(), schedule=Schedule((Step("friendly", 3, "phone"),))).with_account(reach={})
    contact = world.decide().contact
    assert contact
    assert (contact.channel, contact.to) == ("phone", None)


# --- what only the database tells -------------------------------------------------------------------------------


def test_a_preferred_channel_takes_the_place_of_mail() -> None:
    contact = World().with_account(preferred_channel="sms").decide().contact
    assert contact
    assert (contact.channel, contact.to) == ("sms", "+4712345678")


def test_steps_count_from_the_pay_run() -> None:
    assert World().with_invoice(counts_from=days(2)).decide().answers["I1"].code == "not_due"
    contact = World().with_invoice(counts_from=days(-3)).decide().contact
    assert contact
    assert contact.stage == "friendly"


def test_the_step_on_a_pay_run_is_not_slept_through() -> None:
    """Found by random histories: the day of the pay run must be looked at, though the invoice is past due already."""
    world = World().with_invoice(counts_from=days(2))
    assert world.decide().look_again_on == days(2)
    contact = decide(world.account, world.schedule, NO_LAW, EVERY_DAY, days(2)).contact
    assert contact
    assert contact.stage == "due_today"


def test_a_rider_of_tomorrow_can_lift_the_sum_over_the_minimum() -> None:
    """Found by random histories: an invoice due tomorrow is carried tomorrow, and then the sum is large enough."""
    world = World(account(invoice(), invoice(1, "I2")), Schedule(STEPS, minimum_balance="150.00"))
    decision = world.decide()
    assert decision.answers["I1"].code == "below_minimum"
    assert decision.look_again_on == days(1)
    assert decide(world.account, world.schedule, NO_LAW, EVERY_DAY, days(1)).contact


def test_an_invoice_of_tomorrow_is_looked_at_tomorrow() -> None:
    decision = World(account(invoice(10, issued=days(1)))).decide()
    assert (decision.answers["I1"].code, decision.look_again_on) == ("not_due", days(1))


def test_an_invoice_follows_its_own_schedule() -> None:
    own = Schedule((Step("firm", 1, "sms"),))
    contact = World().with_invoice(schedule=own).decide().contact
    assert contact
    assert (contact.stage, contact.channel) == ("firm", "sms")


# --- what a contact says of itself ------------------------------------------------------------------------------


def test_it_carries_everything_in_question_at_its_own_stage() -> None:
    said = (Counted("friendly", days(-8)),)
    world = World(account(invoice(-11, "I1", counted=said), invoice(-1, "I2"), invoice(5, "I3"), credit={"EUR": 500}))
    contact = world.decide().contact
    assert contact
    assert (contact.stage, contact.invoices, contact.asked) == ("firm", ("I1", "I2"), 19_500)
    assert [(count.invoices, count.stage) for count in contact.counts] == [(("I1",), "firm"), (("I2",), "friendly")]


def test_the_latest_broken_promise_is_mentioned_once() -> None:
    world = World(account(promises=BROKEN[1:]))
    contact = world.decide().contact
    assert contact
    assert contact.broken_promise == BROKEN[1]
    said = world.with_invoice(due=days(-20), counted=(Counted("friendly", days(-8)),))
    contact = said.decide().contact
    assert contact
    assert contact.broken_promise is None


def test_a_promise_of_an_amount_is_kept_by_that_amount() -> None:
    kept = Promise(days(-30), days(-10), frozenset({"I1"}), amount=5_000, received=5_000)
    contact = World(account(promises=(kept,))).decide().contact
    assert contact
    assert contact.broken_promise is None
