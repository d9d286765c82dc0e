# SPDX-License-Identifier: Apache-2.0
"""The words of one language about time and money, read from `vocabulary/*.toml` and compiled once.

`vocabulary/README.md` says what the files hold. Portuguese is one vocabulary with two countries on top.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from purring.language.when.currencies import Currencies, currencies
from purring.language.when.numerals import Numerals, pairs
from purring.language.when.numeric import written_date
from purring.language.when.patterns import Patterns, Reader
from purring.language.when.readers import (
    read_days_of_month,
    read_digits,
    read_lengths,
    read_names,
    read_numbers,
    read_phrases,
    read_years,
)
from purring.language.when.scan import fold, spellings

LANGUAGES = ("en", "af", "fr", "es", "nb", "de", "nl", "pt-PT", "pt-BR", "it", "sv", "da")


@dataclass(frozen=True)
class Vocabulary:
    """Everything the readers ask about one language."""

    language: str
    numerals: Numerals
    tree: Patterns
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relations: Mapping[tuple[str, ...], str]
    past: frozenset[str]
    future: frozenset[str]
    passive: frozenset[str]
    state: frozenset[str]
    spelt_past: frozenset[str]
    spelt_future: frozenset[str]
    starters: frozenset[str]
    references: frozenset[str]
    counted: frozenset[str]
    date_lead: frozenset[str]
    next_weekday: str
    feasts: Mapping[str, Mapping[str, Any]]
    currencies: Currencies
    money: Mapping[str, frozenset[str]]
    fractions: Mapping[str, Decimal]
    shares: Mapping[tuple[str, ...], Decimal]
    of: frozenset[tuple[str, ...]]
    of_ends: frozenset[str]
    longest_of: int
    notes: Mapping[str, Decimal]
    note_endings: tuple[str, ...]
    thousands: Mapping[str, tuple[int, str]]
    dash_currency: str
    dot: bool
    holidays: frozenset[str]
    value_dates: frozenset[str]
    counted_too: Mapping[str, frozenset[str]]
    """Weekdays whose names are numbers of a row, too ("too"), the article before those ("after"), what else of a row is named
    beside them ("with"), the little words before the article ("behind"), and words of other days ("days"); empty where a language
    has none."""

    def may_start(self, word: str) -> bool:
        """Whether a day or a number in words could begin with a folded token."""
        return word in self.starters or word[0].isdigit() or self.numerals.parts_of(word) is not None


def vocabulary_of(language: str) -> str:
    """The vocabulary of a tag: "pt-BR" -> "pt-BR", "en-ZA" -> "en", "no" -> "nb", unknown -> "en"."""
    tag = {"no": "nb", "nn": "nb", "pt": "pt-PT"}.get(language.lower(), language)
    for known in LANGUAGES:
        if tag.lower() == known.lower() or tag.lower().split("-")[0] == known:
            return known
    return "pt-PT" if tag.lower().startswith("pt") else "en"


@lru_cache(32)
def vocabulary(language: str) -> Vocabulary:
    """The compiled vocabulary of one of `LANGUAGES`."""
    data = _data(language.split("-")[0].lower())
    common = _common()
    if "-" in language:
        data = _merged(data, data.get("country", {}).get(language.split("-")[1], {}))
    macros: dict[str, str] = {**common["macros"], **data["macros"]}
    numerals = _numerals(data["numbers"])
    months, weak_months = _names(data["names"]["months"])
    all_months = {**months, **weak_months}
    weekdays, weak_weekdays = _names(data["names"]["weekdays"])
    plural_weekdays = {
        f"{name}{ending}": number for name, number in weekdays.items() for ending in data["names"].get("plurals", ())
    }
    _add_parts_of_day(weekdays, data["names"].get("parts_of_day", ()), data["names"].get("joint", ""))
    _add_parts_of_day(weekdays, data["names"].get("runs", ()), "")
    readers: dict[str, Reader] = {}
    units = Patterns(macros, readers)
    for unit, patterns in data["units"].items():
        for pattern in patterns:
            units.add(unit, pattern)
    feasts = Patterns(macros, readers)
    for feast, patterns in data["feasts"].items():
        for pattern in patterns:
            feasts.add(feast, pattern)
    money = currencies(common["money"], data["money"], language)
    counted = money.single | _folded([*data["counted"], *common["counted"]]) | units.first_words
    relative = Patterns(macros, readers)
    for meaning, patterns in data["days"].items():
        if meaning.startswith("day "):
            for pattern in patterns:
                relative.add(meaning.split()[1], pattern)
    weekday_suffix = data["names"].get("weekday_suffix", "")
    suffixes = _folded(data["numbers"].get("suffixes", []))
    cardinal_days = bool(data["numbers"].get("cardinal_days", False))
    dot = bool(data["numbers"].get("dot", False))
    readers |= {
        "n": read_numbers(numerals),
        "num": read_digits,
        "span": read_lengths(numerals, units, _folded(data["numbers"]["one"]), _folded(["-", *data["numbers"]["or"]])),
        "dom": read_days_of_month(numerals, suffixes, dot, all_months, cardinal_days, ordinal=False),
        "ord": read_days_of_month(numerals, suffixes, dot, all_months, cardinal_days, ordinal=True),
        "wd": read_names(weekdays, {}, weekday_suffix),
        "wda": read_names(weekdays, weak_weekdays, weekday_suffix),
        "wds": read_names(plural_weekdays, {}),
        "mon": read_names(months, weak_months),
        "month": read_names(months, {}),
        "rel": read_phrases(relative),
        "y": read_years(numerals, counted),
        "u": read_phrases(units),
        "feast": read_phrases(feasts),
        "date": written_date,
    }
    names = (
        frozenset({**weekdays, **plural_weekdays, **weak_weekdays, **all_months})
        | relative.first_words
        | feasts.first_words
    )
    names |= units.first_words | numerals.articles | _folded(data["numbers"]["one"])
    parts_of = numerals.parts_of

    def may_be_class(word: str) -> bool:
        return word in names or word[0].isdigit() or parts_of(word) is not None

    tree = Patterns(macros, readers, may_be_class)
    for listed in (data["days"], common["days"]):
        for meaning, patterns in listed.items():
            for pattern in patterns:
                tree.add(meaning, pattern)
    of = frozenset(variant for phrase in data["money"]["of"] for variant in _phrase_variants(phrase))
    return Vocabulary(
        language=language,
        numerals=numerals,
        tree=tree,
        months=all_months,
        weekdays={**weekdays, **weak_weekdays},
        relations={
            variant: relation
            for relation, phrases in data["relations"].items()
            for phrase in phrases
            for variant in _phrase_variants(phrase)
        },
        past=_folded(data["tense"]["past"]),
        future=_folded(data["tense"]["future"]),
        passive=_folded(data["tense"].get("passive", [])),
        state=frozenset(data["tense"]["state"]),
        spelt_past=frozenset(data["tense"]["past"]),
        spelt_future=frozenset(data["tense"]["future"]),
        starters=tree.first_words | names,
        references=_folded(data["references"]) | _folded(common["references"]),
        counted=counted,
        date_lead=_folded(data["date_lead"]),
        next_weekday=data["names"].get("next_weekday", "coming"),
        feasts=_merged(common["feasts"], data.get("feast_days", {})),
        currencies=money,
        money={
            "minor": _folded(data["money"]["minor"]["words"]),
            "slang": _folded(data["money"].get("slang", [])),
            "weights": _folded(data["money"].get("weights", [])),
            **{
                name: _folded(data["money"][name])
                for name in ("verbs", "sums", "owed", "before", "tax", "clock", "connectors", "vague")
            },
        },
        fractions={
            word: Decimal(value) for value, names in common["money"]["fractions"].items() for word in _folded(names)
        },
        shares={
            variant: Decimal(part.partition("/")[0]) / Decimal(part.partition("/")[2])
            for part, phrases in data["money"]["shares"].items()
            for phrase in phrases
            for variant in _phrase_variants(phrase)
        },
        of=of,
        of_ends=frozenset(phrase[-1] for phrase in of),
        longest_of=max(map(len, of)),
        notes={
            spelling: Decimal(value)
            for value, names in data["money"].get("notes", {}).items()
            for word in names
            for spelling in spellings(word)
        },
        note_endings=tuple(data["money"].get("note_endings", [])),
        thousands={
            word: (int(factor), currency)
            for factor, names in common["money"]["thousands"].items()
            for word, currency in names.items()
        },
        dash_currency=data["money"].get("dash_currency", ""),
        dot=dot,
        holidays=_folded(data["holidays"]),
        value_dates=_folded(data["value_dates"]),
        counted_too={
            part: _folded(data["names"].get(f"counted_{part}", []))
            for part in ("too", "after", "with", "behind", "days")
        },
    )


@lru_cache(1)
def _common() -> dict[str, Any]:
    """What all languages share, read once for all of them."""
    return _data("common")


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("vocabulary", f"{name}.toml").read_text("utf-8"))


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        merged[key] = (
            _merged(merged[key], value) if isinstance(value, dict) and isinstance(merged.get(key), dict) else value
        )
    return merged


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(spelling for word in words for spelling in spellings(word))


def _phrase_variants(phrase: str) -> set[tuple[str, ...]]:
    """A phrase as folded tokens, in each way of writing its letters."""
    words = [spellings(word) for word in phrase.replace("'", " ").replace("-", " ").split()]
    return {tuple(word[0] for word in words), tuple(word[-1] for word in words)}


def _names(lines: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Lines of "full names | short forms", numbered from 0: the full ones, the short ones."""
    full: dict[str, int] = {}
    short: dict[str, int] = {}
    for number, line in enumerate(lines):
        for place, words in zip((full, short), line.partition("|")[::2], strict=True):
            for word in words.split():
                for spelling in spellings(word):
                    place[spelling] = number
    return full, {word: number for word, number in short.items() if word not in full}


def _add_parts_of_day(weekdays: dict[str, int], parts: Iterable[str], joint: str) -> None:
    """Languages that write a day and its part in one word: Freitag + vormittag, fredag + s + morgen; and payments after their
    day: Freitag + slauf."""
    for name, number in list(weekdays.items()):
        for part in parts:
            for spelling in spellings(part):
                weekdays.setdefault(f"{name}{joint}{spelling}", number)


def _numerals(data: Mapping[str, Any]) -> Numerals:
    ordinals = pairs(data["ordinals"])
    endings = data.get("ordinal_endings")
    if endings:
        ordinals = {f"{stem}{end}": value for stem, value in ordinals.items() for end in endings}
    return Numerals(
        cardinals=pairs(data["cardinals"]),
        ordinals=ordinals,
        joins=_folded(data["joins"]),
        articles=_folded(data.get("articles", [])),
        halves=tuple(tuple(fold(word) for word in half.split()) for half in data.get("halves", [])),
        solid=bool(data.get("solid", False)),
        vigesimal=bool(data.get("vigesimal", False)),
        most_hundreds=int(data.get("most_hundreds", 100)),
        respelt=data.get("respelt", {}),
    )
