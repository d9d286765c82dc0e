# SPDX-License-Identifier: AGPL-3.0-or-later
"""What follows when money was set against invoices, or went back: a discount for early payment, an agreed settlement.
Those are capabilities above payments, so they say it here. They run in the same transaction, after the sums are right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple


class Arrived(NamedTuple):
    """Money was set against an invoice."""

    invoice_id: int
    paid_on: date
    """The day the payer paid; a payment that was on its way counts from the day it started."""


Came = Callable[[int, Sequence[Arrived], datetime, str], None]
"""For an organization: what arrived, the moment, the actor."""
Went = Callable[[int, Sequence[int], datetime, str], None]
"""For an organization: ids of the invoices whose money was taken away, the moment, the actor."""
_came: list[Came] = []
_went: list[Went] = []


def follow(*, came: Came, went: Went) -> None:
    """Be told of every such change. Called once, when the application starts."""
    if came not in _came:
        _came.append(came)
        _went.append(went)


def money_came(organization_id: int, arrived: Sequence[Arrived], now: datetime, actor: str) -> None:
    """Tell whoever follows. The accounts are locked."""
    if arrived:
        for tell in _came:
            tell(organization_id, arrived, now, actor)


def money_went(organization_id: int, invoice_ids: Sequence[int], now: datetime, actor: str) -> None:
    """Tell whoever follows. The accounts are locked."""
    if invoice_ids:
        for tell in _went:
            tell(organization_id, invoice_ids, now, actor)
