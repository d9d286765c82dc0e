# SPDX-License-Identifier: AGPL-3.0-or-later
"""The check before the first reminder (R6): what a person should see before anything is asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

PURCHASE_ORDER_MISSING = "purchase_order_missing"
CHECK_INVOICE = "check_invoice"


class Checked(Protocol):
    """What the check reads of an open invoice."""

    @property
    def id(self) -> int: ...
    @property
    def issued(self) -> date: ...
    @property
    def due(self) -> date: ...
    @property
    def amount(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def po_number(self) -> str: ...
    @property
    def checked_at(self) -> Any: ...


def problems(invoices: Sequence[Checked], *, po_required: bool) -> dict[int, str]:
    """Task code by invoice id: a demanded purchase order that is missing; the same thing asked for twice
    (same days, amount, currency and description under two numbers). What a person has checked is let go on."""
    found: dict[int, str] = {}
    seen: dict[tuple[date, date, int, str, str], int] = {}
    for invoice in invoices:
        if invoice.checked_at is not None:
            continue
        if po_required and not invoice.po_number:
            found[invoice.id] = PURCHASE_ORDER_MISSING
        if invoice.description:
            same = (invoice.issued, invoice.due, invoice.amount, invoice.currency, invoice.description)
            if same in seen:
                found.setdefault(invoice.id, CHECK_INVOICE)
            seen[same] = invoice.id
    return found
