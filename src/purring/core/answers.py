# SPDX-License-Identifier: Apache-2.0
"""What the decision answers: codes, contacts, tasks. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from purring.core.facts import Promise
from purring.core.lawful import Charge

HOLD_CODES = (
    "settled",
    "excluded",
    "held",
    "disputed",
    "on_plan",
    "promised",
    "pending_payment",
    "awaiting_our_answer",
    "to_check",
    "final_reached",
    "not_due",
    "credit_on_account",
    "below_minimum",
    "bad_address",
    "no_address",
    "delivery_failed",
    "data_stale",
    "budget",
    "quiet_day",
    "approval",
    "unlawful",
)
"""In the order in which they are tried; the first that applies is the answer. `to_check` never comes from a scenario file."""


class Answer(NamedTuple):
    """What one invoice is told today: `send`, or a hold code with the facts of its reason."""

    code: str
    params: Mapping[str, Any] = {}


class Count(NamedTuple):
    """A stage to be counted for one invoice or instalment once the contact has gone."""

    invoices: tuple[str, ...]
    plan: str | None
    instalment: int | None
    stage: str
    amount: int


class Contact(NamedTuple):
    """One contact with the customer today. `channel` may be `phone`: then it is a task for a person."""

    stage: str
    channel: str
    to: str | None
    currency: str
    asked: int
    """Minor units: everything carried, less money on account."""
    invoices: tuple[str, ...]
    counts: tuple[Count, ...]
    oldest: str
    due: date
    """Due date of the oldest."""
    repeated: bool
    broken_promise: Promise | None
    charges: tuple[Charge, ...] = ()


class Wanted(NamedTuple):
    """A one-time task for a person. (`code`, `subjects`) go into `Account.raised` once it is recorded."""

    code: str
    invoices: tuple[str, ...]
    subjects: tuple[str, ...]
    params: Mapping[str, Any] = {}


class Decision(NamedTuple):
    answers: dict[str, Answer]
    """By invoice, in account order."""
    contact: Contact | None
    tasks: tuple[Wanted, ...]
    look_again_on: date | None
    """The first later day on which the answer could differ without any new fact; None when only a fact can change it."""


SEND = Answer("send")
SETTLED = Answer("settled")
EXCLUDED = Answer("excluded")
NOT_DUE = Answer("not_due")
AWAITING = Answer("awaiting_our_answer")
PENDING = Answer("pending_payment")
