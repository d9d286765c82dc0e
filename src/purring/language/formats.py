# SPDX-License-Identifier: Apache-2.0
"""Money, dates, numbers, lists and plural forms as CLDR writes them, compiled once per locale and then fast.

Babel knows the rules but takes 10-15 µs per amount; a reminder says a dozen. So the shape of an amount is
learned from Babel once per locale and currency. Spaces inside amounts never break over lines. Not here: any
wording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.localedata import exists
from babel.numbers import format_currency, format_decimal, format_percent

from purring.core.money import exponent

NBSP = "\u00a0"

_HOME_OF: dict[str, str] = {
    "af": "ZA",
    "en": "001",
    "es": "ES",
    "fr": "FR",
    "nb": "NO",
    "pt-BR": "BR",
    "pt-PT": "PT",
}


@lru_cache(1024)
def locale_for(language: str, country: str | None = None) -> str:
    """The CLDR locale of a language as it is written in a country: ("en", "ZA") -> "en_ZA".

    A region in the tag wins over the country ("en-US" in France stays "en_US"). A pair CLDR does not have
    falls back to the language's home; English without an English-speaking country is written the
    international way.
    """
    base, _, region = language.partition("-")
    region = region.upper() or (country or "").upper()
    for candidate in (region, _HOME_OF.get(language, _HOME_OF.get(base, ""))):
        name = f"{base}_{candidate}"
        if candidate and exists(name):
            return name
    return base


@lru_cache(1024)
def money_formatter(locale: str, currency: str) -> Callable[[int], str]:
    """A fast `minor units -> text` for one locale and currency, equal to Babel plus CLDR's currency spacing
    (a letter next to a digit gets a no-break space: "R 1 234,50", which Babel leaves out)."""
    places = exponent(currency)
    scale = 10**places
    sample = Decimal(1234567)
    quantum = Decimal(1).scaleb(-places)
    positive = format_currency(sample.quantize(quantum), currency, locale=locale)
    negative = format_currency(-sample.quantize(quantum), currency, locale=locale)
    thousand = format_currency(Decimal(1234).quantize(quantum), currency, locale=locale)
    digits = [i for i, char in enumerate(positive) if char.isdigit()]
    start, end = digits[0], digits[-1] + 1
    prefix, number, suffix = positive[:start], positive[start:end], positive[end:]
    shift = next(i for i, char in enumerate(negative) if char.isdigit())
    minus_prefix, minus_suffix = negative[:shift], negative[shift + len(number) :]
    whole = number[: -places - 1] if places else number
    point = number[-places - 1] if places else ""
    group = next((char for char in whole if not char.isdigit()), "")
    sizes = [len(part) for part in whole.split(group)][::-1] if group else []
    groups_thousands = bool(group) and group in thousand[len(prefix) :][:2]
    simple = positive[digits[0]].isascii() and (not group or sizes[:2] == [3, 3])
    if not simple:  # Indian grouping, other digits: rare enough for the slow way

        def slow(minor: int) -> str:
            text = format_currency(Decimal(minor).scaleb(-places), currency, locale=locale)
            return _spaced(text)

        return slow
    prefix, minus_prefix = _space_after(prefix), _space_after(minus_prefix)
    suffix, minus_suffix = _space_before(suffix), _space_before(minus_suffix)
    least_grouped = 1000 if groups_thousands else 10000

    def fast(minor: int) -> str:
        units, rest = divmod(abs(minor), scale)
        text = f"{units:,}".replace(",", group) if units >= least_grouped else str(units)
        if places:
            text += f"{point}{rest:0{places}d}"
        return f"{minus_prefix}{text}{minus_suffix}" if minor < 0 else f"{prefix}{text}{suffix}"

    return fast


def money(minor: int, currency: str, locale: str) -> str:
    """An amount of minor units with its currency, e.g. (123450, "EUR", "fr_FR") -> "1 234,50 €"."""
    return money_formatter(locale, currency)(minor)


def _space_after(prefix: str) -> str:
    return prefix + NBSP if prefix and prefix[-1].isalpha() else prefix


def _space_before(suffix: str) -> str:
    return NBSP + suffix if suffix and suffix[0].isalpha() else suffix


def _spaced(text: str) -> str:
    first = next(i for i, char in enumerate(text) if char.isdigit())
    return _space_after(text[:first]) + text[first:]


@lru_cache(8192)
def long_date(day: date, locale: str) -> str:
    """A day with the month in words and the year: "4 March 2026"."""
    return format_date(day, "long", locale=locale)


@lru_cache(8192)
def short_date(day: date, locale: str) -> str:
    """A day for narrow places, the month still in letters where the language does so: "4 Mar 2026"."""
    return format_date(day, "medium", locale=locale)


@lru_cache(4096)
def quantity(value: Decimal, locale: str) -> str:
    """A plain number without superfluous zeros: 2.50 -> "2.5" or "2,5"."""
    return format_decimal(value.normalize(), locale=locale)


@lru_cache(512)
def percent(value: Decimal, locale: str) -> str:
    """A percentage given in percent: Decimal("2.5") -> "2.5%" or "2,5 %"."""
    return format_percent(value / 100, locale=locale, decimal_quantization=False)


def join(parts: Sequence[str], locale: str) -> str:
    """ "A, B and C" in the language."""
    return parts[0] if len(parts) == 1 else format_list(parts, style="standard", locale=locale)


@lru_cache(256)
def _plural_rule(locale: str) -> Callable[[int], str]:
    return Locale.parse(locale).plural_form


@lru_cache(4096)
def plural(count: int, locale: str) -> str:
    """The CLDR plural category of a whole number: "one", "few", "many", "other", ..."""
    return _plural_rule(locale)(count)
