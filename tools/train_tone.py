# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trains the sentence models of the tone guard: `python -m tools.train_tone`.

Reads `corpora/sentences/outgoing/*.txt` and those of `fresh` and `newest` there (`codes | sentence` a line, or `good`), the
mails of `corpora/outgoing/train`, `extra` and `newest`, what answers say besides money, the examples of the rules and our own wordings, which are good, and writes
`src/purring/language/learned/weights/tone-*.bin`. All languages are learned at once: a feature has a weight that all languages
share and one of each language's own, so what one language says of a court or of a neighbour holds a little in all. Same
texts, lexicons and rules, same script: same files.

Two sentences made into one teach too (`Reader.compounds`, `Reader.joined_mails`): an unkind word is no kinder beside an amount.

They learn three times: without the newest lines and mails, whose authors wrote nothing else; from all lines and no mail; and from
all, to be shipped. What the first say of the newest lines, and the second of all mails, teaches the referee (`tools/referee.py`),
as only strangers' texts show how far models and rules can be believed; with the examples of the rules, which say things plainly.
`--sentences-only` leaves the mails out of the last (to judge by them), `--to FOLDER` writes elsewhere. Needs scikit-learn, which
neither running nor testing does.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from purring.language.learned import model
from purring.language.learned.referee import path_of
from purring.language.tone.folding import Folded
from purring.language.tone.form import form
from purring.language.tone.judge import Judge
from purring.language.tone.signs import GOOD, LABELS, OVERALL, TASK, UNKIND, in_time
from tools import learning, referee
from tools.learning import LANGUAGES, library
from tools.tone_texts import MAILS, NEWEST, REPLIES, Reader, Text, digest

BLIND = 0.3
"""Share of the fresh lines that are learned without what the rules see, as all other texts are: rules fit the texts that they
were written by better than any others, so only lines that nobody had read by then can teach what their word is worth."""
FREEDOM = 2.0
"""Inverse of the regularisation."""
LEAST, LEAST_ABOUT, LEAST_PAIRED = 2, 4, 10
"""Texts a feature must stand in; more for what words are about together, of which there is much, and for classes side by side,
of which there is most."""
PART, ABOUT, TOGETHER = 0.5, 2.0, 1.0
"""Scale of parts of words, of concepts, and of two together; of all else 1. Concepts carry what languages teach each other."""
REFEREE_FREEDOM = 0.2
EXAMPLES_COUNT = 4
"""How often an example of a rule counts for the referee."""
ROUNDS, TOLERANCE = 100, 1e-4
"""How long the fitting goes on at most, and how flat it must have become: with ten times as much it stopped before the rare features had
learned anything."""
USUAL, FAINT, FAINT_PAIRED = 0.9998, 11, 15
"""Weights beyond the first share are cut to it, and features whose weights are all below so many steps are left out, those of
classes side by side sooner."""
SEED = learning.SEED


class Learner:
    """One softmax regression over all languages, one that tells from the words alone whether a sentence could be
    unkind at all, and one that tells it from everything. Names of features begin with a language and a space where they are its own, else with a space."""

    def __init__(self, texts: Sequence[Text]) -> None:
        numpy = library("numpy")
        linear = library("sklearn.linear_model")
        blind = numpy.random.default_rng(SEED).random(len(texts)) < BLIND
        for text, unseen in zip(texts, blind, strict=True):
            text.rules = text.rules if text.fresh and not unseen else ()
        self._learn_names(texts)
        rows = self.matrix(texts)
        wanted = [
            (row, LABELS.index(label), text.weight / len(text.labels))
            for row, text in enumerate(texts)
            for label in text.labels
        ]
        lanes, counts = [lane for _, lane, _ in wanted], [count for *_, count in wanted]
        fitted = linear.LogisticRegression(C=FREEDOM, max_iter=ROUNDS, tol=TOLERANCE)
        fitted.fit(rows[[row for row, *_ in wanted]], lanes, counts)
        bad, weights = [GOOD not in text.labels for text in texts], [text.weight for text in texts]
        every = [fitted]
        for matrix in (self.matrix(texts, words_only=True), rows):
            every.append(linear.LogisticRegression(C=FREEDOM, max_iter=ROUNDS, tol=TOLERANCE))
            every[-1].fit(matrix, bad, weights)
        self.weights: Any = numpy.vstack([one.coef_ for one in every])
        self.biases: Any = numpy.concatenate([one.intercept_ for one in every])

    def _learn_names(self, texts: Sequence[Text]) -> None:
        seen: Counter[str] = Counter()
        for text in texts:
            for name, _ in () if text.joined else text.names():
                seen[f" {name}"] += 1
                if not _together(name) and name[0] != "%":
                    seen[f"{text.language} {name}"] += 1
        self.number: dict[str, int] = {}
        self.scales: list[float] = []
        for name, count in seen.items():
            own, _, bare = name.partition(" ")
            if count >= _least(bare):
                self.number[name] = len(self.number)
                rare = math.sqrt(math.log(1 + len(texts) / (count * (len(LANGUAGES) if own else 1))))
                self.scales.append(rare * _scale(bare))

    def matrix(self, texts: Sequence[Text], *, words_only: bool = False) -> Any:
        """A row per text, scaled as `Model` does it."""
        values: list[float] = []
        places: list[int] = []
        ends = [0]
        get = self.number.get
        for text in texts:
            scale = 1 / math.sqrt(text.length + model.LENGTH)
            for name, count in text.words.items() if words_only else text.names():
                for full in (f" {name}", f"{text.language} {name}"):
                    if (number := get(full)) is not None:
                        places.append(number)
                        values.append(count * scale * self.scales[number])
            ends.append(len(places))
        return library("scipy.sparse").csr_matrix((values, places, ends), shape=(len(texts), len(self.number)))

    def store(self, language: str, denials: frozenset[str], made_from: str, folder: Path) -> Path:
        """Write the model of a language. made_from: the `digest` of when the texts were read."""
        numpy = library("numpy")
        scaled = self.weights * numpy.array(self.scales)
        near = {"", language}
        together: dict[str, Any] = {}
        for full, number in self.number.items():
            own, _, name = full.partition(" ")
            if own in near and (own or self._is_near(name, language)):
                together[name] = together.get(name, 0) + scaled[:, number]
        names = sorted(together)
        header: dict[str, Any] = {
            "task": TASK,
            "language": language,
            "labels": (*LABELS, UNKIND, OVERALL),
            "calibration": [(1.0, 0.0)] * (len(LABELS) + 2),
            "denials": sorted(denials),
            "made_from": made_from,
        }
        weights = numpy.array([together[name] for name in names]).T
        steps = numpy.quantile(numpy.abs(weights), USUAL, axis=1) / learning.LARGEST
        rounded = numpy.rint(weights / steps[:, None]).clip(-learning.LARGEST, learning.LARGEST).astype(int)
        faint = numpy.array([FAINT_PAIRED if _least(name) == LEAST_PAIRED else FAINT for name in names])
        kept = numpy.flatnonzero(numpy.abs(rounded).max(axis=0) >= faint)
        header["steps"] = [round(float(step), 8) for step in steps]
        header["biases"] = [round(float(bias), 5) for bias in self.biases]
        path = folder / f"{TASK}-{language}.bin"
        model.write(path, header, [names[number] for number in kept], rounded[:, kept].tolist())
        return path

    def _is_near(self, name: str, language: str) -> bool:
        """Whether a feature all languages share is of use in this one: it says what words are about, or words of this
        language or of kin have it."""
        return name[0] in "=@%" or any(
            f"{one} {name}" in self.number for one in (language, *learning.KIN.get(language, ()))
        )


def _least(name: str) -> int:
    if name[0] == "%" and " " in name:
        return LEAST_PAIRED
    return LEAST_ABOUT if name[0] in "=%" else LEAST


def _scale(name: str) -> float:
    if name[0] == "=":
        return TOGETHER if _together(name) else ABOUT
    return PART if name[0] == "~" else 1.0


def _together(name: str) -> bool:
    """Whether a feature is two concepts together; of those only what holds in all languages is learned."""
    return name[0] == "=" and ("+" in name or ">" in name)


def rows_of_lines(reader: Reader, learned: model.Model) -> Iterator[referee.Row]:
    """What the referee sees of the sentences of the newest lines, by a model that has not seen them. Of a line with a fault and
    several sentences nobody has said in which the fault is."""
    row = _row_maker(reader, learned)
    for labels, folded in reader.labelled(NEWEST):
        if labels == (GOOD,) or len(folded.sentences) == 1:
            yield from (row(labels[0], folded, start, end, None) for start, end in folded.sentences)
    for labels, folded in reader.joined_lines(NEWEST):
        yield row(labels[0], folded, *folded.sentences[0], None)
    for folded in reader.chatted(REPLIES[-1]):
        yield from (row(GOOD, folded, start, end, None) for start, end in folded.sentences)


def rows_of_mails(reader: Reader, learned: model.Model) -> Iterator[referee.Row]:
    """The same of the sentences of whole mails, by a model that has seen none."""
    row = _row_maker(reader, learned)
    for folder in MAILS:
        for labels, folded, start, end, stage in reader.mailed(folder):
            yield row(labels[0], folded, start, end, stage)
        for labels, folded, stage in reader.joined_mails(folder):
            yield row(labels[0], folded, *folded.sentences[0], stage)


def rows_of_examples(reader: Reader, learned: model.Model) -> Iterator[referee.Row]:
    """The same of the examples of the rules: few strangers say plainly what a rule was written for, and a referee that has
    never heard it doubts the plainest insult."""
    row = _row_maker(reader, learned)
    for rule in reader.book.rules:
        for sentences, label in ((rule.good, GOOD), (rule.bad, rule.code)):
            for folded in map(reader.fold, sentences):
                if len(folded.sentences) == 1:
                    yield row(label, folded, *folded.sentences[0], None)


def _row_maker(reader: Reader, learned: model.Model) -> Callable[[str, Folded, int, int, str | None], referee.Row]:
    judge = Judge(learned, reader.book, reader.language, form(reader.tags[0]))

    def row(label: str, folded: Folded, start: int, end: int, stage: str | None) -> referee.Row:
        weighed = judge.weigh(folded.masked[start:end])
        marks, features = judge.features(weighed, reader.book.evidence_of(folded, start, end))
        return label, {**dict.fromkeys(marks, 1.0), **features, **in_time(features, stage)}

    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sentences-only", action="store_true")
    parser.add_argument("--to", type=Path, default=model.FOLDER)
    options = parser.parse_args()
    made_from = digest()
    readers = {language: Reader(language) for language in LANGUAGES}
    lines = [
        text
        for one in readers.values()
        for read in (one.lines, one.compounds, one.small_talk, one.examples, one.wordings)
        for text in read()
    ]
    mails = [text for one in readers.values() for text in one.mails()]

    def learned_by(texts: Sequence[Text], folder: str) -> dict[str, model.Model]:
        learner = Learner([replace(text) for text in texts])
        return {
            language: model.read(learner.store(language, reader.denials, made_from, Path(folder)))
            for language, reader in readers.items()
        }

    rows: dict[str, list[referee.Row]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for language, learned in learned_by([text for text in lines + mails if not text.newest], folder).items():
            rows[language] = [*rows_of_lines(readers[language], learned)]
        for language, learned in learned_by(lines, folder).items():
            rows[language] += rows_of_mails(readers[language], learned)
            rows[language] += [*rows_of_examples(readers[language], learned)] * EXAMPLES_COUNT
    print(referee.teach(rows, REFEREE_FREEDOM, made_from, path_of(TASK, options.to)), flush=True)
    learner = Learner(lines if options.sentences_only else lines + mails)
    for language, reader in readers.items():
        path = learner.store(language, reader.denials, made_from, options.to)
        print(f"{path.name}: {path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
