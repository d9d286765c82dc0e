# SPDX-License-Identifier: AGPL-3.0-or-later
"""Countries, languages, currencies and a few fixed words, by the names people give them in many languages.

CLDR (through Babel) knows the names; what people write besides ("UK", "Holland", "kr") stands here. Pure
look-ups.
"""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global

from purring.doors.intake.dates import LANGUAGES
from purring.doors.intake.fold import fold
from purring.language.tags import normalise

WRITTEN = ("en", "af", "fr", "es", "nb", "de", "nl", "pt-PT", "pt-BR", "it", "sv", "da")
"""Languages a customer can be written to in."""

_MORE_COUNTRIES = {
    "england": "GB", "scotland": "GB", "wales": "GB", "northernireland": "GB", "greatbritain": "GB",
    "britain": "GB", "holland": "NL", "america": "US", "ivorycoast": "CI", "czechrepublic": "CZ",
    "turkey": "TR", "rsa": "ZA", "suidafrika": "ZA", "uae": "AE", "eire": "IE",
}  # fmt: skip
_MORE_LANGUAGES = {
    "bokmal": "nb", "norskbokmal": "nb", "nynorsk": "nb", "norsk": "nb", "norwegian": "nb",
    "castellano": "es", "castilian": "es", "flemish": "nl", "vlaams": "nl", "brazilian": "pt-BR",
    "brasileiro": "pt-BR",
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SYMBOLS: dict[str, frozenset[str]] = {
    "$": _words("USD CAD AUD NZD SGD HKD MXN ARS CLP COP NAD BBD JMD TTD FJD BSD BZD LRD TWD"),
    "KR": _words("NOK SEK DKK ISK"),
    "£": _words("GBP EGP FKP GIP SHP LBP"),
    "¥": _words("JPY CNY"),
    "R": _words("ZAR"),
    "RS": _words("INR PKR LKR NPR MUR SCR"),
    "FR": _words("CHF XOF XAF"),
    "SFR": _words("CHF"),
    "P": _words("BWP PHP"),
    "EURO": _words("EUR"),
    "EUROS": _words("EUR"),
    "RAND": _words("ZAR"),
    "KRONER": _words("NOK DKK"),
    "KRONOR": _words("SEK"),
    "POUNDS": _words("GBP"),
    "DOLLARS": _words("USD CAD AUD NZD"),
}
_BUSINESS = _words("""
    business company organisation organization corporate b2b besigheid maatskappy entreprise société professionnel
    empresa compañía negocio autónomo bedrift firma selskap foretak næringsdrivende unternehmen geschäft bedrijf
    onderneming zakelijk negócio azienda società impresa företag virksomhed erhverv
""")
_CONSUMER = _words("""
    consumer person private individual b2c verbruiker persoon privaat individu consommateur particulier personne
    privé consumidor particular persona forbruker privatperson privat privatkunde verbraucher privatkund
    consument consumatore privato konsument forbruger
""")
_FEMALE = _words("""
    f female woman ms mrs mme mlle vrou vroulik femme féminin mujer femenino kvinne kvinnelig frau weiblich vrouw
    vrouwelijk mulher feminino donna femmina kvinna kvinde
""")
_MALE = _words("""
    m male man mr mnr manlik homme masculin hombre masculino mann mannlig herr männlich mannelijk homem uomo
    maschio mand
""")
_UNSAID = _words("""
    unknown none ukjent inconnu desconocido onbekend unbekannt desconhecido sconosciuto okänd ukendt x other
    divers diverse nonbinary
""")


def country(text: str) -> str | None:
    """ISO 3166 code of a country by code (2 or 3 letters) or name; None if unknown."""
    key = fold(text)
    if len(text.strip()) == 2 and text.strip().upper() in _territories():
        return text.strip().upper()
    return _country_names().get(key)


@lru_cache(1)
def _territories() -> frozenset[str]:
    codes = [str(code) for code in Locale.parse("en").territories]
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - frozenset(
        {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}
    )


@lru_cache(1)
def _country_names() -> dict[str, str]:
    known = _territories()
    found: dict[str, str] = {}
    for tag in LANGUAGES:
        for code, name in Locale.parse(tag).territories.items():
            if code.partition("-")[0] in known:
                found.setdefault(fold(name), code.partition("-")[0])
    for alias, codes in get_global("territory_aliases").items():
        if len(codes) == 1 and codes[0] in known and alias.isalpha():
            found.setdefault(fold(alias), codes[0])
    return _MORE_COUNTRIES | found


def language(text: str, country_code: str) -> str | None:
    """One of `WRITTEN` by tag ("no", "pt_BR", "en-GB") or name in any language; None if unknown or not
    written here.

    Portuguese without a region is European unless the customer lives in Brazil.
    """
    tag = normalise(text.strip())
    base = tag.split("-")[0]
    found = tag if tag in WRITTEN else base if base in WRITTEN else "pt" if base == "pt" else None
    found = found or _language_names().get(fold(text))
    if found == "pt" or text.strip().lower() == "pt":
        return "pt-BR" if country_code == "BR" else "pt-PT"
    return found


@lru_cache(1)
def _language_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in LANGUAGES:
        for code, name in Locale.parse(tag).languages.items():
            wanted = code.replace("_", "-")
            if wanted in WRITTEN or wanted == "pt":
                found.setdefault(fold(name), wanted)
    return _MORE_LANGUAGES | found


@lru_cache(1)
def current_currencies() -> frozenset[str]:
    """ISO 4217 codes that are money somewhere today: no marks, no gold, no test codes."""
    return frozenset(
        code
        for uses in get_global("territory_currencies").values()
        for code, _, until, tender in uses
        if until is None and tender
    )


@lru_cache(512)
def currencies_meant(text: str) -> frozenset[str]:
    """Every currency a code, symbol or word can stand for: "€" one, "kr" four, "banana" none."""
    key = text.strip().upper().replace(".", "").strip()
    if key in current_currencies():
        return frozenset({key})
    if len(key) > 3 and key[:3] in current_currencies() and not key[3].isalnum():
        return frozenset({key[:3]})
    return _SYMBOLS.get(key) or _cldr_symbols().get(key, frozenset())


@lru_cache(1)
def _cldr_symbols() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for tag in LANGUAGES:
        for code, symbol in Locale.parse(tag).currency_symbols.items():
            if code in current_currencies():
                found.setdefault(symbol.upper().replace(".", "").strip(), set()).add(code)
    return {symbol: frozenset(codes) for symbol, codes in found.items()}


def customer_kind(text: str) -> str | None:
    """ "business", "consumer" or "unknown"; None for a word that says none of these."""
    return _kinds().get(fold(text))


@lru_cache(1)
def _kinds() -> dict[str, str]:
    return (
        {fold(word): "unknown" for word in _UNSAID}
        | {fold(word): "consumer" for word in _CONSUMER}
        | {fold(word): "business" for word in _BUSINESS}
    )


def gender(text: str) -> str | None:
    """ "f", "m" or "unknown"; None for a word that says none of these."""
    return _genders().get(fold(text))


@lru_cache(1)
def _genders() -> dict[str, str]:
    return (
        {fold(word): "unknown" for word in _UNSAID}
        | {fold(word): "m" for word in _MALE}
        | {fold(word): "f" for word in _FEMALE}
    )
