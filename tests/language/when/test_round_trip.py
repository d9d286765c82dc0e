# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever day or amount is written the way a language writes it is read back, whatever stands around it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from purring.core.money import exponent
from purring.language.formats import long_date, money, short_date
from purring.language.when import find_amounts, find_days
from purring.language.when.vocabulary import LANGUAGES
from tests.support import seeds

SAID = date(2026, 3, 4)  # a Wednesday

LOCALES = {
    "en": ("en_GB", "en_ZA", "en_IE", "en_AU", "en_IN"),
    "en-US": ("en_US",),
    "af": ("af_ZA",),
    "fr": ("fr_FR", "fr_BE", "fr_CH", "fr_CA", "fr_SN"),
    "es": ("es_ES", "es_MX", "es_AR", "es_CO", "es_CL"),
    "nb": ("nb_NO",),
    "de": ("de_DE", "de_AT", "de_CH"),
    "nl": ("nl_NL", "nl_BE"),
    "pt-PT": ("pt_PT",),
    "pt-BR": ("pt_BR",),
    "it": ("it_IT", "it_CH"),
    "sv": ("sv_SE", "sv_FI"),
    "da": ("da_DK",),
}

COLLOQUIAL = {
    "en": (
        "{d} {m}",
        "the {d}{th} of {m}",
        "{m} {d}",
        "{m} {d}{th}, {y}",
        "{w} {d} {m}",
        "{w}, the {d}{th} of {m}",
        "{d}/{n}/{y}",
    ),
    "af": ("{d} {m}", "die {d}de {m}", "{w} {d} {m} {y}", "{y}/{nn}/{dd}", "{dd}/{nn}/{y}", "{d} {m} {y}"),
    "fr": ("{d} {m}", "le {d} {m} {y}", "le {w} {d} {m}", "le {d}/{nn}", "{dd}.{nn}.{y}", "{dd}/{nn}/{yy}"),
    "es": (
        "{d} de {m}",
        "el {d} de {m} de {y}",
        "el {w} {d} de {m}",
        "el {d}/{n}",
        "{dd}-{nn}-{y}",
        "el día {d} de {m}",
    ),
    "nb": ("{d}. {m}", "{d} {m}", "den {d}. {m} {y}", "{w} {d}. {m}", "{d}.{n}.", "{d}.{n}.{yy}", "{w} den {d}. {m}"),
    "de": ("{d}. {m}", "am {d}.{n}.", "den {d}. {m} {y}", "{w}, {d}. {m}", "{w}, den {dd}.{nn}.{y}", "{d}.{n}.{yy}"),
    "nl": ("{d} {m}", "op {d} {m} {y}", "{w} {d} {m}", "{d}/{n}", "{d}-{n}-{y}", "{dd}/{nn}/{yy}"),
    "pt-PT": ("{d} de {m}", "no dia {d} de {m}", "{w}, {d} de {m} de {y}", "{d}/{n}", "{dd}-{nn}-{y}"),
    "pt-BR": ("{d} de {m}", "dia {d} de {m}", "{w}, {d}/{nn}", "{d}/{n}", "{dd}.{nn}.{y}"),
    "it": ("{d} {m}", "il {d} {m} {y}", "{w} {d} {m}", "il {d}/{n}", "{dd}.{nn}.{y}", "il giorno {d} {m}"),
    "sv": ("{d} {m}", "den {d} {m}", "{w} den {d} {m} {y}", "den {d}/{n}", "{y}-{nn}-{dd}", "den {d}:e {m}"),
    "da": ("{d}. {m}", "den {d}. {m}", "{w} d. {d}. {m}", "den {d}/{n}", "{d}.{n}.{y}", "{dd}-{nn}-{y}"),
}

AROUND = {
    "en": ("Dear Anne, we had a look and we will settle it", "as agreed. Many thanks and kind regards"),
    "af": ("Beste Anna, ons het gekyk en ons sal dit betaal", "soos ons gesê het. Baie dankie en groete"),
    "fr": ("Bonjour Anne, nous avons regardé et nous allons régler", "comme convenu. Merci et bonne journée"),
    "es": ("Hola Ana, lo hemos mirado y vamos a pagar", "como quedamos. Muchas gracias y saludos"),
    "nb": ("Hei Anne, vi har sett på det og skal betale", "som avtalt. Tusen takk og vennlig hilsen"),
    "de": ("Hallo Anna, wir haben geschaut und werden zahlen", "wie besprochen. Vielen Dank und schöne Grüße"),
    "nl": ("Dag Anna, we hebben gekeken en gaan betalen", "zoals afgesproken. Veel dank en groeten"),
    "pt-PT": ("Olá Ana, vimos o assunto e vamos pagar", "como combinado. Muito obrigado e cumprimentos"),
    "pt-BR": ("Oi Ana, vimos o assunto e vamos pagar", "como combinado. Muito obrigado e abraços"),
    "it": ("Ciao Anna, abbiamo guardato e possiamo pagare", "come d'accordo. Grazie mille e saluti"),
    "sv": ("Hej Anna, vi har tittat på det och ska betala", "som överenskommet. Tack så mycket och hälsningar"),
    "da": ("Hej Anna, vi har set på det og skal betale", "som aftalt. Mange tak og venlig hilsen"),
}


def zone(locale: str) -> str:
    return "America/New_York" if locale == "en_US" else "Europe/London"


def only_day(text: str, language: str, tz: str = "Europe/London") -> date | None:
    found = find_days(text, language, SAID, tz)
    assert len(found) == 1, (text, found)
    return found[0].on


@pytest.mark.parametrize("tag", LOCALES)
def test_every_day_in_every_style_of_the_calendar_is_read_back(tag: str, rng: random.Random) -> None:
    for locale in LOCALES[tag]:
        for _ in range(seeds.count("when_days", normal=25, endurance=400)):
            day = SAID + timedelta(rng.randint(-900, 900))
            for style in ("short", "medium", "long", "full"):
                text = format_date(day, style, locale=locale)
                assert only_day(text, tag, zone(locale)) == day, (locale, style, text)
            for written in (long_date(day, locale), short_date(day, locale)):
                assert only_day(written, tag, zone(locale)) == day, (locale, written)


def colloquial(pattern: str, day: date, locale: str) -> str:
    months = Locale.parse(locale).months["format"]["wide"]
    weekdays = Locale.parse(locale).days["format"]["wide"]
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return pattern.format(
        d=day.day, dd=f"{day.day:02}", n=day.month, nn=f"{day.month:02}", y=day.year, yy=f"{day.year % 100:02}",
        m=months[day.month], w=weekdays[day.weekday()], th=ending,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_as_people_write_them_are_read_back_whatever_stands_around(language: str, rng: random.Random) -> None:
    locale = LOCALES[language][0]
    before, after = AROUND[language]
    assert not find_days(f"{before} {after}", language, SAID)
    for pattern in COLLOQUIAL[language]:
        for _ in range(seeds.count("when_days", normal=25, endurance=400)):
            day = SAID + timedelta(rng.randint(1, 240))
            if language == "af" and "de" in pattern and day.day in (1, 8, *range(20, 32)):
                continue  # these take -ste
            text = colloquial(pattern, day, locale)
            assert only_day(text, language) == day, text
            if (
                "{n}" in pattern
                and "{y" not in pattern
                and (day.day, day.month) in {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)}
            ):
                continue  # could be a fraction
            whole = f"{before} {text} {after}"
            (found,) = find_days(whole, language, SAID, "Europe/London")
            assert found.on == day, whole
            assert whole[found.start : found.end] in text


CURRENCIES = {
    "en_GB": ("GBP", "EUR", "USD", "INR", "NOK"),
    "en_US": ("USD", "EUR", "CAD"),
    "en_ZA": ("ZAR", "EUR"),
    "en_IN": ("INR",),
    "en_AU": ("AUD",),
    "en_IE": ("EUR",),
    "af_ZA": ("ZAR", "NAD", "EUR", "USD"),
    "fr_FR": ("EUR", "CHF", "XOF", "GBP", "USD"),
    "fr_BE": ("EUR",),
    "fr_CH": ("CHF", "EUR"),
    "fr_CA": ("CAD", "USD"),
    "fr_SN": ("XOF",),
    "es_ES": ("EUR", "USD", "GBP"),
    "es_MX": ("MXN", "USD"),
    "es_AR": ("ARS",),
    "es_CO": ("COP",),
    "es_CL": ("CLP",),
    "nb_NO": ("NOK", "SEK", "EUR", "GBP"),
    "de_DE": ("EUR", "CHF", "USD"),
    "de_AT": ("EUR",),
    "de_CH": ("CHF", "EUR"),
    "nl_NL": ("EUR", "USD", "GBP"),
    "nl_BE": ("EUR",),
    "pt_PT": ("EUR", "USD"),
    "pt_BR": ("BRL", "EUR", "USD"),
    "it_IT": ("EUR", "CHF", "GBP"),
    "it_CH": ("CHF",),
    "sv_SE": ("SEK", "NOK", "EUR"),
    "sv_FI": ("EUR",),
    "da_DK": ("DKK", "NOK", "EUR"),
}


@pytest.mark.parametrize("tag", LOCALES)
def test_every_amount_as_we_or_the_calendar_of_the_land_write_it_is_read_back(tag: str, rng: random.Random) -> None:
    before, after = AROUND["en" if tag == "en-US" else tag]
    for locale in LOCALES[tag]:
        for currency in CURRENCIES[locale]:
            for _ in range(seeds.count("when_amounts", normal=20, endurance=400)):
                minor = rng.choice((rng.randint(1, 999), rng.randint(1000, 99_999_99), rng.randint(10**8, 10**11)))
                value = Decimal(minor).scaleb(-exponent(currency))
                number = format_decimal(value, locale=locale)
                written = [
                    money(minor, currency, locale),
                    format_currency(value, currency, locale=locale),
                    format_currency(value, currency, locale=locale, format_type="name"),
                    f"{currency} {number}",
                    f"{number} {currency}",
                ]
                for text in written:
                    for whole in (text, f"{before} {text} {after}"):
                        found = find_amounts(whole, tag, currency)
                        assert [(a.value, a.currency) for a in found] == [(value, currency)], (locale, whole, found)
                        assert whole[found[0].start : found[0].end] in text
