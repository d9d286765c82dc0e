# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of a delimited text file. Finds out the delimiter and the quotes; does not know what a column means.

What cannot be repaired with certainty is refused with its line: quotes that do not close, text after a
closing quote.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from purring.core.errors import Refused
from purring.doors.intake.cells import RawRow
from purring.doors.intake.limits import Limits
from purring.doors.intake.source import Source, unreadable

_DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 128 * 1024
_SAMPLE_ROWS = 60
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?")
_QUOTED = re.compile(r"""(?:^|[,;\t|])(['"])(?:(?!\1).)*\1(?=[,;\t|]|$)""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One delimited file; `rows` reads it from the start each time, holding one row at a time."""

    source: Source
    encoding: str
    delimiter: str
    quote: str
    limits: Limits
    ends_with_newline: bool

    def rows(self) -> Iterator[RawRow]:
        """Each record with the physical line it begins on. Blank records are left out."""
        with self.source.open() as raw, io.TextIOWrapper(raw, encoding=self.encoding, newline="") as text:
            yield from _records(text, self.delimiter, self.quote, self.limits)


def open_csv(source: Source, encoding: str, limits: Limits, score_header: Callable[[Sequence[str]], int]) -> CsvTable:
    """The table of a text file. `score_header` counts the known column names in a row; it settles the delimiter."""
    with source.open() as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        sample = text.read(_SAMPLE_CHARS)
        complete = not text.read(1)
    if not sample.strip():
        raise unreadable("the file is empty; export it again")
    if not complete:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    said = _SEPARATOR_LINE.match(sample)
    quotes = [match[1] for match in _QUOTED.finditer(sample)]
    quote = "'" if quotes.count("'") > 3 * quotes.count('"') + 3 else '"'
    delimiter = said[1] if said else _delimiter(sample, quote, limits, score_header)
    return CsvTable(source, encoding, delimiter, quote, limits, source.tail(4).rstrip(b"\0")[-1:] in b"\r\n")


def _delimiter(sample: str, quote: str, limits: Limits, score_header: Callable[[Sequence[str]], int]) -> str:
    best, best_score = ",", (0, 0.0, 0)
    for candidate in _DELIMITERS:
        rows: list[list[str]] = []
        try:
            for _, row in _records(io.StringIO(sample, newline=""), candidate, quote, limits):
                rows.append([cell for cell in row if isinstance(cell, str)])
                if len(rows) == _SAMPLE_ROWS:
                    break
        except Refused:
            pass  # a quote that does not close with this delimiter; what was read so far still counts
        widths = [len(row) for row in rows if len(row) > 1]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        known = max((score_header(row) for row in rows[: limits.header_search_rows]), default=0)
        score = (known, widths.count(usual) / len(rows), usual)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _records(text: io.TextIOBase, delimiter: str, quote: str, limits: Limits) -> Iterator[RawRow]:
    reader = csv.reader(text, delimiter=delimiter, quotechar=quote, strict=True)
    before = 0
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            if before - line >= limits.record_lines:
                raise _unbalanced(line)
            if len(row) > limits.columns and any(row[limits.columns :]):
                raise unreadable(f"more than {limits.columns} columns; this is not a list of invoices", line=line)
            if line == 1 and len(row) <= 2 and row and _SEPARATOR_LINE.fullmatch(delimiter.join(row)):
                continue
            if any(row):
                yield line, list(row)
    except csv.Error as error:
        if "field larger" in str(error):
            raise unreadable("one field is far too long; is a quotation mark missing?", line=before + 1) from None
        raise _unbalanced(before + 1) from None


def _unbalanced(line: int) -> Refused:
    return unreadable(
        "a quotation mark opens here and does not close properly; write two of them for one inside a text, "
        "or export the file again",
        line=line,
    )
