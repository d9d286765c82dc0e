# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first rows of a reading, ready to be shown on a page before anything is stored. Formats nothing by locale."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import islice

from purring.core.money import to_text
from purring.doors.intake.cells import Cell, Unusable
from purring.doors.intake.reading import Reading
from purring.doors.intake.rows import CustomerRow, Refusal, Row

_CELL_CHARS = 60


@dataclass(frozen=True, slots=True)
class Preview:
    """`raw` shows cells as the file has them (under `headers`), `rows` what was understood, by canonical field."""

    kind: str
    total: int
    headers: tuple[str, ...]
    raw: tuple[tuple[int, tuple[str, ...]], ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    refused: tuple[Refusal, ...]
    missing: tuple[str, ...]


def preview(reading: Reading, n: int = 20) -> Preview:
    """Shows the first `n` results; with required columns missing only the raw rows, so that they can be mapped."""
    columns = reading.columns
    missing = columns.missing if columns else ()
    results = [] if missing else list(islice(reading.rows(), n))
    return Preview(
        kind=reading.kind,
        total=reading.total,
        headers=tuple(column.header for column in columns.columns) if columns else (),
        raw=tuple((line, tuple(_shown(cell) for cell in cells)) for line, cells in reading.sample[:n]),
        rows=tuple((row.line, _fields(row)) for row in results if not isinstance(row, Refusal)),
        refused=tuple(row for row in results if isinstance(row, Refusal)),
        missing=missing,
    )


def _shown(cell: Cell) -> str:
    text = "…" if isinstance(cell, Unusable) else str(cell)
    return text if len(text) <= _CELL_CHARS else text[: _CELL_CHARS - 1] + "…"


def _fields(row: Row) -> dict[str, str]:
    shown: dict[str, str] = {}
    for spec in dataclasses.fields(row):
        value = getattr(row, spec.name)
        if spec.name == "line" or value in ("", None, ()):
            continue
        if spec.name.endswith("_minor") and not isinstance(row, CustomerRow):
            shown[spec.name.removesuffix("_minor")] = to_text(value, row.currency)
        elif isinstance(value, tuple):
            shown[spec.name] = ", ".join(part if isinstance(part, str) else part.description for part in value)
        else:
            shown[spec.name] = str(value)
    return shown
