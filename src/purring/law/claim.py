# SPDX-License-Identifier: Apache-2.0
"""What is asked of the law about one unpaid invoice, and what it answers. Values only.

Amounts are minor units of the claim's currency, rates millionths of a percent a year, days calendar days.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from purring.core.errors import Refused
from purring.core.money import MAX_MINOR, exponent
from purring.law.rates import MICRO


class Claim(NamedTuple):
    """One unpaid invoice on one day.

    The governing law is `law` (a country code), else that of `creditor` and `debtor` together.
    """

    amount: int
    """Principal when it fell due, part payments not taken off."""
    currency: str
    due: date
    on: date
    """The day asked about; counts itself."""
    kind: str = "unknown"
    """`business`, `consumer` or `unknown`, which is protected like a consumer."""
    law: str | None = None
    creditor: str | None = None
    debtor: str | None = None
    issued: date | None = None
    """When the invoice went out."""
    agreed_rate: int | None = None
    agreed_fee: int | None = None
    """A reminder fee agreed before the debt arose, per letter."""
    calendar_due_date_agreed: bool = False
    """The contract itself named the due date; a date set on the invoice alone does not count."""
    reminders: tuple[date, ...] = ()
    """Days on which reminders went out, with proof."""
    demands: tuple[date, ...] = ()
    """Days on which formal demands went out; each is a reminder too."""
    paid: tuple[tuple[int, date], ...] = ()
    """Part payments and the day the money was received; they go to the principal."""
    prefer: str = "compensation"
    """Which of two that exclude each other: `compensation` or `fees`."""
    registered: bool = False
    """The creditor is registered as a micro or small enterprise (India)."""


class Segment(NamedTuple):
    """Days with one rate and one principal; `first` and `last` both bear interest."""

    first: date
    last: date
    days: int
    rate: int
    amount: int
    principal: int
    """What the rate was applied to, whole minor units."""


class Interest(NamedTuple):
    amount: int
    first: date | None
    """The first day that bears interest, or None when none does."""
    segments: tuple[Segment, ...]
    rule: str
    confidence: str


class Flat(NamedTuple):
    """Compensation for recovery cost."""

    amount: int
    rule: str
    confidence: str


class Fee(NamedTuple):
    """The fee of one letter, and the first day a letter may carry it."""

    amount: int
    earliest_on: date
    rule: str
    confidence: str


class Denied(NamedTuple):
    """Something that may not be asked. `what`: `interest`, `compensation` or `fee`."""

    what: str
    why: str
    rule: str


class Charges(NamedTuple):
    """Everything the law says about a claim on a day."""

    law: str
    """The country code; two joined by + when the lower of both counts."""
    currency: str
    principal: int
    """What is open on the day asked."""
    interest: Interest
    compensation: Flat
    fees: tuple[Fee, ...]
    not_allowed: tuple[Denied, ...]
    total: int
    """Principal and what may be asked now; what is less than surely right is left out."""
    as_of: date
    sources: tuple[str, ...]
    """Keys of `book.sources()`."""


FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Days outside are typing errors."""


def check(claim: Claim) -> None:
    """Refuse (`bad_amount`, `bad_date`, `bad_claim`) what no claim can be."""
    exponent(claim.currency)
    if not 0 < claim.amount <= MAX_MINOR:
        raise Refused("bad_amount", "the amount must be more than zero", field="amount")
    if min(claim.due, claim.on).year < FIRST_YEAR or max(claim.due, claim.on).year > LAST_YEAR:
        raise Refused("bad_date", f"only the years {FIRST_YEAR} to {LAST_YEAR} are taken here", field="due")
    if claim.issued and claim.issued > claim.due:
        raise Refused("bad_date", f"due on {claim.due}, before it was issued on {claim.issued}", field="issued")
    if claim.kind not in ("business", "consumer", "unknown"):
        raise Refused("bad_claim", f"{claim.kind!r} is no kind of customer; use business, consumer or unknown")
    if claim.prefer not in ("compensation", "fees"):
        raise Refused("bad_claim", f"{claim.prefer!r} cannot be preferred; use compensation or fees")
    if claim.agreed_rate is not None and not 0 <= claim.agreed_rate <= 100 * MICRO:
        raise Refused("bad_amount", "an agreed rate lies between 0 and 100 percent a year", field="agreed_rate")
    if claim.agreed_fee is not None and claim.agreed_fee < 0:
        raise Refused("bad_amount", "an agreed fee is not negative", field="agreed_fee")
    if claim.paid:
        _check_payments(claim)
    for day in (*claim.reminders, *claim.demands):
        if day > claim.on:
            raise Refused("bad_date", f"a reminder of {day} lies after the day asked for, {claim.on}", field="reminder")


def _check_payments(claim: Claim) -> None:
    left = claim.amount
    for amount, day in claim.paid:
        if amount <= 0:
            raise Refused("bad_amount", "a payment must be more than zero", field="paid")
        if day > claim.on:
            raise Refused("bad_date", f"a payment of {day} lies after the day asked for, {claim.on}", field="paid")
        left -= amount
    if left < 0:
        raise Refused("bad_amount", "the payments are more than the amount", field="paid")
