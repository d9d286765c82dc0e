# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rehearsals that watch themselves: what was decided each day on which facts, and what becomes of it when accounts are
only looked at on the days the decision asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from purring.core import reasons
from purring.core.answers import Answer, Decision
from purring.core.calendar import EVERY_DAY, Calendar, working_days
from purring.core.decide import decide
from purring.core.facts import Account, Counted
from purring.core.rehearse import Rehearsal
from purring.core.scenario import Event, Scenario, read_scenario
from purring.core.schedule import Schedule, Step
from purring.core.world import World
from purring.law.account import LawFinder

Row = dict[str, Any]
Change = Callable[[Account], Account]
"""Adds facts to an account that a scenario file cannot tell: pay runs, own schedules, checks."""


def unchanged(account: Account) -> Account:
    return account


class Decided(NamedTuple):
    """One customer on one day."""

    on: date
    account: Account
    decision: Decision
    schedule: Schedule
    calendar: Calendar


class _NotedWorld(World):
    """Notes which accounts an event touches."""

    def __init__(self, scenario: Scenario, change: Change) -> None:
        super().__init__(scenario)
        self.change = change
        self.touched: set[str] = set(self.debtors)

    def account(self, ref: str, today: date) -> Account:
        return self.change(super().account(ref, today))

    def happen(self, event: Event) -> None:
        super().happen(event)
        fields: Mapping[str, Any] = event.fields
        if "customer" in fields:
            self.touched.add(fields["customer"])
        for ref in [fields["invoice"]] if "invoice" in fields else fields.get("invoices", ()):
            self.touched.add(self.bills[ref].new.customer)
        if event.type == "schedule_changed":
            self.touched.update(self.debtors)


class Played(Rehearsal):
    """A rehearsal that remembers every decision. `attentive=False` looks at an account only when it must: on days
    with an event on it, on the day an invoice of it is issued, and when `look_again_on` has come."""

    def __init__(self, scenario: Row, change: Change = unchanged, *, attentive: bool = True) -> None:
        read = read_scenario(scenario)
        super().__init__(read, LawFinder(), None, reasons.IN_ENGLISH)
        self.world: _NotedWorld = _NotedWorld(read, change)
        self.attentive = attentive
        self.look_on: dict[str, date | None] = {}
        self.days: list[Decided] = []
        self.answers_of: dict[tuple[date, str], dict[str, Answer]] = {}
        self.last: dict[str, dict[str, Answer]] = {}
        self.looks = 0
        self.said_twice: list[str] = []
        """Contacts and tasks that deciding a second time on the same day asked for again."""
        self.result = self.play()

    def _must_look(self, ref: str, today: date) -> bool:
        due = self.look_on.get(ref)
        issued = len(self.world.bills_of(ref, today)) > len(self.last.get(ref, ()))
        return self.attentive or issued or ref in self.world.touched or (due is not None and due <= today)

    def _decide(self, ref: str, today: date) -> tuple[Decision, list[Row]]:
        if not self._must_look(ref, today):
            decision, rows = Decision(self.last[ref], None, (), None), list[Row]()
        else:
            self.looks += 1
            account = self.world.account(ref, today)
            decision, rows = super()._decide(ref, today)
            calendar = working_days(self.world.debtors[ref].who.country)
            keeps = self.world.schedule.working_days_only
            self.days.append(Decided(today, account, decision, self.world.schedule, calendar if keeps else EVERY_DAY))
            self.last[ref] = decision.answers
            self.look_on[ref] = decision.look_again_on
            self.world.touched.discard(ref)
            if decision.contact or rows:  # a contact is a fact, and so is an address that failed for good
                self.world.touched.add(ref)
        self.answers_of[today, ref] = decision.answers
        return decision, rows

    def _round(self, today: date) -> None:
        before = len(self.days)
        super()._round(today)
        for one in self.days[before:]:
            ref = one.account.customer
            if self.world.debtors[ref].delivery:
                continue  # what met trouble is tried again, by whoever looks next
            account = self.world.account(ref, today)
            again = decide(account, one.schedule, self._law(ref, account), one.calendar, today)
            if again.contact or again.tasks:
                self.said_twice.append(f"{today} {ref}: {again.contact or again.tasks} once more")


def ladders(played: Played) -> dict[tuple[str, ...], list[Counted]]:
    """What was counted, in the order in which it went out, bounced ones included: by invoice and generation, or by plan
    and instalment."""
    found: dict[tuple[str, ...], list[Counted]] = {}
    for day in played.days:
        if day.decision.contact:
            generation = {invoice.ref: invoice.generation for invoice in day.account.invoices}
            for count in day.decision.contact.counts:
                ref = count.invoices[0]
                key = (count.plan, str(count.instalment)) if count.plan else (ref, str(generation[ref]))
                found.setdefault(key, []).append(Counted(count.stage, day.on))
    return found


OWN = (
    Schedule((Step("friendly", 1, "email"), Step("firm", 8, "sms"), Step("final", 15, "letter"))),
    Schedule((Step("due_today", 0, "email"), Step("friendly", 4, "email", 6)), min_days_between_contacts=3),
)


def richer(account: Account) -> Account:
    """Facts only the database knows, drawn from what the account is, so that the same account always gets the same."""
    invoices = []
    for invoice in account.invoices:
        rng = random.Random(f"{invoice.ref} {invoice.due}")
        invoices.append(
            invoice._replace(
                counts_from=invoice.due + timedelta(rng.randint(0, 25)) if rng.random() < 0.5 else None,
                attention="check_invoice" if rng.random() < 0.05 else None,
                schedule=rng.choice(OWN) if rng.random() < 0.2 else None,
            )
        )
    channel = random.Random(f"{account.customer} {len(invoices)}").choice((None, None, "sms", "letter"))
    return account._replace(invoices=tuple(invoices), preferred_channel=channel)
