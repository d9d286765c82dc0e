# SPDX-License-Identifier: Apache-2.0
"""How a sentence reads: a learned model weighs its words, its order and what the rules see in it.

Rules alone are too sure of themselves and know too few ways of saying a thing; the model has learned from sentences of
many hands how much each rule's word is worth, and what else people write. Its file is made by `tools/train_tone.py`.

Most sentences are plainly good, so each step looks only at what the one before left: the words alone, one number each; their
order and what they are about together; and what the rules see.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from purring.language.learned import model
from purring.language.tone.concepts import lexicon
from purring.language.tone.folding import Folded
from purring.language.tone.rulebook import Evidence, Hit, Rulebook
from purring.language.tone.signs import LABELS, TASK, TOKEN, judged_rules, of_evidence, of_order, of_word, token_of

UNKIND = "unkind"
"""The last lane of a model: whether a sentence could be any of the codes, from its words alone."""
CLEAR = -2.5
"""Log-odds of `UNKIND` below which a sentence is good whatever its order."""
WITH_RULE = -0.4
"""Log-odds from which a code is told when a rule says the same."""
ALONE, BESIDE_RULE = 2.9, 3.6
"""Log-odds of not being good from which the likeliest code is told without a rule for it when no rule fits, and when one does;
then what the rule says is told too."""
LIKELIEST = 0.4
"""How likely that code must be: what is a little of everything is mostly a good sentence in unusual words.
All these were chosen on mails of which the model had learned nothing (`--sentences-only`), and at last with the figures, not
the texts, of the judged half in view: for few false remarks, and none that blocks a good text."""
GRAVE = 3.0
"""Log-odds from which a code that a rule also sees may block."""
HARMLESS = -3.0
"""Log-odds of any code, by words and order, below which a sentence is good whatever rules would see in it."""
ENOUGH = 7
"""Tokens a sentence must have before the model is believed alone: "Dear Steffi," is too little to judge by."""
SECOND = 0.35
"""A second code is told too when it is at least this likely beside the likeliest."""

_REMEMBERED = 20_000
_CLEARLY_GOOD = -3.0
"""A difference to good below which nothing can be told: nineteen codes that unlikely are together less likely than good."""


class Judgement(NamedTuple):
    """One code a sentence has, the rule that says so too, and whether both are sure enough to block."""

    code: str
    hit: Hit | None
    grave: bool


class Known(NamedTuple):
    """What is kept of a word as it is written: its token, what it is about, and its weights."""

    token: str
    about: tuple[str, ...]
    weights: int


class _Words(dict[str, Known]):
    """Words as they are written, each looked at once."""

    def __init__(self, learned: model.Model, language: str) -> None:
        super().__init__()
        self._model, self._language, self.lexicon = learned, language, lexicon(language)

    def __missing__(self, raw: str) -> Known:
        if len(self) >= _REMEMBERED:
            self.clear()
        token = token_of(raw, self._language)
        about = self.lexicon.of_word(token)
        known = self[raw] = Known(token, about, self._model.sum_of(of_word(token, about)))
        return known


class _Doubts(dict[str, float]):
    """By word as it is written what it adds to the log-odds of `UNKIND`."""

    def __init__(self, words: _Words, learned: model.Model) -> None:
        super().__init__()
        self._words, self._model = words, learned
        self.start = learned.logits_of(0, 0)[-1]

    def __missing__(self, raw: str) -> float:
        if len(self) >= _REMEMBERED:
            self.clear()
        doubt = self[raw] = self._model.logits_of(self._words[raw].weights, 1 - model.LENGTH)[-1] - self.start
        return doubt


class Judge:
    """The model of one language, and the rules it weighs."""

    def __init__(self, learned: model.Model, book: Rulebook, language: str) -> None:
        self._model = learned
        self._book = book
        self._words = _Words(learned, language)
        self._doubts = _Doubts(self._words, learned)

    def judge(self, text: Folded, span: tuple[int, int], stage: str | None, *, title: bool) -> list[Judgement]:
        """The codes of a sentence, likeliest first; none when it is good. The clause a rule fits is also judged by
        itself, for kind words around it do not mend it."""
        written = TOKEN.findall(text.masked, *span)
        doubts = self._doubts
        if doubts.start + sum(map(doubts.__getitem__, written)) / math.sqrt(len(written) + model.LENGTH) < CLEAR:
            return []
        total = self._weigh(written)
        if _odds_against_good(self._model.logits_of(total, len(written))[:-1]) < HARMLESS:
            return []
        evidence = self._book.evidence_of(text, *span)
        hits = {hit.rule.code: hit for hit in reversed(evidence.hits) if hit.rule.applies(stage, title=title)}
        found = self._told(total, len(written), evidence, hits)
        told = {one.code for one in found}
        clauses: dict[tuple[int, int], dict[str, Hit]] = {}
        for code, hit in hits.items():
            if code not in told and hit.clause != span:
                clauses.setdefault(hit.clause, {})[code] = hit
        for clause, own in clauses.items():
            written = TOKEN.findall(text.masked, *clause)
            found += [one for one in self._told(self._weigh(written), len(written), evidence, own) if one.hit]
        return found

    def _weigh(self, written: Sequence[str]) -> int:
        """What the words of a sentence, their order and what they are about add up to."""
        words = [self._words[raw] for raw in written]
        order = of_order(
            [word.token for word in words], [word.about for word in words], self._words.lexicon, self._model.denials
        )
        return sum([word.weights for word in words]) + self._model.sum_of(order)

    def _told(self, total: int, length: int, evidence: Evidence, hits: Mapping[str, Hit]) -> list[Judgement]:
        logits = self._model.logits_of(total + self._model.sum_of(of_evidence(evidence)), length)[:-1]
        return [
            Judgement(code, hits.get(code), code in hits and odds >= GRAVE)
            for code, odds in codes_told(logits, hits.keys())
            if code in hits or length >= ENOUGH
        ]


def codes_told(logits: Sequence[float], by_rule: AbstractSet[str]) -> list[tuple[str, float]]:
    """The codes that a sentence is told, likeliest first, with their log-odds. logits: in the order of `LABELS`;
    by_rule: codes of which a rule says so too."""
    if max(logits[1:]) - logits[0] < _CLEARLY_GOOD:
        return []
    good, *others = _shares(logits)
    ranked = sorted(zip(others, LABELS[1:], strict=True), reverse=True)
    unkind = -_log_odds(good)
    told = {
        code for share, code in ranked if code in by_rule and (unkind >= BESIDE_RULE or _log_odds(share) >= WITH_RULE)
    }
    if unkind >= (BESIDE_RULE if by_rule else ALONE):
        (first, likeliest), (second, next_one) = ranked[:2]
        if first >= LIKELIEST:
            told |= {likeliest, next_one} if second >= SECOND * first else {likeliest}
    return [(code, _log_odds(share)) for share, code in ranked if code in told]


def _odds_against_good(logits: Sequence[float]) -> float:
    """Log-odds of a sentence being any of the codes."""
    good, *others = logits
    return math.log(sum([math.exp(logit - good) for logit in others]))


def _shares(logits: Sequence[float]) -> list[float]:
    """The likelihoods of labels of which one holds."""
    highest = max(logits)
    odds = [math.exp(logit - highest) for logit in logits]
    together = sum(odds)
    return [odd / together for odd in odds]


def _log_odds(share: float) -> float:
    return math.log((share + 1e-9) / (1 - share + 1e-9))


@lru_cache(16)
def judge_of(language: str) -> Judge:
    """The judge for a tag such as "pt-BR"; read on first use."""
    base = language.partition("-")[0]
    return Judge(model.load(TASK, base), judged_rules(language), base)
