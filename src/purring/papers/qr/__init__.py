# SPDX-License-Identifier: Apache-2.0
"""QR codes that pay: EPC (SEPA), Swiss QR-bill, UPI, Pix, SPAYD, and a plain link; as SVG and PNG.

    code = qr_for(facts)          # the kind that fits the seller's account and the currency, else the payment link
    if code:
        picture = code.svg()

For the Swiss payment part with its receipt, see `purring.papers.qr.slip`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from purring.core.errors import Refused
from purring.papers.facts import InvoiceFacts
from purring.papers.qr import payloads
from purring.papers.qr.swiss import LARGEST_VERSION, swiss_bill
from purring.papers.qr.symbol import QUIET, Symbol, png, svg, symbol

__all__ = ["KINDS", "Qr", "fitting", "make_qr", "payload_of", "qr_for"]

_PAYLOADS: dict[str, Callable[[InvoiceFacts], str]] = {
    "epc": payloads.epc,
    "swiss": lambda facts: swiss_bill(facts).payload,
    "link": payloads.link,
    "upi": payloads.upi,
    "pix": payloads.pix,
    "spayd": payloads.spayd,
}
KINDS = tuple(_PAYLOADS)
_LARGEST_VERSION = {"epc": payloads.EPC_LARGEST_VERSION, "swiss": LARGEST_VERSION}


@dataclass(frozen=True, slots=True)
class Qr:
    """A payload and its symbol."""

    kind: str
    """One of `KINDS`."""
    payload: str
    symbol: Symbol

    def svg(self, label: str = "QR", quiet: int = QUIET) -> str:
        """See `purring.papers.qr.symbol.svg`; the Swiss code carries its cross."""
        return svg(self.symbol, label=label, cross=self.kind == "swiss", quiet=quiet)

    def png(self, scale: int = 8, quiet: int = QUIET) -> bytes:
        """See `purring.papers.qr.symbol.png`."""
        return png(self.symbol, scale=scale, cross=self.kind == "swiss", quiet=quiet)


def make_qr(kind: str, facts: InvoiceFacts) -> Qr:
    """The code of one kind. Raises `Refused` (`unknown_kind`, and what `purring.papers.qr.payloads` says)."""
    payload = payload_of(kind, facts)
    return Qr(kind, payload, symbol(payload, largest_version=_LARGEST_VERSION.get(kind, 40)))


def payload_of(kind: str, facts: InvoiceFacts) -> str:
    """The text in the code of one kind. Raises as `make_qr`."""
    if kind not in _PAYLOADS:
        raise Refused("unknown_kind", f"{kind!r} is no kind of QR code; use one of {', '.join(KINDS)}")
    return _PAYLOADS[kind](facts)


def qr_for(facts: InvoiceFacts) -> Qr | None:
    """The code that fits the seller's accounts, in their order, and the currency; else the payment link; else None.

    An account that is wrong gets no code: one that pays nobody is worse than none. The check before sending
    (`purring.papers.preflight`) tells why.
    """
    for kind in (*fitting(facts), "link"):
        try:
            return make_qr(kind, facts)
        except Refused:
            continue
    return None


def fitting(facts: InvoiceFacts) -> Iterator[str]:
    """The kinds that go with the seller's accounts, in their order, and the currency."""
    for account in facts.seller.accounts:
        country = account.compact[:2] if account.scheme == "iban" else ""
        match account.scheme, facts.currency, country:
            case "iban", "CHF" | "EUR", "CH" | "LI":
                yield "swiss"
            case "iban", "EUR", _:
                yield "epc"
            case "iban", "CZK", "CZ":
                yield "spayd"
            case ("upi", "INR", _) | ("pix", "BRL", _):
                yield account.scheme
