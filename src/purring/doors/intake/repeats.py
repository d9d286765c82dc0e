# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same invoice (or customer) in several rows of one file: one if they agree, refused with all lines if
not.

Rows that differ only in their description are the lines of one invoice, as many exports write them. Only rows
that really repeat are held back, and only until the last of them has come.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from purring.doors.intake.building import RowBuilder
from purring.doors.intake.cells import Cell
from purring.doors.intake.rows import CustomerRow, InvoiceRow, Kind, PaymentRow, Refusal, Row
from purring.doors.intake.values import LONGEST

_SHOWN_LINES = 5
_R = TypeVar("_R", InvoiceRow, CustomerRow)


class Repeats:
    """Counts keys in pass 1; `begin` starts a pass 2. Payments never repeat: two equal ones may both be real."""

    def __init__(self, builder: RowBuilder | None, kind: Kind) -> None:
        self._builder = builder
        self._kind = kind
        self._seen: set[int] = set()
        self._repeated: Counter[int] = Counter()

    @classmethod
    def counted(cls, keys: Counter[int]) -> Repeats:
        """Repeats among invoices whose keys have been counted already."""
        made = cls(None, "invoices")
        made._repeated = Counter({key: count for key, count in keys.items() if count > 1})
        return made

    def observe(self, cells: list[Cell]) -> None:
        """Pass 1: takes note of the row's key."""
        key = self.key(cells)
        if key is None:
            return
        if key in self._seen:
            self._repeated[key] += 1 if key in self._repeated else 2
        else:
            self._seen.add(key)

    def key(self, cells: list[Cell]) -> int | None:
        """What makes two rows the same thing: number and customer; None where nothing can repeat."""
        if self._builder is None or self._kind == "payments":
            return None
        who = _plain(self._builder.cell(cells, "customer_ref")) or _plain(self._builder.cell(cells, "customer"))
        number = _plain(self._builder.cell(cells, "number")) if self._kind == "invoices" else "-"
        return hash((number, who)) if number and who else None

    def begin(self) -> OpenRepeats:
        """A fresh pass 2."""
        return OpenRepeats(self, Counter(self._repeated))


def _plain(cell: Cell) -> str:
    return str(cell).strip().casefold()


class OpenRepeats:
    """Pass 2: rows go in, rows come out; repeated ones when the last of them is in."""

    def __init__(self, repeats: Repeats, left: Counter[int]) -> None:
        self._repeats = repeats
        self._left = left
        self._held: dict[int, list[Row]] = {}

    def take(self, cells: list[Cell], made: Row | list[Refusal]) -> Iterator[Row | Refusal]:
        """Whatever can be told now that this row is in."""
        if not self._left:
            yield from made if isinstance(made, list) else (made,)
            return
        yield from self.take_keyed(self._repeats.key(cells), made)

    def take_keyed(self, key: int | None, made: Row | list[Refusal]) -> Iterator[Row | Refusal]:
        """The same for a row whose key is known."""
        if key is None or key not in self._left:
            yield from made if isinstance(made, list) else (made,)
            return
        if isinstance(made, list):
            yield from made
        else:
            self._held.setdefault(key, []).append(made)
        self._left[key] -= 1
        if not self._left[key]:
            del self._left[key]
            yield from _resolve(self._held.pop(key, []))

    def end(self) -> Iterator[Row | Refusal]:
        """What is still held, which is nothing unless the file changed between the passes."""
        for rows in self._held.values():
            yield from _resolve(rows)


def _resolve(rows: list[Row]) -> Iterator[Row | Refusal]:
    invoices = [row for row in rows if isinstance(row, InvoiceRow)]
    customers = [row for row in rows if isinstance(row, CustomerRow)]
    yield from (row for row in rows if isinstance(row, PaymentRow))
    if customers:
        yield from _agree(customers, "customer")
    if invoices:
        bare = [dataclasses.replace(row, description="") for row in invoices]
        told = "; ".join(dict.fromkeys(row.description for row in invoices if row.description))
        for result in _agree(bare, "number and customer"):
            if isinstance(result, InvoiceRow):
                result = dataclasses.replace(result, description=told[: LONGEST["description"]])
            yield result


def _agree(rows: list[_R], what: str) -> Iterable[_R | Refusal]:
    first = rows[0]
    differing = [
        spec.name
        for spec in dataclasses.fields(first)
        if spec.name != "line" and len({getattr(row, spec.name) for row in rows}) > 1
    ]
    if not differing:
        return [first]
    lines = [str(row.line) for row in rows]
    shown = ", ".join(lines[:-1][:_SHOWN_LINES]) + (" …" if len(lines) > _SHOWN_LINES + 1 else "")
    fields = [name.removesuffix("_minor") for name in differing]
    reason = f"lines {shown} and {lines[-1]} have the same {what} but differ in {', '.join(fields)}; keep the right one"
    return [Refusal(row.line, fields[0], reason, "duplicate") for row in rows]
