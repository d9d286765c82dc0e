# SPDX-License-Identifier: Apache-2.0
"""What the pages of Lua are given: a model, a referee and patterns as numbers, one after the other."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from struct import pack

from purring.language.learned import model
from purring.language.learned.features import FIRST, LONGEST, REACH, SHORTEST
from purring.language.learned.referee import VALUE, WEIGHT, referee
from purring.language.learned.words import NUMBER
from purring.language.tone.concepts import Lexicon
from purring.language.tone.pattern import Anchors
from purring.language.tone.sieve import SILENT, Sieve
from purring.language.tone.signs import (
    ASKED,
    GOOD,
    NEAR,
    OVERALL,
    SHORT,
    TASK,
    TIMELY,
    UNKIND,
    for_referee,
)
from purring.language.tone.weighed import MOST_CONCEPTS

Given = dict[str, object]

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
MOMENT_NUMBERS = {moment: number for number, moment in enumerate(TIMELY, 1)}
PART, SEEN = "~", "@"
"""How features of parts of a word begin, and those of what rules see in a sentence."""
_MOST_SEEN = 255
"""Things that rules may see, so that a number of one is a byte."""
_ALONE = ("=", "=^", "=!")
"""How features of one concept begin: by itself, as the first of a sentence, near a denial."""


class Numbers(dict[str, int]):
    """Numbers from 1 on for texts, as they come."""

    def of(self, text: str) -> int:
        return self.setdefault(text, len(self) + 1)


class Named:
    """What words and pairs of words are called by in `kernel.lua`: their stems, the classes they belong to, the words of phrases, and
    concepts. `features`: what a sentence is about by its number."""

    def __init__(self, known: Lexicon) -> None:
        self.stems, self.classes, self.words, self.concepts = Numbers(), Numbers(), Numbers(), Numbers()
        for name in (*sorted(set(known.concepts)), *_MARKS):
            self.concepts.of(name)
        self.features = [f"{block}{name}" for block in _ALONE for name in ("", *self.concepts)]
        for first in _STEMS_OF_PLACES:
            self.stems.of(first)
        for first in _SIGNS_OF_PLACES:
            self.classes.of(first)


def of_model(learned: model.Model, known: Lexicon, named: Named) -> Given:
    """What `kernel.lua` is given; `named` is filled with what the pairs of a model, and the phrases of a lexicon, name."""
    rows, pairs, row_of = bytearray(), array("i"), dict[str, int]()
    for number, (name, weights) in enumerate(learned.items(_is_of_order)):
        rows += weights
        row_of[name] = number
        if pair := _pair_in(name, named):
            pairs.extend((*pair, number))
    if (most := max(len(named.stems), len(named.classes))) >= _NUMBERS:
        raise ValueError(f"a model pairs {most} stems; kernel.lua numbers {_NUMBERS}")
    heads, phrases = _phrases(known, named)
    lanes = {"unkind": learned.labels.index(UNKIND), "overall": learned.labels.index(OVERALL)}
    return {
        **lanes,
        **{f"{name}_step": learned.lines[lane][0] for name, lane in lanes.items()},
        **{f"{name}_start": learned.lines[lane][1] for name, lane in lanes.items()},
        "labels": len(learned.labels),
        "concepts": len(named.concepts) - len(_MARKS),
        "you": named.concepts.get("you", 0),
        "most": MOST_CONCEPTS,
        "added": model.LENGTH,
        "reach": REACH,
        "near": NEAR,
        "short": SHORT,
        "rows": bytes(rows),
        "pairs": pairs.tobytes(),
        "slots": 1 << (len(pairs) // 4 * 5 // 4).bit_length(),
        "alone": _packed([row_of.get(name, -1) for name in named.features]),
        "heads": _packed(heads),
        "phrases": _packed(phrases),
    }


def of_words(learned: model.Model) -> tuple[Given, dict[str, int]]:
    """What `words.lua` is given, and the rows of all features of a word."""
    rows, row_of = bytearray(), dict[str, int]()
    for number, (name, weights) in enumerate(learned.items(is_of_one_word)):
        rows += weights
        row_of[name] = number
    parts = {name: row for name, row in row_of.items() if name[0] == PART and len(name) > SHORTEST and name.isascii()}
    return {
        "labels": len(learned.labels),
        "shortest": SHORTEST,
        "longest": LONGEST,
        "rows": bytes(rows),
        "parts": pack(f"<{len(parts)}d", *(int.from_bytes(name[1:].encode(), "big") for name in parts)),
        "rows_of_parts": _packed([*parts.values()]),
        "slots": 1 << (2 * len(parts)).bit_length(),
    }, row_of


def is_of_one_word(name: str) -> bool:
    """Whether a feature is one of a word, or of what rules see in a sentence."""
    if name[0] == "=":
        return name[1:].isidentifier()  # no pair, nor what is first or denied
    return " " not in name or is_seen_by_rules(name)


def is_seen_by_rules(name: str) -> bool:
    """Whether a feature is one of what rules see in a sentence; what stands for a name is written the same, and alone or in a pair."""
    return name[0] == SEEN and name[1:2] not in ("", " ")


def _is_of_order(name: str) -> bool:
    """Whether a feature is one of several words, or of concepts."""
    return name[0] == "=" or not is_of_one_word(name)


def _pair_in(name: str, named: Named) -> tuple[int, int, int] | None:
    """The kind of pair that a feature is, if it is one, and the two numbers."""
    about = named.concepts
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
        return _LIKE_APART if apart else _LIKE, named.classes.of(one[1:]), named.classes.of(other)
    return _APART if apart else _BESIDE, named.stems.of(one), named.stems.of(other)


def _phrases(known: Lexicon, named: Named) -> tuple[list[int], list[int]]:
    """Rows of words that are about something together: by the number of the first word where they begin, and there of each the concept,
    how many words follow and which, and where the next begins; 0 for none."""
    words = named.words
    for first, rows in known.rows.items():
        for word in (first, *(word for following, _ in rows for word in following)):
            words.of(word)
    heads, phrases = [0] * (len(words) + 1), [0]
    for first, rows in known.rows.items():
        heads[words[first]] = len(phrases)
        for place, (following, concept) in enumerate(rows, 1):
            phrases += [named.concepts[concept], len(following), *map(words.__getitem__, following)]
            phrases.append(len(phrases) + 1 if place < len(rows) else 0)
    return heads, phrases


def of_sieve(sieve: Sieve, words: Sequence[str]) -> Given:
    """What `sieve.lua` is given. words: all keys it has, and perhaps others, in the order of their numbers."""
    numbers = {key: number for number, key in enumerate(words, 1)}
    near = [{pattern.anchors, *pattern.others} for _, pattern in sieve.patterns]
    fitting = [{*sets, *pattern.wholes} for sets, (_, pattern) in zip(near, sieve.patterns, strict=True)]
    sets: dict[Anchors, int] = {}
    for needed in fitting:
        for one in needed:
            sets.setdefault(one, len(sets))
    sets_of: list[list[int]] = [[] for _ in range(len(numbers) + 1)]
    for keys, number in sets.items():
        for key in keys:
            sets_of[numbers[key]].append(number)
    groups = {group: number for number, group in enumerate([*sieve.groups, SILENT])}
    group_of = [groups[group] for group, _ in sieve.patterns]
    groups_of = [[], *(sorted({group_of[one] for one in sieve.by_anchor.get(key, ())}) for key in numbers)]
    return {
        "keys": len(numbers),
        "sets": len(sets),
        "patterns": len(sieve.patterns),
        "groups": len(groups),
        "sets_of": _listed(sets_of),
        "near_of": _listed(_by_number(near, sets)),
        "fitting_of": _listed(_by_number(fitting, sets)),
        "near_needs": _packed([*map(len, near)]),
        "fitting_needs": _packed([*map(len, fitting)]),
        "groups_of": _listed(groups_of),
        "group_of": _packed(group_of),
    }


def _by_number(needed: Sequence[Iterable[Anchors]], sets: Mapping[Anchors, int]) -> list[list[int]]:
    """By the number of a set the patterns that need it."""
    found: list[list[int]] = [[] for _ in sets]
    for pattern, own in enumerate(needed):
        for one in own:
            found[sets[one]].append(pattern)
    return found


def _listed(lists: Sequence[Sequence[int]]) -> bytes:
    """Lists by number as one array: where that of each begins, and where the last one ends, then all of them."""
    starts = accumulate(map(len, lists), initial=len(lists) + 1)
    return _packed([*starts, *(one for some in lists for one in some)])


def _packed(numbers: Sequence[int]) -> bytes:
    return pack(f"<{len(numbers)}i", *numbers)


def of_referee(learned: model.Model, about: Sequence[str], seen: dict[str, int]) -> Given:
    """What `shares.lua` is given. about: what a sentence may be about, by number; `seen` is filled with the numbers of what rules see, from
    1 on."""
    judge = referee(TASK)
    weights = dict(judge.rows())
    odds = {name: number for number, name in enumerate(for_referee([0.0] * len(learned.labels), 0))}
    none = [0] * len(judge.labels)
    rows = [weights.get(name, none) for name in odds]
    marks = dict[str, int]()
    for name, row in weights.items():
        if name not in odds:
            marks[name] = len(rows)
            rows.append(row)
    nothing = len(rows)  # the row of a mark that says nothing
    rows.append(none)
    steps = bytearray(len(learned.labels))
    for name, own in learned.items(is_seen_by_rules):
        seen[name] = len(seen) + 1
        steps += own
    for name in marks:
        if is_seen_by_rules(name) and name not in seen:
            seen[name] = len(seen) + 1
            steps += bytes(len(learned.labels))
    if len(seen) > _MOST_SEEN:
        raise ValueError(f"rules may see {len(seen)} things; kernel.py numbers {_MOST_SEEN}")
    timed, timely = [0] * (len(MOMENT_NUMBERS) + 1), [0] * len(judge.labels)
    timed[0] = len(timed)
    timed.append(0)
    for moment, number in MOMENT_NUMBERS.items():
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
        "steps": bytes(steps),
        "marks_of_seen": _packed([nothing, *(marks.get(name, nothing) for name in seen)]),
        "marks_of_about": _packed([marks.get(name, nothing) for name in about]),
        "labels": len(judge.labels),
        "good": judge.labels.index(GOOD),
        "value": VALUE,
        "enough": judge.enough,
        "scale": WEIGHT * VALUE,
        "added": model.LENGTH,
        "lines": b"".join(pack("<2d", *line) for line in learned.lines),
        "weights": b"".join(pack(f"<{len(row)}d", *row) for row in rows),
        "start": pack(f"<{len(zero)}d", *(one - min(zero) for one in zero)),
        "timed": _packed(timed),
        "timely": _packed(timely),
    }
