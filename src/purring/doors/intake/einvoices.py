# SPDX-License-Identifier: AGPL-3.0-or-later
"""An e-invoice (UBL, CII, or a PDF with one inside) as an invoice row. The document itself is read by `papers.einvoice`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from purring.core.errors import Refused
from purring.doors.intake.invoice_facts import row_from_facts
from purring.doors.intake.limits import Limits
from purring.doors.intake.rows import InvoiceRow, Refusal
from purring.doors.intake.source import Source, unreadable
from purring.papers.einvoice import ReadInvoice, as_contract, read_einvoice


@dataclass(frozen=True, slots=True)
class EInvoice:
    """One document: its row, or why there is none, and what is worth knowing about it."""

    row: InvoiceRow | None
    refused: tuple[Refusal, ...]
    notes: tuple[Refusal, ...]
    """Not refused: what the document had in another form than it is kept here."""
    document: bytes
    """The PDF it came in; empty when it came as XML."""

    def rows(self) -> Iterator[InvoiceRow | Refusal]:
        """The row or its refusals, as every file is read."""
        yield from (self.row,) if self.row else self.refused


def read_xml(source: Source, limits: Limits) -> EInvoice:
    """The e-invoice in an XML file. Refuses (`unreadable`) any other XML."""
    try:
        return _taken(read_einvoice(_content(source, limits)), b"", limits)
    except Refused as refused:
        raise unreadable(f"this XML file is no e-invoice that is read here ({refused.message})") from None


def read_pdf(source: Source, limits: Limits) -> EInvoice | None:
    """The e-invoice inside a PDF, or None when it has none: then it is a document like any other."""
    if source.size > limits.file_bytes:
        return None
    content = _content(source, limits)
    try:
        return _taken(read_einvoice(content), content, limits)
    except Refused:
        return None


def _content(source: Source, limits: Limits) -> bytes:
    if source.size > limits.file_bytes:
        raise unreadable(f"the file is larger than {limits.file_bytes >> 20} MB")
    with source.open() as stream:
        return stream.read()


def _taken(read: ReadInvoice, document: bytes, limits: Limits) -> EInvoice:
    notes = tuple(
        Refusal(1, one.field, f"{one.message} {one.remedy}".strip(), one.code)
        for one in read.findings
        if one.severity == "warning"
    )
    if read.facts is None:
        wrong = [one for one in read.findings if one.severity == "error"]
        refused = tuple(Refusal(1, one.field, one.message, one.code) for one in wrong)
        return EInvoice(None, refused, notes, document)
    try:
        row = row_from_facts(1, as_contract(read), limits)
    except Refused as refusal:
        told = Refusal(1, str(refusal.params.get("field", "")), refusal.message, refusal.code)
        return EInvoice(None, (told,), notes, document)
    return EInvoice(_as_stated(row, read), (), notes, document)


def _as_stated(row: InvoiceRow, read: ReadInvoice) -> InvoiceRow:
    """What the document itself asks for counts, also where its lines come to something else: a rounding is only there."""
    paid = row.paid_minor or 0
    asked = read.stated.payable
    return row if asked is None or asked + paid <= 0 else replace(row, amount_minor=asked + paid)
