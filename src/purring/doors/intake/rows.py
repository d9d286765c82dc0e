# SPDX-License-Identifier: AGPL-3.0-or-later
"""What reading a file yields: rows that are right in themselves, and refusals. No database, no defaults from
one.

Money is whole minor units beside its currency. "" and None mean that the file says nothing, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["invoices", "customers", "payments"]


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an invoice; the unit price is None when it is finer than the currency's minor unit."""

    description: str
    quantity: Decimal
    unit_price_minor: int | None
    tax_rate: Decimal
    total_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice as the file has it, with what it says about its customer.

    `paid_minor` is never above the amount. A `status` among `words.NOT_OWED` ("void", "utkast") is passed on as
    written: whoever stores the row must take back what is known of the invoice, and must not begin to ask for it.
    """

    line: int
    number: str
    customer: str
    due: date
    amount_minor: int
    currency: str
    paid_minor: int | None = None
    issued: date | None = None
    customer_ref: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""
    kind: str = ""
    po_number: str = ""
    description: str = ""
    status: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    contact: str = ""
    title: str = ""
    gender: str = ""
    given_name: str = ""
    family_name: str = ""
    asks: str = ""
    """`invoice` (or nothing) or `payment_request`."""
    reference: str = ""
    pay_link: str = ""
    delivered: date | None = None
    lines: tuple[LineRow, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer with the one contact that the file names."""

    line: int
    customer: str
    customer_ref: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""
    kind: str = ""
    currency: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    contact: str = ""
    title: str = ""
    gender: str = ""
    given_name: str = ""
    family_name: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money that arrived on a day; at least one of invoice, reference, payer, customer tells where it may belong."""

    line: int
    date: date
    amount_minor: int
    currency: str
    reference: str = ""
    invoice: str = ""
    payer: str = ""
    customer: str = ""
    customer_ref: str = ""
    method: str = ""
    description: str = ""


Row = InvoiceRow | CustomerRow | PaymentRow


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a row is not taken; a row may have several.

    `line` is the physical line of a text file, the row of a spreadsheet or the position in a JSON list, from
    1. `field` is a canonical name ("" when the whole row is meant), `code` is for programs, `reason` for
    people.
    """

    line: int
    field: str
    reason: str
    code: str
