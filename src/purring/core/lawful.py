# SPDX-License-Identifier: Apache-2.0
"""What the decision and the rehearsal ask of the law. The law itself is a library of its own; here are only the questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from purring.core.facts import Account
    from purring.core.scenario import Customer, Organization
    from purring.core.schedule import Schedule


class Charge(NamedTuple):
    """A claim beside the invoice, in minor units of the contact's currency, with the rule it rests on."""

    kind: str
    """`interest`, `compensation` or `fee`."""
    amount: int
    currency: str
    rule: str
    confidence: str = "high"
    """How sure the law data is of it; less than `high` is only asked when the business said so."""


class Debt(NamedTuple):
    """An invoice that a firm message asks for, as the law needs to know it. Amounts in minor units."""

    amount: int
    """What fell due: the invoice less credit notes, payments not taken off."""
    currency: str
    issued: date
    due: date
    paid: tuple[tuple[int, date], ...]
    """Payments and the day they were booked."""
    reminders: tuple[date, ...]
    """Days of earlier written messages that asked for charges on it and did not bounce."""
    fees_elsewhere: int = 0
    """On how many of these days the one fee of the message stood beside another invoice."""


def together(each: Sequence[Sequence[Charge]]) -> tuple[Charge, ...]:
    """The charges of one message, one row per item: sums of what accrues, then each fee by itself."""
    sums: dict[tuple[str, str, str, str], int] = {}
    fees = []
    for charge in (charge for own in each for charge in own):
        if charge.kind == "fee":
            fees.append(charge)
        else:
            key = (charge.kind, charge.currency, charge.rule, charge.confidence)
            sums[key] = sums.get(key, 0) + charge.amount
    accrued = (Charge(kind, amount, *about) for (kind, *about), amount in sums.items())
    return (*accrued, *fees)


class Law(Protocol):
    """The law that governs one account."""

    def forbids(self, stage: str, channel: str, today: date, counted_on: date | None) -> str | None:
        """The rule that forbids a contact of this stage and channel today, or None.

        `counted_on` is the day the last stage went out, or None.
        """
        ...


class ChargingLaw(Law, Protocol):
    """A law that also knows what may be asked beside the principal, and judges a schedule as a whole."""

    def charges_of_each(self, debts: Sequence[Debt], today: date) -> list[tuple[Charge, ...]]:
        """What a written message of today may ask beside each of these debts; the fee of the message beside one of them."""
        ...

    def unlawful_steps(self, schedule: Schedule) -> Sequence[tuple[str, str]]:
        """The steps of a schedule that cannot be lawful as they stand: (stage, why)."""
        ...


class LawOf(Protocol):
    """Finds the law between a business and its customer, on the facts of one day."""

    def __call__(
        self,
        organization: Organization,
        customer: Customer,
        account: Account | None,
        contacts: Sequence[tuple[date, str]],
    ) -> ChargingLaw:
        """`contacts`: (day, channel) of every contact so far, oldest first."""
        ...


class NoLaw:
    """Forbids nothing and grants no charge: the law of a house without law data, and the same for everyone."""

    def __call__(
        self,
        organization: Organization,
        customer: Customer,
        account: Account | None,
        contacts: Sequence[tuple[date, str]],
    ) -> NoLaw:
        return self

    def forbids(self, stage: str, channel: str, today: date, counted_on: date | None) -> str | None:
        return None

    def charges_of_each(self, debts: Sequence[Debt], today: date) -> list[tuple[Charge, ...]]:
        return [() for _ in debts]

    def unlawful_steps(self, schedule: Schedule) -> Sequence[tuple[str, str]]:
        return ()


NO_LAW = NoLaw()
