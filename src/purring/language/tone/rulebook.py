# SPDX-License-Identifier: Apache-2.0
"""The rules of a language, read from ``rules/<language>.txt`` and indexed by the words they look for.

See ``rules/README.md`` for the form of the files. A sentence is compared only with those patterns of which it holds
an anchor word, so the cost of a text grows with what it says, not with the number of rules.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from purring.core.errors import Refused
from purring.language.tone.files import source_of
from purring.language.tone.folding import NAME, Folded, fold
from purring.language.tone.pattern import Pattern, PhraseBook
from purring.language.tone.report import BLOCKING, CODES, Severity
from purring.language.tone.sieve import SILENT, Sieve, Sifted

_WORD = re.compile(r"\w+|§")
_FIGURES = re.compile(r"(\d+)(\*?)")
_CLAUSE_END = re.compile(r"[,;:–—(]")
_NEGATION_REACH = 2
QUOTED_WHOLE = 320
"""Characters up to which a sentence is quoted as a whole."""
_NAME_REACH = 30
"""Characters before and after a word that tell whether it is part of a name."""
_SETTINGS = ("stages", "severity", "unless", "needs", "even", "fields")


@dataclass(slots=True)
class Rule:
    """One rule: patterns of which one must fit, the conditions it holds under, and its examples."""

    code: str
    name: str
    severity: Severity
    stages: frozenset[str] = frozenset()
    """Empty: any stage, also none."""
    needs_title: bool = False
    even_negated: bool = False
    even_named: bool = False
    patterns: list[Pattern] = field(default_factory=list)
    unless: list[Pattern] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    good: list[str] = field(default_factory=list)

    def applies(self, stage: str | None, *, title: bool) -> bool:
        """Whether this rule counts for a message of that stage, and one to somebody with a title."""
        return (not self.stages or stage in self.stages) and (title or not self.needs_title)


class Hit(NamedTuple):
    """A rule that fits a sentence, and the span of the folded text to quote."""

    rule: Rule
    start: int
    end: int


@dataclass(slots=True)
class Evidence:
    """What the rules see in a sentence: those that fit, the codes of which a pattern has all its words there in whatever
    order, and per code how many words it looks for."""

    hits: list[Hit]
    near: set[str]
    words: dict[str, int]


class Rulebook:
    """All rules of one language."""

    def __init__(
        self,
        language: str,
        rules: list[Rule],
        negations: frozenset[str],
        numbers: AbstractSet[tuple[str, str]],
        *,
        nouns: bool,
    ) -> None:
        self.language = language
        self.rules = rules
        self.negations = negations
        self.numbers = numbers
        """The figures that rules name, such as the hours of "24 hours", and a star where only the beginning counts."""
        self._beginnings = tuple(figures for figures, star in numbers if star)
        self._nouns = nouns
        self._patterns = [(rule, pattern) for rule in rules for pattern in rule.patterns]
        self._excuses = [(rule, pattern) for rule in rules for pattern in rule.unless]
        by_code = [(rule.code, pattern) for rule, pattern in self._patterns]
        self.sieve = Sieve([*by_code, *((SILENT, pattern) for _, pattern in self._excuses)])

    def words(self) -> set[str]:
        """The whole words, folded, of which a sentence must hold one for any pattern to be tried."""
        return {key for _, pattern in self._patterns for key in pattern.anchors if not key.endswith("*")}

    def names_number(self, number: str) -> bool:
        """Whether a number of a text is one that rules name."""
        return any(
            (figures, "") in self.numbers or figures.startswith(self._beginnings)
            for figures, _ in _FIGURES.findall(number)
        )

    def part(self, codes: AbstractSet[str]) -> Rulebook:
        """Only the rules of these codes."""
        kept = [rule for rule in self.rules if rule.code in codes]
        return Rulebook(self.language, kept, self.negations, self.numbers, nouns=self._nouns)

    def evidence(self, text: Folded) -> list[Evidence]:
        """What the rules see in each sentence, in order. Stage and title are for the caller to weigh."""
        return [self.evidence_of(text, start, end) for start, end in text.sentences]

    def evidence_of(self, text: Folded, start: int, end: int, sifted: Sifted | None = None) -> Evidence:
        """What the rules see in one sentence. sifted: what `sieve` found of its words, if it was asked."""
        if sifted is None:
            sifted = self.sieve.sift(text.keys(self.sieve.keys, start, end))
        hits: dict[int, Hit] = {}
        last = bisect_left(sifted.fitting, len(self._patterns))
        excuses = [self._excuses[number - len(self._patterns)] for number in sifted.fitting[last:]]
        for number in sifted.fitting[:last]:
            rule, pattern = self._patterns[number]
            if id(rule) not in hits:
                place = pattern.find(text.seen, start, end)
                if place is None:
                    continue
                own = [one for excused, one in excuses if excused is rule]
                if not self._excused(rule, own, text, place, start, end):
                    hits[id(rule)] = Hit(rule, *self._told(text, place, start, end))
        return Evidence([*hits.values()], sifted.near, sifted.words)

    def _excused(
        self, rule: Rule, excuses: Sequence[Pattern], text: Folded, place: tuple[int, int], start: int, end: int
    ) -> bool:
        """Whether words around a place say that a rule does not mean it. excuses: those of its own that may fit."""
        if not rule.even_negated and self._negated(text.seen, place[0], start):
            return True
        if not rule.even_named and _is_name(text.masked, place, (start, end), nouns=self._nouns):
            return True
        return any(pattern.find(text.seen, start, end) for pattern in excuses)

    def _negated(self, seen: str, at: int, start: int) -> bool:
        before = seen[max(start, at - 40) : at]
        clause = _CLAUSE_END.split(before)[-1]
        return not self.negations.isdisjoint(_WORD.findall(clause)[-_NEGATION_REACH:])

    @staticmethod
    def _told(text: Folded, place: tuple[int, int], start: int, end: int) -> tuple[int, int]:
        """The sentence, or of a very long one the clauses around the place."""
        if end - start <= QUOTED_WHOLE:
            return start, end
        before = [match.end() for match in re.finditer(r"[,;:–—]\s", text.seen[start : place[0]])]
        after = re.search(r"[,;:–—]\s", text.seen[place[1] : end])
        return (start + before[-1] if before else start), (place[1] + after.start() if after else end)


def _is_name(masked: str, place: tuple[int, int], sentence: tuple[int, int], *, nouns: bool) -> bool:
    """Whether one matched word is part of a name: "Cutthroat & Sons", "Deadman's Wharf". It has a capital that is not
    the sentence's, and a name or a word with a capital stands beside it, or there is a "&"; with `nouns` (German) only the
    latter counts."""
    start, end = place
    word = masked[start:end]
    if " " in word.strip() or not word[:1].isupper() or (word.isupper() and len(word) > 3):
        return False
    before = masked[max(sentence[0], start - _NAME_REACH) : start].split()
    after = masked[end : min(sentence[1], end + _NAME_REACH)].split()
    beside = [*before[-1:], *after[:1]]
    if "&" in beside or nouns:
        return "&" in beside
    named = [one for one in beside if one[0] == NAME or (one[0].isupper() and not one.isupper() and len(one) > 2)]
    return bool(before) and bool(named)


@lru_cache(16)
def rulebook(language: str) -> Rulebook:
    """The rules of a language with a file of its own, such as "en" or "pt-BR". Files may begin with
    ``use: pt`` to take in another file first."""
    return parse(language, source_of("rules", language))


@lru_cache(1)
def languages() -> tuple[str, ...]:
    """Languages that have rules, as tags."""
    folder = resources.files("purring.language.tone") / "rules"
    return tuple(
        sorted(one.name[:-4] for one in folder.iterdir() if one.name.endswith(".txt") and one.name != "pt.txt")
    )


def parse(language: str, source: str) -> Rulebook:
    """Read a rule file. Raises `Refused` (`bad_rule`) with the line."""
    classes: dict[str, list[str]] = {}
    sections: list[tuple[int, str, list[tuple[int, str]]]] = []
    for number, raw in enumerate(source.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            sections.append((number, line.strip("[]"), []))
        elif sections and not line.startswith("="):
            sections[-1][2].append((number, line))
        else:
            name, colon, phrases = line.lstrip("= ").partition(":")
            if not colon:
                raise Refused("bad_rule", f"rules/{language}.txt, line {number}: a class is written '= name: phrases'")
            classes.setdefault(name.strip(), []).extend(_phrases(phrases))
    book = PhraseBook(classes, frozenset(classes.get("common", ())))
    rules = [_rule(language, number, title, lines, book) for number, title, lines in sections]
    said = [line for line in map(str.strip, source.splitlines()) if line[:2] not in ("+ ", "- ") and line[:1] != "#"]
    numbers = frozenset(_FIGURES.findall("\n".join(said)))
    negations, nouns = frozenset(map(fold, classes.get("not", ()))), "noun_capitals" in classes.get("settings", ())
    return Rulebook(language, rules, negations, numbers, nouns=nouns)


def _phrases(line: str) -> list[str]:
    return [phrase.strip() for phrase in line.split(";") if phrase.strip()]


def _rule(language: str, number: int, title: str, lines: Iterable[tuple[int, str]], book: PhraseBook) -> Rule:
    code, _, name = title.partition(".")
    if code not in CODES:
        raise Refused("bad_rule", f"rules/{language}.txt, line {number}: {code!r} is no code of the tone guard")
    rule = Rule(code, name or code, "block" if code in BLOCKING else "warn")
    for place, line in lines:
        try:
            _read(rule, line, book)
        except (Refused, re.error) as error:
            raise Refused("bad_rule", f"rules/{language}.txt, line {place}: {error}") from None
    return rule


def _read(rule: Rule, line: str, book: PhraseBook) -> None:
    key, colon, value = line.partition(":")
    if line.startswith("+ "):
        rule.bad.append(line[2:])
    elif line.startswith("- "):
        rule.good.append(line[2:])
    elif colon and key in _SETTINGS:
        _set(rule, key, value.strip(), book)
    else:
        rule.patterns += [Pattern(phrase, book) for phrase in _phrases(line)]


def _set(rule: Rule, key: str, value: str, book: PhraseBook) -> None:
    if key == "stages":
        rule.stages = frozenset(value.split())
    elif key == "severity":
        rule.severity = "block" if value == "block" else "warn"
    elif key == "unless":
        rule.unless += [Pattern(phrase, book) for phrase in _phrases(value)]
    elif key == "needs":
        rule.needs_title = value == "title"
    elif key == "even":
        rule.even_negated = rule.even_negated or "negated" in value
        rule.even_named = rule.even_named or "named" in value
