# SPDX-License-Identifier: Apache-2.0
"""What a sentence weighs, added up without the name of each feature.

A message of 150 words has a thousand features with a weight for each of two dozen labels. Looking them up would take Python longer
than all else the tone guard does, so that is a page of Lua (`kernel.lua`), which LuaJIT compiles as it runs. Each word is looked at once
and remembered as the numbers that it stands for there.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from importlib import resources
from struct import Struct, pack
from sys import byteorder
from typing import Any

from purring.language.learned import model
from purring.language.learned.classes import classes
from purring.language.learned.features import FIRST, REACH, STEM, STOPS
from purring.language.learned.referee import VALUE, WEIGHT, referee
from purring.language.learned.words import NUMBER
from purring.language.tone.concepts import Lexicon, lexicon
from purring.language.tone.signs import (
    ASKED,
    GOOD,
    MOMENTS,
    NEAR,
    OVERALL,
    SHORT,
    SIGNS,
    TASK,
    TIMELY,
    TOKEN,
    UNKIND,
    for_referee,
    of_word,
    token_of,
)
from purring.language.tone.weighed import MOST_CONCEPTS, Limits, Weighed

_REMEMBERED, _LONGEST_REMEMBERED = 30_000, 40
"""How many, and how long: what is longer is no word, and may be a page."""
_HIGHEST = 2**15 - 1
_NUMBERS = 2**14
"""Stems and classes that `kernel.lua` can tell apart; models have half as many."""
_STEMS_OF_PLACES = (FIRST, "!", "?")
"""What stands for a stem where a sentence begins, where a denial touches one, and where a question does: the first numbers."""
_SIGNS_OF_PLACES = (ASKED, "")
"""The first numbers of classes: that of a question, and of all classes that are in no pair."""
_MARKS = ("?", "!", NUMBER, "SHORT", "NOT", "NOT YOU")
"""What concepts are paired with besides, in the order of `signs.marks_of`."""
_BESIDE, _APART, _LIKE, _LIKE_APART, _TOGETHER, _CLOSE = range(1, 7)
"""What a pair of numbers is a pair of, as in `kernel.lua`."""
_MOMENTS = {moment: number for number, moment in enumerate(TIMELY, 1)}
_ALONE = ("=", "=^", "=!")
"""How features of one concept begin: by itself, as the first of a sentence, near a denial."""


class _Numbers(dict[str, int]):
    """Numbers from 1 on for texts, as they come."""

    def of(self, text: str) -> int:
        return self.setdefault(text, len(self) + 1)


class Kernel:
    """`kernel.lua` for the model of one base language, and the words it has met."""

    def __init__(self, runtime: Any, learned: model.Model, language: str) -> None:
        known = lexicon(language)
        about = _Numbers()
        for name in (*sorted(set(known.concepts)), *_MARKS):
            about.of(name)
        self._about = [f"{block}{name}" for block in _ALONE for name in ("", *about)]
        stems, signs, names = _Numbers(), _Numbers(), _Numbers()
        for first in _STEMS_OF_PLACES:
            stems.of(first)
        for first in _SIGNS_OF_PLACES:
            signs.of(first)
        rows, pairs, row_of = bytearray(), array("i"), dict[str, int]()
        for number, (name, weights) in enumerate(learned.items(_is_of_order)):
            rows += weights
            row_of[name] = number
            if pair := _pair_in(name, stems, signs, about):
                pairs.extend((*pair, number))
        if max(len(stems), len(signs)) >= _NUMBERS:
            raise ValueError(f"the model of {language} pairs {len(stems)} stems; kernel.lua numbers {_NUMBERS}")
        alone = [row_of.get(name, -1) for name in self._about]
        heads, phrases = _phrases(known, names, about)
        lanes = {"unkind": learned.labels.index(UNKIND), "overall": learned.labels.index(OVERALL)}
        given: dict[str, object] = {
            **lanes,
            **{f"{name}_step": learned.lines[lane][0] for name, lane in lanes.items()},
            **{f"{name}_start": learned.lines[lane][1] for name, lane in lanes.items()},
            "labels": len(learned.labels),
            "concepts": len(about) - len(_MARKS),
            "you": about.get("you", 0),
            "most": MOST_CONCEPTS,
            "added": model.LENGTH,
            "reach": REACH,
            "near": NEAR,
            "short": SHORT,
            "rows": bytes(rows),
            "pairs": pairs.tobytes(),
            "slots": 1 << (len(pairs) // 4 * 5 // 4).bit_length(),
            "alone": pack(f"<{len(alone)}i", *alone),
            "heads": pack(f"<{len(heads)}i", *heads),
            "phrases": pack(f"<{len(phrases)}i", *phrases),
        }
        self._weigh = _compiled(runtime, "kernel", given)
        self.model = learned.part(_is_of_one_word)
        self._words = _Words(self.model, language, stems, signs, names, about)
        self._sums = 4 * len(learned.labels)
        self._labels, self._marks = referee(TASK).labels, dict[str, int]()
        self._likely = _compiled(runtime, "shares", _of_referee(learned, self._marks))
        self._shares = Struct(f"<{len(self._labels)}d")

    def doubted(self, sentences: Sequence[Sequence[str]], limits: Limits) -> list[Weighed | None]:
        """As `weigher.Weigher` says."""
        get, width = self._words.__getitem__, self._words.form.size
        words = [b"".join(map(get, chunks)) for chunks in sentences]
        counts = [len(one) // width for one in words]
        kinds, told = self._weigh(b"".join(words), pack(f"<{len(counts)}i", *counts), len(counts), *limits)
        found: list[Weighed | None] = []
        at = 0
        for doubted, count in zip(kinds, counts, strict=True):
            if not doubted:
                found.append(None)
                continue
            end = at + self._sums
            total = self.model.total_of(told[at:end])
            at = end + 2 + 2 * int.from_bytes(told[end : end + 2], byteorder)
            about = memoryview(told)[end + 2 : at].cast("H")
            found.append(Weighed(total, count, {*map(self._about.__getitem__, about)}))
        return found

    def shares(self, weighed: Weighed, seen: Sequence[str], stage: str | None) -> dict[str, float] | None:
        """As `weigher.Weigher` says."""
        sums = self.model.lanes_of(weighed.total + self.model.sum_of(seen))
        marks = [*filter(None, map(self._marks.get, (*weighed.about, *seen)))]
        moment = _MOMENTS.get(MOMENTS.get(stage or "", ""), 0)
        found = self._likely(sums, weighed.length, pack(f"<{len(marks)}H", *marks), len(marks), moment)
        return None if found is None else dict(zip(self._labels, self._shares.unpack(found), strict=True))


class _Words(dict[str, bytes]):
    """By what stands between two spaces the words and marks in it, each as `kernel.lua` reads it."""

    def __init__(
        self,
        learned: model.Model,
        language: str,
        stems: Mapping[str, int],
        signs: Mapping[str, int],
        names: Mapping[str, int],
        about: Mapping[str, int],
    ) -> None:
        super().__init__()
        self.form = Struct(f"<{len(learned.labels) + 5 + MOST_CONCEPTS}h")
        self._lanes = Struct(f"<{len(learned.labels)}i")
        self._model, self._language, self._lexicon = learned, language, lexicon(language)
        self._meanings = classes(language)
        self._stems, self._signs, self._names, self._about = stems, signs, names, about
        self._known: dict[str, bytes] = {}

    def __missing__(self, chunk: str) -> bytes:
        found = b"".join(map(self._of, TOKEN.findall(chunk)))
        _remember(self, chunk, found)
        return found

    def _of(self, raw: str) -> bytes:
        known = self._known.get(raw)
        if known is None:
            known = self._read(token_of(raw, self._language))
            _remember(self._known, raw, known)
        return known

    def _read(self, token: str) -> bytes:
        about = self._lexicon.of_word(token)[:MOST_CONCEPTS]
        meaning, stem = self._meanings.get(token), token[:STEM]
        weights = self._lanes.unpack(self._model.lanes_of(self._model.sum_of(of_word(token, about, meaning))))
        if max(weights) > _HIGHEST or min(weights) < -_HIGHEST:  # which only hundreds of letters in a row reach
            weights = tuple(max(-_HIGHEST, min(weight, _HIGHEST)) for weight in weights)
        sign = token if token in SIGNS else meaning
        flags = (token in self._model.denials) | (stem in STOPS) << 1
        flags |= (token == "?") << 2 | (token == "!") << 3 | (token == NUMBER) << 4
        concepts = [self._about[one] for one in about]
        return self.form.pack(
            *weights,
            self._stems.get(stem, 0),
            self._signs.get(sign, self._signs[""]) if sign else 0,
            self._names.get(token, 0),
            flags,
            len(concepts),
            *concepts,
            *[0] * (MOST_CONCEPTS - len(concepts)),
        )


def _remember(memory: dict[str, bytes], text: str, found: bytes) -> None:
    if len(text) > _LONGEST_REMEMBERED:
        return
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[text] = found


def _compiled(runtime: Any, name: str, given: Mapping[str, object]) -> Any:
    """What a file of Lua gives for these settings; arrays are bytes."""
    make = runtime.execute((resources.files(__package__) / f"{name}.lua").read_bytes())
    return make(runtime.table_from({key.encode(): value for key, value in given.items()}))


def _of_referee(learned: model.Model, marks: dict[str, int]) -> dict[str, object]:
    """What `shares.lua` is given; `marks` are filled with the rows of features that are not odds."""
    judge = referee(TASK)
    weights = dict(judge.rows())
    odds = {name: number for number, name in enumerate(for_referee([0.0] * len(learned.labels), 0))}
    none = [0] * len(judge.labels)
    rows = [weights.get(name, none) for name in odds]
    for name, row in weights.items():
        if name not in odds:
            marks[name] = len(rows)
            rows.append(row)
    timed, timely = [0] * (len(_MOMENTS) + 1), [0] * len(judge.labels)
    timed[0] = len(timed)
    timed.append(0)
    for moment, number in _MOMENTS.items():
        then = [
            (odds[f"odds {code}"], marks[f"{moment} {code}"])
            for code in sorted(TIMELY[moment])
            if f"{moment} {code}" in marks
        ]
        timed[number] = len(timed)
        timed += [len(then), *(one for pair in then for one in pair)]
        timely += [code in TIMELY[moment] for code in judge.labels]
    zero = judge.odds(0)
    return {
        "lanes": len(learned.labels),
        "labels": len(judge.labels),
        "good": judge.labels.index(GOOD),
        "value": VALUE,
        "enough": judge.enough,
        "scale": WEIGHT * VALUE,
        "added": model.LENGTH,
        "lines": b"".join(pack("<2d", *line) for line in learned.lines),
        "weights": b"".join(pack(f"<{len(row)}d", *row) for row in rows),
        "start": pack(f"<{len(zero)}d", *(one - min(zero) for one in zero)),
        "timed": pack(f"<{len(timed)}i", *timed),
        "timely": pack(f"<{len(timely)}i", *timely),
    }


def _is_of_order(name: str) -> bool:
    """Whether a feature is one of several words, or of concepts."""
    return name[0] == "=" or not _is_of_one_word(name)


def _is_of_one_word(name: str) -> bool:
    """Whether a feature is one of a word, or of what rules see in a sentence."""
    if name[0] == "=":
        return name[1:].isidentifier()  # no pair, nor what is first or denied
    return " " not in name or (name[0] == "@" and name[1] != " ")


def _pair_in(name: str, stems: _Numbers, signs: _Numbers, about: Mapping[str, int]) -> tuple[int, int, int] | None:
    """The kind of pair that a feature is, if it is one, and the two numbers."""
    if name[0] == "=":
        for kind, joint in ((_TOGETHER, "+"), (_CLOSE, ">")):
            one, between, other = name[1:].partition(joint)
            if between and one in about and other in about:
                return kind, about[one], about[other]
        return None
    one, apart, other = name.partition(" _ ")
    if not apart:
        one, _, other = name.partition(" ")
    if one[0] == "%" and len(one) > 1:
        return _LIKE_APART if apart else _LIKE, signs.of(one[1:]), signs.of(other)
    return _APART if apart else _BESIDE, stems.of(one), stems.of(other)


def _phrases(known: Lexicon, names: _Numbers, about: Mapping[str, int]) -> tuple[list[int], list[int]]:
    """Rows of words that are about something together: by the number of the first word where they begin, and there of each the concept,
    how many words follow and which, and where the next begins; 0 for none."""
    for first, rows in known.rows.items():
        for word in (first, *(word for following, _ in rows for word in following)):
            names.of(word)
    heads, phrases = [0] * (len(names) + 1), [0]
    for first, rows in known.rows.items():
        heads[names[first]] = len(phrases)
        for place, (following, concept) in enumerate(rows, 1):
            phrases += [about[concept], len(following), *map(names.__getitem__, following)]
            phrases.append(len(phrases) + 1 if place < len(rows) else 0)
    return heads, phrases
