# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trains the sentence models of the tone guard: `python -m tools.train_tone [LANGUAGE ...]`.

Reads `corpora/sentences/outgoing/*.txt` (`codes | sentence` a line, or `good`), the mails of `corpora/outgoing/train` and
`extra`, the examples of the rules and our own wordings, which are good, and writes `src/purring/language/learned/weights/tone-*.bin`. One softmax regression
per language, which also learns a little from the other languages, above all what the rules' word is worth. Prints what
cross-validation says. Same texts and rules, same script: same files.

`--sentences-only` leaves the mails out (to judge by them), `--to FOLDER` writes elsewhere. Needs scikit-learn, which
neither running nor testing does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from purring.core.errors import Refused
from purring.language.answering import compose_answer
from purring.language.compose import compose
from purring.language.learned import features, model, words
from purring.language.learned.words import plain
from purring.language.letter import letter
from purring.language.samples import ANSWER_SITUATIONS, SITUATION_NAMES, sample_answer_facts, sample_facts
from purring.language.tags import CASES, STAGES
from purring.language.tone import folding, pattern, rulebook, signs
from purring.language.tone.facts import read_facts
from purring.language.tone.folding import Folded, prepare
from purring.language.tone.judge import codes_told
from purring.language.tone.parts import parts
from purring.language.tone.rulebook import Rulebook
from purring.language.tone.signs import GOOD, LABELS, TASK, features_of, judged_rules, tokens_of
from tools import learning
from tools.learning import LANGUAGES, ROOT, library

SENTENCES = ROOT / "corpora" / "sentences" / "outgoing"
MAILS = tuple(ROOT / "corpora" / "outgoing" / part for part in ("train", "extra"))
WORDING_WEIGHT = 0.3
"""How much a sentence of our own wordings counts; there are many alike."""
BLIND = 0.5
"""How much of its weight a text counts for without what the rules see. They fit the sentences that they were written by
better than any others, so a model that always saw them would learn too little from the words."""
SEEN = ("@rule", "@near", "@word")
FREEDOM = 2.0
"""Inverse of the regularisation."""


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence, or the few of one line: its labels, its features, how many tokens, how much it counts."""

    labels: tuple[str, ...]
    names: tuple[str, ...]
    length: int
    weight: float = 1.0
    judged: bool = True
    """Whether cross-validation looks at it."""

    def blind(self) -> Text:
        """The same without what the rules see."""
        return replace(self, names=tuple(name for name in self.names if not name.startswith(SEEN)))


class Reader:
    """Turns the texts of a language into features."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.tags = ("pt-PT", "pt-BR") if language == "pt" else (language,)
        self.book: Rulebook = judged_rules(self.tags[0])
        self.parts = parts(self.tags[0])
        self.denials = frozenset(plain(word, language) for word in self.book.negations)

    def fold(self, text: str, names: Sequence[str] = ()) -> Folded:
        return prepare(text, names, self.parts.short, ordinal_dots=self.parts.ordinal_dots)

    def sentences(self, folded: Folded) -> Iterator[tuple[int, int, tuple[str, ...], int]]:
        """Span, features and number of tokens of each sentence."""
        for (start, end), seen in zip(folded.sentences, self.book.evidence(folded), strict=True):
            tokens = tokens_of(folded.masked[start:end], self.language)
            yield start, end, tuple(features_of(tokens, seen, self.denials)), len(tokens)

    def lines(self) -> Iterator[Text]:
        """The sentence corpus."""
        for path in sorted(SENTENCES.glob(f"{self.language}*.txt")):
            for line in path.read_text("utf-8").splitlines():
                named, bar, sentence = line.partition("|")
                labels = tuple(code for code in map(str.strip, named.split(",")) if code in LABELS)
                if not bar or not labels:
                    continue
                found = list(self.sentences(self.fold(sentence.strip())))
                names = tuple(name for _, _, some, _ in found for name in some)
                yield Text(labels, names, sum(length for *_, length in found))

    def examples(self) -> Iterator[Text]:
        """What the rule file calls harmless although a rule may fit it, and what its rules were written for: the latter
        for its words only, as a rule sees more in it than in anything else."""
        for rule in self.book.rules:
            for sentences, label in ((rule.good, GOOD), (rule.bad, rule.code)):
                for sentence in sentences:
                    for _, _, names, length in self.sentences(self.fold(sentence)):
                        text = Text((label,), names, length, judged=False)
                        yield text if label == GOOD else text.blind()

    def mails(self) -> Iterator[Text]:
        """Sentences of whole mails: those an author planted something in, and the good ones."""
        lines = [
            line for folder in MAILS for line in (folder / f"{self.language}.jsonl").read_text("utf-8").splitlines()
        ]
        for mail in map(json.loads, lines):
            folded = self.fold(mail["text"], read_facts(mail["facts"]).names())
            planted = [
                (at, at + len(one["quote"]), one["code"])
                for one in mail["findings"]
                if one.get("quote") and one["field"] == "text" and (at := mail["text"].find(one["quote"])) >= 0
            ]
            for start, end, names, length in self.sentences(folded):
                codes = {code for first, last, code in planted if first < end and start < last}
                labels = tuple(sorted(codes & set(LABELS))) if codes else (GOOD,)
                if labels and length:
                    yield Text(labels, names, length)

    def wordings(self) -> Iterator[Text]:
        """Sentences of our own messages, each once."""
        told: set[str] = set()
        for text in self._written():
            folded = self.fold(text)
            for start, end, names, length in self.sentences(folded):
                if length and (sentence := folded.seen[start:end]) not in told:
                    told.add(sentence)
                    yield Text((GOOD,), names, length, WORDING_WEIGHT, judged=False)

    def _written(self) -> Iterator[str]:
        for tag in self.tags:
            for situation in SITUATION_NAMES:
                for stage in STAGES:
                    facts = sample_facts(situation, stage, tag)
                    for channel in ("email", "sms"):
                        for variant in (0, 1):
                            try:
                                yield compose(stage, channel, facts, tag, variant=variant).text
                            except Refused:
                                continue
                    try:
                        yield letter(stage, facts, tag).text
                    except Refused:
                        continue
            for situation in ANSWER_SITUATIONS:
                for case in CASES:
                    try:
                        yield compose_answer(case, sample_answer_facts(situation, tag), tag).text
                    except Refused:
                        continue


def digest() -> str:
    """A name for all that the models are made from."""
    code = [Path(module.__file__ or "") for module in (features, words, folding, pattern, rulebook, signs, learning)]
    rules = (ROOT / "src" / "purring" / "language" / "tone" / "rules").glob("*.txt")
    found = hashlib.sha256()
    for path in sorted(
        [
            *SENTENCES.glob("*.txt"),
            *(path for folder in MAILS for path in folder.glob("*.jsonl")),
            *rules,
            *code,
            Path(__file__),
        ]
    ):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:32]


class Learner:
    """A softmax regression of one language."""

    def __init__(self, weighted: Sequence[tuple[Text, float]]) -> None:
        linear = library("sklearn.linear_model")

        self.space = learning.Space(weighted)
        rows = self.space.matrix([text for text, _ in weighted])
        wanted = [
            (row, LABELS.index(label), weight / len(text.labels))
            for row, (text, weight) in enumerate(weighted)
            for label in text.labels
        ]
        fitted = linear.LogisticRegression(C=FREEDOM, max_iter=80, tol=1e-3)
        fitted.fit(rows[[row for row, *_ in wanted]], [lane for _, lane, _ in wanted], [one for *_, one in wanted])
        self.weights: Any = fitted.coef_
        self.biases: Any = fitted.intercept_

    def logits(self, texts: Sequence[Text]) -> Any:
        return self.space.matrix(texts) @ self.weights.T + self.biases


def weighted(language: str, texts: dict[str, list[Text]]) -> list[tuple[Text, float]]:
    """All texts with what they count for a language: as they are, and as they would be if no rule saw anything."""
    own = [
        (text, text.weight * learning.weight(language, other)) for other in LANGUAGES for text in texts.get(other, ())
    ]
    return [(text, counts * (1 - BLIND)) for text, counts in own] + [
        (text.blind(), counts * BLIND) for text, counts in own
    ]


def unseen(language: str, texts: dict[str, list[Text]]) -> tuple[list[Text], Any]:
    """The judged texts of a language and their logits by learners that have not seen them."""
    own = texts[language]
    found: dict[int, Any] = {}
    for out in learning.left_out([number for number, text in enumerate(own) if text.judged]):
        kept = [text for number, text in enumerate(own) if number not in set(out)]
        learner = Learner(weighted(language, {**texts, language: kept}))
        found.update(zip(out, learner.logits([own[number] for number in out]), strict=True))
    return [own[number] for number in sorted(found)], [found[number] for number in sorted(found)]


def report(language: str, judged: list[Text], logits: Any) -> str:
    """Shares of good texts that are told, and of the others that are told with a right code."""
    wrong = named = good = 0
    for row, text in zip(logits, judged, strict=True):
        told = codes_told(row.tolist(), {name[6:] for name in text.names if name.startswith("@rule ")})
        good += GOOD in text.labels
        wrong += GOOD in text.labels and bool(told)
        named += any(code in text.labels for code, _ in told)
    bad = len(judged) - good
    return f"{language}: good told {wrong}/{good} ({wrong / max(1, good):.3f}), unkind told rightly {named}/{bad} ({named / max(1, bad):.2f})"


def store(language: str, learner: Learner, denials: frozenset[str], made_from: str, folder: Path) -> Path:
    """Write the model of a language. made_from: the `digest` of when the texts were read."""
    header = {
        "task": TASK,
        "language": language,
        "labels": LABELS,
        "calibration": [(1.0, 0.0)] * len(LABELS),
        "denials": sorted(denials),
        "made_from": made_from,
    }
    path = folder / f"{TASK}-{language}.bin"
    learning.store(path, header, learner.space, learner.weights, learner.biases)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("languages", nargs="*", choices=[*LANGUAGES, []])
    parser.add_argument("--sentences-only", action="store_true")
    parser.add_argument("--quick", action="store_true", help="do not cross-validate")
    parser.add_argument("--to", type=Path, default=model.FOLDER)
    options = parser.parse_args()
    made_from = digest()
    readers = {language: Reader(language) for language in LANGUAGES}
    texts = {
        language: [*one.lines(), *one.examples(), *one.wordings(), *(() if options.sentences_only else one.mails())]
        for language, one in readers.items()
    }
    chosen = options.languages or list(LANGUAGES)
    if not options.quick:
        for language in chosen:
            print(report(language, *unseen(language, texts)), flush=True)
    for language in chosen:
        learner = Learner(weighted(language, texts))
        path = store(language, learner, readers[language].denials, made_from, options.to)
        print(f"{path.name}: {path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
