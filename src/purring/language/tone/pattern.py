# SPDX-License-Identifier: Apache-2.0
"""The small language of rule patterns, made into regular expressions over folded sentences.

A pattern is a row of elements, each one a word of the sentence after the other:

- ``word`` the word itself, accents ignored; ``wor*`` a beginning, ``*word`` an ending
- ``one|two|three_words`` any of these; ``_`` joins words of one alternative
- ``{class}`` any phrase of a class; a trailing ``?`` makes an element optional
- ``..`` up to three words between, ``...`` up to eight; ``#`` a number
- ``^`` at the beginning: the sentence or a clause begins here; ``!`` or ``$`` at the end: it ends so
- ``a & b`` both anywhere in the sentence; ``a &! b`` without b

`anchors` are words of which one must stand in a sentence for the pattern to fit, and `others` more such sets, one for
each element, all of them by their beginnings; `wholes` are the same sets with the words as they are written. They are looked up
(`sieve.Sieve`) before any expression runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from purring.core.errors import Refused
from purring.language.tone.folding import fold

Anchors = frozenset[str]
"""Whole words, or beginnings of words with a star: `folding.Keys` finds the same in a text."""

_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ß": "ss"})
_GAP_SHORT, _GAP_LONG = r"(?:\W+\w+){0,3}?", r"(?:\W+\w+){0,8}?"
_NUMBER = r"\d[\d.,:]*"
_PIECE = re.compile(r"\w+|§")
_IN_WORD = re.compile(r"\w")


class Words(NamedTuple):
    """Words of which one stands wherever an element of a pattern does; none when it can stand there without. `beginnings` are `whole` with
    words with a star cut after four letters: what rules have "near" is said of those."""

    beginnings: Anchors = frozenset()
    whole: Anchors = frozenset()


_NO_WORDS = Words()


@dataclass(frozen=True)
class Phrase:
    """One row of elements: its expression as text, and the words of those that have any, the rarest first."""

    expression: str
    words: tuple[Words, ...] = ()


class Pattern:
    """A pattern of a rule: one or several phrases that must, or must not, stand in one sentence."""

    def __init__(self, source: str, book: PhraseBook) -> None:
        self.source = source
        parts = [part.strip() for part in re.split(r"\s&(?=!?\s)\s*", source)]
        self._wanted = [book.phrase(part) for part in parts if not part.startswith("!")]
        self._unwanted = [book.phrase(part[1:].strip()) for part in parts if part.startswith("!")]
        anchored = [phrase.words[0].beginnings for phrase in self._wanted if phrase.words]
        if not anchored:
            raise Refused("bad_rule", f"the pattern {source!r} has no word to look for")
        self.anchors = min(anchored, key=book.cost)
        every = {words for phrase in self._wanted for words in phrase.words}
        self.others = tuple(sorted({one.beginnings for one in every} - {self.anchors}, key=book.cost))
        self.wholes = tuple(sorted({one.whole for one in every}, key=book.cost))

    @property
    def is_row(self) -> bool:
        """Whether it is one row of words near one another, wherever they stand."""
        return len(self._wanted) == 1 and not self._unwanted and not {"^", "$", "!"} & set(self.source.split())

    @cached_property
    def words(self) -> Anchors:
        """Of a pattern that is a single word the whole words of which each one fits by itself, so that no expression need run."""
        if " " in self.source or "{" in self.source:
            return frozenset()
        spelled = [spelling for one in self.source.split("|") for spelling in _spellings(one)]
        return frozenset(spelling for spelling in spelled if _PIECE.fullmatch(spelling) and "_" not in spelling)

    @cached_property
    def _compiled(self) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
        wanted, unwanted = (
            [re.compile(phrase.expression) for phrase in phrases] for phrases in (self._wanted, self._unwanted)
        )
        return wanted, unwanted

    def may_fit(self, keys: AbstractSet[str]) -> bool:
        """Whether a sentence with these keys has a word for each element, so that it is worth looking whether they stand in a row."""
        return True not in map(keys.isdisjoint, self.wholes)

    def find(self, seen: str, start: int, end: int) -> tuple[int, int] | None:
        """The place of the first phrase in the sentence, or None."""
        wanted, unwanted = self._compiled
        sentence = seen[start:end]
        first = None
        for expression in wanted:
            match = _at_word(expression, sentence)
            if match is None:
                return None
            first = first or (start + match.start(), start + match.end())
        for expression in unwanted:
            if _at_word(expression, sentence):
                return None
        return first


def _at_word(expression: re.Pattern[str], sentence: str) -> re.Match[str] | None:
    """The first match that begins where a word may. What looks behind it cannot say so itself, or it would be looked for at every
    character instead of where its first letters stand, which takes ten times as long."""
    match = expression.search(sentence)
    while match is not None and match.start() and _IN_WORD.match(sentence, match.start() - 1):
        match = expression.search(sentence, match.start() + 1)
    return match


class PhraseBook:
    """The classes of one language, and the words too common to be looked for."""

    def __init__(self, classes: Mapping[str, list[str]], common: frozenset[str]) -> None:
        self._sources = classes
        self._common = common
        self._classes: dict[str, tuple[str, Words]] = {}

    def cost(self, anchors: Anchors) -> int:
        """How often a set of anchors would let an expression run; lower is better."""
        return sum(40 if key in self._common else 3 if key.endswith("*") else 1 for key in anchors)

    def phrase(self, source: str) -> Phrase:
        """One row of elements as an expression."""
        expression, before = "", False
        every: list[Words] = []
        for element in source.replace("(", "").replace(")", "").split():
            if element == "^":
                expression += r"(?:(?<=^)|(?<=[,;:–—(!?¡¿-]\s)|(?<=[,;:–—(¡¿\n]))(?:[^\w,;:]*)"
                continue
            if element in ("!", "$"):
                expression += r"\W*?!" if element == "!" else r"(?!\w)\W*$"
                continue
            if element in ("..", "..."):
                expression += _GAP_SHORT if element == ".." else _GAP_LONG
                continue
            optional = element.endswith("?")
            inner, words = self._element(element.rstrip("?"), source)
            if optional:
                expression += rf"(?:\W+{inner}(?!\w))?" if before else rf"(?:{inner}\W+)?"
                continue
            expression += rf"\W+{inner}(?!\w)" if before else rf"{inner}(?!\w)"
            before = True
            if words.whole:
                every.append(words)
        if not before:
            raise Refused("bad_rule", f"the pattern {source!r} has no word")
        every.sort(key=self._cost)
        return Phrase(expression, tuple(every))

    def _cost(self, words: Words) -> int:
        return self.cost(words.beginnings)

    def _cost_of_one(self, words: Words) -> tuple[int, int]:
        """The same of a single word; of as rare ones the longest is the rarest."""
        return self._cost(words), -max(map(len, words.whole))

    def _element(self, element: str, source: str) -> tuple[str, Words]:
        """The expression of one element, and its words."""
        if element == "#":
            return _NUMBER, _NO_WORDS
        if element.startswith("{") and "|" not in element:
            return self._class(element.strip("{}"), source)
        made: list[str] = []
        every: list[Words] = []
        for alternative in element.split("|"):
            if alternative.startswith("{"):
                expression, words = self._class(alternative.strip("{}"), source)
                made.append(expression)
                every.append(words)
                continue
            for spelling in _spellings(alternative):
                made.append(_expression(spelling))
                every.append(self._words(spelling))
        joined = made[0] if len(made) == 1 else f"(?:{'|'.join(dict.fromkeys(made))})"
        return joined, _any_of(every)

    def _words(self, spelling: str) -> Words:
        found: list[Words] = []
        for word in spelling.split("_"):
            pieces = _PIECE.findall(word.replace("*", " "))
            if "*" not in word:
                found += [Words(frozenset({piece}), frozenset({piece})) for piece in pieces]
            elif not word.startswith("*") and len(pieces[0]) >= 3:
                found.append(Words(frozenset({f"{pieces[0][:4]}*"}), frozenset({f"{pieces[0]}*"})))
        return min(found, key=self._cost_of_one, default=_NO_WORDS)

    def _class(self, name: str, source: str) -> tuple[str, Words]:
        if name not in self._sources:
            raise Refused("bad_rule", f"the pattern {source!r} names the class {name!r}, which is not there")
        if name not in self._classes:
            phrases = [self.phrase(one) for one in self._sources[name]]
            joined = "|".join(dict.fromkeys(phrase.expression for phrase in phrases))
            self._classes[name] = f"(?:{joined})", _any_of([(*phrase.words, _NO_WORDS)[0] for phrase in phrases])
        return self._classes[name]


def _any_of(every: list[Words]) -> Words:
    """The words of alternatives together; none when one of them has none."""
    if not (every and all(words.whole for words in every)):
        return _NO_WORDS
    beginnings, wholes = zip(*every, strict=True)
    return Words(frozenset().union(*beginnings), frozenset().union(*wholes))


def _spellings(word: str) -> list[str]:
    """The folded word, and how it is typed without umlauts or ligatures."""
    lower = word.lower()
    made = [fold(lower), fold(lower.translate(_LIGATURES)), fold(lower.translate(_SPELLED_OUT).translate(_LIGATURES))]
    return list(dict.fromkeys(made))


def _expression(spelling: str) -> str:
    words = (re.escape(word).replace(r"\*", r"\w*").replace(r"\#", _NUMBER) for word in spelling.split("_"))
    return r"\W+".join(words)
