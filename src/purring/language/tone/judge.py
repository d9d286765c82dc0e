# SPDX-License-Identifier: Apache-2.0
"""How a sentence reads: a learned model weighs its words, its order and what the rules see in it.

Rules alone are too sure of themselves and know too few ways of saying a thing; the model has learned from sentences of
many hands how much each rule's word is worth, and what else people write. Its file is made by `tools/train_tone.py`.

Most sentences are plainly good, so each step looks only at what the one before left: the words alone, one number each; their
order and what they are about together; and what the rules see. The referee (`purring.language.learned.referee`), who has learned
from texts that neither rules nor models had seen how far each can be believed, has the last word. Sentences come again, in the messages of a morning and with
each letter that somebody types, so what the last few thousand were told is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from purring.language.learned import model
from purring.language.learned.classes import classes
from purring.language.learned.referee import referee
from purring.language.tone.concepts import lexicon
from purring.language.tone.folding import Folded
from purring.language.tone.report import BLOCKING
from purring.language.tone.rulebook import NAME_REACH, Evidence, Hit, Rule, Rulebook
from purring.language.tone.signs import (
    GOOD,
    MOMENTS,
    TASK,
    TIMELY,
    TOKEN,
    for_referee,
    judged_rules,
    of_evidence,
    of_order,
    of_word,
    token_of,
)

UNKIND = "unkind"
"""The last lane of a model: whether a sentence could be any of the codes, from its words alone."""
CLEAR = -2.5
"""Log-odds of `UNKIND` below which a sentence is good whatever its order."""
TOLD = 2.0
"""Log-odds of not being good from which the likeliest code is told."""
TOLD_BY_RULE = 0.0
"""The same where a rule says so too."""
LIKELIEST = 0.35
"""How likely that code must be unless a rule says so too: what is a little of everything is mostly a good sentence in unusual
words."""
GRAVE, GRAVE_SEEN = 0.93, 0.75
"""How likely the grave codes must be together, and those of them that rules see, for these to block."""
HARMLESS = -3.0
"""Log-odds of any code, by words and order, below which a sentence is good whatever rules would see in it."""
ENOUGH = 6
"""Tokens a sentence must have to be told without a rule: "Dear Steffi," is too little to judge by."""
SECOND = 0.2
"""A second code is told too when it is at least this likely beside the likeliest."""

_REMEMBERED, _REMEMBERED_SENTENCES = 20_000, 5_000


class Judgement(NamedTuple):
    """One code a sentence has, the rule that says so too, the span to quote, and whether rule and model are sure enough to
    block."""

    code: str
    rule: Rule | None
    start: int
    end: int
    grave: bool

    def moved(self, by: int) -> Judgement:
        return self._replace(start=self.start + by, end=self.end + by)


class Known(NamedTuple):
    """What is kept of a word as it is written: its token, what it is about, and its weights."""

    token: str
    about: tuple[str, ...]
    weights: int


class Weighed(NamedTuple):
    """A sentence as the model sees it: the sum of its weights, how many tokens it has, what it is about."""

    total: int
    length: int
    about: set[str]


class _Words(dict[str, Known]):
    """Words as they are written, each looked at once."""

    def __init__(self, learned: model.Model, language: str) -> None:
        super().__init__()
        self._model, self._language, self.lexicon = learned, language, lexicon(language)
        self._meanings = classes(language)

    def __missing__(self, raw: str) -> Known:
        if len(self) >= _REMEMBERED:
            self.clear()
        token = token_of(raw, self._language)
        about = self.lexicon.of_word(token)
        known = self[raw] = Known(token, about, self._model.sum_of(of_word(token, about, self._meanings.get(token))))
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
        self._judged: dict[tuple[str, str, str | None, bool], list[Judgement]] = {}
        """By sentence, what follows it near enough to tell a name, and how it is read: what it was told."""

    def judge(self, text: Folded, span: tuple[int, int], stage: str | None, *, title: bool) -> list[Judgement]:
        """The codes of a sentence, likeliest first; none when it is good. The clause a rule fits is also judged by
        itself, for kind words around it do not mend it."""
        start, end = span
        said = (text.masked[start:end], text.plain[start : end + NAME_REACH], stage, title)
        known = self._judged.get(said)
        if known is None:
            if len(self._judged) >= _REMEMBERED_SENTENCES:
                self._judged.clear()
            known = self._judged[said] = [one.moved(-start) for one in self._judge(text, span, stage, title)]
        return [one.moved(start) for one in known]

    def _judge(self, text: Folded, span: tuple[int, int], stage: str | None, title: bool) -> list[Judgement]:
        written = TOKEN.findall(text.masked, *span)
        doubts = self._doubts
        if doubts.start + sum(map(doubts.__getitem__, written)) / math.sqrt(len(written) + model.LENGTH) < CLEAR:
            return []
        weighed = self.weigh(written)
        if _odds_against_good(self._model.logits_of(weighed.total, weighed.length)[:-1]) < HARMLESS:
            return []
        evidence = self._book.evidence_of(text, *span)
        hits = {hit.rule.code: hit for hit in reversed(evidence.hits) if hit.rule.applies(stage, title=title)}
        found = self._told(weighed, span, evidence, hits, stage)
        told = {one.code for one in found}
        clauses: dict[tuple[int, int], dict[str, Hit]] = {}
        for code, hit in hits.items():
            if code not in told and hit.clause != span:
                clauses.setdefault(hit.clause, {})[code] = hit
        for clause, own in clauses.items():
            weighed = self.weigh(TOKEN.findall(text.masked, *clause))
            found += [one for one in self._told(weighed, clause, evidence, own, stage) if one.rule]
        return found

    def weigh(self, written: Sequence[str]) -> Weighed:
        """What the words of a sentence, their order and what they are about add up to. written: matches of `TOKEN`."""
        words = [self._words[raw] for raw in written]
        order = of_order(
            [word.token for word in words], [word.about for word in words], self._words.lexicon, self._model.denials
        )
        total = sum([word.weights for word in words]) + self._model.sum_of(order)
        about = {f"={concept}" for word in words for concept in word.about}
        about.update(name for name in order if name[0] == "=" and "+" not in name and ">" not in name)
        return Weighed(total, len(words), about)

    def features(self, weighed: Weighed, evidence: Evidence, stage: str | None) -> dict[str, float]:
        """What the referee looks at."""
        seen = list(of_evidence(evidence))
        logits = self._model.logits_of(weighed.total + self._model.sum_of(seen), weighed.length)
        return for_referee(weighed.about, seen, logits, weighed.length, stage)

    def _shares(self, weighed: Weighed, evidence: Evidence, stage: str | None) -> dict[str, float]:
        """How likely each code is. When a message comes matters only where it is about a code that this changes: nothing else is
        kinder for being early."""
        features = self.features(weighed, evidence, stage)
        in_time = referee(TASK).shares(features)
        moment = MOMENTS.get(stage or "", "")
        if moment not in TIMELY:
            return in_time
        for code in TIMELY[moment]:
            del features[f"{moment} {code}"]
        shares = referee(TASK).shares(features)
        return in_time if TIMELY[moment] & {_likeliest(shares), _likeliest(in_time)} else shares

    def _told(
        self, weighed: Weighed, span: tuple[int, int], evidence: Evidence, hits: Mapping[str, Hit], stage: str | None
    ) -> list[Judgement]:
        found: list[Judgement] = []
        shares = self._shares(weighed, evidence, stage)
        seen = sum(shares[code] for code in hits if code in BLOCKING)
        grave = seen >= GRAVE_SEEN and sum(shares[code] for code in BLOCKING) >= GRAVE
        for code in codes_told(shares, hits.keys()):
            if hit := hits.get(code):
                found.append(Judgement(code, hit.rule, hit.start, hit.end, grave and code in BLOCKING))
            elif weighed.length >= ENOUGH:
                found.append(Judgement(code, None, *span, grave=False))
        return found


def codes_told(shares: Mapping[str, float], by_rule: AbstractSet[str]) -> list[str]:
    """The codes that a sentence is told, likeliest first. by_rule: codes of which a rule says so too."""
    unkind = -_log_odds(shares[GOOD])
    if unkind < TOLD_BY_RULE:
        return []
    ranked = sorted(((share, code) for code, share in shares.items() if code != GOOD), reverse=True)
    first = ranked[0][0]
    found = [(share, code) for share, code in ranked if code in by_rule and share >= SECOND * first]
    if unkind >= TOLD and first >= LIKELIEST:
        found += [(share, code) for share, code in ranked if code not in by_rule and share >= SECOND * first]
    return [code for _, code in sorted(found, reverse=True)]


def _likeliest(shares: Mapping[str, float]) -> str:
    """The likeliest code, as if the sentence were not good."""
    return max(shares, key=lambda code: shares[code] if code != GOOD else 0.0)


def _odds_against_good(logits: Sequence[float]) -> float:
    """Log-odds of a sentence being any of the codes."""
    good, *others = logits
    return math.log(sum([math.exp(logit - good) for logit in others]))


def _log_odds(share: float) -> float:
    return math.log((share + 1e-9) / (1 - share + 1e-9))


@lru_cache(16)
def judge_of(language: str) -> Judge:
    """The judge for a tag such as "pt-BR"; read on first use."""
    base = language.partition("-")[0]
    return Judge(model.load(TASK, base), judged_rules(language), base)
