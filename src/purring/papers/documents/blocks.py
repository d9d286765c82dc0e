# SPDX-License-Identifier: Apache-2.0
"""The parts of a page as the template (templates/paper.typ) takes them: texts, ready to be set. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Block = dict[str, Any]
Cell = str | list[str]
"""A text, or a text and smaller lines below it."""

LOW: Block = {"kind": "low"}
"""What follows stands at the foot of the page."""


def label_width(rows: Sequence[Sequence[str]]) -> float:
    """Millimetres for the labels of rows of label and value, at 8.5 points; a letter is at most 1.75 mm wide on average."""
    return min(1.75 * max((len(row[0]) for row in rows), default=0) + 4, 46)


def column(label: str, *, number: bool = False, wide: bool = False) -> dict[str, Any]:
    return {"label": label, "number": number, "wide": wide}


def table(
    columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[Cell]], sums: Sequence[str] | None = None
) -> Block:
    """Heads repeat on each page. `sums`: the running sum after each row, for a table that may fill several pages; the
    pages carry it over."""
    return {"kind": "table", "cols": list(columns), "rows": [list(row) for row in rows], "sums": sums}


def sums(
    rows: Sequence[tuple[str, str]], total: tuple[str, str] | None, after: Sequence[tuple[str, str]] = ()
) -> Block:
    made = [{"label": label, "value": value, "total": False} for label, value in rows]
    if total:
        made.append({"label": total[0], "value": total[1], "total": True})
    made += [{"label": label, "value": value, "total": False} for label, value in after]
    return {"kind": "sums", "rows": made}


def notes(items: Sequence[str]) -> Block:
    return {"kind": "notes", "items": list(items)}


def text(items: Sequence[str]) -> Block:
    return {"kind": "text", "items": list(items)}


def title(words: str) -> Block:
    return {"kind": "title", "text": words}


def charges(head: str, rows: Sequence[tuple[Cell, str]], result: Sequence[tuple[str, str]]) -> Block:
    return {"kind": "charges", "head": head, "rows": [list(row) for row in rows], "sums": [list(row) for row in result]}
