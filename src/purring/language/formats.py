# SPDX-License-Identifier: Apache-2.0
"""Money, dates, numbers, lists and plural forms as CLDR writes them, compiled once per locale and then fast.

Babel knows the rules but takes 10-15 µs per amount; a reminder says a dozen. So the shape of an amount is
learned from Babel once per locale and currency. Spaces inside amounts never break over lines. Where people
write otherwise than CLDR's data says (the first of the month in French, the rand), the custom wins; each such
place says so. Not here: any wording.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.localedata import exists
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
    get_minus_sign_symbol,
)

from purring.core.money import exponent

NBSP = "\u00a0"
_SET_APART = re.compile("[\u00a0\u202f](?=[;?!])")
_STOP_AFTER_STOP = re.compile(r"(\w+://[^\s<>\"]*)|(?:(?<=[^.\s]\.)|(?<=\.\.\.)|(?<=[?!…]))\.(?=[\s<)\]»”’']|$)")
"""A stop after one; addresses of the web, which may end in two, are stepped over."""
_SEAMS = ("..", "?.", "!.", "….")

_HOME_OF: dict[str, str] = {
    "af": "ZA",
    "da": "DK",
    "de": "DE",
    "en": "001",
    "es": "ES",
    "fr": "FR",
    "it": "IT",
    "nb": "NO",
    "nl": "NL",
    "pt-BR": "BR",
    "pt-PT": "PT",
    "sv": "SE",
}

_LEAST_GROUPED: dict[str, int] = {"pt_PT": 10_000}
"""From which whole amount on thousands are set apart, where Babel sets apart too many: CLDR has
minimumGroupingDigits 2 for Portugal ("1234,50 €", "12 345,50 €"), which Babel does not know. CLDR has it for Spain and
Italy too; bills there have the dot all the same, as the notes on small print per country say."""

SPELT: dict[str, tuple[str, str]] = {"de_CH": ("ß", "ss"), "de_LI": ("ß", "ss")}
"""Letters that a country writes otherwise, in our words only; names and other facts stay as they are."""


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
    """A fast `minor units -> text` for one locale and currency: Babel's, plus CLDR's currency spacing (a letter
    next to a digit gets a no-break space: "NOK 1,234.50") and CLDR's minus sign, both of which Babel leaves
    out."""
    places = exponent(currency)
    scale = 10**places

    def written(minor: int) -> str:
        return _as_people_write(Decimal(minor).scaleb(-places), currency, locale)

    positive, negative = written(1234567 * scale), written(-1234567 * scale)
    thousand = written(1234 * scale)
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
        return written
    least_grouped = _LEAST_GROUPED.get(locale) or (1000 if groups_thousands else 10000)

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


def _as_people_write(amount: Decimal, currency: str, locale: str) -> str:
    text = format_currency(amount, currency, locale=locale)
    if amount < 0:
        text = text.replace("-", get_minus_sign_symbol(locale), 1)
    language, region = locale.partition("_")[0], locale.rpartition("_")[2]
    if currency == "NAD" and (language == "af" or region in ("NA", "ZA")):
        text = text.replace(get_currency_symbol(currency, locale), "N$", 1)  # as on every bill in Namibia
    digits = [i for i, char in enumerate(text) if char.isdigit()]
    before, number, after = text[: digits[0]], text[digits[0] : digits[-1] + 1], text[digits[-1] + 1 :]
    if before[-1:].isalpha() and not (currency == "ZAR" and get_currency_symbol(currency, locale) == "R"):
        before += NBSP  # the rand stands solid: R1 234,50
    if after[:1].isalpha():
        after = NBSP + after
    return before + number + after


_FIRST_OF_MONTH = {"fr": "er", "it": "º", "pt_BR": "º"}
"""By language, or by language and country where only one of them writes it so."""


@lru_cache(512)
def _date_pattern(locale: str, width: str, first: bool) -> str:
    """CLDR's pattern, but beside a month in letters no day has a leading zero ("4 Maart 2026", not "04 Maart"),
    and the first of a month is "1er" in French and "1º" in Italian and in Brazil."""
    pattern = str(Locale.parse(locale).date_formats[width].pattern)
    if "MMM" in pattern:
        pattern = pattern.replace("dd", "d")
        ordinal = _FIRST_OF_MONTH.get(locale) or _FIRST_OF_MONTH.get(locale.partition("_")[0])
        if first and ordinal:
            pattern = pattern.replace("d ", f"d'{ordinal}' ", 1)
    return pattern


@lru_cache(8192)
def long_date(day: date, locale: str) -> str:
    """A day with the month in words and the year: "4 March 2026"."""
    return format_date(day, _date_pattern(locale, "long", day.day == 1), locale=locale)


@lru_cache(8192)
def short_date(day: date, locale: str) -> str:
    """A day for narrow places, the month still in letters where the language does so: "4 Mar 2026"."""
    return format_date(day, _date_pattern(locale, "medium", day.day == 1), locale=locale)


@lru_cache(4096)
def quantity(value: Decimal, locale: str) -> str:
    """A plain number without superfluous zeros: 2.50 -> "2.5" or "2,5"."""
    return format_decimal(value.normalize(), locale=locale)


@lru_cache(512)
def percent(value: Decimal, locale: str) -> str:
    """A percentage given in percent: Decimal("2.5") -> "2.5%" or "2,5 %"."""
    return format_percent(value / 100, locale=locale, decimal_quantization=False)


def typography(text: str, locale: str) -> str:
    """Stops that meet, and spacing that differs within a language: Canadian French sets ; ? and ! close, France a
    no-break space before them. Only such a stop and no-break spaces are taken away, so nobody's name changes."""
    text = one_stop(text)
    return _SET_APART.sub("", text) if locale == "fr_CA" else text


def one_stop(text: str) -> str:
    """The full stop of a name or an amount ends its sentence too ("Smith & Co.", "S.r.l.", "1.245,00 kr."), and so does
    its own mark ("Yahoo!", "Wait..."). A question mark stays: "from Smith & Co.?"."""
    if not any(map(text.__contains__, _SEAMS)):  # nearly always: the expression looks at every word
        return text
    return _STOP_AFTER_STOP.sub(lambda found: found[1] or "", text)


def spelt(source: str, locale: str) -> str:
    """A wording's source in the spelling of the locale: Switzerland and Liechtenstein write ss for ß."""
    change = SPELT.get(locale)
    return source.replace(*change) if change else source


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
