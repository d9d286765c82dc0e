# SPDX-License-Identifier: Apache-2.0
"""Files of newer rates: read strictly, laid over what is known, written with only what is new.

A file is CSV with the columns of `COLUMNS`; others are passed over. A bad line refuses the whole file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from purring.core.errors import Refused
from purring.law.rates import CONFIDENCES, MICRO, Rates, Row, Series, micro_percent, packaged

OVERLAY = Path("law") / "reference-rates.csv"
"""Where newer rates lie inside the data folder."""
COLUMNS = ("series", "valid_from", "rate", "confidence", "source", "covered_to")
"""`covered_to` may be missing: then a rate holds for its half-year or year, and one that changes on any day for that day."""


def laid_over(rates: Rates, text: str) -> tuple[Rates, list[str]]:
    """The rates with the rows of a CSV file laid over them, and one line per change.

    Refuses (`bad_rates`, with `line`) whatever does not fit; then nothing is taken.
    """
    given = list(_read_rows(text, {one.name: one for one in rates}))
    news: list[str] = []
    series = {one.name: one for one in rates}
    for name in dict.fromkeys(row.series for _, row, _ in given):
        mine = [(row, until) for _, row, until in given if row.series == name]
        series[name], told = _with_rows(series[name], mine)
        news += told
    return Rates(series), news


def newer_than(rates: Rates, older: Rates) -> str:
    """The rows that `older` does not have, in the form that `laid_over` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for series in rates:
        before = older[series.name]
        for at, row in enumerate(series.rows):
            last = at == len(series.rows) - 1
            covered = series.meta.covered_to if last else None
            if row not in before.rows or (last and covered != before.meta.covered_to):
                writer.writerow([row.series, row.valid_from, row.text, row.confidence, row.source, covered or ""])
    return out.getvalue()


def _read_rows(text: str, known: Mapping[str, Series]) -> Iterator[tuple[int, Row, date | None]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = reader.fieldnames or []
        if missing := [name for name in COLUMNS[:5] if name not in header]:
            raise bad_rates(1, f"the columns {', '.join(missing)} are missing; needed are {', '.join(COLUMNS[:5])}")
        seen: set[tuple[str, date]] = set()
        for cells in reader:
            row, until = _read_row(reader.line_num, cells, known)
            if (row.series, row.valid_from) in seen:
                raise bad_rates(reader.line_num, f"{row.series} from {row.valid_from} stands twice")
            seen.add((row.series, row.valid_from))
            yield reader.line_num, row, until
        if not seen:
            raise bad_rates(1, "there is no row in it")
    except csv.Error as error:
        raise bad_rates(reader.line_num, f"this is not CSV ({error})") from None


def _read_row(line: int, cells: Mapping[str, str | None], known: Mapping[str, Series]) -> tuple[Row, date | None]:
    value = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    name = value["series"]
    if name not in known:
        raise bad_rates(line, f"there is no series {name!r}")
    meta = known[name].meta
    valid_from = _day(line, "valid_from", value["valid_from"])
    until = _day(line, "covered_to", value["covered_to"]) if value["covered_to"] else None
    if until and until < valid_from:
        raise bad_rates(line, f"covered_to {until} is before valid_from {valid_from}")
    if until and meta.covered_to is None:
        raise bad_rates(line, f"{name} holds until the law changes; leave covered_to empty")
    if not value["rate"]:
        return Row(name, valid_from, "", "low", value["source"]), until
    if value["confidence"] not in CONFIDENCES:
        raise bad_rates(line, f"confidence {value['confidence']!r} is none of {', '.join(CONFIDENCES)}")
    if not value["source"]:
        raise bad_rates(line, "a rate needs its source")
    try:
        rate = micro_percent(value["rate"])
    except Refused:
        raise bad_rates(line, f'rate {value["rate"]!r} is not a number; write it like "12.25"') from None
    if meta.unit.startswith("%") and not -5 * MICRO <= rate <= 100 * MICRO:
        raise bad_rates(line, f"a rate of {value['rate']} % is not believed")
    if not meta.unit.startswith("%") and rate <= 0:
        raise bad_rates(line, "an amount must be more than zero")
    return Row(name, valid_from, value["rate"], value["confidence"], value["source"]), until


def _day(line: int, column: str, text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise bad_rates(line, f'{column} {text!r} is not a date; write it like "2027-01-01"')


def bad_rates(line: int, message: str) -> Refused:
    return Refused("bad_rates", f"line {line}: {message}", line=line)


def _with_rows(series: Series, given: list[tuple[Row, date | None]]) -> tuple[Series, list[str]]:
    """The series with newer rows. A hole between what was covered and the first new row stays a hole."""
    rows = {row.valid_from: row for row in series.rows}
    covered = series.meta.covered_to
    news = []
    for row, until in sorted(given, key=lambda one: one[0].valid_from):
        old = rows.get(row.valid_from)
        if old and old.text and not row.text:
            continue  # a gap of an older file does not hide what is known by now
        if covered and row.valid_from > covered + timedelta(1):
            gap = covered + timedelta(1)
            rows.setdefault(gap, Row(series.name, gap, "", "low", "not given"))
        if old is None or (old.text, old.confidence) != (row.text, row.confidence):
            was = f" (was {_said(old)})" if old else ""
            news.append(f"{series.name} from {row.valid_from}: {_said(row)}{was}")
        rows[row.valid_from] = row
        if covered and row.text:
            covered = max(covered, until or _period_end(series.meta.cadence, row.valid_from))
    meta = replace(series.meta, covered_to=covered)
    if covered != series.meta.covered_to:
        news.append(f"{series.name} is now known up to {covered}")
    return Series(series.name, meta, rows.values()), news


def _said(row: Row) -> str:
    return f"{row.text}, {row.confidence}" if row.text else "unknown"


def _period_end(cadence: str, day: date) -> date:
    """The last day a row is known for by itself: its half-year or year; an event says nothing about later days."""
    if cadence == "half_year":
        return date(day.year, 6, 30) if day.month <= 6 else date(day.year, 12, 31)
    return date(day.year, 12, 31) if cadence == "year" else day


def load(data_folder: Path | None = None) -> Rates:
    """The packaged rates, with those under `law/reference-rates.csv` of the data folder laid over them."""
    file = data_folder / OVERLAY if data_folder else None
    if file is None or not file.exists():
        return packaged()
    try:
        return laid_over(packaged(), file.read_text("utf-8"))[0]
    except (OSError, UnicodeDecodeError):
        raise Refused("bad_rates", f"{file} cannot be read as text; take it away or update anew") from None
    except Refused as refused:
        raise Refused("bad_rates", f"{file}: {refused.message}") from None
