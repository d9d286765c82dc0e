# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the organization's language and country say about numbers and dates that can be read in two ways.

Only a habit that is really common there counts. Where people use both (decimal marks in South Africa, the
order of day and month in Canada) nothing is said, and the cell is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError

from purring.language.tags import normalise

Order = Literal["dmy", "mdy", "ymd"]

_BOTH_MARKS = frozenset({"ZA", "NA", "LS", "SZ"})
_BOTH_ORDERS = frozenset({"CA", "PA", "PR", "PH"})
_MONTH_FIRST = frozenset({"US", "GU", "AS", "VI", "MP", "UM", "FM", "MH", "PW"})
_SHORT_YEAR_FIRST = frozenset({"SE", "HU", "LT", "CN", "JP", "KR", "TW"})
_EITHER_END = frozenset({"ZA", "CA", "NA"})


@dataclass(frozen=True)
class LocaleFacts:
    """The organization's language (BCP 47), country (ISO 3166, "" if unknown) and currency (ISO 4217)."""

    language: str
    country: str
    currency: str

    @cached_property
    def decimal_mark(self) -> Literal[".", ","] | None:
        """What separates the decimals there, or None where both are usual."""
        if self.country in _BOTH_MARKS:
            return None
        found = _locale(self.language, self.country)
        mark = found.number_symbols["latn"]["decimal"] if found else None
        return mark if mark in (".", ",") else None

    @cached_property
    def order(self) -> Order | None:
        """Which of day and month comes first in dates that end with the year; None where both are usual."""
        if self.country in _BOTH_ORDERS:
            return None
        if self.country:
            return "mdy" if self.country in _MONTH_FIRST and self._speaks_locally else self._day_first
        return None if normalise(self.language).startswith("en") else "dmy"

    @cached_property
    def short_order(self) -> Order | None:
        """The same for dates with a year of two digits, which may also come first."""
        if self.country in _EITHER_END:
            return None
        return "ymd" if self.country in _SHORT_YEAR_FIRST else self.order

    @property
    def _speaks_locally(self) -> bool:
        return normalise(self.language).split("-")[0] in ("en", "es")

    @property
    def _day_first(self) -> Order | None:
        # an organization in the United States that works in French or German may write dates either way
        return None if self.country in _MONTH_FIRST else "dmy"


@lru_cache(64)
def _locale(language: str, country: str) -> Locale | None:
    base = normalise(language).split("-")[0]
    for tag in (f"{base}_{country}" if country else "", f"und_{country}" if country else "", base):
        try:
            if tag:
                return Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue
    return None
