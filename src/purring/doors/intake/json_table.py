# SPDX-License-Identifier: AGPL-3.0-or-later
"""Items of a JSON file, one at a time: a list of objects, one object, or one object per line.

Numbers are kept exactly as written. Positions count items from 1. Knows no field; see `columns` and
`invoice_facts`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from purring.core.errors import Refused
from purring.doors.intake.cells import Cell, RawRow, Unusable
from purring.doors.intake.limits import Limits
from purring.doors.intake.source import Source, unreadable

_PIECE = 64 * 1024
_SPACE = " \t\r\n"
_NUMBER_DIGITS = 40


def _number(text: str) -> Decimal:
    if len(text) > _NUMBER_DIGITS:
        raise unreadable(f'{text[:20]}… is not a number anybody means; write amounts like "1250.50"')
    return Decimal(text)


def _no_constant(text: str) -> Decimal:
    raise unreadable(f"{text} is not a number; leave the field out instead")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise unreadable(f"{twice!r} stands twice in one object; which one is meant?")
    return found


_DECODER = json.JSONDecoder(
    parse_float=_number, parse_int=_number, parse_constant=_no_constant, object_pairs_hook=_once
)


@dataclass(frozen=True, slots=True)
class JsonItems:
    """The objects of one JSON text, read from the start each time, holding one at a time."""

    source: Source
    encoding: str
    limits: Limits

    def items(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Position and object; refuses anything that is not an object, and text that breaks off."""
        with self.source.open() as raw, io.TextIOWrapper(raw, encoding=self.encoding) as text:
            yield from _Scanner(text, self.limits).items()


@dataclass(slots=True)
class _Scanner:
    text: io.TextIOWrapper
    limits: Limits
    buffer: str = ""
    at: int = 0
    lines_before: int = 0
    ended: bool = False
    count: int = 0
    _need: int = field(default=_PIECE)

    def items(self) -> Iterator[tuple[int, dict[str, object]]]:
        in_list = self._peek() == "["
        if in_list:
            self.at += 1
        while True:
            char = self._peek()
            if (in_list and char == "]") or (not in_list and not char):
                break
            if self.count and in_list:
                if char != ",":
                    raise self._broken()
                self.at += 1
            self.count += 1
            if self.count > self.limits.rows:
                raise unreadable(f"more than {self.limits.rows:,} rows; split the file")
            yield self.count, self._item()
        if in_list:
            self.at += 1
            if self._peek():
                raise self._broken()

    def _peek(self) -> str:
        while True:
            while self.at < len(self.buffer):
                char = self.buffer[self.at]
                if char not in _SPACE:
                    return char
                self.at += 1
            if not self._more():
                return ""

    def _more(self) -> bool:
        if self.ended:
            return False
        self.lines_before += self.buffer.count("\n", 0, self.at)
        piece = self.text.read(self._need)
        self.buffer, self.at = self.buffer[self.at :] + piece, 0
        self.ended = not piece
        return bool(piece)

    def _item(self) -> dict[str, object]:
        if not self._peek():
            raise self._broken()
        if self.buffer[self.at] != "{":
            raise unreadable('a list of objects such as [{"number": "1001", …}] is expected', line=self._line())
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                self._need = max(_PIECE, len(self.buffer))
                too_long = len(self.buffer) - self.at > self.limits.json_item_chars
                if too_long or error.pos < len(self.buffer) - _PIECE or not self._more():
                    raise self._broken() from None
                continue
            except RecursionError:
                raise unreadable("the JSON is nested too deeply", line=self._line()) from None
            except Refused as refusal:
                raise unreadable(refusal.message, line=self._line()) from None
            self.at, self._need = end, _PIECE
            if not isinstance(value, dict):
                raise self._broken()
            return value

    def _line(self) -> int:
        return self.lines_before + self.buffer.count("\n", 0, self.at) + 1

    def _broken(self) -> Refused:
        return unreadable("the JSON is broken or a part is missing from here on; export it again", line=self._line())


@dataclass(frozen=True, slots=True)
class JsonTable:
    """A list of flat objects as a table: the first row is the keys in the order they appear."""

    parts: JsonItems
    keys: tuple[str, ...]

    def rows(self) -> Iterator[RawRow]:
        """Row 0 holds the keys; the others stand at their position in the list."""
        yield 0, list(self.keys)
        for position, item in self.parts.items():
            yield position, [_cell(item.get(key)) for key in self.keys]


def table_of(parts: JsonItems) -> JsonTable:
    """Goes through the file once for its keys."""
    keys: dict[str, None] = {}
    for _, item in parts.items():
        keys.update(dict.fromkeys(item))
        if len(keys) > parts.limits.columns:
            raise unreadable(f"more than {parts.limits.columns} different keys; this is not a list of invoices")
    return JsonTable(parts, tuple(keys))


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str | Decimal | date):
        return value
    if isinstance(value, bool):
        return Unusable("true or false cannot stand here")
    return Unusable("a list or an object cannot stand here; write plain text or a number")
