# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an unnamed column most likely is, judged by its first rows. Used only where names say nothing.

Careful by design: a wrong due date or amount would ask somebody for money at the wrong time, so a guess is
made only when a single column fits. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from purring.core.errors import Refused
from purring.doors.intake.cells import Cell, is_blank
from purring.doors.intake.dates import DateColumn, read_date
from purring.doors.intake.limits import Limits
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.names import currencies_meant
from purring.doors.intake.numbers import read_number
from purring.doors.intake.rows import Kind

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOST = 0.9


def looks_like_data(cells: Sequence[Cell], limits: Limits) -> bool:
    """True for a row that holds an e-mail address, a date or an amount: no row of column names does."""
    return any(_is_email(cell) or _is_date(cell, limits) or _is_amount(cell) for cell in cells)


def guess_fields(
    free: Sequence[int],
    known: Mapping[int, str],
    rows: Sequence[Sequence[Cell]],
    kind: Kind,
    locale: LocaleFacts,
    limits: Limits,
) -> dict[int, str]:
    """Fields for the columns in `free` that nothing is known of; `known` are the others, by index."""
    columns = {index: [row[index] for row in rows if index < len(row) and not is_blank(row[index])] for index in free}
    columns = {index: cells for index, cells in columns.items() if cells}
    have = set(known.values())
    found: dict[int, str] = {}

    def settle(name: str, fitting: list[int]) -> None:
        if name not in have and len(fitting) == 1:
            found[fitting[0]] = name
            del columns[fitting[0]]

    settle("email", [i for i, cells in columns.items() if _mostly(_is_email(cell) for cell in cells)])
    if kind == "customers":
        return found
    dated = [i for i, cells in columns.items() if _mostly(_is_date(cell, limits) for cell in cells)]
    if kind == "payments":
        settle("date", dated)
    else:
        found |= _invoice_dates(dated, known, rows, locale, limits)
    for index in dated:
        columns.pop(index, None)
    settle("amount", [i for i, cells in columns.items() if _mostly(_is_amount(cell) for cell in cells)])
    if kind == "invoices":
        settle("number", [i for i, cells in columns.items() if _is_numbering(cells)])
        settle("customer", [i for i, cells in columns.items() if _mostly(_is_name(cell) for cell in cells)])
    return found


def _invoice_dates(
    dated: Sequence[int],
    known: Mapping[int, str],
    rows: Sequence[Sequence[Cell]],
    locale: LocaleFacts,
    limits: Limits,
) -> dict[int, str]:
    if "due" in known.values():
        return {}
    issued = next((index for index, name in known.items() if name == "issued"), None)
    if issued is None and len(dated) == 2:
        for first, second in (dated, dated[::-1]):
            if _never_before(first, second, rows, locale, limits):
                return {first: "issued", second: "due"}
    if issued is not None and len(dated) == 1 and _never_before(issued, dated[0], rows, locale, limits):
        return {dated[0]: "due"}
    return {}


def _never_before(first: int, second: int, rows: Sequence[Sequence[Cell]], locale: LocaleFacts, limits: Limits) -> bool:
    """True when the second date stands on or after the first in every row, and later in some."""
    pairs = [(row[first], row[second]) for row in rows if max(first, second) < len(row)]
    readers = (DateColumn(locale, limits), DateColumn(locale, limits))
    for line, pair in enumerate(pairs):
        for reader, cell in zip(readers, pair, strict=True):
            if isinstance(cell, str) and cell.strip():
                reader.observe(cell.strip(), line)
    days: list[list[date]] = []
    for pair in pairs:
        try:
            days.append(
                [
                    cell if isinstance(cell, date) else reader.settle(str(cell).strip())
                    for reader, cell in zip(readers, pair, strict=True)
                ]
            )
        except Refused:
            continue
    return len(days) >= _MOST * len(pairs) > 0 and all(a <= b for a, b in days) and any(a < b for a, b in days)


def _mostly(answers: Iterable[bool]) -> bool:
    given = list(answers)
    return bool(given) and sum(given) >= _MOST * len(given)


def _is_email(cell: Cell) -> bool:
    return isinstance(cell, str) and _EMAIL.fullmatch(cell.strip()) is not None


def _is_date(cell: Cell, limits: Limits) -> bool:
    if isinstance(cell, date):
        return True
    if not isinstance(cell, str) or cell.strip().isdigit():
        return False
    try:
        read_date(cell.strip(), limits)
    except Refused:
        return False
    return True


def _is_amount(cell: Cell) -> bool:
    if isinstance(cell, Decimal):
        return cell != cell.to_integral_value()
    if not isinstance(cell, str):
        return False
    try:
        number = read_number(cell.strip())
    except Refused:
        return False
    if number.money and not currencies_meant(number.money):
        return False
    return bool(number.fraction or number.money) and len(number.fraction) <= 4


def _is_numbering(cells: Sequence[Cell]) -> bool:
    texts = [str(cell) for cell in cells if isinstance(cell, str | Decimal)]
    return len(set(texts)) == len(cells) and all(any(c.isdigit() for c in text) and len(text) <= 40 for text in texts)


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str) and sum(char.isalpha() for char in cell) >= max(2, len(cell) // 2)
