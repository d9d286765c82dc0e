# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far the law data reaches: interest on a day without a known rate is refused, so newer rates must come in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from purring.core.errors import Refused
from purring.doors.cli.doctor.finding import Finding, good, warning
from purring.law.rate_file import load
from purring.law.update import data_age

NAME = "law data"


def checks(data_folder: Path, today: date) -> Iterator[Finding]:
    try:
        age = data_age(today, load(data_folder))
    except Refused as refused:
        yield warning(NAME, f"{refused.message}; the rates that came with the program are used meanwhile")
        return
    yield good(NAME, age.detail) if age.ok else warning(NAME, age.detail)
