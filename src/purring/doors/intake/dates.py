# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates as people and programs write them: 2026-11-20 · 20/11/2026 · 20.11.26 · 20 novembre 2026 · Excel's
46346.

03/04/2026 has two readings. The column decides (`DateColumn`): by its other values, then by the locale, else
the cell is refused. A column that contradicts itself (13/04 and 04/13) is not trusted in either order.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale

from purring.core.errors import Refused
from purring.doors.intake.limits import Limits
from purring.doors.intake.locale import LocaleFacts, Order

LANGUAGES = ("en", "af", "fr", "es", "nb", "de", "nl", "pt", "pt_PT", "it", "sv", "da")
"""Languages whose month names, and elsewhere country and language names, are understood."""

_LONGEST = 60
_TIME = re.compile(
    r"(?:T|,?\s+(?:(?:at|kl\.?|à|om|um)\s+)?)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?"
    r"\s*(?:[AaPp]\.?\s?[Mm]\.?)?\s*(?:Z|[+-]\d{2}:?\d{2}|UTC|GMT)?$"
)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_COMPACT = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})")
_TRIPLE = re.compile(r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})\.?")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_FILLERS = frozenset(
    word
    for phrases in (
        "de del den der die the of d le el la los am on",  # between the parts
        "st nd rd th er re a o ste e os",  # behind the day
    )
    for word in phrases.split()
)
_EPOCH = date(1899, 12, 30)
_SERIALS = range(32874, 73051)


@dataclass(frozen=True, slots=True)
class Triple:
    """Three numbers with the year last (or, short, anywhere): the dates they can mean, by order."""

    readings: tuple[tuple[Order, date], ...]
    short: bool

    @property
    def orders(self) -> frozenset[Order]:
        return frozenset(order for order, _ in self.readings)

    @property
    def certain(self) -> date | None:
        """The date, when every order gives the same one."""
        days = {day for _, day in self.readings}
        return days.pop() if len(days) == 1 else None


def read_date(text: str, limits: Limits) -> date | Triple:
    """One date, or a `Triple` whose order is open; refuses (`bad_date`) what is no date or no such day."""
    if len(text) > _LONGEST:
        raise _no_date(text[:20] + "…")
    body = text if text.isascii() else unicodedata.normalize("NFKC", text)
    body = _TIME.sub("", body.strip()) or body
    if match := _ISO.fullmatch(body):
        return _day(int(match[1]), int(match[3]), int(match[4]), text, limits)
    if match := _COMPACT.fullmatch(body):
        return _day(int(match[1] + match[2]), int(match[3]), int(match[4]), text, limits)
    if match := _TRIPLE.fullmatch(body):
        return _triple(match, text, limits)
    if match := _SERIAL.fullmatch(body):
        return from_serial(int(match[1]), text)
    return _in_words(body, text, limits)


def from_serial(number: int | Decimal, text: str) -> date:
    """The day of a spreadsheet's serial number (days since 30 December 1899); refuses numbers that are no such day."""
    if int(number) not in _SERIALS:
        raise _no_date(text)
    return _EPOCH + timedelta(days=int(number))


def within(day: date, text: str, limits: Limits) -> date:
    """The same day, unless its year is absurd."""
    if not limits.earliest_year <= day.year <= limits.latest_year:
        raise Refused("bad_date", f"{text!r} is in the year {day.year}; is the year right?")
    return day


def _no_date(text: str) -> Refused:
    return Refused("bad_date", f"{text!r} is not a date; write it like 2026-11-20")


def _day(year: int, month: int, day: int, text: str, limits: Limits) -> date:
    try:
        return within(date(year, month, day), text, limits)
    except ValueError:
        raise Refused("bad_date", f"{text!r} is not a day of the calendar; write the date like 2026-11-20") from None


def _triple(match: re.Match[str], text: str, limits: Limits) -> Triple:
    one, two, three = int(match[1]), int(match[3]), int(match[4])
    short = len(match[4]) == 2
    parts: list[tuple[Order, int, int, int]] = [("dmy", three, two, one), ("mdy", three, one, two)]
    if short:
        parts = [(order, _full_year(year), month, day) for order, year, month, day in parts]
        if len(match[1]) == 2:
            parts.append(("ymd", _full_year(one), two, three))
    elif not limits.earliest_year <= three <= limits.latest_year:
        raise Refused("bad_date", f"{text!r} is in the year {three}; is the year right?")
    readings: list[tuple[Order, date]] = []
    for order, year, month, day in parts:
        if limits.earliest_year <= year <= limits.latest_year:
            try:
                readings.append((order, date(year, month, day)))
            except ValueError:
                continue
    if not readings:
        raise Refused("bad_date", f"{text!r} is not a day of the calendar; write the date like 2026-11-20")
    return Triple(tuple(readings), short)


def _full_year(short: int) -> int:
    return short + (2000 if short < 70 else 1900)


def _in_words(body: str, text: str, limits: Limits) -> date:
    months, weekdays = _names()
    tokens = [_fold(token) for token in _TOKEN.findall(body)]
    numbers = [token for token in tokens if token.isdigit()]
    words = [token for token in tokens if not token.isdigit()]
    # "mar" is a Tuesday in Spanish and March almost everywhere: the month is the last word that can be one
    month_word = next((word for word in reversed(words) if word in months), None)
    if month_word is None or len(numbers) != 2:
        raise _no_date(text)
    words.remove(month_word)
    named = [weekdays[word] for word in words if word in weekdays]
    if any(word not in weekdays and word not in _FILLERS for word in words) or len(named) > 1:
        raise _no_date(text)
    first, second = numbers
    if len(first) == 4 and len(second) <= 2:
        first, second = second, first
    if len(first) > 2 or len(second) not in (2, 4):
        raise _no_date(text)
    year = int(second) if len(second) == 4 else _full_year(int(second))
    day = _day(year, months[month_word], int(first), text, limits)
    if named and day.weekday() not in named[0]:
        raise Refused("bad_date", f"{text!r}: that day is another day of the week; which one is right?")
    return day


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


@lru_cache(1)
def _names() -> tuple[dict[str, int], dict[str, frozenset[int]]]:
    """Month and weekday names of every language, long and short, without accents and dots."""
    months: dict[str, int] = {"sept": 9, "septbr": 9, "mrz": 3, "mrt": 3}
    weekdays: dict[str, set[int]] = {}
    for tag in LANGUAGES:
        locale = Locale.parse(tag)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    months.setdefault(_fold(name).strip("."), number)
                for number, name in locale.days[context][width].items():
                    for part in _TOKEN.findall(_fold(name)):
                        weekdays.setdefault(part, set()).add(number)
    return months, {word: frozenset(days) for word, days in weekdays.items()}


@dataclass(slots=True)
class _Orders:
    """The orders in which every value so far can be read, and for each order a value that allows no other."""

    possible: frozenset[Order]
    proof: dict[Order, tuple[int, str]] = field(default_factory=dict)

    def take(self, triple: Triple, line: int, text: str) -> None:
        self.possible &= triple.orders
        if len(triple.orders) == 1:
            self.proof.setdefault(next(iter(triple.orders)), (line, text))


@dataclass(slots=True)
class DateColumn:
    """What the values of one column say about the order of day and month. Show it every value, then ask it."""

    locale: LocaleFacts
    limits: Limits
    header_order: Order | None = None
    neighbours: list[DateColumn] = field(default_factory=list)
    long: _Orders = field(default_factory=lambda: _Orders(frozenset({"dmy", "mdy"})))
    short: _Orders = field(default_factory=lambda: _Orders(frozenset({"dmy", "mdy", "ymd"})))
    _known: dict[str, date | Triple | Refused] = field(default_factory=dict)

    def observe(self, text: str, line: int) -> None:
        """Takes note of one value; one that cannot be read tells nothing."""
        if text not in self._known:
            read = self._read(text)
            if isinstance(read, Triple):
                (self.short if read.short else self.long).take(read, line, text)

    def settle(self, text: str) -> date:
        """The date of a text; refuses (`bad_date`, `ambiguous`)."""
        read = self._read(text)
        if isinstance(read, date):
            return read
        if isinstance(read, Refused):
            raise read
        trusted = len(read.orders) > 1 or (self.short if read.short else self.long).possible
        return read.certain if read.certain and trusted else self._choose(read, text)

    def _read(self, text: str) -> date | Triple | Refused:
        known = self._known.get(text)
        if known is None:
            try:
                known = read_date(text, self.limits)
            except Refused as refusal:
                known = refusal
            if len(self._known) < 50_000:
                self._known[text] = known
        return known

    def _choose(self, triple: Triple, text: str) -> date:
        said = self.short if triple.short else self.long
        if not said.possible:
            shown = " and ".join(f"line {line} has {value!r}" for line, value in sorted(said.proof.values()))
            raise Refused(
                "ambiguous",
                f"{text!r}: this column mixes day first and month first "
                f"({shown or 'no order fits all values'}); "
                "write the dates like 2026-11-20",
            )
        order = next(iter(said.possible)) if len(said.possible) == 1 else self._usual(triple, said)
        day = dict(triple.readings).get(order) if order else None
        if day is None:
            shown = " or ".join(sorted({day.isoformat() for _, day in triple.readings}))
            raise Refused("ambiguous", f"{text!r} can mean {shown}, and nothing tells which; write it like 2026-11-20")
        return day

    def _usual(self, triple: Triple, said: _Orders) -> Order | None:
        order = self.header_order or (self.locale.short_order if triple.short else self.locale.order)
        if order not in said.possible:
            return None
        for other in self.neighbours:
            theirs = (other.short if triple.short else other.long).possible
            if len(theirs) == 1 and order not in theirs:
                return None  # the next column goes the other way round: the habit of the place does not hold
        return order
