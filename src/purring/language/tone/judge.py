# SPDX-License-Identifier: Apache-2.0
"""How a sentence reads: a learned model weighs its words, its order and what the rules see in it.

Rules alone are too sure of themselves and know too few ways of saying a thing; the model has learned from sentences of
many hands how much each rule's word is worth, and what else people write. Its file is made by `tools/train_tone.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from purring.language.learned import features, model
from purring.language.tone.folding import Folded
from purring.language.tone.rulebook import Evidence, Hit, Rulebook
from purring.language.tone.signs import LABELS, TASK, TOKEN, judged_rules, of_evidence, token_of

WITH_RULE = -1.1
"""Log-odds from which a code is told when a rule says the same."""
ALONE, BESIDE_RULE = 0.8, 0.5
"""Log-odds of not being good from which the likeliest code is told without a rule for it: when no rule fits, and when one of
another code does."""
LIKELIEST = 0.3
"""How likely that code must be: what is a little of everything is mostly a good sentence in unusual words.
These were chosen on sentences that neither rules nor model had seen, where of a hundred good ones, most of them near misses,
three or four are told anything."""
GRAVE = 1.0
"""Log-odds from which a code that a rule also sees may block."""
HARMLESS = -4.0
"""A sentence whose words put every code that far below good is good whatever rules would see in it: of the two thousand
unkind ones in the corpora none is lost by this, and nine in ten good ones need not be compared with the rules."""
ENOUGH = 7
"""Tokens a sentence must have before the model is believed alone: "Dear Steffi," is too little to judge by."""
SECOND = 0.5
"""A second code is told too when it is at least this likely beside the likeliest."""

_REMEMBERED = 20_000
_CLEARLY_GOOD = -3.0
"""A difference to good below which nothing can be told: nineteen codes that unlikely are together less likely than good."""


class Judgement(NamedTuple):
    """One code a sentence has, the rule that says so too, and whether both are sure enough to block."""

    code: str
    hit: Hit | None
    grave: bool


class Judge:
    """The model of one language, and the rules it weighs."""

    def __init__(self, learned: model.Model, book: Rulebook, language: str) -> None:
        self._model = learned
        self._book = book
        self._language = language
        self._known: dict[str, tuple[str, int]] = {}

    def judge(self, text: Folded, span: tuple[int, int], stage: str | None, *, title: bool) -> list[Judgement]:
        """The codes of a sentence, likeliest first; none when it is good. The clause a rule fits is also judged by
        itself, for kind words around it do not mend it."""
        words = self._weigh(text.masked[slice(*span)])
        if self._harmless(*words):
            return []
        evidence = self._book.evidence_of(text, *span)
        hits = {hit.rule.code: hit for hit in reversed(evidence.hits) if hit.rule.applies(stage, title=title)}
        found = self._told(*words, evidence, hits)
        told = {one.code for one in found}
        clauses: dict[tuple[int, int], dict[str, Hit]] = {}
        for code, hit in hits.items():
            if code not in told and hit.clause != span:
                clauses.setdefault(hit.clause, {})[code] = hit
        for clause, own in clauses.items():
            clause_words = self._weigh(text.masked[slice(*clause)])
            found += [one for one in self._told(*clause_words, evidence, own) if one.hit]
        return found

    def _weigh(self, sentence: str) -> tuple[int, int]:
        """What the words of a sentence and their order add up to, and how many there are."""
        known = self._known
        found = [known.get(raw) or self._token(raw) for raw in TOKEN.findall(sentence)]
        total = sum([weight for _, weight in found])
        total += self._model.sum_of(features.of_order([token for token, _ in found], self._model.denials))
        return total, len(found)

    def _harmless(self, total: int, length: int) -> bool:
        good, *others = self._model.logits_of(total, length)
        return max(others) - good < HARMLESS

    def _told(self, total: int, length: int, evidence: Evidence, hits: Mapping[str, Hit]) -> list[Judgement]:
        logits = self._model.logits_of(total + self._model.sum_of(of_evidence(evidence)), length)
        return [
            Judgement(code, hits.get(code), code in hits and odds >= GRAVE)
            for code, odds in codes_told(logits, hits.keys())
            if code in hits or length >= ENOUGH
        ]

    def _token(self, raw: str) -> tuple[str, int]:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        token = token_of(raw, self._language)
        known = self._known[raw] = token, self._model.sum_of(features.of_word(token))
        return known


def codes_told(logits: Sequence[float], by_rule: AbstractSet[str]) -> list[tuple[str, float]]:
    """The codes that a sentence is told, likeliest first, with their log-odds. logits: in the order of `LABELS`;
    by_rule: codes of which a rule says so too."""
    if max(logits[1:]) - logits[0] < _CLEARLY_GOOD:
        return []
    good, *others = _shares(logits)
    ranked = sorted(zip(others, LABELS[1:], strict=True), reverse=True)
    told = {code for share, code in ranked if code in by_rule and _log_odds(share) >= WITH_RULE}
    if -_log_odds(good) >= (BESIDE_RULE if by_rule else ALONE):
        (first, likeliest), (second, next_one) = ranked[:2]
        if first >= LIKELIEST:
            told |= {likeliest, next_one} if second >= SECOND * first else {likeliest}
    return [(code, _log_odds(share)) for share, code in ranked if code in told]


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
