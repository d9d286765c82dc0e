# SPDX-License-Identifier: Apache-2.0
"""The facts of one customer's account, as the decision sees them on one day.

Plain immutable values. Whoever owns the records (the database, a scenario file, a test) turns them into
these; nothing here knows where they came from. Amounts are minor units of the invoice's currency, days are
calendar days in the customer's place. Withdrawn, cancelled and answered facts are simply not in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from purring.core.schedule import Schedule


class Counted(NamedTuple):
    """A stage that went out for an invoice or instalment and did not bounce."""

    stage: str
    on: date


class Invoice(NamedTuple):
    """One invoice. Invoices stand in the account in file (or entry) order."""

    ref: str
    issued: date
    """Before this day nobody asks for it, and no account needs to leave it out."""
    due: date
    currency: str
    balance: int
    """What is open now; 0 means settled (paid, credited, void or written off)."""
    known_on: date
    """The first day it could be asked for; early steps that lie before that day are dropped."""
    counted: tuple[Counted, ...] = ()
    """The stages of the present ladder in the order they went out; a new due date empties it."""
    generation: int = 0
    """How many times the due date was changed: the present ladder's number."""
    disputed: int = 0
    """The part in dispute; the whole when at least the balance."""
    pending: bool = False
    """A payment is on its way."""
    counts_from: date | None = None
    """The day the steps count from when it is not the due date (the customer's next pay run)."""
    attention: str | None = None
    """Why a person must see it before anything is asked (a failed check, a missing purchase order)."""
    schedule: Schedule | None = None
    """Its own schedule, when it does not follow the customer's."""


class Promise(NamedTuple):
    """A promise to pay; silent until `pay_on` plus the schedule's grace."""

    said_on: date
    pay_on: date
    invoices: frozenset[str]
    amount: int | None = None
    received: int = 0
    """Paid on the promised invoices from `said_on` to the last silent day."""


class Hold(NamedTuple):
    """A person's "not now", for one invoice or (None) for the customer, to a last silent day or (None) until released."""

    invoice: str | None
    until: date | None


class Instalment(NamedTuple):
    due: date
    amount: int
    counted: tuple[Counted, ...] = ()


class Plan(NamedTuple):
    """A payment plan in force over some invoices of one currency."""

    ref: str
    since: date
    invoices: tuple[str, ...]
    instalments: tuple[Instalment, ...]


class Reach(NamedTuple):
    """Where a channel can reach the customer."""

    to: str | None = None
    spoiled: bool = False
    """There were addresses, but every one bounced for good or belongs to the wrong person."""


NOWHERE = Reach()


class Account(NamedTuple):
    """Everything about one customer that decides whether to write today."""

    customer: str
    invoices: tuple[Invoice, ...]
    reach: Mapping[str, Reach]
    """By channel; `phone` needs no entry: a call is a task for a person."""
    promises: tuple[Promise, ...] = ()
    holds: tuple[Hold, ...] = ()
    plans: tuple[Plan, ...] = ()
    credit: Mapping[str, int] = {}
    """Money on account by currency, not allocated to any invoice."""
    last_contact_on: date | None = None
    """The last reminder or call of any kind, bounced or not, the staff's own included."""
    excluded: bool = False
    awaiting_our_answer: bool = False
    approval_required: bool = False
    delivery_trouble: bool = False
    """What was to leave today met a passing trouble."""
    preferred_channel: str | None = None
    """Takes the place of e-mail and SMS steps when the customer asked for it."""
    data_stale_until: date | None = None
    """The bank or ledger data cannot be trusted up to this day."""
    raised: frozenset[tuple[str, str]] = frozenset()
    """(task code, subject) of one-time tasks that were raised already."""
