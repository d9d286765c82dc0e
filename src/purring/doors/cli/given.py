# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a pure command is given: a JSON file, standard input (`-`), or one JSON object per line.

Refuses (`unreadable`, `too_large`, `bad_json`) in one line with its place; a key that stands twice and numbers such as
NaN are refused too, since nobody can say what was meant.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from purring.core.errors import Refused
from purring.doors.cli import output

MOST_BYTES = 16_000_000


def json_file(name: str) -> object:
    """The parsed content of a file; `-` is standard input."""
    return _parsed(raw_file(name, MOST_BYTES), f"{called(name)}: ")


def raw_file(name: str, most: int) -> bytes:
    """The content of a file as it is; `-` is standard input. Of one larger than `most` bytes only as much as shows that
    it is: the caller refuses it in its own words."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(name).open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise Refused("unreadable", f"{called(name)} cannot be read: {error.strerror}") from None


def called(name: str) -> str:
    """What a message calls the file."""
    return "standard input" if name == "-" else name


def each_line(answer: Callable[[object], dict[str, Any]]) -> None:
    """Answer every JSON line of standard input with one of standard output; a bad line gets an error and the next one
    its turn."""
    for line in _lines(sys.stdin.buffer):
        if not line.strip():
            continue
        try:
            result = answer(_parsed(line, ""))
        except Refused as refused:
            result = {"error": {"code": refused.code, "message": " ".join(refused.message.split())}}
        output.line(result)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Each line; of one that is too long only as much as shows that it is."""
    while line := stream.readline(MOST_BYTES + 1):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(1 << 20)):
            pass
        yield line


def _parsed(content: bytes, where: str) -> object:
    if len(content) > MOST_BYTES:
        raise Refused("too_large", f"{where}larger than what is taken here ({MOST_BYTES:,} bytes)")

    def no_constant(word: str) -> NoReturn:
        raise Refused("bad_json", f'{where}{word} is no number; write amounts like "1250.50"')

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                raise Refused("bad_json", f"{where}{key!r} stands twice in one object; which one is meant?")
            found[key] = value
        return found

    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=no_constant, object_pairs_hook=once)
    except UnicodeDecodeError:
        raise Refused("bad_json", f"{where}this is not UTF-8 text; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refused("bad_json", f"{where}{place}: this is not JSON ({error.msg})") from None
    except (RecursionError, ValueError):
        raise Refused("bad_json", f"{where}this is nested too deep or holds a number too long to read") from None
