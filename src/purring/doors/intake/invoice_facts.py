# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoice facts (the JSON object a document is made from) as an invoice row. The facts themselves are read by `papers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from purring.core.errors import Refused
from purring.core.money import exponent, to_text
from purring.doors.intake import names, values
from purring.doors.intake.limits import Limits
from purring.doors.intake.rows import InvoiceRow, LineRow
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.totals import Totals, totals, unit_price_minor

_T = TypeVar("_T")


def looks_like_facts(item: Mapping[str, object]) -> bool:
    """True for invoice facts, false for a flat row."""
    return not {"seller", "buyer", "lines"}.isdisjoint(item)


def row_from_facts(line: int, facts: Mapping[str, object], limits: Limits) -> InvoiceRow:
    """The invoice or payment request; refuses with the path of the wrong part in `params["field"]`."""
    try:
        read = read_invoice(facts)
    except Refused as refused:
        path = str(refused.params.get("path", ""))
        raise _wrong(path, refused.message.removeprefix(f"{path}: "), refused.code) from None
    if read.kind == "credit_note":
        raise _wrong("kind", "a credit note is no claim; record it with the invoice it corrects", "not_an_invoice")
    sums = totals(read)
    _fitting(read, sums, limits)
    buyer = read.buyer
    described = dict.fromkeys(part.description for part in read.lines if part.description)
    return InvoiceRow(
        line=line,
        number=read.number,
        customer=buyer.name,
        due=read.due,
        issued=read.issued,
        amount_minor=sums.gross,
        currency=read.currency,
        paid_minor=read.paid,
        email=_at("buyer.email", values.email, buyer.email),
        country=buyer.country,
        language=_at("buyer.language", values.language, buyer.language, buyer.country),
        contact=buyer.contact,
        address=buyer.address.lines,
        postcode=buyer.address.postcode,
        city=buyer.address.city,
        po_number=buyer.reference or read.order,
        description="; ".join(described)[: values.LONGEST["description"]],
        status=read.status,
        asks=read.kind,
        reference=read.reference,
        pay_link=read.payment_link,
        delivered=read.delivered,
        lines=_lines(read, sums),
    )


def _fitting(read: InvoiceFacts, sums: Totals, limits: Limits) -> None:
    """Refuses what is well formed but cannot be asked for."""
    if read.currency not in names.current_currencies():
        raise _wrong("currency", f"{read.currency!r} is no money in use; use a code such as EUR", "unknown_currency")
    if sums.gross <= 0:
        raise _wrong("lines", "the lines add up to nothing that could be asked for", "zero")
    if sums.gross >= limits.largest_amount_major * 10 ** exponent(read.currency):
        raise _wrong("lines", f"{to_text(sums.gross, read.currency)} is an absurd amount; is it right?", "bad_amount")
    if not 0 <= read.paid <= sums.gross:
        paid, gross = to_text(read.paid, read.currency), to_text(sums.gross, read.currency)
        raise _wrong("paid", f"{paid} paid does not fit the amount {gross}", "bad_amount")
    for name, day in (("issued", read.issued), ("due", read.due)):
        _believable(name, day, limits)


def _believable(name: str, day: date, limits: Limits) -> None:
    if not limits.earliest_year <= day.year <= limits.latest_year:
        raise _wrong(name, f"{day} is in the year {day.year}; is the year right?", "bad_date")


def _lines(read: InvoiceFacts, sums: Totals) -> tuple[LineRow, ...]:
    return tuple(
        LineRow(
            part.description[:500],
            part.quantity,
            unit_price_minor(part, read.currency),
            part.tax_rate,
            total,
        )
        for part, total in zip(read.lines, sums.lines, strict=True)
    )


def _at(place: str, read: Callable[..., _T], *arguments: object) -> _T:
    try:
        return read(*arguments)
    except Refused as refusal:
        raise _wrong(place, refusal.message, refusal.code) from None


def _wrong(place: str, message: str, code: str) -> Refused:
    return Refused(code, message, field=place)
