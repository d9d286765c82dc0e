# SPDX-License-Identifier: Apache-2.0
"""What can be checked when of a request only its head is known, as of an invoice that was imported without lines:
days, amount, number, a double, a missing purchase order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from purring.core.money import to_text
from purring.papers.preflight.finding import Finding

SAME_WITHIN = timedelta(days=7)
"""Two requests for the same thing and amount that lie this near are looked at; monthly ones lie farther apart."""
LONGEST_TERM = timedelta(days=366)
OLDEST = date(2000, 1, 1)
_RUN_LEAST, _RUN_MOST = 2, 5
"""The last numbers of a series must follow one another before a missing one is told: not every business counts so."""
_SERIES = re.compile(r"(.*?)([0-9]{1,12})([^0-9]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Record:
    """The head of a request."""

    number: str
    issued: date
    due: date
    amount: int
    """Gross, minor units."""
    currency: str
    customer: str = ""
    """Whatever tells customers apart; the same text in `others`."""
    description: str = ""
    purchase_order: str = ""
    credit: bool = False
    """A credit note."""


@dataclass(frozen=True, slots=True)
class Stated:
    """Sums as another program wrote them, minor units; None: not said."""

    net: int | None = None
    tax: int | None = None
    gross: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the check must know besides the request. All of it may be left out."""

    today: date | None = None
    """In the seller's place."""
    others: Sequence[Record] = ()
    """Requests of the same seller that were made before; not this one."""
    numbered_here: bool = True
    """The numbers are given by the seller's own series; False for what was imported from several programs."""
    purchase_order_required: bool = False
    """The customer pays nothing without one."""
    language: str = ""
    """The language the message will be in."""
    dead_domains: Collection[str] = ()
    """Domains known to take no mail, in lower case."""
    stated: Stated | None = None
    """The sums an imported invoice says it has."""


def check_record(record: Record, context: Context) -> list[Finding]:
    """Days, amount, number, doubles, purchase order; in this order. Fields are named as in the facts (`lines`, `order`)."""
    return [
        *_days(record, context),
        *_amount(record),
        *_number(record, context),
        *_double(record, context.others),
        *_order(record, context),
    ]


def _days(record: Record, context: Context) -> Iterator[Finding]:
    if record.due < record.issued:
        why = f"It is due on {record.due}, before it was issued on {record.issued}."
        yield Finding("due", "due_before_issued", why, "Correct one of the two days.")
    elif record.due - record.issued > LONGEST_TERM:
        why = f"It is due on {record.due}, more than a year after it was issued."
        yield Finding("due", "due_far_away", why, "Look whether the year is right.")
    if record.issued < OLDEST:
        yield Finding(
            "issued", "issued_long_ago", f"It was issued on {record.issued}.", "Look whether the year is right."
        )
    elif context.today and record.issued > context.today:
        why = f"It is issued on {record.issued}, and today is {context.today}."
        yield Finding("issued", "issued_in_future", why, "Correct the day, or send it then.")


def _amount(record: Record) -> Iterator[Finding]:
    if record.amount <= 0:
        why = f"It asks for {to_text(record.amount, record.currency)} {record.currency}."
        yield Finding("lines", "nothing_to_ask", why, "Look at the lines; for money to give back, write a credit note.")


def _number(record: Record, context: Context) -> Iterator[Finding]:
    if any(_same_text(other.number, record.number) for other in context.others):
        why = f"The number {record.number} was used before."
        yield Finding(
            "number", "duplicate_number", why, "Give it a number of its own, or look whether it is sent twice."
        )
        return
    if context.numbered_here and (missing := _missing(record.number, context.others)):
        why = f"Before {record.number}, {missing} is missing in the series."
        yield Finding("number", "number_gap", why, "Use the next free number, or note why one was left out.")


def _missing(number: str, others: Sequence[Record]) -> str:
    """The first number left out before this one; empty when none is, or the series does not run without gaps."""
    own = _SERIES.fullmatch(number)
    if own is None:
        return ""
    prefix, digits, suffix = own.groups()
    used = set()
    for other in others:
        match = _SERIES.fullmatch(other.number)
        if match and (match[1], match[3]) == (prefix, suffix):
            used.add(int(match[2]))
    before = sorted(one for one in used if one < int(digits))
    last = before[-_RUN_MOST:]
    if len(last) < _RUN_LEAST or last[-1] - last[0] >= len(last) or int(digits) == last[-1] + 1:
        return ""
    return f"{prefix}{last[-1] + 1:0{len(digits)}d}{suffix}"


def _double(record: Record, others: Sequence[Record]) -> Iterator[Finding]:
    """The same thing for the same amount to the same customer, within a week, under another number."""
    if not record.description:
        return
    for other in others:
        if (
            other.amount == record.amount
            and other.currency == record.currency
            and other.customer == record.customer
            and other.credit == record.credit
            and abs(other.issued - record.issued) <= SAME_WITHIN
            and _same_text(other.description, record.description)
            and not _same_text(other.number, record.number)
        ):
            amount = f"{to_text(record.amount, record.currency)} {record.currency}"
            why = f"{other.number} of {other.issued} asks the same customer for the same thing and {amount}."
            yield Finding("lines", "duplicate_amount", why, "Look whether it is asked for twice.")
            return


def _order(record: Record, context: Context) -> Iterator[Finding]:
    if context.purchase_order_required and not record.purchase_order and not record.credit:
        why = "This customer asks for a purchase order number, and there is none."
        yield Finding("order", "purchase_order_missing", why, "Ask the customer for the number and add it.")


def _same_text(a: str, b: str) -> bool:
    return a == b or " ".join(a.split()).casefold() == " ".join(b.split()).casefold()
