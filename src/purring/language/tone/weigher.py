# SPDX-License-Identifier: Apache-2.0
"""What the learned model makes of a sentence's words, their order and what they are about: the weights of `signs.of_word` and
`signs.of_order`, added up without writing the name of each feature.

Each word is looked at once and remembered with what it weighs and what may follow it. A test holds this against the names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, compress
from typing import NamedTuple

from purring.language.learned import model
from purring.language.learned.classes import classes
from purring.language.learned.features import FIRST, REACH, STEM, STOPS
from purring.language.tone.concepts import Row, lexicon
from purring.language.tone.signs import ASKED, NEAR, SIGNS, TOKEN, asks, marks_of, of_word, token_of

_REMEMBERED = 30_000
_NONE: dict[str, int] = {}
_get = dict[str, int].get


class Weighed(NamedTuple):
    """A sentence as the model sees it: the sum of its weights, how many tokens it has, what it is about as features."""

    total: int
    length: int
    about: set[str]


class Words(NamedTuple):
    """The words of a sentence: the sum of their weights and those of their order, the tokens, what each is about, and whether one denies."""

    total: int
    tokens: list[str]
    row: Row
    denied: bool


_NO_WORDS = Words(0, [], (), denied=False)


class Known(NamedTuple):
    """What is kept of a word: its token, its stem, what it is about, its weights, and those of a stem right after it and of
    one with a word between."""

    token: str
    stem: str
    about: tuple[str, ...]
    weights: int
    beside: Mapping[str, int]
    apart: Mapping[str, int]
    meaning: str
    """Its class as `of_meanings` calls it, empty when it has none, and the weights of a class after it, and of one with another between."""
    like: Mapping[str, int]
    like_apart: Mapping[str, int]


class _Chunks(dict[str, tuple[Known, ...]]):
    """By what stands between two spaces the words and marks in it."""

    def __init__(self, learned: model.Model, language: str) -> None:
        super().__init__()
        self._model, self._language, self._lexicon = learned, language, lexicon(language)
        self._meanings = classes(language)
        self._words: dict[str, Known] = {}
        self.beside = learned.pairs(" ")
        self._apart = learned.pairs(" _ ")
        self.like, self._like_apart = learned.pairs(" ", "%"), learned.pairs(" _ ", "%")

    def __missing__(self, chunk: str) -> tuple[Known, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
            self._words.clear()
        found = self[chunk] = tuple(map(self._known, TOKEN.findall(chunk)))
        return found

    def _known(self, raw: str) -> Known:
        known = self._words.get(raw)
        if known is None:
            token = token_of(raw, self._language)
            about, stem = self._lexicon.of_word(token), token[:STEM]
            meaning = self._meanings.get(token)
            weights = self._model.sum_of(of_word(token, about, meaning))
            sign = token if token in SIGNS else meaning or ""
            orders = (self.beside.get(stem), self._apart.get(stem))
            likes = (self.like.get(sign), self._like_apart.get(sign))
            beside, apart, like, like_apart = (one or _NONE for one in (*orders, *likes))
            known = Known(token, stem, about, weights, beside, apart, sign, like, like_apart)
            self._words[raw] = known
        return known


class Weigher:
    """The model of one language. `chunks` are the words it has met."""

    def __init__(self, learned: model.Model, language: str) -> None:
        self._lexicon, self._denials = lexicon(language), learned.denials
        self._sum_of = learned.sum_of
        self.chunks = _Chunks(learned, language)
        self._first, self._touched, self._asked = (self.chunks.beside.get(one, _NONE) for one in (FIRST, "!", "?"))
        self._asked_like = self.chunks.like.get(ASKED, _NONE)
        self._both, self._near = learned.pairs("+", "="), learned.pairs(">", "=")

    def weigh(self, chunks: Sequence[str]) -> Weighed:
        """What a masked sentence, cut at its spaces, adds up to."""
        return self.with_concepts(self.words(chunks))

    def words(self, chunks: Sequence[str]) -> Words:
        """What its words and their order add up to, which is half of the work."""
        words = [*chain.from_iterable(map(self.chunks.__getitem__, chunks))]
        if not words:
            return _NO_WORDS
        said, stems, row, own, beside, apart, meanings, like, like_apart = zip(*words, strict=True)
        tokens = [*said]
        denied = not self._denials.isdisjoint(tokens)
        known, likes = [*compress(meanings, meanings)], [*compress(like, meanings)]
        weights = [
            *own,
            *map(_get, beside, stems[1:]),
            *map(_get, apart, stems[2:]),
            self._first.get(stems[0]),
            *map(_get, likes, known[1:]),
            *map(_get, compress(like_apart, meanings), known[2:]),
        ]
        if denied:
            weights += self._of_denials(tokens, stems)
        if asks(tokens):
            weights += map(self._asked.get, stems)
            weights += map(self._asked_like.get, known)
        return Words(sum(filter(None, weights)), tokens, row, denied)

    def with_concepts(self, words: Words) -> Weighed:
        """What they add up to with what they are about together."""
        total, tokens, row, denied = words
        whole = self._lexicon.with_rows(tokens, row)
        places = [(place, concept) for place, concepts in enumerate(whole) for concept in concepts]
        if not places:
            return Weighed(total, len(tokens), set())
        about = {concept for _, concept in places}
        marks = marks_of(tokens, about, denied=denied)
        names = [f"={mark}" for mark in marks]
        if whole is not row:
            names += [f"={concept}" for both, own in zip(whole, row, strict=True) for concept in both[len(own) :]]
        names.append(f"=^{places[0][1]}")
        if denied:
            for place, token in enumerate(tokens):
                if token in self._denials:
                    around = whole[max(0, place - NEAR) : place + NEAR + 1]
                    names += [f"=!{concept}" for some in around for concept in some]
        total += self._sum_of(names) + self._of_both([*sorted(about), *marks]) + self._of_near(places)
        return Weighed(total, len(tokens), {f"={one}" for one in about}.union(names))

    def _of_denials(self, tokens: Sequence[str], stems: Sequence[str]) -> list[int | None]:
        """Of the words that a denial may be about, as `features.of_order` finds them."""
        found: list[int | None] = []
        for place, token in enumerate(tokens):
            if token in self._denials:
                before, after = stems[max(0, place - REACH) : place][::-1], stems[place + 1 : place + REACH + 1]
                for side in (before, after):
                    for stem in side:
                        if stem in STOPS:
                            break
                        found.append(self._touched.get(stem))
        return found

    def _of_both(self, about: Sequence[str]) -> int:
        """Of what a sentence is about together."""
        total = 0
        for place, one in enumerate(about, 1):
            others = self._both.get(one)
            if others is not None:
                total += sum(filter(None, map(others.get, about[place:])))
        return total

    def _of_near(self, places: Sequence[tuple[int, str]]) -> int:
        """Of what stands near one another."""
        total = 0
        for at, (place, concept) in enumerate(places, 1):
            others = self._near.get(concept)
            if others is None:
                continue
            for later, other in places[at:]:
                if later - place > NEAR:
                    break
                if later > place:
                    total += others.get(other, 0)
        return total
