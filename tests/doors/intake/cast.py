# SPDX-License-Identifier: AGPL-3.0-or-later
"""The organizations these tests import for, and short ways to read a file and look at the outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TypeVar

from openpyxl import Workbook

from purring.core.errors import Refused
from purring.doors.intake import CustomerRow, InvoiceRow, Limits, LocaleFacts, PaymentRow, Reading, Refusal, Row, read

NORWAY = LocaleFacts("nb", "NO", "NOK")
BRITAIN = LocaleFacts("en", "GB", "GBP")
AMERICA = LocaleFacts("en", "US", "USD")
SOUTH_AFRICA = LocaleFacts("af", "ZA", "ZAR")
CANADA = LocaleFacts("en", "CA", "CAD")
FRANCE = LocaleFacts("fr", "FR", "EUR")
SPAIN = LocaleFacts("es", "ES", "EUR")
GERMANY = LocaleFacts("de", "DE", "EUR")
SWEDEN = LocaleFacts("sv", "SE", "SEK")

HEADER = "number,customer,due,amount"
_R = TypeVar("_R", InvoiceRow, CustomerRow, PaymentRow)


def opened(
    text: str | bytes,
    locale: LocaleFacts = BRITAIN,
    *,
    mapping: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Reading:
    """The reading of a file given as text (UTF-8) or bytes."""
    data = text.encode() if isinstance(text, str) else text
    return read(data, locale=locale, mapping=mapping, limits=limits)


def read_or_refused(data: bytes) -> list[Row | Refusal] | Refused:
    """What comes of a file: its rows, or its refusal. Any other exception is a bug and passes."""
    try:
        return list(read(data, locale=BRITAIN).rows())
    except Refused as refusal:
        return refusal


def invoices(
    text: str | bytes, locale: LocaleFacts = BRITAIN, mapping: Mapping[str, str] | None = None
) -> list[InvoiceRow]:
    """All rows of a file in which nothing may be refused."""
    return _all(opened(text, locale, mapping=mapping), InvoiceRow)


def customers(text: str | bytes, locale: LocaleFacts = BRITAIN) -> list[CustomerRow]:
    """The same for a file of customers."""
    return _all(opened(text, locale), CustomerRow)


def payments(text: str | bytes, locale: LocaleFacts = BRITAIN) -> list[PaymentRow]:
    """The same for a file of payments."""
    return _all(opened(text, locale), PaymentRow)


def outcomes(text: str | bytes, locale: LocaleFacts = BRITAIN) -> list[InvoiceRow | Refusal]:
    """Invoices and refusals of a file of invoices, in the order they come."""
    rows = list(opened(text, locale).rows())
    found = [row for row in rows if isinstance(row, InvoiceRow | Refusal)]
    assert len(found) == len(rows)
    return found


def taken(text: str | bytes, locale: LocaleFacts = BRITAIN) -> list[InvoiceRow]:
    """The invoices of a file, whatever else is refused."""
    return [row for row in outcomes(text, locale) if isinstance(row, InvoiceRow)]


def refusals(text: str | bytes, locale: LocaleFacts = BRITAIN) -> list[tuple[int, str, str]]:
    """Line, field and code of every refusal in a file."""
    rows = opened(text, locale).rows()
    return [(row.line, row.field, row.code) for row in rows if isinstance(row, Refusal)]


def _all(reading: Reading, kind: type[_R]) -> list[_R]:
    rows = list(reading.rows())
    assert [row for row in rows if not isinstance(row, kind)] == []
    return [row for row in rows if isinstance(row, kind)]


def workbook(*rows: Sequence[object], title: str = "Invoices") -> bytes:
    """An XLSX file with one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
