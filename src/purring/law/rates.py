# SPDX-License-Identifier: Apache-2.0
"""Rates and amounts that change by decree: dated rows, known up to a day and never beyond.

A row holds from its day to the day before the next row of its series, at most up to `covered_to`; a row without
a rate is a known gap. Nothing is carried forward: a day without a rate has no rate. Rates are whole millionths
of a percent (`12.25 %` is 12_250_000), amounts are decimal texts of their currency. Days are ordinals inside.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from purring.core.errors import Refused

MICRO = 1_000_000
"""Millionths of a percent in one percent."""
CONFIDENCES = ("high", "medium", "low")
"""From sure to unsure; a fact below `high` never goes on a bill by itself."""
CADENCES = ("half_year", "year", "event", "fixed")
FOREVER = date.max.toordinal()


class Row(NamedTuple):
    """One dated value; `text` is empty for a known gap."""

    series: str
    valid_from: date
    text: str
    confidence: str
    source: str


@dataclass(frozen=True)
class Meta:
    """What a series is, and up to which day it is known."""

    country: str
    what: str
    unit: str
    cadence: str
    covered_to: date | None
    """None: holds until the law changes."""


class Span(NamedTuple):
    """A stretch of days with one rate. `first` and `last` are ordinals, both included; `rate` in millionths of a percent."""

    first: int
    last: int
    rate: int
    doubt: int
    """Index into `CONFIDENCES`."""


class Series:
    """The rows of one series, ready to be asked for days."""

    __slots__ = ("covered_to", "doubts", "meta", "name", "rates", "rows", "starts")

    def __init__(self, name: str, meta: Meta, rows: Iterable[Row]) -> None:
        self.name = name
        self.meta = meta
        self.rows = tuple(sorted(rows, key=lambda row: row.valid_from))
        self.starts = [row.valid_from.toordinal() for row in self.rows]
        self.rates = [micro_percent(row.text) if row.text else None for row in self.rows]
        self.doubts = [CONFIDENCES.index(row.confidence) if row.text else len(CONFIDENCES) - 1 for row in self.rows]
        self.covered_to = meta.covered_to.toordinal() if meta.covered_to else FOREVER

    def row_at(self, day: int) -> Row | None:
        """The row in force on a day (ordinal), or None when nothing is known of that day."""
        at = bisect_right(self.starts, day) - 1
        return self.rows[at] if at >= 0 and day <= self.covered_to and self.rows[at].text else None

    def spans(self, first: int, last: int) -> list[Span]:
        """The rates of the days `first` to `last` (ordinals, both included), in order.

        Refuses (`rate_unknown`, with `on` and `series`) when any of these days has no known rate.
        """
        starts, rates = self.starts, self.rates
        at = bisect_right(starts, first) - 1
        if at < 0:
            raise self._unknown(first)
        if last > self.covered_to:
            raise self._unknown(max(first, self.covered_to + 1))
        found: list[Span] = []
        while True:
            rate = rates[at]
            if rate is None:
                raise self._unknown(max(first, starts[at]))
            doubt = self.doubts[at]
            end = starts[at + 1] - 1 if at + 1 < len(starts) else FOREVER
            if found and found[-1].rate == rate:  # a new half-year, but no new rate
                first, doubt = found[-1].first, max(doubt, found.pop().doubt)
            if end >= last:
                found.append(Span(first, last, rate, doubt))
                return found
            found.append(Span(first, end, rate, doubt))
            first, at = end + 1, at + 1

    def _unknown(self, day: int) -> Refused:
        on = date.fromordinal(day)
        until = (
            f"known up to {self.meta.covered_to}" if self.meta.covered_to else f"known from {self.rows[0].valid_from}"
        )
        if self.meta.covered_to and on <= self.meta.covered_to:
            until = f"a gap in the data; the series begins on {self.rows[0].valid_from}"
        return Refused(
            "rate_unknown",
            f"the rate {self.name} is not known for {on} ({until}); "
            "no amount is worked out for such days. Newer rates come with: purring law update FILE",
            on=on,
            series=self.name,
        )


class Rates:
    """All series, packaged ones with newer rows laid over them."""

    def __init__(self, series: Mapping[str, Series]) -> None:
        self._series = dict(series)

    def __getitem__(self, name: str) -> Series:
        return self._series[name]

    def __contains__(self, name: str) -> bool:
        return name in self._series

    def __iter__(self) -> Iterator[Series]:
        return iter(self._series.values())


def micro_percent(text: str) -> int:
    """Millionths of a percent of a decimal text such as ``12.25``; refuses (`bad_amount`) anything else."""
    found = re.fullmatch(r"(-?)(\d{1,7})(?:\.(\d{1,6}))?", text, re.ASCII)
    if not found:
        raise Refused("bad_amount", f'{text!r} is not a rate; write percent a year like "12.25"', value=text)
    value = int(found[2]) * MICRO + int((found[3] or "").ljust(6, "0"))
    return -value if found[1] else value


def percent_text(rate: int) -> str:
    """The decimal text of a rate, at least two decimals: 12_250_000 -> "12.25"."""
    whole, rest = divmod(abs(rate), MICRO)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if rate < 0 else ''}{whole}.{decimals}"


@lru_cache(1)
def packaged() -> Rates:
    """The rates that come with this version."""
    import json

    folder = resources.files("purring.law")
    metas = {
        name: Meta(
            one["country"],
            one["what"],
            one["unit"],
            one["cadence"],
            date.fromisoformat(one["covered_to"]) if one["covered_to"] else None,
        )
        for name, one in json.loads((folder / "series.json").read_text("utf-8")).items()
    }
    rows: dict[str, list[Row]] = {name: [] for name in metas}
    for cells in csv.DictReader(io.StringIO((folder / "reference-rates.csv").read_text("utf-8"))):
        row = Row(
            cells["series"],
            date.fromisoformat(cells["valid_from"]),
            cells["rate"],
            cells["confidence"],
            cells["source"],
        )
        rows[row.series].append(row)
    return Rates({name: Series(name, meta, rows[name]) for name, meta in metas.items()})
