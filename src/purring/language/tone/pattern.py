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
each element; they are looked up before any expression runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from purring.core.errors import Refused
from purring.language.tone.folding import fold

Anchors = frozenset[str]
"""Whole words, or the first three or four letters of words with a star: `folding.keys` makes the same of a text."""

_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ß": "ss"})
_GAP_SHORT, _GAP_LONG = r"(?:\W+\w+){0,3}?", r"(?:\W+\w+){0,8}?"
_NUMBER = r"\d[\d.,:]*"
_PIECE = re.compile(r"\w+|§")
_IN_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Phrase:
    """One row of elements: its expression as text, the anchors of its rarest element, and those of the others."""

    expression: str
    anchors: Anchors
    others: tuple[Anchors, ...] = ()


class Pattern:
    """A pattern of a rule: one or several phrases that must, or must not, stand in one sentence."""

    def __init__(self, source: str, book: PhraseBook) -> None:
        self.source = source
        parts = [part.strip() for part in re.split(r"\s&(?=!?\s)\s*", source)]
        self._wanted = [book.phrase(part) for part in parts if not part.startswith("!")]
        self._unwanted = [book.phrase(part[1:].strip()) for part in parts if part.startswith("!")]
        anchored = [phrase.anchors for phrase in self._wanted if phrase.anchors]
        if not anchored:
            raise Refused("bad_rule", f"the pattern {source!r} has no word to look for")
        self.anchors = min(anchored, key=book.cost)
        every = {anchors for phrase in self._wanted for anchors in (phrase.anchors, *phrase.others)}
        self.others = tuple(sorted(every - {self.anchors, frozenset()}, key=book.cost))

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
        """Whether a sentence with these keys has a word for each element."""
        return True not in map(keys.isdisjoint, self.others)

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
        self._classes: dict[str, Phrase] = {}

    def cost(self, anchors: Anchors) -> int:
        """How often a set of anchors would let an expression run; lower is better."""
        return sum(40 if key in self._common else 3 if key.endswith("*") else 1 for key in anchors)

    def phrase(self, source: str) -> Phrase:
        """One row of elements as an expression."""
        expression, before = "", False
        every: list[Anchors] = []
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
            inner, anchors = self._element(element.rstrip("?"), source)
            if optional:
                expression += rf"(?:\W+{inner}(?!\w))?" if before else rf"(?:{inner}\W+)?"
                continue
            expression += rf"\W+{inner}(?!\w)" if before else rf"{inner}(?!\w)"
            before = True
            if anchors:
                every.append(anchors)
        if not before:
            raise Refused("bad_rule", f"the pattern {source!r} has no word")
        every.sort(key=self.cost)
        return Phrase(expression, every[0] if every else frozenset(), tuple(every[1:]))

    def _element(self, element: str, source: str) -> tuple[str, Anchors]:
        if element == "#":
            return _NUMBER, frozenset()
        if element.startswith("{") and "|" not in element:
            found = self._class(element.strip("{}"), source)
            return found.expression, found.anchors
        made: list[str] = []
        anchors: set[str] = set()
        unanchored = False
        for alternative in element.split("|"):
            if alternative.startswith("{"):
                found = self._class(alternative.strip("{}"), source)
                made.append(found.expression)
                anchors |= found.anchors
                unanchored = unanchored or not found.anchors
                continue
            for spelling in _spellings(alternative):
                made.append(_expression(spelling))
                own = self._anchor(spelling)
                anchors |= own
                unanchored = unanchored or not own
        joined = made[0] if len(made) == 1 else f"(?:{'|'.join(dict.fromkeys(made))})"
        return joined, frozenset() if unanchored else frozenset(anchors)

    def _anchor(self, spelling: str) -> Anchors:
        found: list[Anchors] = []
        for word in spelling.split("_"):
            pieces = _PIECE.findall(word.replace("*", " "))
            if "*" not in word:
                found += [frozenset({piece}) for piece in pieces]
            elif not word.startswith("*") and len(pieces[0]) >= 3:
                found.append(frozenset({f"{pieces[0][:4]}*"}))
        return min(found, key=self.cost, default=frozenset())

    def _class(self, name: str, source: str) -> Phrase:
        if name not in self._sources:
            raise Refused("bad_rule", f"the pattern {source!r} names the class {name!r}, which is not there")
        if name not in self._classes:
            phrases = [self.phrase(one) for one in self._sources[name]]
            anchors: Anchors = frozenset()
            if all(phrase.anchors for phrase in phrases):
                anchors = frozenset().union(*(phrase.anchors for phrase in phrases))
            joined = "|".join(dict.fromkeys(phrase.expression for phrase in phrases))
            self._classes[name] = Phrase(f"(?:{joined})", anchors)
        return self._classes[name]


def _spellings(word: str) -> list[str]:
    """The folded word, and how it is typed without umlauts or ligatures."""
    lower = word.lower()
    made = [fold(lower), fold(lower.translate(_LIGATURES)), fold(lower.translate(_SPELLED_OUT).translate(_LIGATURES))]
    return list(dict.fromkeys(made))


def _expression(spelling: str) -> str:
    words = (re.escape(word).replace(r"\*", r"\w*").replace(r"\#", _NUMBER) for word in spelling.split("_"))
    return r"\W+".join(words)
