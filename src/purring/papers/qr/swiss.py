# SPDX-License-Identifier: Apache-2.0
"""The Swiss QR-bill's data (SIX, Implementation Guidelines QR-bill 2.3: structured addresses only).

A QR-IBAN takes a QR reference, any other Swiss IBAN a creditor reference (SCOR) or none (NON). Without a full address of
the buyer, the field "payable by" stays empty, to be filled in by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from purring.core.errors import Refused
from purring.papers.facts import Address, InvoiceFacts
from purring.papers.payment_reference import is_qr_iban, payment_reference
from purring.papers.qr.accounts import swiss_iban
from purring.papers.qr.text import folded, needed, payable_text, shortened

LARGEST_VERSION = 25
MOST_MINOR = 99_999_999_999


@dataclass(frozen=True, slots=True)
class Party:
    """Name and structured address, in the letters the standard takes."""

    name: str
    street: str
    postcode: str
    city: str
    country: str

    @property
    def lines(self) -> tuple[str, ...]:
        """As printed: a foreign country stands before the postcode."""
        place = f"{self.postcode} {self.city}".strip()
        town = place if self.country == "CH" else f"{self.country}-{place}"
        return tuple(line for line in (self.name, self.street, town) if line)


@dataclass(frozen=True, slots=True)
class SwissBill:
    """Everything that stands on the payment part and the receipt, and in the code."""

    iban: str
    creditor: Party
    debtor: Party | None
    currency: str
    amount: str
    """Decimal text, `1949.75`."""
    reference_type: str
    """`QRR`, `SCOR` or `NON`."""
    reference: str
    """Bare; empty for NON."""
    reference_printed: str
    message: str

    @property
    def iban_printed(self) -> str:
        return " ".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))

    @property
    def amount_printed(self) -> str:
        """In groups of three, `1 949.75`."""
        return f"{int(self.amount[:-3]):,}".replace(",", " ") + self.amount[-3:]

    @property
    def payload(self) -> str:
        """The text in the code: 31 lines, the last two kinds of information left out."""
        nobody = ("",) * 7
        return "\n".join(
            (
                *("SPC", "0200", "1", self.iban),
                *_structured(self.creditor),
                *nobody,
                *(self.amount, self.currency),
                *(_structured(self.debtor) if self.debtor else nobody),
                *(self.reference_type, self.reference, self.message, "EPD"),
            )
        )


def swiss_bill(facts: InvoiceFacts) -> SwissBill:
    """The bill of an invoice in CHF or EUR. Raises `Refused` as the other payloads do."""
    if facts.currency not in ("CHF", "EUR"):
        raise Refused("wrong_currency", f"currency: a Swiss QR-bill asks for CHF or EUR, not {facts.currency}")
    _, iban = swiss_iban(facts.seller)
    amount = payable_text(facts, facts.currency, MOST_MINOR)
    name = needed(_letters(facts.seller.name, 70), "seller.name", "a Swiss QR-bill needs it in Latin letters")
    creditor = _party(name, facts.seller.address, facts.seller.country)
    if creditor is None:
        raise Refused(
            "missing", "seller.address: a Swiss QR-bill needs the seller's postcode and city", path="seller.address"
        )
    reference = payment_reference(facts)
    kind = {"qrr": "QRR", "scor": "SCOR", "rf": "SCOR"}.get(reference.scheme, "NON")
    if is_qr_iban(iban) != (kind == "QRR"):
        needs = "needs a QR reference of 27 digits" if is_qr_iban(iban) else "takes no QR reference"
        raise Refused(
            "bad_reference", f"reference: this IBAN {needs}, and {reference.printed!r} does not fit", path="reference"
        )
    message = (
        facts.number if kind != "NON" or reference.printed == facts.number else f"{facts.number} {reference.printed}"
    )
    buyer = facts.buyer
    return SwissBill(
        iban=iban,
        creditor=creditor,
        debtor=_party(_letters(buyer.name, 70), buyer.address, buyer.country),
        currency=facts.currency,
        amount=amount,
        reference_type=kind,
        reference="" if kind == "NON" else reference.bare,
        reference_printed="" if kind == "NON" else reference.printed,
        message=_letters(message, 140),
    )


def _party(name: str, address: Address, country: str) -> Party | None:
    """None when the address is not complete enough for the standard."""
    street = _letters(" ".join(address.lines), 70)
    postcode, city = _letters(address.postcode, 16), _letters(address.city, 35)
    return Party(name, street, postcode, city, country) if name and postcode and city and country else None


def _structured(party: Party) -> tuple[str, ...]:
    return ("S", party.name, party.street, "", party.postcode, party.city, party.country)


def _letters(text: str, most: int) -> str:
    return shortened(folded(text, _taken), most)


def _taken(sign: str) -> bool:
    """Annex of the guidelines: Basic Latin, Latin-1 Supplement, Latin Extended-A, four Romanian letters, the euro sign."""
    return " " <= sign <= "~" or "\u00a1" <= sign <= "\u017f" or sign in "ȘșȚț€"
