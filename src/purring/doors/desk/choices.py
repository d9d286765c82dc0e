# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists to choose from, in the reader's language: countries, currencies, languages, time zones. From CLDR."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from purring.core.money import is_currency
from purring.doors.intake.names import language as language_named
from purring.language.compose import LANGUAGES

Choices = list[tuple[str, str]]
OWN_NAMES = {
    "en": "English", "af": "Afrikaans", "fr": "Français", "es": "Español", "nb": "Norsk bokmål", "de": "Deutsch", "nl": "Nederlands",
    "pt-PT": "Português (Portugal)", "pt-BR": "Português (Brasil)", "it": "Italiano", "sv": "Svenska", "da": "Dansk",
}  # fmt: skip
NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "CQ", "AC", "CP", "DG", "EA", "IC", "TA"})


@lru_cache(16)
def country_choices(language: str) -> Choices:
    names = Locale.parse(language, sep="-").territories
    countries = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return sorted((pair for pair in countries if pair[0] not in NOT_COUNTRIES), key=lambda pair: pair[1])


@lru_cache(16)
def currency_choices(language: str) -> Choices:
    """Currencies in use today, by code."""
    names = Locale.parse(language, sep="-").currencies
    in_use = {code for country in _countries() for code in get_territory_currencies(country)}
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(in_use) if is_currency(code)]


@lru_cache(16)
def language_choices(language: str) -> Choices:
    """The languages in which Purring writes, each by its own name."""
    names = Locale.parse(language, sep="-").languages
    return [(tag, OWN_NAMES.get(tag, names.get(tag, tag))) for tag in LANGUAGES]


@lru_cache(1)
def timezone_choices() -> Choices:
    """IANA time zones that name a place."""
    return [
        (zone, zone.replace("_", " "))
        for zone in sorted(available_timezones())
        if "/" in zone and not zone.startswith("Etc/")
    ]


def country_name(code: str, language: str) -> str:
    """The country in the reader's language; an unknown code as it is."""
    return str(Locale.parse(language, sep="-").territories.get(code, code))


def language_name(tag: str, language: str) -> str:
    """The language in the reader's language; an unknown tag as it is."""
    names = Locale.parse(language, sep="-").languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.partition("-")[0]) or tag)


def main_currency(country: str) -> str:
    """What people there pay with today (CLDR); the euro where nothing is known."""
    return next(iter(get_territory_currencies(country)), "EUR") if country else "EUR"


@lru_cache(256)
def main_language(country: str) -> str:
    """The first of the country's languages (CLDR) in which Purring writes, or empty."""
    spoken = get_official_languages(country, de_facto=True) if country else ()
    return next((known for tag in spoken if (known := language_named(tag, country)) in LANGUAGES), "") or ""


@lru_cache(1)
def _countries() -> tuple[str, ...]:
    return tuple(code for code, _ in country_choices("en"))
