# SPDX-License-Identifier: AGPL-3.0-or-later
"""What money for an invoice fills before its principal. Late charges are a capability above payments, so they say it here.

Without anybody who says otherwise, money fills the principal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from purring.facts.invoices.models import Invoice


class Money(NamedTuple):
    """Money received for an invoice on a day, in minor units of the invoice's currency."""

    invoice: Invoice
    amount: int
    on: date


class Beside(NamedTuple):
    """How much of it goes to the claims beside the invoice, and the rule that fills them first."""

    amount: int
    rule: str


NOTHING = Beside(0, "")
Finder = Callable[[int, Sequence[Money]], Sequence[Beside]]
"""For an organization's money, in the order it is booked: what of each goes beside. The invoices are locked."""
_finders: list[Finder] = []


def ask_first(finder: Finder) -> None:
    """Be asked whenever money is set against invoices. Called once, when the application starts."""
    if finder not in _finders:
        _finders.append(finder)


def filled_first(organization_id: int, money: Sequence[Money]) -> Sequence[Beside]:
    """What of each sum goes beside its invoice."""
    for finder in _finders:
        return finder(organization_id, money)
    return [NOTHING] * len(money)
