# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring doctor`: is everything in order? One finding per question; exit 1 when one fails. Changes nothing.

With `--verify PACK` it looks at an evidence pack instead, and needs neither settings nor database."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from purring.core.errors import Refused, Trouble
from purring.doors.cli import output
from purring.doors.cli.doctor import account, database, key, law, mail, pack, payments, rounds, settings, wordings
from purring.doors.cli.doctor.finding import Finding, failure
from purring.doors.cli.house import House
from purring.doors.cli.opening import moment
from purring.kit.maildns import text_records

SIGNS = {"ok": "ok", "warn": "look", "fail": "FAIL"}


def doctor_command(options: argparse.Namespace, house: House) -> int:
    findings = list(pack.checks(options.verify) if options.verify else examine(house))
    if options.json:
        output.document({"checks": [finding.as_dict() for finding in findings]})
    else:
        output.table([(SIGNS[finding.level], finding.name, finding.detail) for finding in findings])
    failed = [finding for finding in findings if finding.level == "fail"]
    if failed:
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        output.warn(f"purring: {failed[0].name}: {failed[0].detail}{more}")
    return 1 if failed else 0


def examine(house: House) -> Iterator[Finding]:
    """Every check, in the order in which a person would mend things."""
    now = moment()
    unreadable = settings.unreadable(house)
    if unreadable:
        yield unreadable
        return
    try:
        house.start_django()
    except (Refused, Trouble) as error:
        yield failure("settings", error.message)
        return
    yield from settings.checks(house, os.environ)
    yield from key.checks(house)
    yield from law.checks(house.data_folder, now.date())
    there = list(database.checks(house))
    yield from there
    usable = all(finding.level != "fail" for finding in there)
    if usable:
        yield from account.checks(house)
        yield from database.invariants(now)
        yield from payments.checks(house, now)
        yield from rounds.checks(house, now)
        yield from wordings.checks(house)
    yield from mail.checks(house, text_records)
