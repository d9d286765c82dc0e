# SPDX-License-Identifier: Apache-2.0
"""How a sentence reads: a learned model weighs its words, its order and what the rules see in it.

Rules alone are too sure of themselves and know too few ways of saying a thing; the model has learned from sentences of
many hands how much each rule's word is worth, and what else people write. Its file is made by `tools/train_tone.py`.

Most sentences are plainly good, so each step looks only at what the one before left: the words alone, their order,
what they are about together, and what the rules see. The referee (`purring.language.learned.referee`), who has learned
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
from purring.language.tone.by_name import features_of
from purring.language.tone.folding import Folded, as_one_sentence
from purring.language.tone.form import Form, form
from purring.language.tone.general import InGeneral
from purring.language.tone.report import BLOCKING
from purring.language.tone.rulebook import QUOTED_WHOLE, Evidence, Hit, Rule, Rulebook
from purring.language.tone.sieve import Sifted
from purring.language.tone.signs import (
    GOOD,
    TASK,
    judged_rules,
    of_evidence,
)
from purring.language.tone.weighed import Doubt, Limits, Reading, Span, remember
from purring.language.tone.weigher import weigher

LIMITS = Limits(clear=-5.75, unlikely=-2.75, harmless=-2.75)
"""Below which a sentence is good whatever rules would see in it."""
TOLD = 2.35
"""Log-odds of not being good from which the likeliest code is told."""
TOLD_WITH_MORE = 0.5
"""The same where a rule says so too, or where the text is told something already: who is unkind once is so more easily again."""
MOST_GOOD = model.likelihood(-TOLD_WITH_MORE) + 1e-6
"""How likely a sentence is to be good of which nothing is told in any case."""
LIKELIEST = 0.3
"""How likely that code must be unless a rule says so too: what is a little of everything is mostly a good sentence in unusual
words."""
LIKELIEST_BESIDE = 0.15
"""The same where the text is told something already."""
GRAVE, GRAVE_SEEN = 0.95, 0.85
"""How likely the grave codes must be together, and those of them that rules see, for these to block."""
GRAVE_BOTH, BLATANT = 0.85, 6.0
"""The former where rules see two of them; with them log-odds of `OVERALL` from which nobody need ask how likely each is: of what is wrong in
every way the referee has met too little to share it out. What only tells on somebody blocks from there on."""
BALD = 5
"""Tokens up to which the latter is enough: so short a sentence has no other words that could mend or explain it."""
ENOUGH = 6
"""Tokens a sentence must have to be told without a rule: "Dear Steffi," is too little to judge by."""
SHORTLY = frozenset({"false_urgency"})
"""Codes that fewer say in full: "Last chance", a whole subject."""
SECOND, MOST = 0.03, 3
"""Further codes are told too when they are at least this likely beside the likeliest, up to so many in all."""

_REMEMBERED = 5_000


class Judgement(NamedTuple):
    """One code a sentence has, the rule that says so too, the span to quote, whether rule and model are sure enough to
    block, and whether it is told only where the text is told something already."""

    code: str
    rule: Rule | None
    start: int
    end: int
    grave: bool
    beside: bool = False


class Judge:
    """The model of one language, and the rules it weighs."""

    def __init__(self, learned: model.Model, book: Rulebook, language: str, of_text: Form) -> None:
        self.language = book.language
        self._book, self._general = book, InGeneral(book)
        self._weigher = weigher(learned, language, of_text, book.sieve, self._general)
        self._as_they_stand: dict[tuple[str, str | None, bool], list[Judgement]] = {}
        """By sentence and how it is read: what it was told."""
        self._judged: dict[tuple[str, str | None, bool], list[Judgement]] = {}
        """The same by sentence as it is said to everybody."""

    def read(self, *texts: Folded) -> list[Reading]:
        """What each text shows, and the sentences that are worth judging."""
        return self._weigher.read(texts, LIMITS)

    def forget(self) -> None:
        """Forget what sentences were told."""
        self._weigher.forget()
        self._as_they_stand.clear()
        self._judged.clear()

    def told(self, text: Folded, reading: Reading, stage: str | None, *, title: bool) -> dict[Span, list[Judgement]]:
        """By sentence the codes it has, in the order of `codes_told`; those that have none are not there."""
        found: dict[Span, list[Judgement]] = {}
        for span, doubt in reading.doubted:
            start, end = span
            said = text.masked[start:end]
            told = self._as_they_stand.get((said, stage, title))
            if told is None:
                told = self._told_as_it_stands(doubt, said, stage, title)
            if told:
                found[span] = [_moved(one, start) for one in told]
        return found

    def _told_as_it_stands(self, doubt: Doubt, said: str, stage: str | None, title: bool) -> list[Judgement]:
        in_part = len(said) > QUOTED_WHOLE  # of which only a part is quoted, so it is judged as it stands
        general = said if in_part else self._general.of(said.strip())
        told = self._judged.get((general, stage, title))
        if told is None:
            told = self._judge(doubt, None if in_part else doubt.sifted(), general, stage, title)
            remember(self._judged, (general, stage, title), told, _REMEMBERED)
        whole = told if in_part else [one._replace(start=0, end=len(said)) for one in told]
        remember(self._as_they_stand, (said, stage, title), whole, _REMEMBERED)
        return whole

    def _judge(
        self, doubt: Doubt, sifted: Sifted | None, masked: str, stage: str | None, title: bool
    ) -> list[Judgement]:
        span = (0, len(masked))
        evidence = self._book.evidence_of(as_one_sentence(masked), *span, sifted)
        hits = {hit.rule.code: hit for hit in reversed(evidence.hits) if hit.rule.applies(stage, title=title)}
        return self._told(doubt, span, evidence, hits, stage)

    def weigh(self, masked: str) -> Doubt:
        """What the words of a masked sentence, their order and what they are about add up to."""
        (reading,) = self._weigher.read([as_one_sentence(masked)], Limits())
        ((_, doubt),) = reading.doubted  # without limits none is good
        return doubt

    def features(self, doubt: Doubt, evidence: Evidence) -> tuple[list[str], dict[str, float]]:
        """What the referee looks at whenever the message comes: marks, whose value is 1, and features."""
        return features_of(self._weigher.model, doubt.weighed(), of_evidence(evidence))

    def _told(
        self, doubt: Doubt, span: tuple[int, int], evidence: Evidence, hits: Mapping[str, Hit], stage: str | None
    ) -> list[Judgement]:
        found: list[Judgement] = []
        shares = doubt.shares(of_evidence(evidence), stage, MOST_GOOD)
        if shares is None:
            return found
        grave = _is_grave(shares, [code for code in hits if code in BLOCKING], doubt)
        for code, beside in codes_told(shares, hits.keys()):
            if hit := hits.get(code):
                found.append(Judgement(code, hit.rule, hit.start, hit.end, grave and code in BLOCKING))
            elif doubt.length >= ENOUGH or code in SHORTLY:
                found.append(Judgement(code, None, *span, grave=False, beside=beside))
        return found


def _moved(judgement: Judgement, by: int) -> Judgement:
    return judgement._replace(start=by + judgement.start, end=by + judgement.end)


def _is_grave(shares: Mapping[str, float], seen: Sequence[str], doubt: Doubt) -> bool:
    """Whether a sentence may block. seen: grave codes of which a rule says so too."""
    if not seen:
        return False
    likely, of_seen = (sum(shares[code] for code in codes) for codes in (BLOCKING, seen))
    if len(seen) > 1 and (likely >= GRAVE_BOTH or doubt.fault() >= BLATANT):
        return True
    if seen == ["privacy"] and doubt.fault() < BLATANT:
        return (
            False  # "your neighbour told me how lovely your party was": the words of gossip and of friends are the same
        )
    return of_seen >= GRAVE_SEEN and (likely >= GRAVE or doubt.length <= BALD)


def codes_told(shares: Mapping[str, float], by_rule: AbstractSet[str]) -> list[tuple[str, bool]]:
    """The codes that a sentence is told, and whether only where the text is told something already: the likeliest, then those of rules,
    then others as they are likely. by_rule: codes of which a rule says so too."""
    unkind = -_log_odds(shares[GOOD])
    if unkind < TOLD_WITH_MORE:
        return []
    first, likeliest = max((share, code) for code, share in shares.items() if code != GOOD)
    beside = unkind < TOLD or first < LIKELIEST
    without_rule = first >= LIKELIEST_BESIDE
    least = SECOND * first
    likely = [(share, code) for code, share in shares.items() if share >= least and code != GOOD]
    near = [code for _, code in sorted(likely, reverse=True) if without_rule or code in by_rule]
    near.sort(key=lambda code: (code != likeliest, code not in by_rule))
    return [(code, beside and code not in by_rule) for code in near[:MOST]]


def _log_odds(share: float) -> float:
    return math.log((share + 1e-9) / (1 - share + 1e-9))


@lru_cache(16)
def judge_of(language: str) -> Judge:
    """The judge for a tag such as "pt-BR"; read on first use."""
    base = language.partition("-")[0]
    learned = model.read(model.path_of(TASK, base))  # of which the judge keeps only a part
    return Judge(learned, judged_rules(language), base, form(language))
