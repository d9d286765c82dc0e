# SPDX-License-Identifier: AGPL-3.0-or-later
"""The check before the first reminder (R6): what a person should see before anything is asked for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from purring.papers.facts import Account
from purring.papers.preflight import Context, Record, check_account, check_email, check_record, vat_id_holds

PURCHASE_ORDER_MISSING = "purchase_order_missing"
CHECK_DOUBLE, CHECK_DAYS = "check_invoice", "check_days"
CHECK_ACCOUNT, CHECK_TAX_NUMBER, CHECK_ADDRESS = "check_account", "check_tax_number", "check_address"
_OF_RECORD = {
    "purchase_order_missing": PURCHASE_ORDER_MISSING,
    "due_before_issued": CHECK_DAYS,
    "due_far_away": CHECK_DAYS,
    "issued_long_ago": CHECK_DAYS,
    "issued_in_future": CHECK_DAYS,
}
"""What a finding about the invoice itself asks a person for; the others are doubles."""


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
    def entity_id(self) -> int | None: ...
    @property
    def checked_at(self) -> Any: ...


def problems(
    invoices: Sequence[Checked], *, po_required: bool, vat_id: str = "", email: str = "", doubtful: Mapping[int, bool]
) -> dict[int, str]:
    """Why a person must see it first, by invoice id, for the open invoices of one customer. The checks are those of every
    request (`purring.papers.preflight`); what a person has looked at is let go on.

    `email` is the address it would go to, `doubtful` tells by legal entity (0: the usual one) whether an account of it
    cannot be right.
    """
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
        codes = {_OF_RECORD.get(finding.code, CHECK_DOUBLE) for finding in check_record(record, context)}
        if doubtful.get(invoice.entity_id or 0):
            codes.add(CHECK_ACCOUNT)
        if vat_id and _wrong_tax_number(vat_id):
            codes.add(CHECK_TAX_NUMBER)
        if email and _wrong_address(email):
            codes.add(CHECK_ADDRESS)
        if codes:
            found[invoice.id] = next(code for code in _FIRST if code in codes)
        others.append(record)
    return found


_FIRST = (PURCHASE_ORDER_MISSING, CHECK_ACCOUNT, CHECK_ADDRESS, CHECK_DAYS, CHECK_DOUBLE, CHECK_TAX_NUMBER)
"""Which is told when there are several."""


def doubtful_account(accounts: Sequence[Mapping[str, str]]) -> bool:
    """Whether one of a legal entity's accounts, as it keeps them, cannot be right."""
    return any(_wrong_account(one["scheme"], one["number"], one.get("bic") or "") for one in accounts)


@lru_cache(256)
def _wrong_account(scheme: str, number: str, bic: str) -> bool:
    return any(check_account(Account(scheme, number, bic), ""))


@lru_cache(4096)
def _wrong_address(email: str) -> bool:
    return any(check_email(email, ""))


@lru_cache(4096)
def _wrong_tax_number(vat_id: str) -> bool:
    """Only of a number that says which country's it is: what stands in the column without may be any register's."""
    return vat_id[:2].isalpha() and not vat_id_holds(vat_id, "")
