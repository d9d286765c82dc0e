# SPDX-License-Identifier: Apache-2.0
"""The facts a message is compared with, each optional: see `purring tone --facts`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from purring.core.errors import Refused

TEXTS = ("customer_name", "contact_name", "sender_name", "organisation", "invoice", "pay_link", "phone")
KNOWN = (*TEXTS, "amount", "due_on", "days_overdue", "customer_kind", "currency")
_KEYS = frozenset(KNOWN)
_NAME = re.compile(r"[^\W\d_][\w'’.-]*\w|[^\W\d_]{2}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LONGEST = 300
_TOO_MUCH = Decimal(10) ** 15
_DECIMALS = 12
"""More no amount has; written out, "1e-999999999" would fill the memory."""


class ToneFacts(NamedTuple):
    """Facts in the form the checks need. `amount` is in major units as the message says it, exact."""

    customer_name: str = ""
    contact_name: str = ""
    sender_name: str = ""
    organisation: str = ""
    invoice: str = ""
    pay_link: str = ""
    phone: str = ""
    amount: Decimal | None = None
    due_on: date | None = None
    days_overdue: int | None = None

    def names(self) -> list[str]:
        """What must not be read as words: whole names, references and their capitalised parts, longest first."""
        said = (self.customer_name, self.contact_name, self.sender_name, self.organisation, self.invoice)
        return sorted({name for text in said for name in _names_in(text) if name}, key=len, reverse=True)


@lru_cache(4_096)
def _names_in(text: str) -> tuple[str, ...]:
    """The whole, without a stop at its end, which may end a sentence too, and its words with capitals."""
    return (text.rstrip("."), *[part for part in _NAME.findall(text) if part[0].isupper()])


NO_FACTS = ToneFacts()


def read_facts(given: Mapping[str, object] | None) -> ToneFacts:
    """Facts from a JSON object. Raises `Refused` (`bad_facts`) naming the key that cannot be used."""
    if not given:
        return NO_FACTS
    if not _KEYS.issuperset(given):
        unknown = sorted(given.keys() - _KEYS)
        raise Refused("bad_facts", f"{unknown[0]!r} is not known; known are {', '.join(KNOWN)}", field=unknown[0])
    texts = {name: _text(name, given[name]) for name in TEXTS if name in given}
    return ToneFacts(
        **texts,
        amount=_amount(given.get("amount")),
        due_on=_day(given.get("due_on")),
        days_overdue=_count(given.get("days_overdue")),
    )


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise Refused("bad_facts", f"{name} must be a text", field=name)
    return _tidy(value)


@lru_cache(4_096)
def _tidy(text: str) -> str:
    """In one line. Who writes, and mostly to whom, comes again with each message."""
    return " ".join(text[:_LONGEST].split())


def _count(value: object) -> int | None:
    """Days, or None for what is no sensible number of them: it only helps to read "a fortnight ago"."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    digits = str(value)
    return int(digits) if digits.isdecimal() and len(digits) <= 4 else None


def _amount(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= _TOO_MUCH or int(amount.as_tuple().exponent) < -_DECIMALS:
        raise Refused("bad_facts", f"amount {value!r} is not a decimal amount such as 1250.50", field="amount")
    return amount


def _day(value: object) -> date | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Refused("bad_facts", f"due_on {value!r} is not a date such as 2026-01-31", field="due_on")
