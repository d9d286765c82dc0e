# SPDX-License-Identifier: Apache-2.0
"""A learned model of one language and one task: how likely each label is for a text, and which words say so.

One logistic regression per label over the features of `features.py`, trained by `tools/train_sentences.py` and shipped
as small integers. All labels are added up at once: the weights of a feature stand side by side in one long integer.

    model = load("replies", "en")
    seen = model.seen(tokens("I'll pay on Friday", "en"))
    model.score(seen)["promise_to_pay"]  # 0.97
    model.because(seen, "promise_to_pay")  # ("pay", "ll", ...)
"""

from __future__ import annotations

import json
import math
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from purring.language.learned import features

FOLDER = Path(__file__).with_name("weights")
LENGTH = 3
"""Added to the words of a text, so that one of two words is not judged louder than one of ten."""

_LANE = 4
"""Bytes in the long integer per label."""
_MIDDLE = 1 << (8 * _LANE - 1)
_ZERO = 128
"""The stored byte of weight 0."""
_OTHER_SIGN = bytes(byte ^ _ZERO for byte in range(256))
"""Makes of stored bytes signed ones, and the other way."""
_REMEMBERED = 20_000
"""Words whose features are kept."""
_BLOCK = 50_000
"""Numbers that models share; few have more features."""
_FARTHEST = 50.0
"""Log-odds beyond which a probability is 0 or 1."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the model knows of a text: its features (by number), its tokens, how many words it has."""

    numbers: frozenset[int]
    tokens: tuple[str, ...]
    length: int

    def __or__(self, other: Seen) -> Seen:
        """Both texts as one."""
        return Seen(self.numbers | other.numbers, self.tokens + other.tokens, self.length + other.length)


class Model:
    """A model as it was trained. `header`: labels, steps, biases, calibration, denials, and what it was made from."""

    def __init__(self, header: Mapping[str, Any], names: Sequence[str], weights: bytes) -> None:
        self.labels: tuple[str, ...] = tuple(header["labels"])
        self.made_from: str = header["made_from"]
        self.denials: frozenset[str] = frozenset(header["denials"])
        self._steps: tuple[float, ...] = tuple(header["steps"])
        self._biases: tuple[float, ...] = tuple(header["biases"])
        calibrated = zip(self._steps, self._biases, header["calibration"], strict=True)
        self.lines: list[tuple[float, float]] = [
            (slope * step, slope * bias + shift) for step, bias, (slope, shift) in calibrated
        ]
        """Per label what a step of weight and what nothing at all adds to the log-odds."""
        self._rows = _by_feature(weights, len(names), len(self.labels))
        self._sums: list[int] | None = None
        self._names = names
        self._offset = sum(_MIDDLE << (8 * _LANE * lane) for lane in range(len(self.labels)))
        self._lanes = struct.Struct(f"<{len(self.labels)}i")
        self._words: dict[str, frozenset[int]] = {}

    @property
    def _packed(self) -> list[int]:
        """Per feature one long integer with a lane per label; made of the bytes, which are given up then, when they are first asked for."""
        if self._sums is None and (rows := self._rows):
            self._sums = _packed(rows, len(self._names), len(self.labels))
            self._rows = b""  # last, so that who comes between finds either
        return self._sums or []

    @cached_property
    def _number(self) -> dict[str, int]:
        return dict(zip(self._names, _places(len(self._names) // _BLOCK + 1), strict=False))

    @cached_property
    def _of_name(self) -> dict[str, int]:
        return dict(zip(self._names, self._packed, strict=True))

    def seen(self, tokens: Sequence[str], marks: Iterable[str] = ()) -> Seen:
        """What the model knows of one sentence. marks: further features that the caller has found (`@...`)."""
        numbers: set[int] = set()
        for token in tokens:
            numbers |= self._of_word(token)
        get = self._number.get
        found = [get(name) for name in features.of_order(tokens, self.denials)]
        found += [get(mark) for mark in marks]
        numbers.update(number for number in found if number is not None)
        return Seen(frozenset(numbers), tuple(tokens), len(tokens))

    def knows(self, token: str) -> bool:
        """Whether this word, not only parts of it, is known."""
        return token in self._number

    def score(self, seen: Seen) -> dict[str, float]:
        """Label -> how likely it is (0 to 1), each for itself: several may hold."""
        return {label: likelihood(odds) for label, odds in zip(self.labels, self.logits(seen), strict=True)}

    def logits(self, seen: Seen) -> list[float]:
        """The same as logarithms of the odds, in the order of `labels`."""
        packed = self._packed
        return self.logits_of(sum([packed[number] for number in seen.numbers]), seen.length)

    def sum_of(self, names: Iterable[str]) -> int:
        """The weights of these features together, each as often as it is named; such sums may be added and kept."""
        return sum(filter(None, map(self._of_name.get, names)))

    def part(self, wanted: Callable[[str], bool]) -> Model:
        """The same with some of its features only, for who has put the others elsewhere: they are most of what it takes of memory."""
        found = copy(self)
        kept = [(name, row) for name, row in self.items(lambda _: True) if wanted(name)]
        found._names, found._rows = [name for name, _ in kept], b"".join(row for _, row in kept).translate(_OTHER_SIGN)
        found._sums = None
        found.__dict__.pop("_number", None)
        found.__dict__.pop("_of_name", None)
        found._words = {}
        return found

    def items(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
        """Each such feature and its weights: a signed byte per label."""
        labels, rows = len(self.labels), self._rows.translate(_OTHER_SIGN)
        rows = rows or b"".join(self.lanes_of(total)[::_LANE] for total in self._packed)
        for number, name in enumerate(self._names):
            if wanted(name):
                yield name, rows[number * labels : (number + 1) * labels]

    def lanes_of(self, total: int) -> bytes:
        """A sum of `sum_of` taken apart: a signed little-endian number of four bytes per label."""
        offset = self._offset  # added, then taken off lane by lane, no lane borrows from the next
        return ((total + offset) ^ offset).to_bytes(self._lanes.size, "little")

    def total_of(self, lanes: bytes) -> int:
        """The sum that `lanes_of` takes apart."""
        return (int.from_bytes(lanes, "little") ^ self._offset) - self._offset

    def logits_of(self, total: int, length: int) -> list[float]:
        """What a sum of `sum_of` says of a text of that many words, in the order of `labels`."""
        sums = self._lanes.unpack(self.lanes_of(total))
        scale = 1 / math.sqrt(length + LENGTH)
        return [value * scale * step + start for value, (step, start) in zip(sums, self.lines)]  # noqa: B905

    def logit_of(self, total: int, length: int, lane: int) -> float:
        """What `logits_of` says of one label, by its place in `labels`."""
        step, start = self.lines[lane]
        return self._value(total, lane) / math.sqrt(length + LENGTH) * step + start

    def because(self, seen: Seen, label: str, most: int = 5) -> tuple[str, ...]:
        """The words that speak most for a label, heaviest first; a pair of neighbours counts for both its words."""
        lane = self.labels.index(label)
        known = {self._names[number]: self._weight(number, lane) for number in seen.numbers}
        stems: dict[str, float] = {}
        for name, weight in known.items():
            if " " in name and not name.startswith("@"):
                parts = [part for part in name.split(" ") if part not in ("_", "^", "!", "?")]
                for part in parts:
                    stems[part] = stems.get(part, 0.0) + weight / len(parts)
        heavy: dict[str, float] = {}
        for token in dict.fromkeys(seen.tokens):
            own = sum(self._weight(number, lane) for number in self._of_word(token))
            heavy[token] = own + stems.get(token[: features.STEM], 0.0)
        ranked = sorted(heavy, key=lambda token: -heavy[token])
        return tuple(token for token in ranked[:most] if heavy[token] > 0)

    def _of_word(self, token: str) -> frozenset[int]:
        known = self._words.get(token)
        if known is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            get = self._number.get
            numbers = (get(name) for name in features.of_word(token))
            known = self._words[token] = frozenset(number for number in numbers if number is not None)
        return known

    def _weight(self, number: int, lane: int) -> int:
        return self._value(self._packed[number], lane)

    def _value(self, total: int, lane: int) -> int:
        return ((total + self._offset) >> (8 * _LANE * lane) & (2 * _MIDDLE - 1)) - _MIDDLE


@cache
def _places(blocks: int) -> Sequence[int]:
    """The first numbers, so many blocks of them: the same objects for all models, of which a process holds up to twenty-two."""
    return tuple(range(blocks * _BLOCK))


def likelihood(odds: float) -> float:
    """The probability that logarithmic odds mean."""
    return 1 / (1 + math.exp(min(max(-odds, -_FARTHEST), _FARTHEST)))


def _by_feature(weights: bytes, count: int, labels: int) -> bytes:
    """All weights of one feature after the other. weights: a byte per weight, all of one label after the other."""
    rows = bytearray(len(weights))
    for label in range(labels):
        rows[label::labels] = weights[label * count : (label + 1) * count]
    return bytes(rows)


def _packed(rows: bytes, count: int, labels: int) -> list[int]:
    """Per feature one long integer with a lane per label. rows: those of `_by_feature`."""
    zero = sum(_ZERO << (8 * _LANE * lane) for lane in range(labels))
    row = bytearray(_LANE * labels)
    packed = []
    for number in range(count):
        row[::_LANE] = rows[number * labels : (number + 1) * labels]
        packed.append(int.from_bytes(row, "little") - zero)
    return packed


def write(path: Path, header: Mapping[str, Any], names: Sequence[str], weights: Sequence[Sequence[int]]) -> None:
    """Store a model: a line of JSON, then the compressed names and weights. weights: per label, each -127 to 127."""
    body = "\n".join(names).encode() + b"\0" + bytes(value + _ZERO for row in weights for value in row)
    path.parent.mkdir(exist_ok=True)
    head = json.dumps(dict(header), ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(head.encode() + b"\n" + zlib.compress(body, 9))


def read(path: Path) -> Model:
    """A stored model."""
    head, _, body = path.read_bytes().partition(b"\n")
    names, _, weights = zlib.decompress(body).partition(b"\0")
    shared = [*map(sys.intern, names.decode().split("\n"))]  # many features are called the same in every language
    return Model(json.loads(head), shared, weights)


@lru_cache(maxsize=32)
def load(task: str, language: str) -> Model:
    """The shipped model of a task such as `replies` for a base language tag such as `pt`; read on first use."""
    return read(path_of(task, language))


def path_of(task: str, language: str, folder: Path = FOLDER) -> Path:
    """Where the model of a task for a base language is kept."""
    return folder / f"{task}-{language}.bin"
