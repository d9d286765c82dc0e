# SPDX-License-Identifier: Apache-2.0
"""What a sentence weighs and how likely each code is, by the name of each feature: the plain way of saying what `kernel.Kernel` adds up
some fifty times as fast. Tests hold the one against the other; where nothing can be compiled this does the work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from purring.language.learned import features
from purring.language.learned.classes import classes
from purring.language.learned.model import Model
from purring.language.learned.referee import referee
from purring.language.tone.concepts import lexicon
from purring.language.tone.folding import LONGEST_REMEMBERED, Folded
from purring.language.tone.form import Form
from purring.language.tone.parts import by_group
from purring.language.tone.signs import (
    GOOD,
    MOMENTS,
    OVERALL,
    SIGNS,
    TASK,
    TIMELY,
    TOKEN,
    UNKIND,
    asks,
    for_referee,
    in_time,
    of_meanings,
    of_order,
    of_word,
    token_of,
)
from purring.language.tone.weighed import MOST_CONCEPTS, Doubt, Limits, Reading, Span, Weighed, remember

_REMEMBERED, _REMEMBERED_SENTENCES = 30_000, 5_000


class ByName:
    """The model of one base language such as "pt". of_text: what is looked for in a text as a whole."""

    def __init__(self, learned: Model, language: str, of_text: Form) -> None:
        self.model, self._language, self._form = learned, language, of_text
        self._lexicon, self._meanings = lexicon(language), classes(language)
        self._unkind, self._overall = (learned.labels.index(lane) for lane in (UNKIND, OVERALL))
        self._words: dict[str, _Word] = {}
        self._sentences: dict[tuple[str, Limits], Weighed | None] = {}

    def read(self, texts: Sequence[Folded], limits: Limits) -> list[Reading]:
        """As `weigher.Weigher` says."""
        return [self._read(text, limits) for text in texts]

    def _read(self, text: Folded, limits: Limits) -> Reading:
        words, doubted = self._form.words_of(text.masked, text.seen), list[tuple[Span, Doubt]]()
        for start, end in text.sentences:
            said = (text.masked[start:end], limits)
            if said in self._sentences:
                weighed = self._sentences[said]
            else:
                weighed = self._doubted(said[0].split(), limits)
                remember(self._sentences, said, weighed, _REMEMBERED_SENTENCES)
            if weighed is not None:
                doubted.append(((start, end), _Doubt(self, weighed)))
        return Reading(words, by_group(self._form.sieve, self._form.sieve.sift(words).fitting), doubted)

    def forget(self) -> None:
        """As `weigher.Weigher` says."""
        self._sentences.clear()

    def _doubted(self, chunks: Sequence[str], limits: Limits) -> Weighed | None:
        odds, sum_of = self.model.logit_of, self.model.sum_of
        words = [self._word(raw) for chunk in chunks for raw in TOKEN.findall(chunk)]
        total, length = sum(word.total for word in words), len(words)
        if odds(total, length, self._unkind) < limits.clear:
            return None
        tokens, row, signs = ([getattr(word, of) for word in words] for of in ("token", "about", "sign"))
        in_order = features.of_order(tokens, self.model.denials)
        total += sum_of([*in_order, *of_meanings(signs, asks=asks(tokens))])
        if odds(total, length, self._overall) < limits.unlikely:
            return None
        about = of_order(tokens, row, self._lexicon, self.model.denials)[len(in_order) :]
        total += sum_of(about)
        if odds(total, length, self._overall) < limits.harmless:
            return None
        concepts = {f"={one}" for own in row for one in own}
        return Weighed(total, length, concepts.union(name for name in about if not {"+", ">"} & set(name)))

    def _word(self, raw: str) -> _Word:
        known = self._words.get(raw)
        if known is None:
            token = token_of(raw, self._language)
            meaning, about = self._meanings.get(token), self._lexicon.of_word(token)[:MOST_CONCEPTS]
            total = self.model.sum_of(of_word(token, about, meaning))
            known = _Word(token, total, about, token if token in SIGNS else meaning)
            if len(raw) <= LONGEST_REMEMBERED:
                remember(self._words, raw, known, _REMEMBERED)
        return known

    def fault(self, weighed: Weighed) -> float:
        """As `weighed.Doubt` says."""
        return self.model.logit_of(weighed.total, weighed.length, self._overall)

    def shares(self, weighed: Weighed, seen: Sequence[str], stage: str | None, most: float) -> dict[str, float] | None:
        """As `weighed.Doubt` says. When a message comes matters only where a sentence is about a code that this changes: nothing else is
        kinder for being early."""
        marks, found = features_of(self.model, weighed, seen)
        judge = referee(TASK)
        total = judge.sum_of(found, marks)
        odds = judge.odds(total)
        code, good = judge.likeliest(odds, besides=GOOD)
        if timely := in_time(found, stage):
            odds_then = judge.odds(total + judge.sum_of(timely))
            code_then, good_then = judge.likeliest(odds_then, besides=GOOD)
            good = good and good_then
            odds = odds_then if TIMELY[MOMENTS[stage or ""]] & {code, code_then} else odds
        if good:
            return None
        shares = judge.shares_of(odds)
        return None if shares[GOOD] > most else shares


class _Word(NamedTuple):
    """A word as it stands: its token, what its features weigh together, what it is about, and its class or itself when it is a sign."""

    token: str
    total: int
    about: tuple[str, ...]
    sign: str | None


class _Doubt(NamedTuple):
    reader: ByName
    weight: Weighed

    @property
    def length(self) -> int:
        return self.weight.length

    def sifted(self) -> None:
        return None

    def fault(self) -> float:
        return self.reader.fault(self.weight)

    def shares(self, seen: Sequence[str], stage: str | None, most: float = 1) -> dict[str, float] | None:
        return self.reader.shares(self.weight, seen, stage, most)

    def weighed(self) -> Weighed:
        return self.weight


def features_of(learned: Model, weighed: Weighed, seen: Sequence[str]) -> tuple[list[str], dict[str, float]]:
    """What the referee looks at whenever the message comes: marks, whose value is 1, and features. seen: those of what rules see."""
    logits = learned.logits_of(weighed.total + learned.sum_of(seen), weighed.length)
    return [*weighed.about, *seen], for_referee(logits, weighed.length)
