# SPDX-License-Identifier: Apache-2.0
"""Which payment reference an invoice carries: the one that was given, else one made from its number.

The scheme follows the seller's first account: what the payer's bank expects and the seller's bank hands back. KID, OCR and
FIK need an agreement with the seller's bank; who has none gives a reference of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from purring.core import references
from purring.core.errors import Refused
from purring.papers.facts import Account, InvoiceFacts

# European Payments Council, EPC409-09: countries of the SEPA schemes whose IBAN begins with these letters.
SEPA = frozenset(
    (
        *("AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR"),
        *("HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO"),
        *("RS", "SE", "SI", "SK", "SM", "VA"),
    )
)
_BY_IBAN = {"BE": "ogm", "FI": "viite", "NO": "kid10", "GB": "short", "CZ": ""}
_BY_SCHEME = {"no": "kid10", "bankgiro": "bankgiro_ocr", "fik": "fik"} | dict.fromkeys(
    ("za", "us", "gb", "au", "ca"), "short"
)
_INSTEAD = {"ogm": "rf", "viite": "rf"}
"""What to take when the number has letters and the scheme takes digits only."""


@dataclass(frozen=True, slots=True)
class PaymentReference:
    scheme: str
    """One of `purring.core.references.SCHEMES`; empty: plain text without a check."""
    bare: str
    """As computers exchange it."""
    printed: str


def is_qr_iban(iban: str) -> bool:
    """True for a Swiss or Liechtenstein IBAN that takes QR references only (institution 30000-31999)."""
    return iban[:2] in ("CH", "LI") and iban[4:9].isdigit() and 30_000 <= int(iban[4:9]) <= 31_999


def scheme_of(account: Account) -> str:
    """The reference scheme of an account; empty where there is none (the Czech variable symbol is any number, Pix and UPI
    take any short text)."""
    if account.scheme != "iban":
        return _BY_SCHEME.get(account.scheme, "")
    country = account.compact[:2]
    if country in ("CH", "LI"):
        return "qrr" if is_qr_iban(account.compact) else "scor"
    return _BY_IBAN.get(country, "rf" if country in SEPA else "short")


def payment_reference(facts: InvoiceFacts) -> PaymentReference:
    """The reference to print and to encode. Never refuses: what fits no scheme is plain text."""
    scheme = scheme_of(facts.seller.accounts[0]) if facts.seller.accounts else ""
    if facts.reference:
        return _given(facts.reference, scheme)
    for name in (scheme, _INSTEAD.get(scheme, "")):
        if name:
            try:
                return _of(name, references.make(name, facts.number))
            except Refused:
                continue
    return PaymentReference("", facts.number, facts.number)


def _given(reference: str, scheme: str) -> PaymentReference:
    for name in dict.fromkeys((scheme, "rf")):
        if name and (outcome := references.check(name, reference)).valid:
            return _of(name, outcome.reference)
    return PaymentReference("", reference, reference)


def _of(scheme: str, bare: str) -> PaymentReference:
    return PaymentReference(scheme, bare, references.printed(scheme, bare))
