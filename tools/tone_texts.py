# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tone guard learns from, as features: the sentence corpora, mails with planted faults, the examples of the rules,
and our own wordings. Read by `train_tone.py`."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from purring.core.errors import Refused
from purring.language.answering import compose_answer
from purring.language.compose import compose
from purring.language.learned import classes, features, words
from purring.language.learned.words import plain
from purring.language.samples import ANSWER_SITUATIONS, SITUATION_NAMES, sample_answer_facts, sample_facts
from purring.language.tags import CASES, CHANNELS, STAGES, VOICES
from purring.language.tone import concepts, folding, pattern, rulebook, sieve, signs
from purring.language.tone.concepts import lexicon
from purring.language.tone.facts import read_facts
from purring.language.tone.folding import Folded, prepare
from purring.language.tone.parts import parts
from purring.language.tone.rulebook import Evidence, Rulebook
from purring.language.tone.signs import (
    GOOD,
    LABELS,
    SIGNS,
    asks,
    judged_rules,
    of_evidence,
    of_meanings,
    of_order,
    of_word,
    tokens_of,
)
from tools import learning
from tools.learning import ROOT

SENTENCES = ROOT / "corpora" / "sentences" / "outgoing"
FRESH = ROOT / "corpora" / "sentences" / "fresh" / "outgoing"
NEWEST = ROOT / "corpora" / "sentences" / "newest" / "outgoing"
MAILS = tuple(ROOT / "corpora" / "outgoing" / part for part in ("train", "extra", "newest"))
REPLIES = tuple(ROOT / "corpora" / "sentences" / part for part in ("replies", "fresh/replies", "newest/replies"))
SMALL_TALK = "none"
"""The label of what people say in answers besides money: weather, thanks, plans."""
SMALL_TALK_WEIGHT = 0.5
LEXICONS = ROOT / "src" / "purring" / "language" / "tone" / "concepts"
MAIL_WEIGHT = 2.0
"""How much a sentence of a whole mail counts: mails are what is judged."""
WORDING_WEIGHT = 0.5
"""How much a sentence of our own wordings counts; there are many alike."""
VARIANTS = 3
"""E-mail wordings of a stage."""
JOINED_WEIGHT = 0.5
"""How much two sentences made into one count, beside the same two by themselves."""
JOINED_MAILS = 0.25
"""Share of the neighbouring good sentences of mails that are made into one."""
AND = {
    **{"af": "en", "da": "og", "de": "und", "en": "and", "es": "y", "fr": "et"},
    **{"it": "e", "nb": "og", "nl": "en", "pt": "e", "sv": "och"},
}
FEWEST_JOINED, LONGEST_JOINED = 3, 160
"""Words that a sentence has at least, and characters at most, that is joined with another."""


@dataclass(slots=True)
class Text:
    """A sentence, or the few of one line: its labels, the features of its words, of their order and of what the rules see,
    how many tokens, how much it counts."""

    language: str
    labels: tuple[str, ...]
    words: Counter[str] = field(default_factory=Counter)
    order: Counter[str] = field(default_factory=Counter)
    rules: tuple[str, ...] = ()
    length: int = 0
    weight: float = 1.0
    fresh: bool = False
    """Whether it is one of the lines that were written after the rules, by hands that did not know them."""
    newest: bool = False
    """Whether its author wrote nothing else."""
    joined: bool = False
    """Whether it is two texts made into one: it has no features of its own, only theirs."""

    def names(self) -> Iterator[tuple[str, int]]:
        """Its features, and how often it has them."""
        yield from self.words.items()
        yield from self.order.items()
        yield from ((name, 1) for name in self.rules)


class Reader:
    """Turns the texts of a language into features."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.tags = ("pt-PT", "pt-BR") if language == "pt" else (language,)
        self.book: Rulebook = judged_rules(self.tags[0])
        self.parts = parts(self.tags[0])
        self.denials = frozenset(plain(word, language) for word in self.book.negations)
        self.lexicon = lexicon(language)
        self.meanings = classes.classes(language)

    def fold(self, text: str, names: Sequence[str] = ()) -> Folded:
        return prepare(text, names, self.parts.short, ordinal_dots=self.parts.ordinal_dots)

    def text(self, labels: tuple[str, ...], sentences: Sequence[str], seen: Sequence[Evidence], **more: Any) -> Text:
        """Masked sentences as one text."""
        found = Text(self.language, labels, **more)
        for sentence in sentences:
            tokens = tokens_of(sentence, self.language)
            row = [self.lexicon.of_word(token) for token in tokens]
            for token, about in zip(tokens, row, strict=True):
                found.words.update(of_word(token, about, self.meanings.get(token)))
            found.order.update(of_order(tokens, row, self.lexicon, self.denials))
            meanings = [token if token in SIGNS else self.meanings.get(token) for token in tokens]
            found.order.update(of_meanings(meanings, asks=asks(tokens)))
            found.length += len(tokens)
        found.rules = tuple(sorted({name for one in seen for name in of_evidence(one)}))
        return found

    def lines(self) -> Iterator[Text]:
        """The sentence corpus."""
        for folder in (SENTENCES, FRESH, NEWEST):
            for labels, folded in self.labelled(folder):
                spans = [folded.masked[start:end] for start, end in folded.sentences]
                seen = self.book.evidence(folded)
                yield self.text(labels, spans, seen, fresh=folder != SENTENCES, newest=_is_newest(folder))

    def compounds(self) -> Iterator[Text]:
        """The lines, each in one sentence with a plain fact: an unkind word is no kinder beside an amount and a day, and a model that
        has only met it alone no longer hears it there."""
        for folder in (SENTENCES, FRESH, NEWEST):
            for labels, folded in self.joined_lines(folder):
                yield self._of_joined(labels, folded, folder, JOINED_WEIGHT, fresh=folder != SENTENCES)

    def _of_joined(self, labels: tuple[str, ...], folded: Folded, folder: Path, weight: float, **more: Any) -> Text:
        seen = self.book.evidence(folded)
        return self.text(labels, [folded.masked], seen, weight=weight, newest=_is_newest(folder), joined=True, **more)

    def joined_lines(self, folder: Path) -> Iterator[tuple[tuple[str, ...], Folded]]:
        """The lines of one folder that are one sentence, each with a fact."""
        rng = random.Random(f"{learning.SEED} {self.language} {folder}".replace(str(ROOT), ""))
        for labels, folded in self.labelled(folder):
            first, second = rng.sample([folded.masked, rng.choice(self.facts)], 2)
            joined = self._joined(first, second, rng)
            if len(folded.sentences) == 1 and joined is not None:
                yield labels, joined

    def joined_mails(self, folder: Path) -> Iterator[tuple[tuple[str, ...], Folded, str]]:
        """Neighbouring sentences of mails as one: those of which one has a fault, and some of the good ones."""
        rng = random.Random(f"{learning.SEED} {self.language} {folder}".replace(str(ROOT), ""))
        for (labels, one, *first, _), (others, two, *second, stage) in pairwise(self.mailed(folder)):
            faulty = [some for some in (labels, others) if some != (GOOD,)]
            beside = one is two and not one.masked[first[1] : second[0]].strip()
            if not beside or len(faulty) > 1 or not (faulty or rng.random() < JOINED_MAILS):
                continue
            said, then = one.masked[first[0] : first[1]], two.masked[second[0] : second[1]]
            joined = self._joined(said, then, rng)
            if joined is not None:
                yield faulty[0] if faulty else (GOOD,), joined, stage

    def _joined(self, first: str, second: str, rng: random.Random) -> Folded | None:
        """Two masked sentences as one; None when they do not make one."""
        first, second = " ".join(first.split()).rstrip(" .!?…,;:"), " ".join(second.split())
        if (
            min(first.count(" "), second.count(" ")) < FEWEST_JOINED - 1
            or max(len(first), len(second)) > LONGEST_JOINED
        ):
            return None  # a greeting, a name, a row of a list
        joint = rng.choice((f" {AND[self.language]} ", f", {AND[self.language]} ", ", ", "; ", " – "))
        joined = self.fold(f"{first}{joint}{second[0].lower()}{second[1:]}")
        return joined if len(joined.sentences) == 1 else None

    @cached_property
    def facts(self) -> list[str]:
        """Good sentences with a number in them, of older lines than those that the referee hears of."""
        found = {
            folded.masked[slice(*folded.sentences[0])]
            for folder in (SENTENCES, FRESH)
            for labels, folded in self.labelled(folder)
            if labels == (GOOD,) and len(folded.sentences) == 1
        }
        return sorted(said for said in found if re.search(r"\d", said) and len(said) <= LONGEST_JOINED)

    def labelled(self, folder: Path) -> Iterator[tuple[tuple[str, ...], Folded]]:
        """The lines of one folder, with the labels that a sentence may have."""
        for path in sorted(folder.glob(f"{self.language}*.txt")):
            for line in path.read_text("utf-8").splitlines():
                named, bar, sentence = line.partition("|")
                labels = tuple(code for code in map(str.strip, named.split(",")) if code in LABELS)
                if bar and labels:
                    yield labels, self.fold(sentence.strip())

    def small_talk(self) -> Iterator[Text]:
        """What people write to each other when it is not about money is good in a message too."""
        for folder in REPLIES:
            for folded in self.chatted(folder):
                spans = [folded.masked[start:end] for start, end in folded.sentences]
                yield self.text((GOOD,), spans, [], weight=SMALL_TALK_WEIGHT, newest=_is_newest(folder))

    def chatted(self, folder: Path) -> Iterator[Folded]:
        for path in sorted(folder.glob(f"{self.language}*.txt")):
            for line in path.read_text("utf-8").splitlines():
                label, _, said = line.partition("|")
                if label.strip() == SMALL_TALK:
                    yield self.fold(said.partition(" #")[0].strip())

    def examples(self) -> Iterator[Text]:
        """What the rule file calls harmless although a rule may fit it, and what its rules were written for: the latter
        for its words only, as a rule sees more in it than in anything else."""
        for rule in self.book.rules:
            for sentences, label in ((rule.good, GOOD), (rule.bad, rule.code)):
                for sentence in sentences:
                    folded = self.fold(sentence)
                    for (start, end), seen in zip(folded.sentences, self.book.evidence(folded), strict=True):
                        yield self.text((label,), [folded.masked[start:end]], [seen] if label == GOOD else [])

    def mails(self) -> Iterator[Text]:
        """Sentences of whole mails: those an author planted something in, and the good ones."""
        for folder in MAILS:
            for labels, folded, start, end, _ in self.mailed(folder):
                seen = self.book.evidence_of(folded, start, end)
                spans = [folded.masked[start:end]]
                text = self.text(labels, spans, [seen], weight=MAIL_WEIGHT, newest=_is_newest(folder))
                if text.length:
                    yield text
            for labels, folded, _ in self.joined_mails(folder):
                yield self._of_joined(labels, folded, folder, MAIL_WEIGHT * JOINED_WEIGHT)

    def mailed(self, folder: Path) -> Iterator[tuple[tuple[str, ...], Folded, int, int, str]]:
        """The sentences of the mails of a folder, those of the subject first, with the labels that a sentence may have, and the stage."""
        for mail in map(json.loads, (folder / f"{self.language}.jsonl").read_text("utf-8").splitlines()):
            names = read_facts(mail["facts"]).names()
            for part in ("subject", "text"):
                written = mail.get(part) or ""
                folded = self.fold(written, names)
                planted = [
                    (at, at + len(one["quote"]), one["code"])
                    for one in mail["findings"]
                    if one.get("quote") and one["field"] == part and (at := written.find(one["quote"])) >= 0
                ]
                for start, end in folded.sentences:
                    codes = {code for first, last, code in planted if first < end and start < last}
                    if labels := tuple(sorted(codes & set(LABELS))) if codes else (GOOD,):
                        yield labels, folded, start, end, mail["stage"]

    def wordings(self) -> Iterator[Text]:
        """Sentences of our own messages, each once, whatever numbers and names stand in it."""
        said: set[str] = set()
        told: set[tuple[str, ...]] = set()
        for written in self._written():
            folded = self.fold(written)
            for sentence in [folded.masked[start:end].strip() for start, end in folded.sentences]:
                if sentence in said:
                    continue
                said.add(sentence)
                tokens = tuple(tokens_of(sentence, self.language))
                if tokens and tokens not in told:
                    told.add(tokens)
                    yield self.text((GOOD,), [sentence], [], weight=WORDING_WEIGHT)

    def _written(self) -> Iterator[str]:
        """Our own messages in all voices; what cannot be said of a situation is left out."""
        for tag, voice in product(self.tags, VOICES):
            for situation, stage in product(SITUATION_NAMES, STAGES):
                facts = sample_facts(situation, stage, tag)
                for channel, variant in product(CHANNELS, range(VARIANTS)):
                    with suppress(Refused):
                        yield compose(stage, channel, facts, tag, variant=variant, voice=voice).text
            for situation, case in product(ANSWER_SITUATIONS, CASES):
                with suppress(Refused):
                    yield compose_answer(case, sample_answer_facts(situation, tag), tag, voice=voice).text


def _is_newest(folder: Path) -> bool:
    return "newest" in folder.parts


def digest() -> str:
    """A name for all that the models are made from."""
    code = [
        Path(module.__file__ or "")
        for module in (features, words, classes, concepts, folding, pattern, rulebook, sieve, signs, learning)
    ]
    rules = (ROOT / "src" / "purring" / "language" / "tone" / "rules").glob("*.txt")
    found = hashlib.sha256()
    for path in sorted(
        [
            *SENTENCES.glob("*.txt"),
            *FRESH.glob("*.txt"),
            *NEWEST.glob("*.txt"),
            *(path for folder in REPLIES for path in folder.glob("*.txt")),
            *LEXICONS.glob("*.txt"),
            *classes.FOLDER.glob("*.txt"),
            *classes.CONCEPTS.glob("*.txt"),
            *(path for folder in MAILS for path in folder.glob("*.jsonl")),
            *rules,
            *code,
            Path(__file__),
            Path(__file__).with_name("train_tone.py"),
            Path(__file__).with_name("referee.py"),
        ]
    ):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:32]
