# SPDX-License-Identifier: AGPL-3.0-or-later
"""The check before the first reminder (R6): what a person should see before anything is asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from purring.papers.preflight.record import Context, Record, check_record

PURCHASE_ORDER_MISSING = "purchase_order_missing"
CHECK_INVOICE = "check_invoice"


class Checked(Protocol):
    """What the check reads of an open invoice."""

    @property
    def id(self) -> int: ...
    @property
    def number(self) -> str: ...
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
    """Task code by invoice id, for the open invoices of one customer. The check is that of every request
    (`purring.papers.preflight`); what a person has looked at is let go on."""
    found: dict[int, str] = {}
    of_one_day: dict[tuple[date, date], list[Record]] = {}
    for invoice in invoices:
        if invoice.checked_at is not None:
            continue
        record = Record(
            invoice.number,
            invoice.issued,
            invoice.due,
            invoice.amount,
            invoice.currency,
            description=invoice.description,
            purchase_order=invoice.po_number,
        )
        # The same again on another day is what regular customers buy; the same twice on one day is worth a look.
        others = of_one_day.setdefault((invoice.issued, invoice.due), [])
        context = Context(others=others, numbered_here=False, purchase_order_required=po_required)
        codes = {finding.code for finding in check_record(record, context)}
        if codes:
            found[invoice.id] = PURCHASE_ORDER_MISSING if PURCHASE_ORDER_MISSING in codes else CHECK_INVOICE
        others.append(record)
    return found
