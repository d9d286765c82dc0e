# SPDX-License-Identifier: Apache-2.0
"""Names of currencies in a text: codes, signs, words. A word that several countries use ("kroner", "$") is a family,
settled by the currency the invoice is in, else by the language's own country, else left open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.numbers import get_currency_name

from purring.language.when.scan import Scan, fold

_LONGEST = 4


@dataclass(frozen=True)
class Currencies:
    """The names one language uses, by their folded tokens."""

    names: Mapping[tuple[str, ...], str]
    first: frozenset[str]
    single: frozenset[str]
    families: Mapping[str, frozenset[str]]
    home: Mapping[str, str]
    capitals: frozenset[str]

    def at(self, scan: Scan, index: int) -> tuple[str, int] | None:
        """The currency or family named at a token, and the token after its name."""
        words = scan.words
        if index >= len(words) or words[index] not in self.first:
            return None
        for length in range(min(_LONGEST, len(words) - index), 0, -1):
            name = self.names.get(tuple(words[index : index + length]))
            if name and self._written_so(scan, index, length):
                return name, index + length
        return None

    def _written_so(self, scan: Scan, index: int, length: int) -> bool:
        """Codes that are also words, and the R of the rand, count in capitals only."""
        if length == 1 and scan.words[index] in self.capitals:
            return scan.text[scan.starts[index] : scan.ends[index]].isupper()
        return length == 1 or scan.words[index + length - 1] != "." or scan.glued(index + length - 1)

    def settled(self, name: str, hint: str | None) -> str | None:
        """The ISO code meant by a name: itself, or of a family the invoice's currency, else the one at home."""
        members = self.families.get(name)
        if members is None:
            return name
        return hint if hint in members else self.home.get(name)


def currencies(common: Mapping[str, Any], own: Mapping[str, Any], language: str) -> Currencies:
    """Compile the currency names of a language from its vocabulary, the common one, and CLDR's full names."""
    names: dict[tuple[str, ...], str] = {(code.lower(),): code for code in common["codes"].split()}
    for listed in (common["names"], own["names"]):
        for code, phrases in listed.items():
            for phrase in phrases:
                names.update(dict.fromkeys(_token_variants(phrase), code))
    locale = language.replace("-", "_")
    for code in common["codes"].split():
        for count in (1, 2, None):
            for variant in _token_variants(get_currency_name(code, count, locale)):
                names.setdefault(variant, code)
    capitals = {fold(word) for word in common["capitals"].split()} - {name[0] for name in _own_words(own)}
    home = dict(own.get("home", {}))
    if "dollar" in home:
        home.setdefault("dollar_sign", home["dollar"])
    return Currencies(
        names=names,
        first=frozenset(name[0] for name in names),
        single=frozenset(name[0] for name in names if len(name) == 1 and len(name[0]) > 1),
        families={family: frozenset(codes.split()) for family, codes in common["families"].items()},
        home=home,
        capitals=frozenset(capitals),
    )


def _own_words(own: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    return (variant for phrases in own["names"].values() for phrase in phrases for variant in _token_variants(phrase))


def _token_variants(phrase: str) -> list[tuple[str, ...]]:
    return [tuple(Scan(phrase).words)]
