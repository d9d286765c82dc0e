# SPDX-License-Identifier: Apache-2.0
"""The weeks ahead of one account, if nobody does anything: every contact and task, day by day, by the one decision.

Pure, and as fast as the decision: days on which the answer cannot change are not asked about. What is played here is what
the rounds will do as long as no new fact comes: no payment, no answer, no new invoice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from purring.core.answers import Answer, Contact, Wanted
from purring.core.calendar import Calendar
from purring.core.decide import decide
from purring.core.facts import Account
from purring.core.foresee import after
from purring.core.lawful import Law
from purring.core.schedule import Schedule

LawAfter = Callable[[Account, Sequence[tuple[date, str]]], Law]
"""The law on the facts of an account, after these contacts of the play (day, channel), oldest first."""


class Ahead(NamedTuple):
    """What comes, each with its day."""

    contacts: list[tuple[date, Contact]]
    tasks: list[tuple[date, Wanted]]
    stops: Mapping[str, Answer]
    """What stopped a contact on the way, first of each code; silences (a hold, a promise) are not in here."""


_STOPS = frozenset(("below_minimum", "bad_address", "no_address", "unlawful"))
"""Answers that speak of the schedule or of what it needs, not of the customer's situation."""


def play(account: Account, schedule: Schedule, law: LawAfter, calendar: Calendar, first: date, last: date) -> Ahead:
    """Play the days from `first` to `last`, both included. A message that waits for approval is taken as approved, and
    one that meets passing trouble as delivered."""
    account = account._replace(approval_required=False, delivery_trouble=False)
    stops: dict[str, Answer] = {}
    ahead = Ahead([], [], stops)
    said: list[tuple[date, str]] = []
    rules = law(account, said)
    day: date | None = first
    while day is not None and day <= last:
        decision = decide(account, schedule, rules, calendar, day)
        for wanted in decision.tasks:
            ahead.tasks.append((day, wanted))
            account = account._replace(raised=account.raised | {(wanted.code, one) for one in wanted.subjects})
        for answer in decision.answers.values():
            if answer.code in _STOPS:
                stops.setdefault(answer.code, answer)
        contact = decision.contact
        if contact:
            ahead.contacts.append((day, contact))
            account = after(account, contact, day)
            said.append((day, contact.channel))
            rules = law(account, said)
        # the budget keeps the days after a contact free, whatever else is due; a task of these days comes at their end
        day = day + timedelta(schedule.gap_days) if contact else decision.look_again_on
    return ahead
