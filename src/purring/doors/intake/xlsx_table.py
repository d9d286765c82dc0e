# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of an Excel workbook (.xlsx). Reads cells, never formulas: a saved result may be missing or out of
date.

The workbook is checked before it is opened (size when unpacked, parts, encryption), then read once into a
temporary file of our own, because unpacking it is slow and the rows are gone through twice.
"""

from __future__ import annotations

import pickle
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

from purring.core.errors import Refused
from purring.doors.intake.cells import Cell, RawRow, Unusable, is_blank
from purring.doors.intake.limits import Limits
from purring.doors.intake.source import Source, unreadable

_BATCH = 1000
_PIECE = 1 << 20
_SAVE_AS_XLSX = "open it in the program that made it and save it as XLSX or CSV"
_FORMULA = Unusable(
    "this is a formula, whose saved result may be out of date; copy the column and paste it back as values"
)
_ERROR = Unusable("the spreadsheet shows an error here; correct it and save the file again")
_TRUTH = Unusable("true or false cannot stand here")
_TIME = Unusable("this is a time of day, not a date or an amount")


@dataclass(frozen=True, slots=True)
class XlsxTable:
    """The rows of one sheet, kept in a temporary file that vanishes with this object."""

    store: IO[bytes]

    def rows(self) -> Iterator[RawRow]:
        """Each row that says something, with its number as the spreadsheet shows it."""
        position = 0
        while True:
            self.store.seek(position)
            try:
                batch: list[RawRow] = pickle.load(self.store)  # our own bytes, written below
            except EOFError:
                return
            position = self.store.tell()
            yield from batch


def open_xlsx(source: Source, limits: Limits, score_header: Callable[[Sequence[str]], int]) -> XlsxTable:
    """The sheet that holds the list: the only one, or the only one with known column names near its top.

    `score_header` counts the known column names in a row. Several such sheets are refused: rows must never be
    lost silently.
    """
    _check_package(source, limits)
    try:
        with source.open() as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about styles and extensions that do not concern us
            return _read(stream, limits, score_header)
    except Refused:
        raise
    except Exception as error:
        # openpyxl answers a damaged workbook with whatever breaks first (KeyError, ParseError, zlib.error,
        # ...)
        raise unreadable(f"the workbook is damaged or a part is missing; {_SAVE_AS_XLSX}") from error


def _check_package(source: Source, limits: Limits) -> None:
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as package:
            parts = package.infolist()
            _check_sizes(parts, limits)
            for part in parts:
                if part.filename.startswith("xl/") and part.filename.endswith(".xml"):
                    _check_part(package, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError):
        raise unreadable("the file is damaged or only a part of it is here; export it again") from None


def _check_sizes(parts: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise unreadable("this is a zip archive but no Excel workbook; unpack it, or save the list as XLSX or CSV")
    if any(part.flag_bits & 1 for part in parts):
        raise unreadable("the workbook is protected by a password; save it without one")
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    total = sum(part.file_size for part in parts)
    if len(parts) > limits.packed_parts or total > limits.unpacked_bytes or strings > limits.unpacked_strings_bytes:
        raise unreadable("the workbook unpacks to far more than a list of invoices needs; save the list alone as CSV")


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpacks one part piece by piece: no single text may fill the memory, no entity may multiply itself."""
    with package.open(part) as stream:
        first = True
        while piece := stream.read(_PIECE):
            if first and b"<!DOCTYPE" in piece:
                raise unreadable(f"the workbook is not one that a spreadsheet program writes; {_SAVE_AS_XLSX}")
            if len(piece) == _PIECE and b"<" not in piece:
                raise unreadable("a cell of the workbook holds megabytes of text; save the list alone as CSV")
            first = False


def _read(stream: IO[bytes], limits: Limits, score_header: Callable[[Sequence[str]], int]) -> XlsxTable:
    book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    chosen = [(_known_names(sheet, limits, score_header), sheet) for sheet in sheets]
    known = [sheet for score, sheet in chosen if score >= 2] or [s for s in sheets if _has_rows(s, limits)]
    if not known:
        raise unreadable("no visible sheet has anything in it; export the list again")
    if len(known) > 1:
        titles = " and ".join(repr(sheet.title) for sheet in known[:3])
        raise unreadable(f"several sheets could be meant ({titles}); save each one as its own file")
    store = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the table)
    batch: list[RawRow] = []
    for count, row in enumerate(_sheet_rows(known[0], limits)):
        if count > limits.rows:
            raise unreadable(f"more than {limits.rows:,} rows; split the file")
        batch.append(row)
        if len(batch) == _BATCH:
            pickle.dump(batch, store, protocol=5)
            batch = []
    if batch:
        pickle.dump(batch, store, protocol=5)
    return XlsxTable(store)


def _known_names(sheet: Any, limits: Limits, score_header: Callable[[Sequence[str]], int]) -> int:
    best = 0
    for count, (_, row) in enumerate(_sheet_rows(sheet, limits)):
        if count >= limits.header_search_rows:
            break
        best = max(best, score_header([cell if isinstance(cell, str) else "" for cell in row]))
    return best


def _has_rows(sheet: Any, limits: Limits) -> bool:
    return next(_sheet_rows(sheet, limits), None) is not None


def _sheet_rows(sheet: Any, limits: Limits) -> Iterator[RawRow]:
    sheet.reset_dimensions()  # what a file says about its own size is not believed
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > limits.rows + 1000:
            raise unreadable(f"more than {limits.rows:,} rows; split the file")
        if not row:
            continue
        cells = [_cell(cell) for cell in row]
        while cells and is_blank(cells[-1]):
            cells.pop()
        if len(cells) > limits.columns:
            raise unreadable(f"more than {limits.columns} columns; this is not a list of invoices", line=number)
        if cells:
            yield number, cells


def _cell(cell: ReadOnlyCell | EmptyCell) -> Cell:
    value: object = cell.value
    if value is None:
        return ""
    kind = cell.data_type
    if kind == "s":
        return str(value)
    if kind == "f":
        return _FORMULA
    if kind == "e":
        return _ERROR
    if isinstance(value, bool):
        return _TRUTH
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(format(value, ".15g"))  # the digits Excel itself keeps: 0.1 + 0.2 is 0.3
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time):
        return _TIME
    return _FORMULA
