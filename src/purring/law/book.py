# SPDX-License-Identifier: Apache-2.0
"""The law book: every country file and every rate, read when first asked for.

`book()` gives the packaged one; `book(folder)` lays the newer rates of a data folder over it. Values only; the
working out is in `charges`, the steps in `steps`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from purring.core.errors import Refused
from purring.law.model import Country, Kind
from purring.law.rate_file import OVERLAY, load
from purring.law.rates import Rates, packaged
from purring.law.reading import read

ALIASES = {"UK": "GB"}
"""Names people use for a country besides its ISO 3166 code."""
KINDS = ("business", "consumer", "unknown")


class Source(NamedTuple):
    """Where a fact was found. `where` may be empty: then nothing public can be pointed at."""

    key: str
    title: str
    """Its name, in its own language; empty for what is only known."""
    kind: str
    where: str
    about: str = ""
    """What was found there, in plain English."""

    @property
    def named(self) -> str:
        """Name and what was found there."""
        return ": ".join(part for part in (self.title, self.about) if part)


class LawBook:
    """The laws of all countries with one set of rates."""

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self.made: dict[tuple[str, str, str, bool], object] = {}
        """What `compiled` made of these laws: a memory of work done, nothing else."""

    def country(self, code: str) -> Country:
        """The law of a country by ISO 3166 code (UK is taken for GB); refuses (`unknown_country`) any other."""
        code = ALIASES.get(code, code)
        if code not in countries():
            raise Refused(
                "unknown_country", f"there is no law data for {code!r}; known are {', '.join(countries())}", value=code
            )
        return _country(code)

    def kind(self, code: str, kind: str, *, registered: bool = False) -> Kind:
        """The rules for a kind of customer; an unknown kind is protected like a consumer.

        `registered`: the creditor is registered as a small business where that changes the rules (India).
        """
        law = self.country(code)
        if kind != "business":
            return law.consumer
        return law.registered_small_business if registered and law.registered_small_business else law.business

    def charge_name(self, code: str, kind: str, charge: str, language: str) -> str:
        """What a charge (`interest`, `compensation`, `fee`) is called in a country, in a language (`pt` also for `pt-BR`);
        empty when the data has no name of its own, or nothing about the country."""
        if ALIASES.get(code, code) not in countries():
            return ""
        return self.kind(code, kind).charge_names.get(language.partition("-")[0], {}).get(charge, "")


@lru_cache(1)
def countries() -> tuple[str, ...]:
    """ISO codes of the countries there is data for."""
    folder = resources.files("purring.law") / "countries"
    return tuple(sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json")))


@lru_cache(None)
def _country(code: str) -> Country:
    text = (resources.files("purring.law") / "countries" / f"{code}.json").read_text("utf-8")
    return read(Country, json.loads(text), code)


@lru_cache(1)
def sources() -> dict[str, Source]:
    """Every source by its key."""
    text = (resources.files("purring.law") / "sources.json").read_text("utf-8")
    return {key: Source(key, **one) for key, one in json.loads(text).items()}


@lru_cache(1)
def _packaged() -> LawBook:
    return LawBook(packaged())


def book(data_folder: Path | None = None) -> LawBook:
    """The law book, with the newer rates of the data folder when one is named. Refuses rates that cannot be read."""
    if data_folder is None or not (data_folder / OVERLAY).exists():
        return _packaged()
    return LawBook(load(data_folder))
