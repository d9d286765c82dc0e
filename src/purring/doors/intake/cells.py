# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one cell of a table may hold, whatever file it came from. No meaning yet: that is `values`.

A text file has only texts. A spreadsheet also has real numbers and real dates, which leave nothing to guess,
and cells that cannot be used at all (`Unusable`): a formula, an error, a list inside JSON. Those are refused
only where their column is used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from purring.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell nobody should read a value from; `reason` says why and what to do."""

    reason: str


Cell = str | Decimal | date | Unusable
RawRow = tuple[int, list[Cell]]
"""Where the row stands (physical line, spreadsheet row or position in a JSON list; from 1) and its cells."""


class Table(Protocol):
    """Rows that can be gone through more than once, each time from the start."""

    def rows(self) -> Iterator[RawRow]: ...


EMPTY_MARKS = frozenset({"-", "–", "—", "−", "#N/A", "#N/D", "#I/T"})
"""What accounting formats and spreadsheets write for "nothing here"."""

_MOST_DIGITS = 30
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
_KEPT_AS_TEXT = re.compile(r'^="([^"]*)"$')
_FORMULA = re.compile(r"^(?:=|[@+-](?=.*(?:[A-Za-z]\(|\|.*!)))", re.DOTALL)
_PLAIN = re.compile(r"[!-<>-~]+(?: [!-~]+)*")


def is_blank(cell: Cell) -> bool:
    """True for a cell that says nothing."""
    return isinstance(cell, str) and (not cell or cell.isspace())


def text_of(cell: Cell) -> str:
    """The cell as one clean line of text (NFC), or as several where it had line breaks; "" when it says
    nothing.

    Takes away characters nobody can see (zero-width, direction marks), unwraps Excel's ``="00123"``. Refuses
    control characters, and texts that a spreadsheet would run as a formula when they are exported again.
    """
    if not isinstance(cell, str):
        return _typed_text(cell)
    if _PLAIN.fullmatch(cell) and cell[0] not in "=@+-#":
        return cell
    text = cell.strip()
    kept = _KEPT_AS_TEXT.match(text)
    if kept:
        text = kept[1].strip()
    if text in EMPTY_MARKS:
        return ""
    text = "\n".join(part.strip() for part in _BREAKS.split(text) if part.strip())
    if _FORMULA.match(text):
        raise Refused("formula", "this is a formula; put the finished value there")
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).strip()
    if _CONTROL.search(text):
        raise Refused("control_character", "there is a control character in this text; write the text again")
    return text


def _typed_text(cell: Decimal | date | Unusable) -> str:
    if isinstance(cell, Unusable):
        raise Refused("unusable_cell", cell.reason)
    if isinstance(cell, date):
        return cell.isoformat()
    return plain_decimal(cell)


def plain_decimal(number: Decimal) -> str:
    """A number without exponent and without zeros at its end: 1001.0 -> "1001"; refuses absurdly long
    ones.
    """
    if not number.is_finite() or number.adjusted() > _MOST_DIGITS or number.normalize().adjusted() < -_MOST_DIGITS:
        raise Refused("bad_number", "this number is absurdly large or small")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
