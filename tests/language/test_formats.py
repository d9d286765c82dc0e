# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money, dates and plurals: equal to CLDR, and quick."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from babel.localedata import locale_identifiers
from babel.numbers import format_currency, get_minus_sign_symbol

from purring.core.money import exponent
from purring.language.formats import (
    join,
    locale_for,
    long_date,
    money,
    percent,
    plural,
    quantity,
    short_date,
    typography,
)
from purring.language.tags import normalise

AMOUNTS = (
    0,
    1,
    5,
    99,
    100,
    99_999,
    100_000,
    123_450,
    999_999,
    1_000_000,
    123_456_789,
    -1,
    -123_450,
    -98_765_432_101,
)


def without_spacing(text: str, minus: str) -> str:
    return text.replace("\u00a0", "").replace(minus, "-")


def test_amounts_equal_babel_but_for_the_spacing_and_minus_sign_it_leaves_out() -> None:
    seed = random.randrange(10**6)
    chosen = random.Random(seed).sample(sorted(locale_identifiers()), 120)
    chosen += [
        "en_001",
        "en_ZA",
        "af_ZA",
        "fr_FR",
        "fr_CH",
        "es_ES",
        "es_MX",
        "nb_NO",
        "pt_PT",
        "hi_IN",
        "ar_EG",
        "de_CH",
    ]
    for locale in chosen:
        if locale.startswith("tok"):
            continue
        for currency in ("EUR", "ZAR", "NOK", "USD", "JPY", "KWD", "INR"):
            for minor in AMOUNTS:
                expected = format_currency(Decimal(minor).scaleb(-exponent(currency)), currency, locale=locale)
                written = money(minor, currency, locale)
                minus = get_minus_sign_symbol(locale)
                assert without_spacing(written, minus) == without_spacing(expected, minus), (seed, locale, minor)
                assert (minor < 0) == (minus in written), (seed, locale, minor)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "expected"),
    [
        (123_450, "ZAR", "af_ZA", "R1\u00a0234,50"),
        (123_450, "ZAR", "en_ZA", "R1\u00a0234,50"),
        (123_450, "ZAR", "en_GB", "ZAR\u00a01,234.50"),
        (123_450, "NAD", "af_ZA", "N$1\u00a0234,50"),
        (123_450, "NAD", "af_NA", "N$1\u00a0234,50"),
        (-123_450, "NOK", "nb_NO", "\u22121\u00a0234,50\u00a0kr"),
        (123_450, "EUR", "fr_FR", "1\u202f234,50\u00a0€"),
        (123_450, "EUR", "es_ES", "1.234,50\u00a0€"),
        (123_450, "NOK", "nb_NO", "1\u00a0234,50\u00a0kr"),
        (123_450, "GBP", "en_GB", "£1,234.50"),
        (123_450, "NOK", "en_GB", "NOK\u00a01,234.50"),
        (1_234, "JPY", "en_US", "¥1,234"),
    ],
)
def test_amounts_as_each_language_writes_them(minor: int, currency: str, locale: str, expected: str) -> None:
    assert money(minor, currency, locale) == expected


def test_the_country_decides_how_a_language_is_written() -> None:
    assert locale_for("en", "US") == "en_US"
    assert locale_for("en", None) == "en_001"
    assert locale_for("en", "ZA") == "en_ZA"
    assert locale_for("en-GB", "US") == "en_GB"
    assert locale_for("es", "MX") == "es_MX"
    assert locale_for("fr", "CH") == "fr_CH"
    assert locale_for("nb", "ZA") == "nb_NO"
    assert locale_for("af") == "af_ZA"


def test_dates_name_the_month() -> None:
    day = date(2026, 3, 4)
    assert long_date(day, "en_GB") == "4 March 2026"
    assert long_date(day, "en_US") == "March 4, 2026"
    assert long_date(day, "es_ES") == "4 de marzo de 2026"
    assert short_date(day, "en_GB") == "4 Mar 2026"


def test_a_day_has_no_leading_zero_beside_a_month_in_letters() -> None:
    day = date(2026, 3, 4)
    assert long_date(day, "af_ZA") == "4 Maart 2026"
    assert short_date(day, "af_ZA").startswith("4 M")
    assert long_date(day, "en_ZA") == "4 March 2026"


@pytest.mark.parametrize("locale", ["fr_FR", "fr_CA", "fr_CH", "fr_BE"])
def test_the_first_of_a_month_is_an_ordinal_in_french(locale: str) -> None:
    assert long_date(date(2026, 4, 1), locale) == "1er avril 2026"
    assert short_date(date(2026, 4, 1), locale).startswith("1er ")
    assert long_date(date(2026, 4, 11), locale) == "11 avril 2026"
    assert long_date(date(2026, 4, 1), "nb_NO") == "1. april 2026"


def test_canadian_french_sets_marks_close() -> None:
    french = "Réglé\u00a0? Merci\u202f! Facture\u00a0: 1\u00a0245,00\u00a0$\u00a0; Chez Nous !"
    assert typography(french, "fr_FR") == french
    assert typography(french, "fr_CA") == "Réglé? Merci! Facture\u00a0: 1\u00a0245,00\u00a0$; Chez Nous !"
    assert typography("I skylder 1.245,00 kr.. Tak.", "da_DK") == "I skylder 1.245,00 kr. Tak."


def test_numbers_lists_and_plurals() -> None:
    assert quantity(Decimal("2.50"), "fr_FR") == "2,5"
    assert quantity(Decimal("1200"), "en_GB") == "1,200"
    assert percent(Decimal("2.5"), "en_GB") == "2.5%"
    assert join(["A", "B", "C"], "es_ES") == "A, B y C"
    assert [plural(n, "fr") for n in (0, 1, 2)] == ["one", "one", "other"]
    assert [plural(n, "en") for n in (0, 1, 2)] == ["other", "one", "other"]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("no", "nb"), ("pt", "pt-PT"), ("PT_br", "pt-BR"), ("en_gb", "en-GB"), ("no-NO", "nb-NO")],
)
def test_tags_are_accepted_in_their_usual_spellings(tag: str, expected: str) -> None:
    assert normalise(tag) == expected
