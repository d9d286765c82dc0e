# SPDX-License-Identifier: Apache-2.0
"""What a sentence weighs and how likely each code is, by the name of each feature: the plain way of saying what `kernel.Kernel` adds up
some fifty times as fast. Tests hold the one against the other; where there is no LuaJIT this does the work."""

from __future__ import annotations

from collections.abc import Sequence

from purring.language.learned import features
from purring.language.learned.classes import classes
from purring.language.learned.model import Model
from purring.language.learned.referee import referee
from purring.language.tone.concepts import lexicon
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
from purring.language.tone.weighed import MOST_CONCEPTS, Limits, Weighed


class ByName:
    """The model of one base language such as "pt"."""

    def __init__(self, learned: Model, language: str) -> None:
        self.model, self._language = learned, language
        self._lexicon, self._meanings = lexicon(language), classes(language)
        self._unkind, self._overall = (learned.labels.index(lane) for lane in (UNKIND, OVERALL))

    def doubted(self, sentences: Sequence[Sequence[str]], limits: Limits) -> list[Weighed | None]:
        """As `weigher.Weigher` says."""
        return [self._doubted(chunks, limits) for chunks in sentences]

    def _doubted(self, chunks: Sequence[str], limits: Limits) -> Weighed | None:
        odds, sum_of = self.model.logit_of, self.model.sum_of
        tokens = [token_of(raw, self._language) for chunk in chunks for raw in TOKEN.findall(chunk)]
        length, meanings = len(tokens), [*map(self._meanings.get, tokens)]
        row = [self._lexicon.of_word(token)[:MOST_CONCEPTS] for token in tokens]
        total = sum(sum_of(of_word(*known)) for known in zip(tokens, row, meanings, strict=True))
        if odds(total, length, self._unkind) < limits.clear:
            return None
        signs = [token if token in SIGNS else meaning for token, meaning in zip(tokens, meanings, strict=True)]
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

    def shares(self, weighed: Weighed, seen: Sequence[str], stage: str | None) -> dict[str, float] | None:
        """As `weigher.Weigher` says. When a message comes matters only where a sentence is about a code that this changes: nothing else is
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
        return None if good else judge.shares_of(odds)


def features_of(learned: Model, weighed: Weighed, seen: Sequence[str]) -> tuple[list[str], dict[str, float]]:
    """What the referee looks at whenever the message comes: marks, whose value is 1, and features. seen: those of what rules see."""
    logits = learned.logits_of(weighed.total + learned.sum_of(seen), weighed.length)
    return [*weighed.about, *seen], for_referee(logits, weighed.length)
