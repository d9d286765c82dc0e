# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rehearsal of a schedule on the real book: what the next 60 days would bring if nobody paid or answered, with the
schedule as it is thought of and as it is stored. It reads, and writes nothing.

The days are played by the one decision (`core.ahead`) on the accounts that the rounds take. A large book is played from a
sample: those with most open invoices surely, the others by a fixed draw, so that the same question has the same answer; what
is said of all of them then carries its margin (95 %, from the spread within the sample).
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count

from purring.core.ahead import Ahead, LawAfter, play
from purring.core.answers import Answer
from purring.core.calendar import ONE_DAY
from purring.core.facts import Account
from purring.core.rehearse import CONTACTS_WINDOW_DAYS, MOST_CONTACTS
from purring.core.schedule import Schedule as CoreSchedule
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.followup.account_rows import CustomerFacts
from purring.followup.accounts import Loaded, load_accounts
from purring.followup.models import Reminder, Schedule, State
from purring.followup.schedules import Followed, core_schedule, following
from purring.kit.together import FEW
from purring.law.account import AccountLaw

DAYS = 60
MOST_PLAYED = 2 * FEW
"""Customers played; a book of so many or fewer is played whole."""
SURELY = FEW // 2
"""Of these, how many are those with most open invoices."""
MOST_INVOICES = 600
"""Open invoices of all the played together, about: a page is not to wait for a few huge accounts."""
LEAST_PLAYED = 8
NAMED = 5
"""How many customers are named."""
SURE = 1.96
"""Standard errors on either side: 95 %."""


class Estimate(NamedTuple):
    """A number for all customers: `margin` 0 when all of them were played."""

    value: int
    margin: int = 0


class Busy(NamedTuple):
    """A customer who hears much."""

    customer_id: int
    name: str
    messages: int
    calls: int
    within: int
    """Contacts in the fullest 30 days."""
    days: tuple[date, ...]
    """When."""


class Week(NamedTuple):
    begins: date
    ends: date
    said: dict[str, int]
    """Messages by stage."""
    calls: int

    @property
    def messages(self) -> int:
        return sum(self.said.values())


class Rehearsal(NamedTuple):
    """What 60 days would bring to those who follow one schedule."""

    begins: date
    ends: date
    people: int
    """Customers with something open who follow it."""
    played: int
    weeks: list[Week]
    stages: dict[str, int]
    """Contacts by stage, calls included."""
    messages: Estimate
    calls: Estimate
    tasks: Estimate
    """Other tasks for a person."""
    reached: Estimate
    """Customers who hear something."""
    invoices: Estimate
    busiest: list[Busy]
    crowded: Estimate
    """Customers with more than four contacts within 30 days."""
    stops: dict[str, tuple[int, Answer]]
    """What stopped contacts of the played customers: how many of them, and an example."""

    @property
    def whole(self) -> bool:
        return self.played == self.people


class Both(NamedTuple):
    """The schedule as thought of, and beside it as stored; None where they are the same."""

    thought: Rehearsal
    stored: Rehearsal | None
    more: dict[str, Estimate]
    """By `messages`, `calls`, `tasks`: how many more with the change (fewer: below zero)."""


def rehearse(
    organization: Organization, row: Schedule, thought: CoreSchedule, today: date, *, days: int = DAYS
) -> Both:
    """Play those who follow `row`, with `thought` in its place. `today` is the first day played."""
    sample = _sample(organization, row)
    first = today
    if organization.paused_until and organization.paused_until >= today:
        first = organization.paused_until + ONE_DAY
    last = today + timedelta(days - 1)
    stored = core_schedule(row)
    same = stored == thought or _values(stored) == _values(thought)
    now = Followed(organization)
    then = now if same else Followed(organization, {row.pk: thought})
    skipped = _said_no(organization, today, sample.ids)
    loaded = _load(organization, sample.ids, today, now)
    told = sample.told(loaded, first, last, today, skipped)
    if same:
        return Both(told.rehearsal(), None, {})
    if stored.grace_days == thought.grace_days:
        changed = {key: _following(one, then) for key, one in loaded.items()}
    else:  # what was received within the grace of a promise is counted anew
        changed = _load(organization, sample.ids, today, then)
    thought_of = sample.told(changed, first, last, today, skipped)
    return Both(thought_of.rehearsal(), told.rehearsal(), thought_of.more_than(told))


def _values(schedule: CoreSchedule) -> tuple[object, ...]:
    return tuple(getattr(schedule, name) for name in CoreSchedule.__slots__)


def _load(organization: Organization, ids: Sequence[int], today: date, followed: Followed) -> dict[int, Loaded]:
    """Their rows come in two statements, not in a dozen: they are as few as a page needs."""
    return load_accounts(organization, ids, today, followed, few=True)


def _following(one: Loaded, followed: Followed) -> Loaded:
    """The same account under other schedules."""
    invoices = tuple(
        invoice._replace(schedule=followed.of_invoice(one.invoice_ids[invoice.ref])) for invoice in one.account.invoices
    )
    own = followed.of_customer(one.customer.id, one.customer.group_id)
    return one._replace(schedule=own, account=one.account._replace(invoices=invoices))


def _said_no(organization: Organization, today: date, ids: Sequence[int]) -> set[int]:
    """Customers for whom today is over: a person skipped the message, or it could not be sent."""
    over = Reminder.objects.of(organization).filter(on=today, state__in=(State.SKIPPED, State.FAILED))
    over = over.filter(payment=None, request=None, note=None, debit=None)
    return set(over.values_list("customer_id", flat=True)) & set(ids)


# --- who is played -----------------------------------------------------------------------------------------------


class _Sample(NamedTuple):
    """Who is played: `surely` are counted as they are, each of the others stands for `weight` customers."""

    people: int
    surely: list[int]
    drawn: list[int]

    @property
    def ids(self) -> list[int]:
        return [*self.surely, *self.drawn]

    @property
    def rest(self) -> int:
        """How many the drawn ones stand for."""
        return self.people - len(self.surely)

    def told(self, loaded: dict[int, Loaded], first: date, last: date, today: date, skipped: set[int]) -> _Told:
        lines = []
        for key in self.ids:
            if key in loaded:
                one = loaded[key]
                begins = max(first, today + ONE_DAY) if key in skipped else first
                lines.append(_Line(one.customer, _play(one, begins, last)))
        return _Told(self, lines, first, last, today)


def _sample(organization: Organization, row: Schedule) -> _Sample:
    """Everybody when that is little work; else some with most open invoices, and a draw with a fixed seed from the rest."""
    own = Customer.objects.of(organization).filter(following(row)).values("pk")
    counted = Invoice.objects.of(organization).filter(settled_on=None, customer_id__in=own)
    found = list(counted.values_list("customer_id").annotate(open=Count("id")).order_by())
    if len(found) <= MOST_PLAYED and sum(invoices for _, invoices in found) <= MOST_INVOICES:
        return _Sample(len(found), sorted(key for key, _ in found), [])
    found.sort(key=lambda pair: (-pair[1], pair[0]))
    room = MOST_INVOICES // 4
    surely: list[int] = []
    for key, invoices in found[:SURELY]:
        room -= invoices
        if room < 0:
            break
        surely.append(key)
    rest = sorted(found[len(surely) :])
    random.Random(organization.pk).shuffle(rest)  # fixed: a change of the schedule shows, and not the luck of the draw
    drawn: list[int] = []
    room = MOST_INVOICES - MOST_INVOICES // 4
    for key, invoices in rest[: MOST_PLAYED - len(surely)]:
        room -= invoices
        if room < 0 and len(drawn) >= LEAST_PLAYED:
            break
        drawn.append(key)
    return _Sample(len(found), surely, sorted(drawn))


# --- what they hear ----------------------------------------------------------------------------------------------


def law_after(law: AccountLaw) -> LawAfter:
    """The law of an account once further contacts were made."""

    def after(account: Account, said: Sequence[tuple[date, str]]) -> AccountLaw:
        contacts = [*law.contacts, *said]
        return AccountLaw(law.creditor, law.debtor, law.customer_kind, account, contacts, law.book)

    return after


def _play(one: Loaded, first: date, last: date) -> Ahead:
    """The bank's data is taken as kept fresh: nobody wants to hear of the next 60 days that it is old today."""
    account = one.account._replace(data_stale_until=None)
    return play(account, one.schedule, law_after(one.law), one.calendar, first, last)


class _Line:
    """What one customer hears, in numbers."""

    def __init__(self, customer: CustomerFacts, ahead: Ahead) -> None:
        self.customer, self.ahead = customer, ahead
        self.days = [day for day, _ in ahead.contacts]
        self.calls = sum(contact.channel == "phone" for _, contact in ahead.contacts)
        self.messages = len(self.days) - self.calls
        self.tasks = len(ahead.tasks)
        self.invoices = len({ref for _, contact in ahead.contacts for ref in contact.invoices})
        self.reached = int(bool(self.days))
        self.within = max(
            (sum(0 <= (day - first).days < CONTACTS_WINDOW_DAYS for day in self.days) for first in self.days),
            default=0,
        )
        self.crowded = int(self.within > MOST_CONTACTS)


class _Told:
    """What the played customers hear, and what that says of all of them."""

    def __init__(self, sample: _Sample, lines: list[_Line], first: date, last: date, today: date) -> None:
        self.sample, self.first, self.last, self.today = sample, first, last, today
        surely = set(sample.surely)
        self.sure = [line for line in lines if line.customer.id in surely]
        self.drawn = [line for line in lines if line.customer.id not in surely]

    @property
    def lines(self) -> list[_Line]:
        return [*self.sure, *self.drawn]

    def _scaled(self, sure: Sequence[int], drawn: Sequence[int]) -> Estimate:
        """The sum over all, from the surely played and the drawn; its margin from the spread of the drawn."""
        number, all_of_them = len(drawn), self.sample.rest
        if not number:
            return Estimate(sum(sure))
        mean = sum(drawn) / number
        value = sum(sure) + all_of_them * mean
        if number == all_of_them:
            return Estimate(round(value))
        spread = sum((one - mean) ** 2 for one in drawn) / max(number - 1, 1)
        error = all_of_them * math.sqrt(spread / number * (1 - number / all_of_them))
        return Estimate(round(value), math.ceil(SURE * error))

    def _all(self, name: str) -> Estimate:
        return self._scaled([getattr(one, name) for one in self.sure], [getattr(one, name) for one in self.drawn])

    def more_than(self, other: _Told) -> dict[str, Estimate]:
        """How much more is said here, customer by customer: surer than the difference of two estimates."""
        before = {one.customer.id: one for one in other.lines}

        def more(lines: list[_Line], name: str) -> list[int]:
            return [getattr(one, name) - getattr(before[one.customer.id], name) for one in lines]

        names = ("messages", "calls", "tasks")
        return {name: self._scaled(more(self.sure, name), more(self.drawn, name)) for name in names}

    def rehearsal(self) -> Rehearsal:
        stops: dict[str, tuple[int, Answer]] = {}
        for line in self.lines:
            for code, answer in line.ahead.stops.items():
                stops[code] = (stops[code][0] + 1 if code in stops else 1, stops[code][1] if code in stops else answer)
        busiest = sorted(self.lines, key=lambda one: (-len(one.days), -one.within, one.customer.name))
        return Rehearsal(
            self.today,
            self.last,
            self.sample.people,
            len(self.lines),
            self._weeks(),
            self._stages(),
            self._all("messages"),
            self._all("calls"),
            self._all("tasks"),
            self._all("reached"),
            self._all("invoices"),
            [
                Busy(one.customer.id, one.customer.name, one.messages, one.calls, one.within, tuple(one.days))
                for one in busiest[:NAMED]
                if one.days
            ],
            self._all("crowded"),
            stops,
        )

    def _weight(self) -> float:
        return self.sample.rest / len(self.drawn) if self.drawn else 1.0

    def _stages(self) -> dict[str, int]:
        found: dict[str, float] = {}
        for lines, weight in ((self.sure, 1.0), (self.drawn, self._weight())):
            for stage, number in Counter(said.stage for one in lines for _, said in one.ahead.contacts).items():
                found[stage] = found.get(stage, 0) + number * weight
        return {stage: round(number) for stage, number in found.items()}

    def _weeks(self) -> list[Week]:
        """Seven days each from today; the last may be shorter."""
        number = (self.last - self.today).days // 7 + 1
        said: list[dict[str, float]] = [{} for _ in range(number)]
        calls = [0.0] * number
        for lines, weight in ((self.sure, 1.0), (self.drawn, self._weight())):
            for line in lines:
                for day, contact in line.ahead.contacts:
                    at = (day - self.today).days // 7
                    if contact.channel == "phone":
                        calls[at] += weight
                    else:
                        said[at][contact.stage] = said[at].get(contact.stage, 0) + weight
        weeks = []
        for at in range(number):
            begins = self.today + timedelta(7 * at)
            ends = min(begins + timedelta(6), self.last)
            weeks.append(Week(begins, ends, {stage: round(n) for stage, n in said[at].items()}, round(calls[at])))
        return weeks
