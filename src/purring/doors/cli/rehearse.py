# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring rehearse`: a scenario file, played. Needs no database and no settings."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TextIO, cast

from purring.core.errors import Refused
from purring.core.reasons import Telling
from purring.core.rehearse import HasWording, rehearse
from purring.doors.cli import output
from purring.doors.cli.arguments import WrongUsage
from purring.doors.cli.house import House
from purring.language import wording
from purring.language.whys import telling
from purring.law.account import LawFinder
from purring.law.book import LawBook, book

MAX_CHARACTERS = 64_000_000


def rehearse_command(options: argparse.Namespace, house: House) -> int:
    """Refused: exit 1 and nothing on standard output. With `--jsonl` each line has its own result or error."""
    told = telling(options.language)
    if not options.file and not options.jsonl:
        raise WrongUsage("name a scenario file; - is standard input; see purring rehearse --help")
    laws = book(house.data_folder)
    with _opened(options.file or "-") as file:
        if options.jsonl:
            for line in _lines(file):
                if line.strip():
                    print(json.dumps(_line_result(line, laws, told), ensure_ascii=False), flush=True)
            return 0
        played = _play(_parsed(_whole(file, options.file), options.file), laws, told)
    if options.json:
        output.document(played)
    else:
        _show(played)
    return 0


def _line_result(line: bytes, laws: LawBook, told: Telling) -> dict[str, Any]:
    try:
        if len(line) > MAX_CHARACTERS:
            raise Refused("too_large", f"larger than any scenario taken here ({MAX_CHARACTERS:,} characters)")
        return _play(_parsed(line.decode("utf-8-sig"), ""), laws, told)
    except UnicodeDecodeError:
        return {"error": {"code": "bad_json", "message": "this line is not UTF-8 text"}}
    except Refused as refused:
        return {"error": {"code": refused.code, "message": refused.message}}


def _play(scenario: object, laws: LawBook, told: Telling) -> dict[str, Any]:
    """Play it; a refusal says its place in the file."""
    try:
        return rehearse(
            scenario, law_of=LawFinder(laws), has_wording=cast(HasWording, wording.has_wording), telling=told
        )
    except Refused as refused:
        path = refused.params.get("path")
        raise Refused(refused.code, f"{path}: {refused.message}" if path else refused.message) from None


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == "-":
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="strict")  # type: ignore[union-attr]
        yield sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8-sig") as file:
            yield file
    except OSError as error:
        raise Refused("unreadable", f"{name} cannot be read: {error.strerror}") from None


def _whole(file: TextIO, name: str) -> str:
    try:
        text = file.read(MAX_CHARACTERS + 1)
    except UnicodeDecodeError:
        raise Refused("bad_json", f"{name} is not UTF-8 text; save it as UTF-8") from None
    if len(text) > MAX_CHARACTERS:
        raise Refused("too_large", f"{name} is larger than any scenario taken here ({MAX_CHARACTERS:,} characters)")
    return text


def _lines(file: TextIO) -> Iterator[bytes]:
    """Each line; of one that is too long only as much as shows that it is."""
    while line := file.buffer.readline(MAX_CHARACTERS + 1):
        rest = line
        while not rest.endswith(b"\n") and (rest := file.buffer.readline(1 << 20)):
            pass
        yield line


def _parsed(text: str, name: str) -> object:
    where = f"{name}: " if name else ""

    def no_constant(word: str) -> NoReturn:
        raise Refused("bad_json", f'{where}{word} is no number; write amounts like "1250.50"')

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [key for key, _ in pairs]
            twice = next(key for key in names if names.count(key) > 1)
            raise Refused("bad_json", f"{where}{twice!r} stands twice in one object; which one is meant?")
        return found

    try:
        return json.loads(text, parse_constant=no_constant, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refused("bad_json", f"{where}{place}: this is not JSON ({error.msg})") from None
    except (RecursionError, ValueError):
        raise Refused("bad_json", f"{where}this is nested too deep or holds a number too long to read") from None


def _show(played: dict[str, Any]) -> None:
    """The timeline for people."""
    rows = [
        (row["on"], row["customer"] or "", row["action"], _what(row), row.get("why", "")) for row in played["timeline"]
    ]
    if rows:
        output.table(rows)
    else:
        output.say("nothing happens in these days")
    output.say()
    output.table(
        [("invoice", "state", "balance", "stage", "reminders")]
        + [
            (one["ref"], one["state"], one["balance"], one["stage"] or "-", str(one["reminders"]))
            for one in played["invoices"]
        ]
    )
    if played["findings"]:
        output.say()
    for finding in played["findings"]:
        output.say(f"look at this: {finding['why']} ({finding['code']})")


def _what(row: dict[str, Any]) -> str:
    money = " + ".join(f"{amount} {currency}" for currency, amount in row.get("amounts", {}).items())
    invoices = ", ".join(row["invoices"])
    if row["action"] == "send":
        return f"{row['stage']} by {row['channel']}: {money} ({invoices})"
    if row["action"] == "thank":
        return f"{money} ({invoices})" if invoices else money
    return f"{row['code']} ({invoices})" if invoices else str(row["code"])
