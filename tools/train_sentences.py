# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trains the sentence models of `purring.language.learned`: `python -m tools.train_sentences replies [LANGUAGE ...]`.

Reads `corpora/sentences/TASK/*.txt`, `fresh/TASK/*.txt` and `newest/TASK/*.txt` there (`labels | text` a line; remarks such as
` #trap` at its end) and whole mails where a task has some, and writes one file per language into `src/purring/language/learned/weights/`. A language also
learns a little from the others: from its kin by words too, from all by cues, days, sums and classes of words. It learns three
times. Without the newest lines, whose authors wrote nothing else: what that learner says of them is printed, and calibrates
probabilities. From all lines and no mail: what it says of the whole mails, and the first one of the newest lines, teaches the
referee (`tools/referee.py`), as only strangers' texts show how far a model can be believed. At last from all, to be shipped.
Same texts, same script: same files, byte for byte.

`--sentences-only` leaves the mails out of the last (to judge by them), `--to FOLDER` writes elsewhere. Needs scikit-learn, which
neither running nor testing does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from purring.language.learned import classes, features, model, words
from purring.language.learned.referee import path_of
from purring.language.replies import cues, evidence, weighing
from tools import learning, referee
from tools.learning import LANGUAGES, ROOT, SEED, library

SENTENCES = ROOT / "corpora" / "sentences"
MAILS = [ROOT / "corpora" / "replies" / name for name in ("train", "extra", "newest")]

FREEDOM = 10.0
"""Inverse of the regularisation."""
REFEREE_FREEDOM = 0.05
MAIL_COUNTS = 2
"""How often a whole mail counts for the referee: mails are what it is asked about, and there are fewer of them than lines."""
RARE = -6.0
"""Log-odds of a label that a language has no text for."""

_REMARK = re.compile(r"(?:\s+#[a-z][\w-]*)+\s*$")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its labels: its features, how many words it has; `where` it stands, for messages."""

    labels: frozenset[str]
    names: frozenset[str]
    length: int
    where: str

    def in_any_language(self) -> Text:
        """What it shares with other languages: the marks of cues, days and sums, and the classes of its words."""
        return replace(self, names=frozenset(name for name in self.names if name.startswith("@")))


@dataclass(frozen=True, slots=True)
class Task:
    """What is learned: labels, the words of denial of a language, how a text becomes tokens and marks per sentence, whole
    mails with their labels, and the files besides the sentences that all this depends on."""

    name: str
    labels: tuple[str, ...]
    denials: Callable[[str], frozenset[str]]
    prepare: Callable[[str, str], Iterator[tuple[Sequence[str], frozenset[str]]]]
    mails: Callable[[str], Iterator[tuple[list[str], str]]]
    made_with: tuple[Path, ...]


def reply_denials(language: str) -> frozenset[str]:
    """Single words of the cues' negations."""
    lines = cues.read(cues.FOLDER / f"{language}.txt")["negation"]
    alone = (part.strip() for line in lines for part in re.split(r"[|()]", line))
    return frozenset(words.plain(part, language) for part in alone if part.isalpha())


def reply_sentences(text: str, language: str) -> Iterator[tuple[Sequence[str], frozenset[str]]]:
    for told in evidence.gather(text, language, None).told:
        yield told.tokens, told.marks


def reply_mails(language: str) -> Iterator[tuple[list[str], str]]:
    for folder in MAILS:
        for line in (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            mail = json.loads(line)
            if mail["kind"] == "human":
                yield [*mail["intents"], *(["hostile"] if mail["hostile"] else [])], mail["reply"]


REPLIES = Task(
    name="replies",
    labels=(
        "promise_to_pay", "already_paid", "dispute", "copy_request", "info_request", "hardship", "plan_request",
        "wrong_person", "approval_pending", "call_request", "refusal", "insolvency", "stop_contact", "acknowledgement",
        "other", "none", "hostile",
    ),
    denials=reply_denials,
    prepare=reply_sentences,
    mails=reply_mails,
    made_with=(
        *(path for folder in MAILS for path in sorted(folder.glob("*.jsonl"))),
        *sorted(cues.FOLDER.glob("*.txt")),
        *sorted(classes.FOLDER.glob("*.txt")),
        *sorted(classes.CONCEPTS.glob("*.txt")),
    ),
)  # fmt: skip
TASKS = {task.name: task for task in (REPLIES,)}


def sources(task: Task) -> list[Path]:
    """The files whose content decides what is learned."""
    code = [Path(module.__file__ or "") for module in (features, words, classes, learning, weighing, referee)]
    return [*sentence_files(task, ""), *task.made_with, *code, Path(__file__)]


def sentence_files(task: Task, language: str) -> list[Path]:
    """The files with sentences of a language, of all with ""."""
    folders = (SENTENCES / task.name, SENTENCES / "fresh" / task.name, SENTENCES / "newest" / task.name)
    return [path for folder in folders for path in sorted(folder.glob(f"{language}*.txt"))]


def is_newest(path: Path) -> bool:
    """Whether its author wrote nothing that the first learner has seen."""
    return path.parent.parent.name == "newest"


def digest(task: Task) -> str:
    """A name for all that the models are made from."""
    found = hashlib.sha256()
    for path in sources(task):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:32]


def lines(task: Task, language: str, *, newest: bool) -> Iterator[tuple[list[str], str, str]]:
    """Labels, text and place of each line of a language: of the newest ones, or of all others."""
    for path in sentence_files(task, language):
        if is_newest(path) != newest:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            named, bar, text = line.partition("|")
            if not bar or line.startswith("//"):
                continue
            labels = [label.strip() for label in named.split(",")]
            unknown = set(labels) - set(task.labels)
            if unknown:
                raise SystemExit(f"{path.name}:{number}: unknown label {', '.join(sorted(unknown))}")
            yield labels, _REMARK.sub("", text.strip()), f"{path.name}:{number}"


def mails(task: Task, language: str) -> Iterator[tuple[list[str], str, str]]:
    """The whole mails of a language, as `lines`."""
    yield from ((labels, text, "mail") for labels, text in task.mails(language))


def as_features(task: Task, language: str, found: Iterable[tuple[list[str], str, str]]) -> list[Text]:
    """Lines or mails of a language as features."""
    denials = task.denials(language)
    texts = []
    for labels, text, where in found:
        names: set[str] = set()
        length = 0
        for tokens, marks in task.prepare(text, language):
            for token in tokens:
                names.update(features.of_word(token))
            names.update(features.of_order(tokens, denials))
            names |= marks
            length += len(tokens)
        texts.append(Text(frozenset(labels), frozenset(names), length, where))
    return texts


class Learner:
    """Logistic regressions of one language, one per label."""

    def __init__(self, task: Task, language: str, texts: dict[str, list[Text]]) -> None:
        near = {language, *learning.KIN.get(language, ())}
        weighted = [
            (text if other in near else text.in_any_language(), learning.weight(language, other))
            for other in LANGUAGES
            for text in texts.get(other, ())
        ]
        self.space = learning.Space(weighted)
        self.weights, self.biases = self._fit(task, [text for text, _ in weighted], [weight for _, weight in weighted])

    def _fit(self, task: Task, texts: list[Text], weights: list[float]) -> tuple[Any, Any]:
        numpy, linear = library("numpy"), library("sklearn.linear_model")

        rows = self.space.matrix(texts)
        fitted = numpy.zeros((len(task.labels), len(self.space.names)))
        biases = numpy.full(len(task.labels), RARE)
        for lane, label in enumerate(task.labels):
            wanted = [label in text.labels for text in texts]
            if any(wanted):
                regression = linear.LogisticRegression(
                    C=FREEDOM, solver="liblinear", dual=True, tol=1e-2, max_iter=500, random_state=SEED
                )
                regression.fit(rows, wanted, sample_weight=weights)
                fitted[lane], biases[lane] = regression.coef_[0], regression.intercept_[0]
        return fitted, biases

    def logits(self, texts: Sequence[Text]) -> Any:
        return self.space.matrix(texts) @ self.weights.T + self.biases


def calibrated(task: Task, judged: dict[str, tuple[Any, list[Text]]]) -> list[tuple[float, float]]:
    """Per label slope and shift that make probabilities of the log-odds (Platt), over all languages."""
    numpy, linear = library("numpy"), library("sklearn.linear_model")

    together = numpy.concatenate([logits for logits, _ in judged.values()])
    found = []
    for lane, label in enumerate(task.labels):
        wanted = [label in text.labels for _, texts in judged.values() for text in texts]
        if not any(wanted):
            found.append((1.0, 0.0))
            continue
        regression = linear.LogisticRegression(C=100.0, random_state=SEED).fit(together[:, [lane]], wanted)
        found.append((round(float(regression.coef_[0][0]), 4), round(float(regression.intercept_[0]), 4)))
    return found


def store(
    task: Task, language: str, learner: Learner, calibration: list[tuple[float, float]], made_from: str, folder: Path
) -> Path:
    """Write the model of a language."""
    header = {
        "task": task.name,
        "language": language,
        "labels": task.labels,
        "calibration": calibration,
        "denials": sorted(task.denials(language)),
        "made_from": made_from,
    }
    path = folder / f"{task.name}-{language}.bin"
    learning.store(path, header, learner.space, learner.weights, learner.biases)
    return path


def referee_rows(
    found: Iterable[tuple[list[str], str, str]], learned: model.Model, language: str
) -> Iterator[referee.Row]:
    """What the referee sees of lines or mails, and what they are mostly about; by a model that has not seen them."""
    for labels, text, _ in found:
        seen = evidence.gather(text, language, None)
        about = [label for label in labels if label != "hostile"]
        if seen.told and about:
            yield about[0], weighing.Weighed(seen, learned).features()


def report(task: Task, language: str, logits: Any, texts: list[Text]) -> str:
    """Per label precision and recall at even odds, and how often the likeliest label is a right one."""
    found = []
    right = sum(task.labels[int(row.argmax())] in text.labels for row, text in zip(logits, texts, strict=True))
    for lane, label in enumerate(task.labels):
        said = [row[lane] > 0 for row in logits]
        meant = [label in text.labels for text in texts]
        both = sum(one and other for one, other in zip(said, meant, strict=True))
        found.append(f"{label} {both / max(1, sum(said)):.2f}/{both / max(1, sum(meant)):.2f}")
    return f"{language}: {len(texts)} texts, likeliest label right {right / max(1, len(texts)):.3f}; " + ", ".join(
        found
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=sorted(TASKS))
    parser.add_argument("languages", nargs="*", choices=[*LANGUAGES, []], metavar="LANGUAGE")
    parser.add_argument("--sentences-only", action="store_true")
    parser.add_argument("--to", type=Path, default=model.FOLDER)
    options = parser.parse_args()
    task = TASKS[options.task]
    made_from = digest(task)
    old = {one: as_features(task, one, lines(task, one, newest=False)) for one in LANGUAGES}
    newest = {one: as_features(task, one, lines(task, one, newest=True)) for one in LANGUAGES}
    whole = {one: as_features(task, one, mails(task, one)) for one in LANGUAGES}
    without_newest = {one: old[one] + whole[one] for one in LANGUAGES}
    first = {one: Learner(task, one, without_newest) for one in LANGUAGES}
    judged = {one: (first[one].logits(texts), texts) for one, texts in newest.items()}
    calibration = calibrated(task, judged)
    for one, (logits, texts) in judged.items():
        print(report(task, one, logits, texts), flush=True)
    every_line = {one: old[one] + newest[one] for one in LANGUAGES}
    rows: dict[str, list[referee.Row]] = {}
    with tempfile.TemporaryDirectory() as folder:

        def seen_by(learner: Learner, one: str, found: Iterable[tuple[list[str], str, str]]) -> list[referee.Row]:
            learned = model.read(store(task, one, learner, calibration, made_from, Path(folder)))
            return [*referee_rows(found, learned, one)]

        for one in LANGUAGES:
            rows[one] = seen_by(first.pop(one), one, lines(task, one, newest=True))
            rows[one] += seen_by(Learner(task, one, every_line), one, mails(task, one)) * MAIL_COUNTS
    print(referee.teach(rows, REFEREE_FREEDOM, made_from, path_of(task.name, options.to)), flush=True)
    every = every_line if options.sentences_only else {one: every_line[one] + whole[one] for one in LANGUAGES}
    for language in options.languages or LANGUAGES:
        path = store(task, language, Learner(task, language, every), calibration, made_from, options.to)
        print(f"{path.name}: {path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
