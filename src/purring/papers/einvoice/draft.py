# SPDX-License-Identifier: Apache-2.0
"""From the facts of an invoice to what an e-invoice says, before any syntax. Both writers start from this.

Here stand the choices that EN 16931 asks for: codes, where a tax number goes, what a discount is called, what is said
of an exemption. Texts come out escaped for XML, amounts as texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel.core import get_global

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.papers.einvoice.means import Means, payment_means
from purring.papers.einvoice.payment_terms import terms_text
from purring.papers.einvoice.profiles import Profile
from purring.papers.einvoice.tables import exemptions
from purring.papers.einvoice.xml_text import escape, number_text
from purring.papers.facts import Address, Endpoint, InvoiceFacts
from purring.papers.payment_reference import payment_reference
from purring.papers.totals import TAX_FREE, Totals, totals

_WITH_REASON = frozenset(("E", "AE", "K", "G", "O"))
_VATEX = re.compile(r"VATEX-[A-Z0-9-]+")


@dataclass(frozen=True, slots=True)
class Tax:
    """BG-23."""

    category: str
    rate: str
    """Empty: none is said (BR-O-05)."""
    basis: str
    tax: str
    reason: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """BG-25."""

    id: str
    name: str
    description: str
    quantity: str
    unit: str
    price: str
    net: str
    discount: str
    """Empty: none."""
    category: str
    rate: str


@dataclass(frozen=True, slots=True)
class Postal:
    first: str
    second: str
    third: str
    city: str
    postcode: str
    country: str


@dataclass(frozen=True, slots=True)
class Party:
    """What BG-4 and BG-7 share."""

    name: str
    postal: Postal
    vat_id: str
    tax_id: str
    registration: str
    endpoint: tuple[str, str] | None
    """Scheme and identifier."""
    contact: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Draft:
    facts: InvoiceFacts
    profile: Profile
    credit_note: bool
    currency: str
    seller: Party
    buyer: Party
    deliver_to: Postal | None
    lines: tuple[DraftLine, ...]
    taxes: tuple[Tax, ...]
    means: tuple[Means, ...]
    payment_terms: str
    reference: str
    """BT-83, the same that is printed and stands in the QR code; empty: none."""
    net: str
    tax: str
    gross: str
    paid: str
    """Empty: nothing."""
    payable: str


def draft(facts: InvoiceFacts, profile: Profile) -> Draft:
    """Raises `Refused`: `not_an_invoice`, `missing` (the buyer's country), `too_many_decimals`."""
    if facts.kind == "payment_request":
        raise Refused(
            "not_an_invoice", "kind: a payment request is no invoice; an e-invoice needs kind invoice or credit_note"
        )
    if not facts.buyer.country:
        raise Refused("missing", "buyer.country: an e-invoice must name the buyer's country", path="buyer.country")
    sums = totals(facts)
    outside = all(line.tax_category == "O" for line in facts.lines)
    money = _Money(facts.currency)
    buyer = _buyer(facts, outside, profile)
    return Draft(
        facts=facts,
        profile=profile,
        credit_note=facts.kind == "credit_note",
        currency=facts.currency,
        seller=_seller(facts, outside, profile),
        buyer=buyer,
        deliver_to=_deliver_to(facts, buyer, profile),
        lines=_lines(facts, sums, money, profile),
        taxes=_taxes(sums, money, profile),
        means=payment_means(facts),
        payment_terms=escape(terms_text(facts)),
        reference=escape(payment_reference(facts).bare) if facts.reference or facts.seller.accounts else "",
        net=money.text(sums.net, "net"),
        tax=money.text(sums.tax, "tax"),
        gross=money.text(sums.gross, "gross"),
        paid=money.text(sums.paid, "paid") if sums.paid else "",
        payable=money.text(sums.payable, "payable"),
    )


class _Money:
    """Amounts of one currency as EN 16931 writes them: at most two decimals (BR-DEC)."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def text(self, minor: int, path: str) -> str:
        text = to_text(minor, self.currency)
        whole, _, decimals = text.partition(".")
        if len(decimals) <= 2:
            return text
        if decimals[2:].strip("0"):
            raise Refused(
                "too_many_decimals",
                f"{path}: {text} {self.currency} does not fit, an e-invoice holds amounts with two decimals only",
                path=path,
            )
        return f"{whole}.{decimals[:2]}"


def _lines(facts: InvoiceFacts, sums: Totals, money: _Money, profile: Profile) -> tuple[DraftLine, ...]:
    made = []
    for at, (line, net) in enumerate(zip(facts.lines, sums.lines, strict=True)):
        name, description = line.description, ""
        if profile.holds_contacts:  # the name is one line, the rest describes
            name, _, description = name.partition("\n")
        made.append(
            DraftLine(
                id=str(at + 1),
                name=escape(name),
                description=escape(description),
                quantity=number_text(line.quantity),
                unit=escape(line.unit),
                price=number_text(line.unit_price),
                net=money.text(net, f"lines[{at}]"),
                discount=money.text(line.discount, f"lines[{at}].discount") if line.discount else "",
                category=line.tax_category,
                rate=_rate(line.tax_category, line.tax_rate),
            )
        )
    return tuple(made)


def _taxes(sums: Totals, money: _Money, profile: Profile) -> tuple[Tax, ...]:
    # Tax-free categories have one group each, whatever rates the lines were given (BR-Z-01, BR-E-01, ...).
    groups: dict[tuple[str, str], list[int]] = {}
    reasons: dict[tuple[str, str], str] = {}
    for one in sums.taxes:
        key = (one.category, _rate(one.category, one.rate))
        amounts = groups.setdefault(key, [0, 0])
        amounts[0] += one.basis
        amounts[1] += one.tax
        reasons[key] = reasons.get(key, "") or one.exemption_reason
    made = []
    for (category, rate), (basis, tax) in groups.items():
        reason, code = _exemption(category, reasons[category, rate])
        if not rate and profile.name == "xrechnung":
            rate = "0"  # BR-DE-14 wants one even where EN 16931 wants none
        made.append(Tax(category, rate, money.text(basis, "net"), money.text(tax, "tax"), escape(reason), escape(code)))
    return tuple(made)


def _rate(category: str, rate: Decimal) -> str:
    if category == "O":
        return ""
    return "0" if category in TAX_FREE else number_text(rate)


def _exemption(category: str, reason: str) -> tuple[str, str]:
    """Text and code of why no tax is asked for."""
    if category not in _WITH_REASON:
        return "", ""
    usual = exemptions().get(category)
    if _VATEX.fullmatch(reason):
        return "", reason
    code = usual.code if usual else ""
    return reason or (usual.text if usual else ""), code


def _seller(facts: InvoiceFacts, outside: bool, profile: Profile) -> Party:
    seller = facts.seller
    vat_id = seller.vat_id if outside else _compact_vat_id(seller.vat_id)
    # Outside the tax nobody may show a VAT number (BR-O-02); one without a country is a national tax number.
    is_vat = bool(vat_id) and not outside and vat_id[:2] in _vat_prefixes()
    return Party(
        name=escape(seller.name),
        vat_id=escape(vat_id) if is_vat else "",
        tax_id="" if is_vat else escape(seller.vat_id),
        registration=escape(seller.registration),
        endpoint=_endpoint(seller.endpoint, seller.email, profile),
        contact=escape(seller.name) if seller.phone or seller.email else "",
        phone=escape(seller.phone),
        email=escape(seller.email),
        postal=_postal(seller.address, seller.country),
    )


def _buyer(facts: InvoiceFacts, outside: bool, profile: Profile) -> Party:
    buyer = facts.buyer
    return Party(
        name=escape(buyer.name),
        vat_id="" if outside else escape(_compact_vat_id(buyer.vat_id)),
        tax_id="",
        registration="",
        endpoint=_endpoint(buyer.endpoint, buyer.email, profile),
        contact=escape(buyer.contact),
        phone="",
        email=escape(buyer.email),
        postal=_postal(buyer.address, buyer.country),
    )


def _postal(address: Address, country: str) -> Postal:
    first, second, *more = (*address.lines, "", "")
    third = ", ".join(line for line in more if line)  # EN 16931 has three lines
    return Postal(escape(first), escape(second), escape(third), escape(address.city), escape(address.postcode), country)


def _deliver_to(facts: InvoiceFacts, buyer: Party, profile: Profile) -> Postal | None:
    """The facts know only the country. XRechnung wants a town too (BR-DE-10): the buyer's, when it is that country."""
    if not facts.deliver_to_country:
        return None
    if profile.name == "xrechnung" and facts.deliver_to_country == facts.buyer.country:
        return buyer.postal
    return Postal("", "", "", "", "", facts.deliver_to_country)


def _endpoint(endpoint: Endpoint | None, email: str, profile: Profile) -> tuple[str, str] | None:
    """The electronic address; failing one, the mail address (scheme `EM`), which the Peppol network does not take."""
    if endpoint:
        return escape(endpoint.scheme), escape(endpoint.id)
    return ("EM", escape(email)) if email and profile.name != "peppol" else None


def _compact_vat_id(text: str) -> str:
    compact = re.sub("[ .-]", "", text).upper()
    return compact if compact[:2] in _vat_prefixes() else text


@lru_cache(1)
def _vat_prefixes() -> frozenset[str]:
    """ISO 3166-1, and what VAT numbers begin with besides (BR-CO-09)."""
    return frozenset(get_global("territory_currencies")) | {"EL", "XI"}
