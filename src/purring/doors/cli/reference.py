# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring reference`: make a payment reference, or check one. Needs no database and no settings."""

from __future__ import annotations

import argparse
from typing import Any

from purring.core import references
from purring.core.errors import Refused
from purring.doors.cli import given, output
from purring.doors.cli.arguments import WrongUsage
from purring.doors.cli.house import House


def reference_command(options: argparse.Namespace, house: House) -> int:
    """A reference that does not hold is exit 1."""
    if options.jsonl:
        if options.act == "make" or options.scheme:
            raise WrongUsage("--jsonl is for check alone: the schemes and values come in the lines")
        given.each_line(_checked_line)
        return 0
    if options.value is None:
        raise WrongUsage(f"say scheme and value; see purring reference {options.act} --help")
    if options.act == "make":
        made = references.make(options.scheme, options.value)
        printed = references.printed(options.scheme, made)
        if options.json:
            output.document({"scheme": options.scheme, "reference": made, "printed": printed})
        else:
            output.say(printed)
        return 0
    result = _checked(options.scheme, options.value)
    if options.json:
        output.document(result)
    else:
        output.say(f"{'valid' if result['valid'] else 'not valid'}: {result['why']}")
    return 0 if result["valid"] else 1


def _checked(scheme: str, value: str) -> dict[str, Any]:
    checked = references.check(scheme, value)
    printed = references.printed(scheme, checked.reference) if checked.valid else None
    return {
        "valid": checked.valid,
        "why": checked.why,
        "code": checked.code,
        "reference": checked.reference or None,
        "printed": printed,
    }


def _checked_line(asked: object) -> dict[str, Any]:
    if not isinstance(asked, dict) or asked.keys() != {"scheme", "value"}:
        raise Refused("bad_line", 'a line must be {"scheme": ..., "value": ...}')
    for key, value in asked.items():
        if not isinstance(value, str):
            raise Refused("bad_line", f"{key}: must be a text in quotes")
    return _checked(asked["scheme"], asked["value"])
