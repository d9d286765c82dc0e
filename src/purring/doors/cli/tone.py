# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring tone`: what is unkind, unclear or missing in a message. Needs no database and no settings."""

from __future__ import annotations

import argparse
from typing import Any

from purring.core.errors import Refused
from purring.doors.cli import given, output
from purring.doors.cli.arguments import WrongUsage
from purring.doors.cli.house import House
from purring.language.tone import Report, check_tone

MOST_BYTES = 4_000_000
KEYS = ("text", "language", "stage", "channel", "facts", "subject")
OK, FOUND = 0, 1


def tone_command(options: argparse.Namespace, house: House) -> int:
    """Exit 1 when there is any finding. With `--jsonl` each line has its own result or error."""
    if options.jsonl:
        given.each_line(lambda value: _report(_line(value)).document())
        return OK
    if not options.file:
        raise WrongUsage("name a text file; - is standard input; see purring tone --help")
    asked: dict[str, Any] = {"text": _text(options.file)}
    for name in ("language", "stage", "channel", "subject"):
        if (value := getattr(options, name)) is not None:
            asked[name] = value
    if options.facts:
        asked["facts"] = given.json_file(options.facts)
    report = _report(asked)
    if options.json:
        output.document(report.document())
    else:
        _show(report)
    return OK if report.verdict == "ok" else FOUND


def _report(asked: dict[str, Any]) -> Report:
    facts = asked.pop("facts", None)
    if facts is not None and not isinstance(facts, dict):
        raise Refused("bad_facts", "the facts must be a JSON object")
    return check_tone(asked.pop("text"), facts=facts, **asked)


def _line(value: object) -> dict[str, Any]:
    """The options of one line of `--jsonl`."""
    if not isinstance(value, dict):
        raise Refused("bad_json", "a line must be a JSON object")
    asked: dict[str, Any] = {}
    for name, one in value.items():
        if name not in KEYS:
            raise Refused("bad_option", f"{name!r} is not known; known are {', '.join(KEYS)}")
        if one is None:
            continue
        if name != "facts" and not isinstance(one, str):
            raise Refused("bad_option", f"{name} must be a text")
        asked[name] = one
    if "text" not in asked:
        raise Refused("bad_option", "text is missing")
    return asked


def _text(name: str) -> str:
    content = given.raw_file(name, MOST_BYTES)
    if len(content) > MOST_BYTES:
        raise Refused("too_large", f"{given.called(name)}: larger than any message ({MOST_BYTES:,} bytes)")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refused("bad_text", f"{given.called(name)}: this is not UTF-8 text; save it as UTF-8") from None


def _show(report: Report) -> None:
    """For people: one paragraph a finding, and the verdict."""
    for one in report.findings:
        where = f' "{one.quote}"' if one.quote else ""
        field = " (subject)" if one.field == "subject" else ""
        output.say(f"{'!' if one.severity == 'block' else '-'} {one.code}{field}{where}")
        output.say(f"  {one.why}")
        output.say(f"  {one.better}")
    verdicts = {
        "ok": "This can go out.",
        "warn": "Better change this before it goes out.",
        "block": "This must not go out like this.",
    }
    output.say(f"{verdicts[report.verdict]} ({report.language})")
