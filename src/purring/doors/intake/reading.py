# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads one file into typed rows and refusals: the only function a caller needs is `read`.

Two passes: the first learns what whole columns tell (order of dates, decimal marks, repeated invoices), the
second yields rows one at a time. Stores nothing and never asks the clock or the network.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from purring.core.errors import Refused
from purring.doors.intake.building import RowBuilder
from purring.doors.intake.cells import Cell, RawRow, Table, is_blank
from purring.doors.intake.columns import Columns, find_columns, score_header
from purring.doors.intake.csv_table import CsvTable, open_csv
from purring.doors.intake.einvoices import EInvoice, read_pdf, read_xml
from purring.doors.intake.encodings import text_encoding
from purring.doors.intake.files import FileType, file_type
from purring.doors.intake.headers import REQUIRED
from purring.doors.intake.invoice_facts import looks_like_facts, row_from_facts
from purring.doors.intake.json_table import JsonItems, table_of
from purring.doors.intake.limits import Limits
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.repeats import Repeats
from purring.doors.intake.rows import Kind, Refusal, Row
from purring.doors.intake.source import Source, unreadable
from purring.doors.intake.xlsx_table import open_xlsx

_SAMPLE_ROWS = 200
Corrections = Mapping[int, Mapping[int, str]]
"""What a person put into single cells instead of what the file has: line -> (index of the column -> text)."""


@dataclass(slots=True)
class Reading:
    """One file, understood. `rows` may be called again and again; each call goes through the file anew.

    `columns` is None for a PDF, an e-invoice and invoice facts. `total` is the number of data rows, known beforehand so
    that progress can be shown. A list whose required columns are not all found has `columns.missing`; its
    `rows` refuse.
    """

    name: str
    file_type: FileType
    kind: Kind | Literal["attachment"]
    columns: Columns | None
    total: int
    sample: tuple[RawRow, ...]
    _produce: Callable[[], Iterator[Row | Refusal]] = field(repr=False)
    notes: tuple[Refusal, ...] = ()
    """Worth knowing, and no reason to refuse."""
    document: bytes = field(default=b"", repr=False)
    """The PDF around an e-invoice, to be kept with the invoice."""
    _raw: Callable[[], Iterator[RawRow]] = field(default=lambda: iter(()), repr=False)

    def cells_at(self, lines: Collection[int]) -> dict[int, list[Cell]]:
        """The cells of these rows, as the file (or the person who mended them) has them."""
        wanted = set(lines)
        found: dict[int, list[Cell]] = {}
        for line, cells in self._raw() if wanted else ():
            if line in wanted:
                found[line] = cells
                if len(found) == len(wanted):
                    break
        return found

    def cells_along(self) -> Callable[[Collection[int]], dict[int, list[Cell]]]:
        """The same for one who asks again and again, further and further down: the file is gone through once in all."""
        raw, reached = self._raw(), 0

        def at(lines: Collection[int]) -> dict[int, list[Cell]]:
            nonlocal reached
            wanted = {line for line in lines if line > reached}
            found = self.cells_at([line for line in lines if 0 < line <= reached])
            while wanted - found.keys():
                try:
                    reached, cells = next(raw)
                except StopIteration:
                    break
                if reached in wanted:
                    found[reached] = cells
            return found

        return at

    def rows(self) -> Iterator[Row | Refusal]:
        """Rows and refusals in file order, except that an invoice that stands in several rows comes with the
        last.

        Refuses (`missing_columns`) when required columns are missing. A PDF has none.
        """
        columns = self.columns
        if columns and columns.missing:
            why = f" ({'; '.join(columns.unclear)})" if columns.unclear else ""
            raise Refused(
                "missing_columns",
                f"{self.name}: no column for {', '.join(columns.missing)}{why}; name the columns "
                f"{', '.join(REQUIRED[columns.kind])}, or map them",
                line=columns.header_line or 1,
                field=columns.missing[0],
            )
        yield from self._produce()

    def batches(self, size: int = 1000) -> Iterator[list[Row | Refusal]]:
        """The same in lists of at most `size`."""
        rows = self.rows()
        while batch := list(islice(rows, size)):
            yield batch


def read(
    data: Path | str | bytes,
    *,
    locale: LocaleFacts,
    name: str = "",
    mapping: Mapping[str, str] | None = None,
    corrections: Corrections | None = None,
    limits: Limits | None = None,
) -> Reading:
    """Understands a file by its content. `data` is a path or the bytes themselves, `name` what to call it to
    people.

    `mapping` (column header -> canonical field, or "" to ignore) wins over every guess; `corrections` stand in the place
    of the cells of a table (lists as CSV, Excel or JSON have cells, e-invoices have none). Refuses what is no
    list at all: codes `unreadable`, `mixed_encodings`, `bad_mapping`; `params["line"]` where there is one.
    """
    where: Path | bytes = Path(data) if isinstance(data, str) else data
    shown = name or (where.name if isinstance(where, Path) else "the file")
    source, bounds = Source(shown, where), limits or Limits()
    kind = file_type(source)
    if kind == "pdf":
        inside = read_pdf(source, bounds)
        if inside is None:
            return Reading(shown, kind, "attachment", None, 0, (), lambda: iter(()))
        return _einvoice(shown, kind, inside)
    if kind == "xml":
        return _einvoice(shown, kind, read_xml(source, bounds))
    if kind == "json":
        parts = JsonItems(source, _json_encoding(source, bounds), bounds)
        first = next((item for _, item in parts.items()), None)
        if first is not None and looks_like_facts(first):
            return _read_facts(shown, parts, bounds)
        table: Table = table_of(parts)
    elif kind == "xlsx":
        if source.size > bounds.file_bytes:
            raise unreadable(f"the file is larger than {bounds.file_bytes >> 20} MB; split it")
        table = open_xlsx(source, bounds, score_header)
    else:
        table = open_csv(source, text_encoding(source, bounds), bounds, score_header)
    return _read_table(shown, kind, table, mapping or {}, corrections or {}, locale, bounds)


@dataclass(frozen=True, slots=True)
class _Mended:
    """A table with some of its cells written anew by a person."""

    table: Table
    corrections: Corrections

    def rows(self) -> Iterator[RawRow]:
        for line, cells in self.table.rows():
            mended = self.corrections.get(line)
            if mended:
                cells = [*cells, *[""] * (max(mended) + 1 - len(cells))]
                for index, text in mended.items():
                    cells[index] = text
            yield line, cells


def _einvoice(name: str, kind: FileType, one: EInvoice) -> Reading:
    return Reading(name, kind, "invoices", None, 1, (), one.rows, one.notes, one.document)


def _json_encoding(source: Source, limits: Limits) -> str:
    # a whole JSON file may honestly be one line
    return text_encoding(source, dataclasses.replace(limits, line_chars=limits.file_bytes))


def _read_table(
    name: str,
    kind: FileType,
    table: Table,
    mapping: Mapping[str, str],
    corrections: Corrections,
    locale: LocaleFacts,
    limits: Limits,
) -> Reading:
    ends = not isinstance(table, CsvTable) or table.ends_with_newline
    if corrections:
        table = _Mended(table, corrections)
    sample = list(islice(table.rows(), _SAMPLE_ROWS))
    columns, before = find_columns(sample, mapping, locale, limits)
    shown = tuple(sample[before : before + 20])
    if columns.missing:
        return Reading(
            name, kind, columns.kind, columns, len(sample) - before, shown, lambda: iter(()), _raw=table.rows
        )
    builder = RowBuilder(columns, locale, limits)
    repeats = Repeats(builder, columns.kind)
    total = 0
    header, last = columns.header_line, (0, 0)
    for line, cells in _data_rows(table, header, columns, builder):
        total += 1
        if total > limits.rows:
            raise unreadable(f"more than {limits.rows:,} rows; split the file")
        builder.observe(line, cells)
        repeats.observe(cells)
        last = (line, len(cells))
    if not total:
        raise unreadable("there are column names but no rows; export the list again")
    cut = not ends and last[1] < len(columns.columns)
    cut_line = last[0] if cut else None

    def produce() -> Iterator[Row | Refusal]:
        open_repeats = repeats.begin()
        for line, cells in _data_rows(table, header, columns, builder):
            if line == cut_line:
                reason = "the file breaks off in this row; export it again"
                yield Refusal(line, "", reason, "cut_off")
                continue
            yield from open_repeats.take(cells, builder.build(line, cells))
        yield from open_repeats.end()

    return Reading(name, kind, columns.kind, columns, total, shown, produce, _raw=table.rows)


def _data_rows(table: Table, header_line: int, columns: Columns, builder: RowBuilder) -> Iterator[RawRow]:
    """The rows after the header, without blank ones, totals, and the header itself where it is repeated."""
    names: list[Cell] = [column.header for column in columns.columns]
    waiting = bool(names) and any(column.header for column in columns.columns) and not _headless(columns)
    for line, cells in table.rows():
        if waiting:
            waiting = line != header_line
            continue
        if all(is_blank(cell) for cell in cells) or cells == names or builder.is_total(cells):
            continue
        yield line, cells


def _headless(columns: Columns) -> bool:
    return columns.header_line == 0 and all(column.header == f"column {column.index + 1}" for column in columns.columns)


def _read_facts(name: str, parts: JsonItems, limits: Limits) -> Reading:
    seen: Counter[int] = Counter()
    for _, item in parts.items():
        seen[_facts_key(item)] += 1

    def produce() -> Iterator[Row | Refusal]:
        open_repeats = Repeats.counted(seen).begin()
        for position, item in parts.items():
            try:
                made: Row | list[Refusal] = row_from_facts(position, item, limits)
            except Refused as refusal:
                made = [Refusal(position, str(refusal.params.get("field", "")), refusal.message, refusal.code)]
            yield from open_repeats.take_keyed(_facts_key(item), made)
        yield from open_repeats.end()

    return Reading(name, "json", "invoices", None, seen.total(), (), produce)


def _facts_key(item: Mapping[str, object]) -> int:
    buyer = item.get("buyer")
    return hash((repr(item.get("number")), repr(buyer.get("name") if isinstance(buyer, dict) else None)))
