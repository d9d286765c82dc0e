# SPDX-License-Identifier: AGPL-3.0-or-later
"""How commands speak: one JSON document for programs, aligned lines for people, errors in one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence


def say(line: str = "") -> None:
    """A line for people, on standard output, at once."""
    print(line, flush=True)


def warn(line: str) -> None:
    """One line on standard error."""
    print(" ".join(line.split()), file=sys.stderr, flush=True)


def document(value: object) -> None:
    """The JSON document of a command."""
    print(json.dumps(value, ensure_ascii=False, indent=1), flush=True)


def line(value: object) -> None:
    """One JSON line of a stream."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def error(code: str, message: str, *, as_json: bool) -> None:
    """Tell an error: a line on standard error, and with `--json` also the document."""
    warn(f"purring: {message}")
    if as_json:
        document({"error": {"code": code, "message": " ".join(message.split())}})


def table(rows: Iterable[Sequence[str]]) -> None:
    """Rows in columns as wide as they need; the last one runs free."""
    lines = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = [cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=False)]
        say("  ".join([*padded, line[-1]]).rstrip())
