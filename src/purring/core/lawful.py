# SPDX-License-Identifier: Apache-2.0
"""What the decision asks of the law. The law itself is a library of its own; here is only the question."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Protocol


class Charge(NamedTuple):
    """A claim beside the invoice, in minor units of the contact's currency, with the rule it rests on."""

    kind: str
    """`interest`, `compensation` or `fee`."""
    amount: int
    currency: str
    rule: str


class Law(Protocol):
    """The law that governs one account."""

    def forbids(self, stage: str, channel: str, today: date, counted_on: date | None) -> str | None:
        """The rule that forbids a contact of this stage and channel today, or None.

        `counted_on` is the day the last stage went out, or None.
        """
        ...


class NoLaw:
    """Forbids nothing and grants no charge: the law of a house without law data."""

    def forbids(self, stage: str, channel: str, today: date, counted_on: date | None) -> str | None:
        return None


NO_LAW = NoLaw()
