# SPDX-License-Identifier: Apache-2.0
"""What a language calls the parts of a message, read from ``parts/<language>.txt``: greetings, titles, months, ways to
pay, thanks, closings, forms of address."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache

from purring.core.errors import Refused
from purring.language.tone.files import source_of
from purring.language.tone.folding import Folded, fold, occurrences
from purring.language.tone.pattern import Anchors, Pattern, PhraseBook
from purring.language.tone.sieve import Sieve

WORD_KEYS = (
    *(
        "greeting",
        "title_m",
        "title_f",
        "title",
        "not_names",
        "months",
        "first",
        "short",
        "shout",
        "emphasis",
        "number_words",
    ),
    *("capital_formal", "settings", "polite_only", "third", "several"),
    *("denies", "undenied", "joins"),
)
PHRASE_KEYS = (
    *("thanks", "closing", "ending", "pay", "contact", "today", "formal", "familiar"),
    *("last", "late", "charges", "not_late"),
)
Fitting = Mapping[str, Sequence[Pattern]]
"""Phrases by their kind."""
_WORD = re.compile(r"\w+")
_SHORT = 3
"""Letters of words that stand in every text, so that a phrase is looked for by another one of its words."""
_REACH = 200
"""Characters before and after one of its words that a phrase may reach."""


@dataclass(frozen=True, slots=True)
class Parts:
    """One language's parts. Words are folded; `months` holds twelve expressions, which begin where a word may."""

    language: str
    greeting: re.Pattern[str]
    title_m: frozenset[str]
    title_f: frozenset[str]
    all_titles: frozenset[str]
    """Titles of any gender."""
    not_names: frozenset[str]
    months: tuple[re.Pattern[str], ...]
    first: frozenset[str]
    short: frozenset[str]
    shout: frozenset[str]
    emphasis: frozenset[str]
    """Words of `shout` that stand in capitals for clearness when they do so alone: "please do NOT pay twice"."""
    number_words: frozenset[str]
    third: frozenset[str]
    """Words of address that may as well speak of somebody else ("lei" is "she" too)."""
    several: frozenset[str]
    """Words that speak to several friends, with a capital too ("Ihr", "Euch")."""
    capital_formal: re.Pattern[str] | None
    """Words of address that are formal for their capital, where a sentence does not begin with it."""
    denies: re.Pattern[str] | None
    """Words that say that something will not be ("not", "never")."""
    undenied: re.Pattern[str] | None
    """Words beside which those deny nothing that follows: "if it is not paid", "without further notice"."""
    joins: re.Pattern[str] | None
    """Words with which something else begins, that is not denied any more: "and we", "but"."""
    ordinal_dots: bool
    familiar_usual: bool
    sieve: Sieve
    """The phrases of all kinds."""

    def fitting(self, text: Folded, start: int, end: int) -> Fitting:
        """The phrases by kind that have all their words in a sentence."""
        return by_group(self.sieve, self.sieve.sift(text.keys(self.sieve.keys, start, end)).fitting)


def by_group(sieve: Sieve, numbers: Iterable[int]) -> Fitting:
    """Patterns of a sieve by their group."""
    found: dict[str, list[Pattern]] = {}
    for number in numbers:
        group, pattern = sieve.patterns[number]
        found.setdefault(group, []).append(pattern)
    return found


def stands(phrases: Sequence[Pattern], text: Folded, words: AbstractSet[str], *, start: int = 0) -> bool:
    """Whether any of these phrases, of which all words are there, stands in a text, or in what follows a place of it. words: those of
    the text that patterns look for."""
    if not start and any(not words.isdisjoint(_by_themselves(pattern)) for pattern in phrases):
        return True
    seen, end = text.seen, len(text.seen)
    for pattern in phrases:
        spans = [(start, end)]
        if pattern.is_row:
            spans = [span for key in pattern.anchors & words for span in _around(seen, key, start)]
        if any(pattern.find(seen, *span) for span in spans):
            return True
    return False


@cache
def _by_themselves(pattern: Pattern) -> Anchors:
    """Words, and beginnings of words, of which each one is a phrase of this pattern, so that no expression need run."""
    if " " in pattern.source or "{" in pattern.source:
        return frozenset()
    begun = {fold(one) for one in pattern.source.split("|") if one[-1] == "*" and "_" not in one}
    return pattern.words | (begun & pattern.wholes[0])


def places(patterns: Iterable[Pattern], text: Folded, words: AbstractSet[str]) -> list[tuple[int, int]]:
    """Where phrases stand of which all words are there, at most one place per phrase and sentence. words: as for `stands`."""
    found: set[tuple[int, int]] = set()
    seen, starts = text.seen, [start for start, _ in text.sentences]
    for pattern in patterns:
        hints = sorted((at, at + len(key)) for key in pattern.anchors & words for at in _hints(seen, key))
        first = {bisect(starts, at) - 1: (at, end) for at, end in reversed(hints)}
        if pattern.words == pattern.anchors:  # nothing more to look for
            found.update(first.values())
            continue
        for number in first:
            place = pattern.find(seen, *text.sentences[number])
            if place is not None:
                found.add(place)
    return sorted(found)


@lru_cache(16)
def parts(language: str) -> Parts:
    """The parts of a language that has a file."""
    return parse(language, source_of("parts", language))


def _hints(seen: str, key: str) -> list[int]:
    """Where words begin that have a key."""
    hint, whole = key.rstrip("*"), key[-1] != "*"
    return [at for at, end in occurrences(seen, hint) if begins_word(seen, at) and not (whole and _goes_on(seen, end))]


def begins_word(seen: str, at: int) -> bool:
    """Whether no word begins before a place that goes on there."""
    before = seen[at - 1 : at]
    return not (before.isalnum() or before == "_")


def _goes_on(seen: str, at: int) -> bool:
    after = seen[at : at + 1]
    return after.isalnum() or after == "_"


def _around(seen: str, key: str, start: int) -> list[tuple[int, int]]:
    """What stands around the words with a key, from a place on, in whole words: to look everywhere would be slow."""
    spans: list[tuple[int, int]] = []
    for at in _hints(seen, key):
        last = _between_words(seen, min(at + _REACH, len(seen)))
        if spans and at - _REACH <= spans[-1][1]:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((_between_words(seen, max(at - _REACH, start)), last))
    return spans


def _between_words(seen: str, at: int) -> int:
    """The first place from one on where no word goes on."""
    while 0 < at < len(seen) and _goes_on(seen, at) and not begins_word(seen, at):
        at += 1
    return at


def full_names(said: AbstractSet[str]) -> set[str]:
    """The names of which these are the familiar forms: "Paco" of "Francisco"."""
    return {name for one in said for name in _familiar_names().get(one, ())}


@lru_cache(1)
def _familiar_names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in source_of("parts", "names").splitlines():
        name, colon, familiar = line.partition(":")
        for one in familiar.split() if colon and not line.startswith("#") else ():
            found.setdefault(fold(one), []).append(fold(name.strip()))
    return found


def parse(language: str, source: str) -> Parts:
    """Read a parts file: ``key: value; value`` lines. Raises `Refused` (`bad_rule`) with the line."""
    lists: dict[str, list[str]] = {key: [] for key in (*WORD_KEYS, *PHRASE_KEYS)}
    for number, raw in enumerate(source.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        key, colon, values = line.partition(":")
        if not colon or key not in lists:
            raise Refused("bad_rule", f"parts/{language}.txt, line {number}: {key!r} is not known")
        lists[key] += [value.strip() for value in values.split(";") if value.strip()]

    def words(key: str) -> frozenset[str]:
        return frozenset(fold(word) for word in lists[key])

    if len(lists["months"]) != 12:
        raise Refused("bad_rule", f"parts/{language}.txt: months: twelve are needed, in order, variants joined with |")
    pieces = (word for kind in PHRASE_KEYS for phrase in lists[kind] for word in _WORD.findall(fold(phrase)))
    book = PhraseBook({}, frozenset(word for word in pieces if len(word) <= _SHORT))
    patterns = [(kind, Pattern(phrase, book)) for kind in PHRASE_KEYS for phrase in lists[kind]]
    capital = "|".join(map(re.escape, lists["capital_formal"]))
    return Parts(
        language,
        re.compile(rf"(?:{'|'.join(sorted(map(re.escape, words('greeting')), key=len, reverse=True))})(?!\w)"),
        words("title_m"),
        words("title_f"),
        words("title_m") | words("title_f") | words("title"),
        words("not_names"),
        tuple(re.compile(rf"(?:{fold(month)})(?!\w)") for month in lists["months"]),
        words("first"),
        words("short"),
        words("shout"),
        words("emphasis"),
        words("number_words"),
        words("third"),
        words("several"),
        re.compile(rf"(?:{capital})\b") if capital else None,
        _any_of(words("denies")),
        _any_of(words("undenied")),
        _any_of(words("joins")),
        "ordinal_dots" in lists["settings"],
        "familiar_usual" in lists["settings"],
        Sieve(patterns),
    )


def _any_of(words: AbstractSet[str]) -> re.Pattern[str] | None:
    """An expression for any of these words, with a star for any ending."""
    if not words:
        return None
    made = (re.escape(word).replace(r"\*", r"\w*") for word in sorted(words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(made)})(?!\w)")
