# SPDX-License-Identifier: Apache-2.0
"""How a sentence reads: a learned model weighs its words, its order and what the rules see in it.

Rules alone are too sure of themselves and know too few ways of saying a thing; the model has learned from sentences of
many hands how much each rule's word is worth, and what else people write. Its file is made by `tools/train_tone.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from purring.language.learned import features, model
from purring.language.learned.words import NUMBER, plain
from purring.language.tone.folding import MASK, Folded
from purring.language.tone.rulebook import Evidence, Hit

TASK = "tone"
GOOD = "good"
LABELS: tuple[str, ...] = (
    *(GOOD, "threat", "legal_bluff", "blame", "insult", "sarcasm", "shaming", "guilt", "false_urgency", "command"),
    *("presumption", "condescension", "robotic", "overfamiliar", "too_firm", "too_apologetic", "vague"),
    *("discrimination", "privacy", "jargon"),
)
"""What a sentence may be: one of these."""

WITH_RULE, ALONE = -1.6, -0.6
"""Log-odds from which a code is told: when a rule says the same, and when only the model does. Chosen by cross-validation
over the sentence corpora, so that a good mail of ten sentences is rarely told anything."""
TRUSTED = -2.5
"""The same with a rule of a code whose rules are seldom wrong by themselves."""
SELDOM_WRONG = frozenset(
    {"discrimination", "overfamiliar", "too_apologetic", "command", "vague", "insult", "blame", "robotic"}
)
GRAVE = -0.5
"""Log-odds from which a code that a rule also sees may block."""
ENOUGH = 5
"""Tokens a sentence must have before the model is believed alone: "Dear Steffi," is too little to judge by."""
BESIDE = 0.5
"""A second code is told too when it is at least this likely beside the likeliest."""

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,:/'-]\d+)*\w*|[,;:()?!]|\.{2,}|…|" + MASK + "+|[€$£%&]")
_NAME, _MONEY, _PAUSE = "@", "$", "..."
_REMEMBERED = 20_000


class Judgement(NamedTuple):
    """One code a sentence has, and whether it is grave and sure enough to block."""

    code: str
    sure: bool


class Judge:
    """The model of one language."""

    def __init__(self, learned: model.Model, language: str) -> None:
        self._model = learned
        self._language = language
        self._known: dict[str, tuple[str, int]] = {}

    def judge(
        self, text: Folded, span: tuple[int, int], evidence: Evidence, hits: Mapping[str, Hit]
    ) -> list[Judgement]:
        """The codes of a sentence, likeliest first; none when it is good. hits: the rules that fit and apply, by code.
        The clause a rule fits is also judged by itself, for kind words around it do not mend it."""
        found = self._judged(text.masked[slice(*span)], evidence, hits.keys())
        told = {one.code for one in found}
        clauses: dict[tuple[int, int], set[str]] = {}
        for code, hit in hits.items():
            if code not in told and hit.clause != span:
                clauses.setdefault(hit.clause, set()).add(code)
        for clause, codes in clauses.items():
            found += [one for one in self._judged(text.masked[slice(*clause)], evidence, codes) if one.code in codes]
        return found

    def _judged(self, sentence: str, evidence: Evidence, by_rule: AbstractSet[str]) -> list[Judgement]:
        found = [self._token(raw) for raw in _TOKEN.findall(sentence)]
        tokens = [token for token, _ in found]
        total = sum([weight for _, weight in found])
        total += self._model.sum_of(features.of_order(tokens, self._model.denials))
        total += self._model.sum_of(of_evidence(evidence))
        return [
            Judgement(code, code in by_rule and odds >= GRAVE)
            for code, odds in codes_told(self._model.logits_of(total, len(tokens)), by_rule)
            if code in by_rule or len(tokens) >= ENOUGH
        ]

    def _token(self, raw: str) -> tuple[str, int]:
        known = self._known.get(raw)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            token = token_of(raw, self._language)
            known = self._known[raw] = token, self._model.sum_of(features.of_word(token))
        return known


def codes_told(logits: Sequence[float], by_rule: AbstractSet[str]) -> list[tuple[str, float]]:
    """The codes that a sentence is told, likeliest first, with their log-odds. logits: in the order of `LABELS`;
    by_rule: codes of which a rule says so too."""
    if max(logits[1:]) - logits[0] < min(ALONE, WITH_RULE, TRUSTED):
        return []  # a code's log-odds are below this difference, so none can be told
    ranked = sorted(zip(_shares(logits)[1:], LABELS[1:], strict=True), reverse=True)
    told = [code for share, code in ranked if _log_odds(share) >= _bar(code, code in by_rule)]
    (first, likeliest), (second, next_one) = ranked[:2]
    if likeliest in told and next_one not in told and second >= BESIDE * first:
        told.append(next_one)
    return [(code, _log_odds(share)) for share, code in ranked if code in told]


def _bar(code: str, by_rule: bool) -> float:
    if not by_rule:
        return ALONE
    return TRUSTED if code in SELDOM_WRONG else WITH_RULE


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
    return Judge(model.load(TASK, base), base)


def tokens_of(sentence: str, language: str) -> list[str]:
    """The tokens of a masked sentence. language: a base tag."""
    return [token_of(raw, language) for raw in _TOKEN.findall(sentence)]


def token_of(raw: str, language: str) -> str:
    """A folded word, `#` for a number, `@` for a blanked name or quotation, `$` for a sign of money, else the mark."""
    first = raw[0]
    if first.isalpha():
        return plain(raw, language)
    if first.isdigit():
        return NUMBER
    if first == MASK:
        return _NAME
    if first in "€$£":
        return _MONEY
    return _PAUSE if first in ".…" else raw


def of_evidence(evidence: Evidence) -> Iterator[str]:
    """Features of what the rules see; they are called the same in every language, so that languages teach each other."""
    if evidence.hits:
        yield "@rule"
        yield from sorted({f"@rule {hit.rule.code}" for hit in evidence.hits})
    if evidence.near:
        yield from (f"@near {code}" for code in sorted(evidence.near))
    else:
        yield "@near"
    for code, count in evidence.words.items():
        yield f"@word {code}"
        if count > 1:
            yield f"@words {code}"


def features_of(tokens: Sequence[str], evidence: Evidence, denials: frozenset[str]) -> Iterator[str]:
    """All features of a sentence, a part of a word as often as it stands there. For the training."""
    for token in tokens:
        yield from features.of_word(token)
    yield from features.of_order(tokens, denials)
    yield from of_evidence(evidence)
