# SPDX-License-Identifier: Apache-2.0
"""Everything that is written on a paper goes through a pen: labels in the paper's language, amounts and dates as people
write them, and the facts' own texts, of which it notes each character that no font can print."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal
from babel.units import format_unit

from purring.core.money import exponent
from purring.language import formats
from purring.papers.documents.glyphs import instead, is_drawn, is_right_to_left
from purring.papers.documents.house import labels, unit_of

NBSP, ZERO_WIDTH_SPACE, ISOLATE, POP, MINUS = "\u00a0", "\u200b", "\u2068", "\u2069", "\u2212"
_UNBREAKABLE = re.compile(r"[^\s\u200b-]{30,}")
_PIECES = frozenset(("C62", "H87", "EA", "XPP"))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about a paper; `field` is the place in the facts."""

    field: str
    code: str
    why: str


class Pen:
    """Writes in one language for one paper.

    `country` is the buyer's (how amounts and dates look), `home` the seller's (what the tax is called). `printable`
    says of a set of characters which of them can be printed.
    """

    def __init__(
        self,
        language: str,
        country: str,
        home: str,
        printable: Callable[[frozenset[str]], frozenset[str]],
        *,
        plain: frozenset[str],
    ) -> None:
        self.language = language
        self.locale = formats.locale_for(language, country)
        self.home = home
        self.findings: list[Finding] = []
        self.uncommon = False
        """True when a text needs a font that this package does not carry."""
        self._labels = labels(language)
        self._printable = printable
        self._plain = plain

    def label(self, key: str, *situations: str, **values: str) -> str:
        """A word or sentence of the paper; the first situation wins for which there is one, then the seller's country."""
        for situation in (*situations, self.home):
            if found := self._labels.get(f"{key}@{situation}"):
                break
        else:
            found = self._labels[key]
        return formats.typography(found.format_map(values) if values else found, self.locale)

    def count(self, key: str, number: int, **values: str) -> str:
        """A label in the plural form of a number."""
        form = formats.plural(number, self.locale)
        key_of_form = f"{key}@{form}"
        return self.label(key_of_form if key_of_form in self._labels else f"{key}@other", count=str(number), **values)

    def text(self, value: str, field: str) -> str:
        """A text of the facts, ready to print: what no font has is noted and replaced, an endless word may break, and a
        right-to-left text keeps its own order within the line."""
        if not value.isascii() and not self._plain.issuperset(value):
            value = self._without_missing(value, field)
        if len(value) > 30:
            value = _UNBREAKABLE.sub(_with_breaks, value)
        return f"{ISOLATE}{value}{POP}" if is_right_to_left(value) else value

    def _without_missing(self, value: str, field: str) -> str:
        strange = frozenset(value) - self._plain
        printable = self._printable(strange)
        self.uncommon = self.uncommon or bool(printable)
        for sign in sorted(strange - printable, key=value.index):
            put = instead(sign, self._plain)
            if is_drawn(sign):
                self._miss(sign, put, field)
            value = value.replace(sign, put)
        return value

    def _miss(self, sign: str, put: str, field: str) -> None:
        done = f"{put!r} is printed" if put else "it is left out"
        finding = Finding(field, "missing_glyph", f"no font has the character {sign!r} (U+{ord(sign):04X}); {done}")
        if finding not in self.findings:
            self.findings.append(finding)

    def money(self, minor: int, currency: str) -> str:
        written = formats.money(minor, currency, self.locale).replace("-", MINUS)
        return written if self._plain.issuperset(written) else self._without_missing(written, "currency")

    def bare(self, minor: int, currency: str) -> str:
        """An amount in a column whose heading names the currency."""
        return _bare(formats.money(abs(minor), currency, self.locale), minor < 0)

    def unit_price(self, price: Decimal, currency: str) -> str:
        """Major units, with more decimals than the currency where the price has them."""
        places = exponent(currency)
        if price == round(price, places):
            return self.bare(int(price.scaleb(places)), currency)
        return format_decimal(price.normalize(), locale=self.locale, decimal_quantization=False)

    def quantity(self, value: Decimal, unit: str) -> str:
        return _quantity(value, unit, self.locale)

    def percent(self, value: Decimal) -> str:
        return formats.percent(value, self.locale)

    def day(self, day: date) -> str:
        return formats.long_date(day, self.locale).replace(" ", NBSP)

    def short_day(self, day: date) -> str:
        return formats.short_date(day, self.locale).replace(" ", NBSP)

    def country(self, code: str) -> str:
        name = Locale.parse(self.locale).territories.get(code)
        return str(name or code).upper()


def _with_breaks(found: re.Match[str]) -> str:
    word = found.group()
    return ZERO_WIDTH_SPACE.join(word[at : at + 12] for at in range(0, len(word), 12))


def _bare(text: str, negative: bool) -> str:
    at = [i for i, sign in enumerate(text) if sign.isdigit()]
    return (MINUS if negative else "") + text[at[0] : at[-1] + 1]


@lru_cache(4096)
def _quantity(value: Decimal, unit: str, locale: str) -> str:
    number = formats.quantity(value, locale).replace("-", MINUS)
    if unit in _PIECES:
        return number
    if name := unit_of(unit):
        return format_unit(number, name, length="short", locale=locale).replace(" ", NBSP)
    return f"{number}{NBSP}{unit}"


def groups(number: str, size: int = 4) -> str:
    """A long number in groups that a person can copy: "DE89 3704 0044 ..." (blanks that do not break)."""
    return NBSP.join(number[at : at + size] for at in range(0, len(number), size))
