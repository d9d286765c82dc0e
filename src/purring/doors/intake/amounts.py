# SPDX-License-Identifier: AGPL-3.0-or-later
"""The money of one row: which currency, how much, how much of it is paid. One cell's digits are `numbers`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.doors.intake import values, words
from purring.doors.intake.cells import Cell, text_of
from purring.doors.intake.columns import Columns
from purring.doors.intake.fold import fold
from purring.doors.intake.limits import Limits
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.numbers import Number, NumberColumn, read_number
from purring.doors.intake.problems import Problems

_AMOUNTS = ("amount", "paid", "balance")


class AmountReader:
    """Reads the amount columns of one file. Show it every row (`observe`) before the first `read`."""

    def __init__(self, columns: Columns, locale: LocaleFacts, limits: Limits) -> None:
        used = columns.by_field()
        self._invoices = columns.kind == "invoices"
        self._locale = locale
        self._limits = limits
        self._used = {name: used[name] for name in _AMOUNTS if name in used}
        self._columns = {name: NumberColumn(locale) for name in self._used}

    def _cell(self, cells: list[Cell], name: str) -> Cell:
        column = self._used.get(name)
        return cells[column.index] if column and column.index < len(cells) else ""

    def observe(self, line: int, cells: list[Cell]) -> None:
        """Takes note of what the row tells about the decimal mark of each column."""
        for name, column in self._columns.items():
            cell = self._cell(cells, name)
            if isinstance(cell, str) and cell:
                column.observe(cell.strip(), line)

    def ticked_as_paid(self, cells: list[Cell]) -> bool:
        """True where the paid column holds a yes instead of an amount."""
        cell = self._cell(cells, "paid")
        return isinstance(cell, str) and fold(cell) in words.YES

    def read(self, cells: list[Cell], currency_cell: str, problems: Problems) -> tuple[str, dict[str, int]]:
        """The row's currency and its amounts in minor units: "amount" above zero, "paid" and "balance" not below.

        `currency_cell` is the text of the currency column, "" if there is none.
        """
        numbers: dict[str, Number] = {}
        for name in self._used:
            cell = self._cell(cells, name)
            if name == "paid" and isinstance(cell, str) and fold(cell) in words.YES | words.NO:
                continue
            number = problems.get(name, self._number, cell, name)
            if number is not None:
                numbers[name] = number
        if "amount" not in numbers and not problems.has("amount"):
            problems.add("amount", Refused("missing", "the amount is missing; every row needs one"))
        beside = [self._used[name].money for name in numbers] + [number.money for number in numbers.values()]
        currency = problems.get("currency", values.currency, currency_cell, beside, self._locale.currency)
        if currency is None or problems.has("currency"):
            return "", {}
        amounts: dict[str, int] = {}
        for name, number in numbers.items():
            minor = problems.get(name, self._minor, name, number, currency)
            if minor is not None:
                amounts[name] = minor
        return currency, amounts

    def _number(self, cell: Cell, name: str) -> Number | None:
        if isinstance(cell, Decimal):
            return values.number_of(cell)
        if isinstance(cell, date):
            raise Refused("bad_number", "a spreadsheet turned this into a date; write the amount as a number")
        text = text_of(cell)
        return self._columns[name].settle(read_number(text), text) if text else None

    def _minor(self, name: str, number: Number, currency: str) -> int:
        minor = values.minor(number, currency, self._limits)
        if minor < 0:
            hint = "this looks like a credit note" if self._invoices and name == "amount" else "is the sign right?"
            raise Refused("negative", f"{number.text()} is negative; {hint}")
        if not minor and name == "amount":
            raise Refused("zero", "the amount is zero, so there is nothing to ask for; leave the row out")
        return minor


def paid_of(amounts: dict[str, int], said_paid: bool, currency: str, problems: Problems) -> int | None:
    """What was paid: told, or the amount less what is still open, or all of it if the row says "paid".

    Minor units; None when the file says nothing. Notes a problem where the row contradicts itself.
    """
    if problems.found or "amount" not in amounts:
        return None
    amount, paid, balance = amounts["amount"], amounts.get("paid"), amounts.get("balance")
    if balance is not None:
        if balance > amount:
            problems.add("balance", Refused("bad_amount", "more is open than the invoice's amount; which is right?"))
        # credit notes and write-offs lower what is open, too; what is asked must be the smaller sum
        paid = max(paid or 0, amount - balance)
    if paid is not None and paid > amount:
        shown = f"{to_text(paid, currency)} paid is more than the amount {to_text(amount, currency)}"
        problems.add("paid", Refused("bad_amount", f"{shown}; enter the rest as a payment of its own"))
    if said_paid and paid is not None and paid < amount:
        left = to_text(amount - paid, currency)
        problems.add("status", Refused("contradiction", f"the row says paid, but {left} is open; which is right?"))
    return amount if said_paid else paid
