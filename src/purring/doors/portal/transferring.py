# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a customer needs to pay by their own bank: the account, the references, and the code that fills it all in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.doors.portal.opening import Visit
from purring.doors.portal.statement import OpenInvoice
from purring.facts.checkout.ways import accounts_for
from purring.facts.invoices.issuing import buyer_facts, seller_facts
from purring.facts.organizations.models import LegalEntity
from purring.papers.documents.house import labels
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.qr import Qr, qr_for

MOST_REFERENCE = 140


@dataclass(frozen=True)
class Transfer:
    accounts: Sequence[Mapping[str, Any]]
    references: Sequence[str]
    code: str
    """The QR code as SVG; empty where the country or the currency has none, or the facts do not fit it."""
    caption: str
    paste: str
    """The code's text, where apps take it pasted (Pix)."""
    link: str
    """The same as an address that a phone's own app opens (UPI)."""


def transfer(
    found: Visit, entity: LegalEntity, invoices: Sequence[OpenInvoice], amount: int, currency: str
) -> Transfer:
    """How to transfer an amount for these invoices."""
    accounts = accounts_for(entity, currency, found.customer.country)
    references = list(dict.fromkeys(one.reference for one in invoices))
    code = _code(found, entity, accounts, references, invoices, amount, currency)
    said = labels(found.words.language)
    return Transfer(
        accounts=accounts,
        references=references,
        code=code.svg(said["qr_alt"]) if code else "",
        caption=said["scan_bank"],
        paste=code.payload if code and code.kind == "pix" else "",
        link=code.payload if code and code.kind == "upi" else "",
    )


def _code(
    found: Visit,
    entity: LegalEntity,
    accounts: Sequence[Mapping[str, Any]],
    references: Sequence[str],
    invoices: Sequence[OpenInvoice],
    amount: int,
    currency: str,
) -> Qr | None:
    try:
        facts = _facts(found, entity, accounts, references, invoices, amount, currency)
        return qr_for(facts) if facts else None
    except Refused:  # the facts are not good enough for a code; the account stands beside it in words
        return None


def _facts(
    found: Visit,
    entity: LegalEntity,
    accounts: Sequence[Mapping[str, Any]],
    references: Sequence[str],
    invoices: Sequence[OpenInvoice],
    amount: int,
    currency: str,
) -> InvoiceFacts | None:
    """The payment as the facts of one document asking for just this amount."""
    reference = " ".join(references)
    if len(reference) > MOST_REFERENCE:
        return None
    seller = seller_facts(entity)
    seller["accounts"] = [
        {name: one[name] for name in ("scheme", "number", "bic", "city") if one.get(name)} for one in accounts
    ]
    number = invoices[0].number
    return read_invoice(
        {
            "seller": seller,
            "buyer": buyer_facts(found.customer),
            "number": number,
            "issued": found.today.isoformat(),
            "due": max(found.today, invoices[0].due).isoformat(),
            "currency": currency,
            "reference": reference,
            "lines": [{"description": number, "unit_price": to_text(amount, currency)}],
        }
    )
