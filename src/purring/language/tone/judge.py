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
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from purring.language.learned import model
from purring.language.learned.referee import referee
from purring.language.tone.folding import MASK, NAME, Folded, fold
from purring.language.tone.report import BLOCKING
from purring.language.tone.rulebook import QUOTED_WHOLE, Evidence, Hit, Rule, Rulebook
from purring.language.tone.signs import (
    GOOD,
    MOMENTS,
    OVERALL,
    TASK,
    TIMELY,
    UNKIND,
    for_referee,
    in_time,
    judged_rules,
    of_evidence,
)
from purring.language.tone.weigher import Weighed, Weigher

CLEAR = -5.75
"""Log-odds of `UNKIND` below which a sentence is good whatever its order."""
UNLIKELY = -2.75
"""Log-odds of `OVERALL`, by words and order, below which a sentence is good whatever they are about together."""
HARMLESS = -2.75
"""The same with that, below which it is good whatever rules would see in it."""
TOLD = 2.75
"""Log-odds of not being good from which the likeliest code is told."""
TOLD_WITH_MORE = 0.5
"""The same where a rule says so too, or where the text is told something already: who is unkind once is so more easily again."""
LIKELIEST = 0.35
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

_NUMBERS, _BLANKED = re.compile(r"\d+(?:[.,:]\d+)*"), re.compile(rf"({MASK}|{NAME})\1+")
_ANY_NUMBER = "7"
"""What stands for a number that no rule names."""
_REMEMBERED, _REMEMBERED_SENTENCES = 30_000, 5_000


class Judgement(NamedTuple):
    """One code a sentence has, the rule that says so too, the span to quote, whether rule and model are sure enough to
    block, and whether it is told only where the text is told something already."""

    code: str
    rule: Rule | None
    start: int
    end: int
    grave: bool
    beside: bool = False


class _Doubts(dict[str, complex]):
    """By what stands between two spaces what its words add to the log-odds of `UNKIND`, and, as the imaginary part, how many
    tokens it has: both are added up at once."""

    def __init__(self, weigher: Weigher, learned: model.Model) -> None:
        super().__init__()
        self._weigher, self._model = weigher, learned
        self._lane = learned.labels.index(UNKIND)
        self.start = learned.logit_of(0, 0, self._lane)

    def __missing__(self, chunk: str) -> complex:
        if len(self) >= _REMEMBERED:
            self.clear()
        words = self._weigher.chunks[chunk]
        logits = [self._model.logit_of(word.weights, 1 - model.LENGTH, self._lane) for word in words]
        doubt = self[chunk] = complex(sum(logit - self.start for logit in logits), len(words))
        return doubt


class _InGeneral(dict[str, str]):
    """By what stands between two spaces the same with any name, and any number save those that rules name. Models and rules see no more
    of it, and what a sentence was told once serves for all messages that say it, whoever they are to and whatever is owed."""

    def __init__(self, book: Rulebook) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, chunk: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[chunk] = _NUMBERS.sub(self._any, _BLANKED.sub(r"\1", chunk))
        return found

    def _any(self, number: re.Match[str]) -> str:
        return number[0] if self._book.names_number(number[0]) else _ANY_NUMBER


class Judge:
    """The model of one language, and the rules it weighs."""

    def __init__(self, learned: model.Model, book: Rulebook, language: str) -> None:
        self._model = learned
        self._book = book
        self._weigher = Weigher(learned, language)
        self._doubts = _Doubts(self._weigher, learned)
        self._in_general = _InGeneral(book)
        self._overall = learned.labels.index(OVERALL)
        self._good: set[str | tuple[str, str | None, bool]] = set()
        """Sentences as they stand that were told nothing: from their words alone whatever they are in, others by how they are read."""
        self._judged: dict[tuple[str, str | None, bool], list[Judgement]] = {}
        """By sentence, as it is said to everybody, and how it is read: what it was told."""

    def doubted(
        self, text: Folded, stage: str | None, *, title: bool, every: bool = False
    ) -> Iterator[tuple[int, int, list[str]]]:
        """The sentences that could be unkind, from their words alone and unless they are remembered as good, each cut at its spaces;
        most are plainly good. With `every` the others too, with nothing."""
        masked, good, of_chunk, start_odds = text.masked, self._good, self._doubts.__getitem__, self._doubts.start
        for start, end in text.sentences:
            said = masked[start:end]
            if said in good or (said, stage, title) in good:
                chunks = []
            else:
                chunks = said.split()
                doubt = sum(map(of_chunk, chunks))
                if start_odds + doubt.real / math.sqrt(doubt.imag + model.LENGTH) < CLEAR:
                    self._remember_as_good(said)
                    chunks = []
            if chunks or every:
                yield start, end, chunks

    def judge(
        self, chunks: Sequence[str], text: Folded, span: tuple[int, int], stage: str | None, *, title: bool
    ) -> list[Judgement]:
        """The codes of a sentence that is `doubted`, in the order of `codes_told`; none when it is good. chunks: what it is cut into."""
        start, end = span
        in_part = end - start > QUOTED_WHOLE  # of which only a part is quoted, so it is judged as it stands
        general = text.masked[start:end] if in_part else self._generally(chunks, text.masked[start:end].strip())
        told = self._judged.get((general, stage, title))
        if told is None:
            if len(self._judged) >= _REMEMBERED_SENTENCES:
                self._judged.clear()
            told = self._judged[general, stage, title] = self._judge(chunks, general, stage, title)
        if not told:
            self._remember_as_good((text.masked[start:end], stage, title))
            return []
        if in_part:
            return [one._replace(start=start + one.start, end=start + one.end) for one in told]
        return [one._replace(start=start, end=end) for one in told]

    def _remember_as_good(self, one: str | tuple[str, str | None, bool]) -> None:
        if len(self._good) >= _REMEMBERED_SENTENCES:
            self._good.clear()
        self._good.add(one)

    def _generally(self, chunks: Sequence[str], masked: str) -> str:
        """A sentence as it is said to everybody, lines as they are: a clause may begin with one."""
        if "\n" not in masked:
            return " ".join(map(self._in_general.__getitem__, chunks))
        return "\n".join(" ".join(map(self._in_general.__getitem__, line.split())) for line in masked.split("\n"))

    def _judge(self, chunks: Sequence[str], masked: str, stage: str | None, title: bool) -> list[Judgement]:
        words = self._weigher.words(chunks)
        if self._model.logit_of(words.total, len(words.tokens), self._overall) < UNLIKELY:
            return []
        weighed = self._weigher.with_concepts(words)
        if self._model.logit_of(weighed.total, weighed.length, self._overall) < HARMLESS:
            return []
        span = (0, len(masked))
        evidence = self._book.evidence_of(Folded(masked, masked, fold(masked), masked, [span], None), *span)
        hits = {hit.rule.code: hit for hit in reversed(evidence.hits) if hit.rule.applies(stage, title=title)}
        return self._told(weighed, span, evidence, hits, stage)

    def weigh(self, masked: str) -> Weighed:
        """What the words of a masked sentence, their order and what they are about add up to."""
        return self._weigher.weigh(masked.split())

    def features(self, weighed: Weighed, evidence: Evidence) -> tuple[list[str], dict[str, float]]:
        """What the referee looks at whenever the message comes: marks, whose value is 1, and features."""
        seen = list(of_evidence(evidence))
        logits = self._model.logits_of(weighed.total + self._model.sum_of(seen), weighed.length)
        return [*weighed.about, *seen], for_referee(logits, weighed.length)

    def _shares(self, weighed: Weighed, evidence: Evidence, stage: str | None) -> dict[str, float] | None:
        """How likely each code is; None when the sentence is good for sure. When a message comes matters only where it is about a
        code that this changes: nothing else is kinder for being early."""
        marks, features = self.features(weighed, evidence)
        judge = referee(TASK)
        total = judge.sum_of(features, marks)
        odds = judge.odds(total)
        code, good = judge.likeliest(odds, besides=GOOD)
        if timely := in_time(features, stage):
            odds_then = judge.odds(total + judge.sum_of(timely))
            code_then, good_then = judge.likeliest(odds_then, besides=GOOD)
            good = good and good_then
            odds = odds_then if TIMELY[MOMENTS[stage or ""]] & {code, code_then} else odds
        return None if good else judge.shares_of(odds)

    def _told(
        self, weighed: Weighed, span: tuple[int, int], evidence: Evidence, hits: Mapping[str, Hit], stage: str | None
    ) -> list[Judgement]:
        found: list[Judgement] = []
        shares = self._shares(weighed, evidence, stage)
        if shares is None:
            return found
        overall = self._model.logit_of(weighed.total, weighed.length, self._overall)
        grave = _is_grave(shares, [code for code in hits if code in BLOCKING], overall, weighed.length)
        for code, beside in codes_told(shares, hits.keys()):
            if hit := hits.get(code):
                found.append(Judgement(code, hit.rule, hit.start, hit.end, grave and code in BLOCKING))
            elif weighed.length >= ENOUGH or code in SHORTLY:
                found.append(Judgement(code, None, *span, grave=False, beside=beside))
        return found


def _is_grave(shares: Mapping[str, float], seen: Sequence[str], overall: float, length: int) -> bool:
    """Whether a sentence may block. seen: grave codes of which a rule says so too; overall: log-odds of any fault; length: in tokens."""
    likely, of_seen = (sum(shares[code] for code in codes) for codes in (BLOCKING, seen))
    if len(seen) > 1 and (likely >= GRAVE_BOTH or overall >= BLATANT):
        return True
    if seen == ["privacy"] and overall < BLATANT:
        return (
            False  # "your neighbour told me how lovely your party was": the words of gossip and of friends are the same
        )
    return of_seen >= GRAVE_SEEN and (likely >= GRAVE or length <= BALD)


def codes_told(shares: Mapping[str, float], by_rule: AbstractSet[str]) -> list[tuple[str, bool]]:
    """The codes that a sentence is told, and whether only where the text is told something already: the likeliest, then those of rules,
    then others as they are likely. by_rule: codes of which a rule says so too."""
    unkind = -_log_odds(shares[GOOD])
    if unkind < TOLD_WITH_MORE:
        return []
    ranked = sorted(((share, code) for code, share in shares.items() if code != GOOD), reverse=True)
    first, likeliest = ranked[0]
    beside = unkind < TOLD or first < LIKELIEST
    without_rule = first >= LIKELIEST_BESIDE
    near = [code for share, code in ranked if share >= SECOND * first and (code in by_rule or without_rule)]
    near.sort(key=lambda code: (code != likeliest, code not in by_rule))
    return [(code, beside and code not in by_rule) for code in near[:MOST]]


def _log_odds(share: float) -> float:
    return math.log((share + 1e-9) / (1 - share + 1e-9))


@lru_cache(16)
def judge_of(language: str) -> Judge:
    """The judge for a tag such as "pt-BR"; read on first use."""
    base = language.partition("-")[0]
    return Judge(model.load(TASK, base), judged_rules(language), base)
