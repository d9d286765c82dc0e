# SPDX-License-Identifier: AGPL-3.0-or-later
"""From what a row says to the columns of the database: contacts, journal rows, lengths, the language to write in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from babel.languages import get_official_languages

from purring.doors.intake.names import language as language_named
from purring.doors.intake.rows import CustomerRow, InvoiceRow, Refusal
from purring.facts.customers.models import Contact, Customer
from purring.facts.invoices.models import Invoice
from purring.language.wording import languages

PersonRow = InvoiceRow | CustomerRow
JOURNAL_FIELDS = (
    "organization",
    "kind",
    "at",
    "actor",
    "customer_id",
    "invoice_id",
    "data",
    "text_digest",
    "seq",
    "hash",
)
CONTACT_FIELDS = ("name", "given_name", "family_name", "title", "gender", "email", "phone")


class Counts(Protocol):
    created: int
    updated: int
    unchanged: int
    refused: list[Refusal]
    made_invoices: list[int]
    made_customers: list[int]


def _longest(model: Any, name: str) -> int:
    return int(model._meta.get_field(name).max_length)


LONGEST: dict[str, int] = {
    "number": _longest(Invoice, "number"),
    "po_number": _longest(Invoice, "po_number"),
    "status": _longest(Invoice, "order_status"),
    "customer": _longest(Customer, "name"),
    "customer_ref": _longest(Customer, "ref"),
    "postcode": _longest(Customer, "postcode"),
    "city": _longest(Customer, "city"),
    "contact": _longest(Contact, "name"),
    "given_name": _longest(Contact, "given_name"),
    "family_name": _longest(Contact, "family_name"),
    "title": _longest(Contact, "title"),
    "email": _longest(Contact, "email"),
    "phone": _longest(Contact, "phone"),
}
"""Characters the database takes, by field of a row."""


def too_long(row: PersonRow) -> Refusal | None:
    """A text the database has no room for."""
    for name, longest in LONGEST.items():
        if len(getattr(row, name, "")) > longest:
            return Refusal(row.line, name, f"this is longer than {longest} characters; shorten it", "too_long")
    return None


def journal_row(
    organization_id: int,
    kind: str,
    at: datetime,
    actor: str,
    customer_id: int,
    invoice_id: int | None,
    data: dict[str, Any],
) -> tuple[Any, ...]:
    """An entry of the journal as a plain row, in the order of `JOURNAL_FIELDS`."""
    return organization_id, kind, at, actor, customer_id, invoice_id, data, "", None, ""


def contact_of(row: PersonRow) -> dict[str, str]:
    """The row's contact as fields of a `Contact`; empty where the file says nothing."""
    return {
        "name": row.contact or " ".join(filter(None, (row.given_name, row.family_name))),
        "given_name": row.given_name,
        "family_name": row.family_name,
        "title": row.title,
        "gender": row.gender if row.gender in ("f", "m") else "",
        "email": row.email,
        "phone": row.phone,
    }


def default_language(country: str, own: str) -> str:
    """Without a word about it: the organization's language where it is spoken officially, else the country's main one
    if there are words in it, else the organization's."""
    official = list(
        dict.fromkeys(language_named(tag, country) for tag in get_official_languages(country, de_facto=True))
    )
    if not official or own in official or official[0] not in languages():
        return own
    return official[0] or own
