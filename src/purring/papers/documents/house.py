# SPDX-License-Identifier: Apache-2.0
"""What the data files of this folder say: sheets and address windows, units, and the words of the papers."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from purring.core.errors import Refused
from purring.papers.facts import Address

LANGUAGES = ("en", "af", "fr", "es", "nb", "de", "nl", "pt-PT", "pt-BR", "it", "sv", "da")
_OTHER_NAMES = {"no": "nb", "nn": "nb", "pt": "pt-PT"}
_HERE = resources.files(__package__)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper size with its address window, in millimetres; see sheets.toml."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    address_x: float
    address_y: float
    address_width: float
    body_y: float
    marks: tuple[float, ...]
    return_line: bool
    layout: str
    """`left`: address left, sender and dates beside it; `right`: the address on the right; `double`: the sender in a window
    of its own above the address."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@lru_cache(1)
def _data() -> dict[str, Any]:
    return tomllib.loads(_HERE.joinpath("sheets.toml").read_text())


@lru_cache(8)
def sheet(name: str) -> Sheet:
    """`a4` or `letter`."""
    measures: dict[str, Any] = dict(_data()["sheets"][name])
    measures["marks"] = tuple(measures["marks"])
    return Sheet(**measures)


def windows() -> tuple[str, ...]:
    """The envelopes that can be chosen."""
    return tuple(_data()["windows"])


def sheet_of(country: str, window: str = "") -> Sheet:
    """The sheet on which a country writes its letters, for one of `windows`, else for the country's usual envelope."""
    countries = _data()["countries"]
    paper = "letter" if country in countries["letter"] else "a4"
    chosen = window or ("right" if country in countries["right"] else "left")
    return sheet(_data()["windows"][chosen][paper])


def town_lines(address: Address, country: str) -> list[str]:
    """Postcode and town in the order of the country, on one line or two."""
    if not (address.postcode and address.city):
        return [part for part in (address.postcode, address.city) if part]
    pattern = next((one for one, where in _data()["town"].items() if country in where), "{postcode} {city}")
    return [line.format(postcode=address.postcode, city=address.city) for line in pattern.split("|")]


def unit_of(code: str) -> str:
    """CLDR's name of a unit of UN/ECE recommendation 20, or nothing."""
    return str(_data()["units"].get(code, ""))


def account_name(scheme: str) -> str:
    """The name of an account scheme that is no word of any language ("IBAN"), or nothing."""
    return str(_data()["accounts"].get(scheme, ""))


def supported(language: str) -> str:
    """The language of the papers for a BCP 47 tag ("de-AT" -> "de", "no" -> "nb", "pt" -> "pt-PT"). Refuses others."""
    base = language.partition("-")[0]
    for tag in (language, _OTHER_NAMES.get(language, ""), base, _OTHER_NAMES.get(base, "")):
        if tag in LANGUAGES:
            return tag
    known = " ".join(LANGUAGES)
    raise Refused(
        "unknown_language", f"language: {language!r} is not spoken by the papers; use one of {known}", path="language"
    )


@lru_cache(16)
def labels(language: str) -> dict[str, str]:
    """All words of one of `LANGUAGES`, by key and `key@situation`."""
    return _words("labels", language)


@lru_cache(16)
def happenings(language: str) -> dict[str, str]:
    """How one of `LANGUAGES` says what happened, by the kind of a journal entry, and the names of stages, ways and people."""
    return _words("events", language)


def _words(folder: str, language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _HERE.joinpath(folder, f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        key, _, words = line.partition(": ")
        found[key] = words
    return found
