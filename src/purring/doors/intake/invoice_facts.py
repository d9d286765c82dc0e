# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoice facts (the JSON object a document is made from) as an invoice row. Makes no document.

The amount is what the lines add up to: net per line rounded to the minor unit, tax per category and rate
rounded half up (EN 16931). Every object is closed: an unknown key is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeVar

from purring.core.errors import Refused
from purring.core.money import exponent, to_minor, to_text
from purring.doors.intake import names, values
from purring.doors.intake.limits import Limits
from purring.doors.intake.rows import InvoiceRow

_T = TypeVar("_T")


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEYS = _keys("""
    kind seller buyer number corrects issued due delivered deliver_to_country currency order status note
    payment_link lines paid charges early_payment reference
""")
_PARTY = _keys("name address country vat_id registration accounts endpoint email phone")
_BUYER = _keys("name contact address country language vat_id reference email phone endpoint")
_LINE = _keys("description quantity unit unit_price discount tax_rate tax_category exemption_reason")


def looks_like_facts(item: Mapping[str, object]) -> bool:
    """True for invoice facts, false for a flat row."""
    return not {"seller", "buyer", "lines"}.isdisjoint(item)


def row_from_facts(line: int, facts: Mapping[str, object], limits: Limits) -> InvoiceRow:
    """The invoice; refuses with the path of the wrong part in `params["field"]`."""
    _closed(facts, _KEYS, "")
    kind = _text(facts, "kind") or "invoice"
    if kind not in ("invoice", "payment_request"):
        raise _wrong(
            "kind",
            f"{kind!r} is not an invoice; only invoice and payment_request are imported",
            "not_an_invoice",
        )
    seller, buyer = _object(facts, "seller"), _object(facts, "buyer")
    _closed(seller, _PARTY, "seller.")
    _closed(buyer, _BUYER, "buyer.")
    for place, party in (("seller.name", seller), ("seller.country", seller)):
        if not _text(party, place.partition(".")[2], place):
            raise _wrong(place, "this is missing", "missing")
    currency = _text(facts, "currency", needed=True).upper()
    if currency not in names.current_currencies():
        raise _wrong("currency", f"{currency!r} is not a currency; use a code such as EUR", "unknown_currency")
    amount = _gross(facts, currency, limits)
    paid = _at("paid", to_minor, _text(facts, "paid") or "0", currency)
    if not 0 <= paid <= amount:
        shown = f"{to_text(paid, currency)} paid does not fit the amount {to_text(amount, currency)}"
        raise _wrong("paid", shown, "bad_amount")
    address = _object(buyer, "address") if buyer.get("address") is not None else {}
    lines = address.get("lines") or []
    if not isinstance(lines, list) or not all(isinstance(part, str) for part in lines):
        raise _wrong("buyer.address.lines", "a list of texts is expected", "bad_value")
    country = _at("buyer.country", values.country, _text(buyer, "country", "buyer.country"))
    described = [_text(part, "description") for part in _lines(facts)]
    return InvoiceRow(
        line=line,
        number=_text(facts, "number", needed=True),
        customer=_text(buyer, "name", "buyer.name", needed=True),
        due=_day(facts, "due", limits),
        issued=_day(facts, "issued", limits),
        amount_minor=amount,
        currency=currency,
        paid_minor=paid,
        email=_at("buyer.email", values.email, _text(buyer, "email", "buyer.email")),
        phone=_at("buyer.phone", values.phone, _text(buyer, "phone", "buyer.phone")),
        country=country,
        language=_at("buyer.language", values.language, _text(buyer, "language", "buyer.language"), country),
        contact=_text(buyer, "contact", "buyer.contact"),
        address=_at("buyer.address.lines", values.address, "\n".join(lines), ""),
        postcode=_text(address, "postcode", "buyer.address.postcode"),
        city=_text(address, "city", "buyer.address.city"),
        po_number=_text(buyer, "reference", "buyer.reference", length="po_number") or _text(facts, "order"),
        description="; ".join(dict.fromkeys(filter(None, described)))[: values.LONGEST["description"]],
        status=_text(facts, "status"),
    )


def _gross(facts: Mapping[str, object], currency: str, limits: Limits) -> int:
    """What the invoice asks for, tax included, in minor units."""
    unit = Decimal(1).scaleb(-exponent(currency))
    nets: dict[tuple[str, Decimal], Decimal] = {}
    for index, part in enumerate(_lines(facts)):
        place = f"lines[{index}]."
        _closed(part, _LINE, place)
        rate = _decimal(part, "tax_rate", place, default="0")
        category = _text(part, "tax_category", f"{place}tax_category") or ("S" if rate else "Z")
        price = _decimal(part, "quantity", place, default="1") * _decimal(part, "unit_price", place)
        net = (price - _decimal(part, "discount", place, default="0")).quantize(unit, ROUND_HALF_UP)
        nets[category, rate] = nets.get((category, rate), Decimal(0)) + net
    tax = sum(((net * rate / 100).quantize(unit, ROUND_HALF_UP) for (_, rate), net in nets.items()), Decimal(0))
    gross = sum(nets.values(), Decimal(0)) + tax
    if gross <= 0:
        raise _wrong("lines", "the lines add up to nothing that could be asked for", "zero")
    if gross >= limits.largest_amount_major:
        raise _wrong("lines", f"{gross} is an absurd amount; is it right?", "bad_amount")
    return int(gross.scaleb(exponent(currency)))


def _lines(facts: Mapping[str, object]) -> list[Mapping[str, object]]:
    lines = facts.get("lines")
    if not isinstance(lines, list) or not lines:
        raise _wrong("lines", "at least one line is needed", "missing")
    for index, part in enumerate(lines):
        if not isinstance(part, dict):
            raise _wrong(f"lines[{index}]", "an object is expected", "bad_value")
    return lines


def _decimal(part: Mapping[str, object], key: str, place: str, *, default: str = "") -> Decimal:
    value = part.get(key)
    try:
        number = Decimal(value if isinstance(value, str | Decimal) else "" if value is not None else default)
    except InvalidOperation:
        raise _wrong(f"{place}{key}", 'a decimal text such as "19.50" is expected', "bad_amount") from None
    if not number.is_finite() or number.adjusted() > 12 or number.normalize().adjusted() < -12:
        raise _wrong(f"{place}{key}", "this number is absurd; is it right?", "bad_amount")
    return number


def _day(facts: Mapping[str, object], key: str, limits: Limits) -> date:
    text = _text(facts, key, needed=True)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _wrong(key, f"{text!r} is not a date; write it like 2026-11-20", "bad_date") from None
    if not limits.earliest_year <= day.year <= limits.latest_year:
        raise _wrong(key, f"{text!r} is in the year {day.year}; is the year right?", "bad_date")
    return day


def _text(part: Mapping[str, object], key: str, place: str = "", *, needed: bool = False, length: str = "") -> str:
    value = part.get(key)
    if value is not None and not isinstance(value, str):
        raise _wrong(place or key, "a text is expected", "bad_value")
    text = _at(place or key, values.text, value or "", length or key)
    if needed and not text:
        raise _wrong(place or key, "this is missing", "missing")
    return text


def _object(part: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = part.get(key)
    if not isinstance(value, dict):
        raise _wrong(key, "an object is expected", "missing" if value is None else "bad_value")
    return value


def _closed(part: Mapping[str, object], keys: frozenset[str], place: str) -> None:
    for key in part:
        if key not in keys:
            raise _wrong(f"{place}{key}", f"{place}{key} is not known", "unknown_key")


def _at(place: str, read: Callable[..., _T], *arguments: object) -> _T:
    try:
        return read(*arguments)
    except Refused as refusal:
        raise _wrong(place, refusal.message, refusal.code) from None


def _wrong(place: str, message: str, code: str) -> Refused:
    return Refused(code, message, field=place)
