# SPDX-License-Identifier: AGPL-3.0-or-later
"""From one raw row to a typed row, or to every reason why not. The columns have been gone
through once before.

`RowBuilder.observe` is shown all rows first (pass 1), then `build` answers for each (pass 2).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from purring.core.errors import Refused
from purring.doors.intake import values, words
from purring.doors.intake.amounts import AmountReader, paid_of
from purring.doors.intake.cells import Cell, is_blank, text_of
from purring.doors.intake.columns import Columns
from purring.doors.intake.dates import DateColumn, from_serial, within
from purring.doors.intake.fold import fold
from purring.doors.intake.limits import Limits
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.problems import Problems
from purring.doors.intake.rows import CustomerRow, InvoiceRow, PaymentRow, Refusal, Row

_DATES = ("issued", "due", "date")
_PERSON_TEXTS = ("postcode", "city", "contact", "title", "given_name", "family_name")


class RowBuilder:
    """Reads the rows of one file, whose `Columns` and locale are known."""

    def __init__(self, columns: Columns, locale: LocaleFacts, limits: Limits) -> None:
        used = columns.by_field()
        self._kind = columns.kind
        self._locale = locale
        self._limits = limits
        self._width = len(columns.columns)
        self._at = {name: column.index for name, column in used.items()}
        self._dates = {
            name: DateColumn(locale, limits, header_order=used[name].order) for name in _DATES if name in used
        }
        for column in self._dates.values():
            column.neighbours = [other for other in self._dates.values() if other is not column]
        self._amounts = AmountReader(columns, locale, limits)

    def cell(self, cells: list[Cell], field: str) -> Cell:
        """The cell of a field; "" when the row is short or the file has no such column."""
        index = self._at.get(field)
        return cells[index] if index is not None and index < len(cells) else ""

    def is_total(self, cells: list[Cell]) -> bool:
        """True for a totals row of a report, which says "Total" and has no due date or invoice of its own."""
        if self._kind == "customers":
            return False
        first = next((cell for cell in cells if not is_blank(cell)), "")
        if not isinstance(first, str) or not words.is_total(first):
            return False
        needed = ("due",) if self._kind == "invoices" else ("invoice", "reference", "payer")
        return all(is_blank(self.cell(cells, name)) for name in needed)

    def observe(self, line: int, cells: list[Cell]) -> None:
        """Pass 1: takes note of what this row tells about the order of dates and the decimal mark."""
        for name, dates in self._dates.items():
            cell = self.cell(cells, name)
            if isinstance(cell, str) and cell:
                dates.observe(cell.strip(), line)
        self._amounts.observe(line, cells)

    def build(self, line: int, cells: list[Cell]) -> Row | list[Refusal]:
        """Pass 2: the typed row, or every reason against it."""
        problems = Problems(line)
        if len(cells) > self._width and any(not is_blank(cell) for cell in cells[self._width :]):
            return [
                Refusal(
                    line, "", "more fields than column names; put a text with a separator in quotation marks",
                    "too_many_fields",
                )
            ]  # fmt: skip
        too_long = self._overlong(line, cells)
        if too_long:
            return too_long
        if self._kind == "invoices":
            row: Row | None = self._invoice(line, cells, problems)
        elif self._kind == "payments":
            row = self._payment(line, cells, problems)
        else:
            row = self._customer(line, cells, problems)
        return problems.found or ([] if row is None else row)

    def _overlong(self, line: int, cells: list[Cell]) -> list[Refusal]:
        longest = self._limits.field_chars
        return [
            Refusal(line, name, f"this field is longer than {longest:,} characters; shorten it", "too_long")
            for name, index in self._at.items()
            if index < len(cells) and isinstance(text := cells[index], str) and len(text) > longest
        ]

    # --- the three kinds of row ----------------------------------------------------------------------------

    def _invoice(self, line: int, cells: list[Cell], problems: Problems) -> InvoiceRow | None:
        person = self._person(cells, problems)
        document = fold(self._text(cells, "document", problems))
        if document in words.CREDIT_NOTES:
            problems.add("document", Refused("credit_note", "this is a credit note, not an invoice; enter it as one"))
        elif document in words.NOT_INVOICES:
            problems.add("document", Refused("not_an_invoice", "this row is not an invoice; leave it out"))
        number = self._needed_text(cells, "number", problems)
        issued = self._date(cells, "issued", problems)
        due = self._date(cells, "due", problems, needed=True)
        currency, amounts = self._amounts.read(cells, self._text(cells, "currency", problems), problems)
        status = self._text(cells, "status", problems)
        amount = amounts.get("amount")
        said_paid = fold(status) in words.PAID or self._amounts.ticked_as_paid(cells)
        paid = paid_of(amounts, said_paid, currency, problems)
        po_number = self._text(cells, "po_number", problems)
        description = self._text(cells, "description", problems)
        if problems.found or due is None or amount is None:
            return None
        return InvoiceRow(
            line, number, due=due, issued=issued, amount_minor=amount, currency=currency, paid_minor=paid,
            po_number=po_number, description=description, status=status, **person,
        )  # fmt: skip

    def _customer(self, line: int, cells: list[Cell], problems: Problems) -> CustomerRow | None:
        person = self._person(cells, problems)
        said = self._text(cells, "currency", problems)
        currency = problems.get("currency", values.currency, said, (), self._locale.currency) if said else ""
        return None if problems.found else CustomerRow(line, currency=currency or "", **person)

    def _payment(self, line: int, cells: list[Cell], problems: Problems) -> PaymentRow | None:
        on = self._date(cells, "date", problems, needed=True)
        currency, amounts = self._amounts.read(cells, self._text(cells, "currency", problems), problems)
        texts = {
            name: self._text(cells, name, problems)
            for name in ("reference", "invoice", "payer", "customer", "customer_ref", "method", "description")
        }
        if not any(texts[name] for name in ("reference", "invoice", "payer", "customer", "customer_ref")):
            problems.add(
                "invoice",
                Refused("missing", "nothing says what this payment is for: give invoice, reference or payer"),
            )
        if problems.found or on is None:
            return None
        return PaymentRow(line, on, amounts["amount"], currency, **texts)

    def _person(self, cells: list[Cell], problems: Problems) -> dict[str, Any]:
        texts = {name: self._text(cells, name, problems) for name in _PERSON_TEXTS if name in self._at}
        country = problems.get("country", values.country, self._text(cells, "country", problems)) or ""
        language = problems.get("language", values.language, self._text(cells, "language", problems), country) or ""
        customer = self._text(cells, "customer", problems)
        if not customer and not problems.has("customer"):
            # exports of private customers leave the company empty and fill in the person
            customer = " ".join(filter(None, (texts.get("given_name"), texts.get("family_name"))))
            if not customer:
                problems.add("customer", Refused("missing", "the customer is missing; every row needs one"))
        person: dict[str, Any] = {**texts, "customer": customer, "country": country, "language": language}
        person["customer_ref"] = self._text(cells, "customer_ref", problems)
        if "email" in self._at:
            person["email"] = problems.get("email", values.email, self.cell(cells, "email")) or ""
        if "phone" in self._at:
            person["phone"] = problems.get("phone", values.phone, self.cell(cells, "phone")) or ""
        for name in ("kind", "gender"):
            if name in self._at:
                person[name] = problems.get(name, values.one_of, self._text(cells, name, problems), name) or ""
        if "address" in self._at or "address2" in self._at:
            both = self.cell(cells, "address"), self.cell(cells, "address2")
            person["address"] = problems.get("address", values.address, *both) or ()
        return person

    # --- single fields -------------------------------------------------------------------------------------

    def _text(self, cells: list[Cell], field: str, problems: Problems) -> str:
        index = self._at.get(field)
        if index is None or index >= len(cells) or not cells[index]:
            return ""
        return problems.get(field, values.text, cells[index], field) or ""

    def _needed_text(self, cells: list[Cell], field: str, problems: Problems) -> str:
        found = self._text(cells, field, problems)
        if not found and not problems.has(field):
            problems.add(field, Refused("missing", f"the {field} is missing; every row needs one"))
        return found

    def _date(self, cells: list[Cell], field: str, problems: Problems, *, needed: bool = False) -> date | None:
        cell = self.cell(cells, field)
        try:
            if isinstance(cell, date):
                return within(cell, cell.isoformat(), self._limits)
            if isinstance(cell, Decimal):
                return self._date_from_number(cell, field)
            text = text_of(cell)
            if text:
                return self._dates[field].settle(text)
            if needed:
                raise Refused("missing", f"the {field} date is missing; every row needs one")
        except Refused as refusal:
            problems.add(field, refusal)
        return None

    def _date_from_number(self, cell: Decimal, field: str) -> date:
        text = text_of(cell)
        if len(text) == 8:  # 20261120 typed as a number
            return self._dates[field].settle(text)
        return from_serial(cell, text)
