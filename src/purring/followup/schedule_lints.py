# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is to be said of a schedule's steps before anybody is written to: contradictions, hurry, and what the law where the
customers are does not allow. Codes with their facts; the door has the sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from purring.core.schedule import RANK, Schedule, Step
from purring.facts.charges.accruing import law_book
from purring.facts.customers.models import Customer
from purring.facts.organizations.models import Organization
from purring.followup.models import Schedule as Row
from purring.followup.schedules import following
from purring.law.account import AccountLaw
from purring.law.book import ALIASES, countries

HASTY_DAYS = 3
"""A firm word so soon after the due date is no custom anywhere."""
FIRM = ("firm", "final")
SENT_BY = frozenset({"email"})
"""Channels by which Purring sends by itself today; a call is a task for a person."""
CONTRADICTIONS = frozenset(("same_day", "softer", "twice", "repeat_not_last", "none"))
"""With one of these nothing can be kept; the others are said and let be."""


class Lint(NamedTuple):
    """Something about one step: its place in rising days; None: about the whole."""

    code: str
    step: int | None = None
    facts: Mapping[str, Any] = {}

    @property
    def blocks(self) -> bool:
        return self.code in CONTRADICTIONS


def contradictions(steps: Sequence[Step]) -> list[Lint]:
    """Why steps cannot be a schedule; `core.schedule.check_steps` refuses the same."""
    if not steps:
        return [Lint("none")]
    found = []
    for at, step in enumerate(steps):
        before = steps[at - 1] if at else None
        if before and step.days <= before.days:
            found.append(Lint("same_day", at, {"days": step.days}))
        if before and RANK[step.stage] == RANK[before.stage]:
            found.append(Lint("twice", at, {"stage": step.stage}))
        elif before and RANK[step.stage] < RANK[before.stage]:
            found.append(Lint("softer", at, {"stage": step.stage, "before": before.stage}))
        if step.repeat_every is not None and at < len(steps) - 1:
            found.append(Lint("repeat_not_last", at))
    return found


def advice(schedule: Schedule, channels: Collection[str] = SENT_BY) -> list[Lint]:
    """What is lawful and unwise. `channels`: those by which something can be sent."""
    found = []
    for at, step in enumerate(schedule.steps):
        apart = step.days - schedule.steps[at - 1].days if at else None
        if apart is not None and apart < schedule.gap_days:
            found.append(Lint("gap", at, {"apart": apart, "gap": schedule.gap_days}))
        if step.stage in FIRM and step.days <= HASTY_DAYS:
            found.append(Lint("hasty", at, {"days": step.days}))
        if step.channel != "phone" and step.channel not in channels:
            found.append(Lint("no_channel", at, {"channel": step.channel}))
    if schedule.repeat_every is not None and schedule.repeat_every < schedule.gap_days:
        every = {"every": schedule.repeat_every, "gap": schedule.gap_days}
        found.append(Lint("repeat_gap", len(schedule.steps) - 1, every))
    return found


def kinds_of(organization: Organization, row: Row | None) -> list[tuple[str, str]]:
    """(country, kind) of the customers who follow a schedule; of all of them where none is named."""
    people = Customer.objects.of(organization)
    if row is not None:
        people = people.filter(following(row))
    return sorted(set(people.order_by().values_list("country", "kind").distinct()))


def unlawful(organization: Organization, schedule: Schedule, kinds: Sequence[tuple[str, str]]) -> list[Lint]:
    """Steps that cannot be lawful as they stand, for the customers of these countries and kinds, with the rule."""
    creditor, book = organization.country, law_book()  # whose country it is makes no difference to a pause
    places = {step.stage: at for at, step in enumerate(schedule.steps)}
    found: dict[tuple[int, str, str], Lint] = {}
    for country, kind in kinds:
        if ALIASES.get(country, country) not in countries():
            continue
        for stage, _ in AccountLaw(creditor, country, kind, book=book).unlawful_steps(schedule):
            pause = book.kind(country, kind).pause
            assert pause is not None  # what cannot be lawful here is what comes within it
            facts = {"country": country, "kind": kind, "days": pause.days, "rule": pause.basis.named}
            found.setdefault((places[stage], country, kind), Lint("unlawful", places[stage], facts))
    return [found[key] for key in sorted(found)]
