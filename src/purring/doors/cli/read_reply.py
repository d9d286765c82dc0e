# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring read-reply`: what somebody answered, understood. Needs no database and no settings."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from purring.core.errors import Refused
from purring.core.money import exponent
from purring.doors.cli import given, output
from purring.doors.cli.arguments import WrongUsage
from purring.doors.cli.house import House
from purring.language.replies.reading import Reading, read_reply

MOST_BYTES = 64_000_000
KEYS = ("text", "raw", "language", "said_on", "timezone")


def read_reply_command(options: argparse.Namespace, house: House) -> int:
    """Refused: exit 1. With `--jsonl` each line has its own result or error."""
    if options.jsonl:
        given.each_line(_line_result)
        return 0
    if not options.file:
        raise WrongUsage("name a file with the reply; - is standard input; see purring read-reply --help")
    content = _content(options.file)
    raw = options.raw or options.file.lower().endswith(".eml")
    reading = _read(content, raw, options.language, options.said_on, options.timezone or "UTC")
    if options.json:
        output.document(as_document(reading))
    else:
        _show(reading)
    return 0


def as_document(reading: Reading) -> dict[str, Any]:
    """The reading as `--json` and `--jsonl` print it: amounts as text in major units, days as ISO 8601."""
    return {
        "kind": reading.kind,
        "language": reading.language,
        "reply": reading.reply,
        "intents": [
            {"intent": one.intent, "confidence": one.confidence, "quote": one.quote} for one in reading.intents
        ],
        "primary": reading.primary,
        "hostile": reading.hostile,
        "pay_on": reading.pay_on.isoformat() if reading.pay_on else None,
        "pay_amount": _amount(reading),
        "pay_currency": reading.pay_currency,
        "return_on": reading.return_on.isoformat() if reading.return_on else None,
        "invoice_refs": list(reading.invoice_refs),
        "open_question": reading.open_question,
    }


def _amount(reading: Reading) -> str | None:
    if reading.pay_amount is None:
        return None
    places = exponent(reading.pay_currency) if reading.pay_currency else 2
    return f"{reading.pay_amount:.{places}f}"


def _content(name: str) -> bytes:
    content = given.raw_file(name, MOST_BYTES)
    if len(content) > MOST_BYTES:
        raise Refused("too_large", f"{given.called(name)} is larger than any mail taken here ({MOST_BYTES:,} bytes)")
    return content


def _line_result(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused("bad_json", "a line must be a JSON object")
    for name, one in value.items():
        if name not in KEYS:
            raise Refused("bad_json", f"{name!r} is not known; a line has {', '.join(KEYS)}")
        if one is not None and not isinstance(one, str):
            raise Refused("bad_json", f"{name!r} must be text")
    text, raw = value.get("text"), value.get("raw")
    if (text is None) == (raw is None):
        raise Refused("bad_json", 'a line has either "text" or "raw"')
    content = str(text if raw is None else raw).encode("utf-8", "replace")
    return as_document(
        _read(content, raw is not None, value.get("language"), value.get("said_on"), value.get("timezone") or "UTC")
    )


def _read(content: bytes, raw: bool, language: str | None, said_on: str | None, timezone: str) -> Reading:
    """Read it. The day it was said: as given, else a mail's own, else today in that zone."""
    day = _day(said_on) if said_on else None
    if raw:
        return read_reply(content, raw=True, language=language, said_on=day, timezone=timezone)
    return read_reply(_text(content), language=language, said_on=day or _today(timezone), timezone=timezone)


def _today(timezone: str) -> date | None:
    try:
        return datetime.now(ZoneInfo(timezone)).date()
    except (KeyError, ValueError, OSError):
        return datetime.now(UTC).date()  # an unknown zone is refused by the reading itself


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # saved by an older program


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        if day.isoformat() == text:
            return day
    except ValueError:
        pass
    raise Refused("bad_date", f"--said-on: {text!r} is not a date such as 2026-03-04")


def _show(reading: Reading) -> None:
    """For people."""
    output.table(
        [
            ("kind", reading.kind.replace("_", " ")),
            ("language", reading.language or "not recognised"),
            ("wants", reading.primary.replace("_", " ") + (" (hostile)" if reading.hostile else "")),
        ]
    )
    for one in reading.intents:
        output.say(f"  {one.intent.replace('_', ' ')}, {one.confidence:.0%}: {' '.join(one.quote.split())}")
    rows = [
        ("pays on", reading.pay_on.isoformat() if reading.pay_on else ""),
        ("pays", " ".join(filter(None, (_amount(reading), reading.pay_currency)))),
        ("back on", reading.return_on.isoformat() if reading.return_on else ""),
        ("invoices", ", ".join(reading.invoice_refs)),
        ("answer owed", "yes" if reading.open_question else "no"),
    ]
    output.table([row for row in rows if row[1]])
    output.say()
    output.say(reading.reply)
