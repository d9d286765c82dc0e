# SPDX-License-Identifier: Apache-2.0
"""Newer rates: checked, stored in the data folder, and how old the data is.

The packaged rates are never changed. What is newer lies in `law/reference-rates.csv` of the data folder and is laid
over them; the folder comes in as an argument, and so does the day.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from purring.law.rate_file import OVERLAY, laid_over, load, newer_than
from purring.law.rates import Rates, packaged

WARN_DAYS = 14
"""So long before the rates run out they are asked for."""


def store(data_folder: Path, text: str) -> list[str]:
    """Check a CSV file of rates (its text) and store what is new in it; one line per change.

    Columns: series, valid_from, rate, confidence, source, and covered_to where a rate is known to hold longer than
    its half-year or year; others are passed over. Refuses (`bad_rates`, with `line`); then nothing is stored.
    """
    newer, news = laid_over(load(data_folder), text)
    if news:
        file = data_folder / OVERLAY
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(newer_than(newer, packaged()), "utf-8")
        os.replace(draft, file)
    return news


class Age(NamedTuple):
    """How far the law data reaches. `ok` is false when today's rates, or those of the coming fortnight, are missing."""

    ok: bool
    known_until: date
    """The last day for which every half-yearly rate is known, but for gaps inside."""
    detail: str


def data_age(today: date, rates: Rates | None = None) -> Age:
    """Is the data older than the half-year? `rates` are the packaged ones when none are given."""
    tables = [one for one in rates or packaged() if one.meta.cadence == "half_year" and one.meta.unit.startswith("%")]
    until = {one.name: one.meta.covered_to for one in tables if one.meta.covered_to}
    newest = max(until.values())
    behind = sorted(name for name, day in until.items() if day < newest)
    old = newest < today + timedelta(WARN_DAYS)
    detail = f"rates known up to {newest}"
    if behind:
        detail += f", but for {', '.join(behind)}"
    if old:
        detail += "; interest after that day is refused until newer rates come in: purring law update FILE"
    return Age(not old, newest, detail)
