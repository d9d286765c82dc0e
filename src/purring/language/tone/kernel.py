# SPDX-License-Identifier: Apache-2.0
"""A text read without the name of each feature or word.

A message of 150 words has a thousand features with a weight for each of two dozen labels, and a hundred words that patterns look for.
Looking them up would take Python longer than all else the tone guard does, so that is a few pages of Lua, which LuaJIT compiles as it
runs: `reader.lua` goes through a text, `kernel.lua` weighs its sentences, `words.lua` words that were never met, `sieve.lua` finds the
patterns that they may have, and `shares.lua` says what that means. What stands between two spaces is looked at once and remembered as the
numbers that it stands for there.
"""

from __future__ import annotations

import math
from array import array
from codecs import utf_32_le_encode
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib import resources
from itertools import chain
from struct import Struct, pack
from threading import Lock
from typing import Any, NamedTuple

from purring.language.learned import model
from purring.language.learned.classes import classes
from purring.language.learned.features import STEM, STOPS
from purring.language.learned.referee import referee
from purring.language.learned.words import NUMBER
from purring.language.tone.concepts import lexicon
from purring.language.tone.folding import LONGEST_REMEMBERED, Folded, Keys, fold
from purring.language.tone.form import Form
from purring.language.tone.general import InGeneral
from purring.language.tone.parts import by_group
from purring.language.tone.sieve import Sieve, Sifted
from purring.language.tone.signs import MOMENTS, OVERALL, SIGNS, TASK, TOKEN, UNKIND, beside_parts, of_word, token_of
from purring.language.tone.tables import (
    MOMENT_NUMBERS,
    Named,
    is_seen_by_rules,
    of_model,
    of_referee,
    of_sieve,
    of_words,
)
from purring.language.tone.weighed import MOST_CONCEPTS, Limits, Reading, Span, Weighed

_REMEMBERED, _REMEMBERED_SENTENCES = 30_000, 5_000
_SEED = 2**31 - 1
"""Bits of a number that is another one in each process, so that nobody can make all words meet in one place."""
_SPACES = [code for code in range(0x3001) if chr(code).isspace()]
"""All there are."""


class Kernel:
    """The pages of Lua for the model of one base language. of_text: what is looked for in a text as a whole; rules: in its sentences, as
    they are said to everybody."""

    def __init__(
        self, runtime: Any, learned: model.Model, language: str, of_text: Form, rules: Sieve, general: InGeneral
    ) -> None:
        known = lexicon(language)
        named = Named(known)
        _page(runtime, "arrays")
        weigh = _page(runtime, "kernel")(_table(runtime, of_model(learned, known, named)))
        self.model = learned.part(is_seen_by_rules)
        weights, row_of = of_words(learned)
        words = _Words(learned.denials, row_of, language, named)
        weigh_word = _page(runtime, "words")(_table(runtime, weights))
        keys = sorted(rules.keys.wanted)
        sieves = (of_sieve(of_text.sieve, of_text.words), of_sieve(rules, keys))
        sift = [_page(runtime, "sieve")(_table(runtime, given)) for given in sieves]
        exact, beginnings = of_text.numbers | general.exact, [*general.beginnings]
        given = {
            "width": words.form.size // 2,
            "labels": len(learned.labels),
            "unkind": learned.labels.index(UNKIND),
            "overall": learned.labels.index(OVERALL),
            "longest": LONGEST_REMEMBERED,
            "most": _REMEMBERED_SENTENCES,
            "spaces": pack(f"<{len(_SPACES)}i", *_SPACES),
            "highest": max(_SPACES),
            "seed": hash(language) & _SEED,
            "named": runtime.table_from({figures.encode(): True for figures in exact}),
            "beginnings": runtime.table_from([figures.encode() for figures in beginnings]),
        }
        self._read, *learn, self.forget, self._kept = _page(runtime, "reader")(
            _table(runtime, given), weigh, weigh_word, *sift
        )
        self._chunks = _Chunks(learn, words, of_text, (rules.keys, keys), general)
        self._keys, self._of_text = ["", *of_text.words], of_text.sieve
        self._fits_of_text, self._groups = 2 * len(of_text.sieve.groups) + 4, rules.groups
        self._about = named.features
        self._sums, self._overall = 4 * len(learned.labels), learned.labels.index(OVERALL)
        self._labels, self._seen = referee(TASK).labels, dict[str, int]()
        self._likely = _page(runtime, "shares")(_table(runtime, of_referee(self.model, named.features, self._seen)))
        self._shares = Struct(f"<{len(self._labels)}d")
        self._reading = Lock()

    def kept(self) -> tuple[int, int, int]:
        """How many words, letters and numbers of chunks, and sentences are remembered."""
        words, letters, sentences = self._kept()
        return int(words), int(letters), int(sentences)

    def read(self, texts: Sequence[Folded], limits: Limits) -> list[Reading]:
        """As `weigher.Weigher` says."""
        letters, _ = utf_32_le_encode("".join([text.masked for text in texts]), "surrogatepass")
        spans, places, ends, begins = list[Span](), array("i"), array("i"), 0
        for text in texts:
            spans += text.sentences
            places.extend([begins + place for place in chain.from_iterable(text.sentences)])
            ends.append(len(spans))
            begins += len(text.masked)
        given = (letters, places.tobytes(), ends.tobytes(), *limits)
        with self._reading:
            self._chunks.make_room()
            doubted, told, whole, unknown = self._read(*given)
            if unknown is not None:
                self._chunks.learn({*unknown.decode("utf-16-le", "surrogatepass").split(" ")})
                doubted, told, whole, _ = self._read(*given)
        numbers, at = array("H", whole), 0
        found: list[Reading] = []
        for _ in texts:
            words, fits = at + 1, at + numbers[at] + self._fits_of_text
            at = fits + numbers[fits - 1]
            keys = {*map(self._keys.__getitem__, numbers[words : words + numbers[words - 1]])}
            found.append(Reading(keys, by_group(self._of_text, numbers[fits:at]), []))
        each, at, place = array("i", doubted), 0, 0
        for one in range(0, len(each), 4):
            sentence, length, about, seen = each[one : one + 4]
            while sentence >= ends[place]:
                place += 1
            sums = at + self._sums
            doubt = _Doubt(self, told, at, sums, sums + about, at := sums + about + seen, length)
            found[place].doubted.append((spans[sentence], doubt))
        return found

    def weighed(self, sums: bytes, length: int, about: bytes) -> Weighed:
        """As `weighed.Doubt` says of what `reader.lua` told of a sentence: sums, then features."""
        features = array("H", about)[1:]
        return Weighed(self.model.total_of(sums), length, {*map(self._about.__getitem__, features)})

    def fault(self, sums: bytes, length: int) -> float:
        """As `weighed.Doubt` says."""
        step, start = self.model.lines[self._overall]
        return array("i", sums)[self._overall] / math.sqrt(length + model.LENGTH) * step + start

    def sifted(self, seen: bytes) -> Sifted:
        """As `weighed.Doubt` says of what `reader.lua` told of the words of a sentence."""
        numbers, groups = array("H", seen), self._groups
        words = numbers[0] + 1
        near = words + len(groups) + 1  # that of the silent ones stands behind them
        return Sifted(
            [*numbers[near + len(groups) + 2 :]],
            {group for group, is_near in zip(groups, numbers[near:]) if is_near},  # noqa: B905
            {group: count for group, count in zip(groups, numbers[words:]) if count},  # noqa: B905
        )

    def shares(
        self, sums: bytes, length: int, about: bytes, seen: Sequence[str], stage: str | None, most: float
    ) -> dict[str, float] | None:
        """As `weighed.Doubt` says."""
        numbers = bytes([self._seen[name] for name in seen if name in self._seen])
        moment = MOMENT_NUMBERS.get(MOMENTS.get(stage or "", ""), 0)
        found = self._likely(sums, length, about, numbers, moment, most)
        return None if found is None else dict(zip(self._labels, self._shares.unpack(found), strict=True))


class _Doubt(NamedTuple):
    """A sentence as `reader.lua` told of it: where its sums begin, what it is about, what words it has, and where that ends."""

    reader: Kernel
    told: bytes
    begins: int
    about: int
    seen: int
    ends: int
    length: int

    def sifted(self) -> Sifted:
        return self.reader.sifted(self.told[self.seen : self.ends])

    def fault(self) -> float:
        return self.reader.fault(self.told[self.begins : self.about], self.length)

    def shares(self, seen: Sequence[str], stage: str | None, most: float = 1) -> dict[str, float] | None:
        sums, about = self.told[self.begins : self.about], self.told[self.about : self.seen]
        return self.reader.shares(sums, self.length, about, seen, stage, most)

    def weighed(self) -> Weighed:
        return self.reader.weighed(self.told[self.begins : self.about], self.length, self.told[self.about : self.seen])


class _Chunks:
    """What stands between two spaces, as `reader.lua` keeps it. learn: its functions for that; of_sentence: keys of rules, and all of them
    in the order of their numbers."""

    def __init__(
        self,
        learn: Sequence[Any],
        words: _Words,
        of_text: Form,
        of_sentence: tuple[Keys, Sequence[str]],
        general: InGeneral,
    ) -> None:
        self._learn, self._learn_word, self._for_now, self._forget = learn
        self._words, self._of_text, self._general = words, of_text, general
        self._of_sentence, keys = of_sentence
        self._numbers = [{key: number for number, key in enumerate(names, 1)} for names in (of_text.words, keys)]
        self._known: dict[str, int] = {}
        """Words by their number."""
        self._chunks = 0

    def make_room(self) -> None:
        """Begin anew when there are too many."""
        if max(self._chunks, len(self._known)) >= _REMEMBERED:
            self._begin_anew()

    def learn(self, chunks: Iterable[str]) -> None:
        """All that a text lacks, what is longer than a word only until it is read."""
        try:
            self._learn_all(chunks)
        except BaseException:  # half of it would give numbers away twice
            self._begin_anew()
            raise

    def _begin_anew(self) -> None:
        self._forget()
        self._known.clear()
        self._chunks = 0

    def _learn_all(self, chunks: Iterable[str]) -> None:
        long: list[tuple[str, bytes]] = []
        for chunk in chunks:
            letters = chunk.encode("utf-16-le", "surrogatepass")
            if len(letters) > 2 * LONGEST_REMEMBERED:
                long.append((chunk, letters))
            else:
                self._tell(chunk, letters, self._known)
                self._chunks += 1
        if not long:
            return
        self._for_now()
        passing: dict[str, int] = {}
        for chunk, letters in long:
            self._tell(chunk, letters, passing)

    def _number(self, raw: str, numbers: dict[str, int]) -> int:
        """The number of a word, which is kept among these when it is new."""
        known = self._known.get(raw) or numbers.get(raw)
        if known is None:
            known = numbers[raw] = self._learn_word(*self._words.told_of(raw))
        return known

    def _tell(self, chunk: str, letters: bytes, numbers: dict[str, int]) -> None:
        text_numbers, sentence_numbers = self._numbers
        words = [self._number(raw, numbers) for raw in TOKEN.findall(chunk)]
        of_text = [*map(text_numbers.__getitem__, self._of_text.look(chunk))]
        in_general = self._of_sentence.look(fold(self._general.of(chunk)))
        of_sentence = [*map(sentence_numbers.__getitem__, in_general)]
        told = (*words, *of_text, *of_sentence)
        packed = letters + pack(f"<{len(told)}H", *told)
        self._learn(packed, len(letters) // 2, len(words), len(of_text), len(of_sentence))


class _Words:
    """What `reader.lua` is told of a word. row_of: rows of weights by the names of features."""

    def __init__(self, denials: AbstractSet[str], row_of: Mapping[str, int], language: str, named: Named) -> None:
        self.form = Struct(f"<{7 + MOST_CONCEPTS}h")
        self._denials, self._row_of, self._language, self._named = denials, row_of, language, named
        self._meanings, self._lexicon = classes(language), lexicon(language)

    def told_of(self, raw: str) -> tuple[bytes, bytes, bytes]:
        """Of a word as it is written, or a mark: the letters whose parts count, the rows of its other features, and what `kernel.lua` reads
        of it: the numbers of its stem, its class and its place in phrases, what it is besides, and its concepts."""
        token, named = token_of(raw, self._language), self._named
        about = self._lexicon.of_word(token)[:MOST_CONCEPTS]
        meaning, stem = self._meanings.get(token), token[:STEM]
        if token.isascii() and token[0].isalpha():  # of which `words.lua` knows the parts
            letters, names = token.encode(), [token, *beside_parts(about, meaning)]
        else:
            letters, names = b"", [*of_word(token, about, meaning)]
        rows = [self._row_of[name] for name in names if name in self._row_of]
        sign = token if token in SIGNS else meaning
        flags = (token in self._denials) | (stem in STOPS) << 1
        flags |= (token == "?") << 2 | (token == "!") << 3 | (token == NUMBER) << 4
        concepts = [named.concepts[one] for one in about]
        return (
            letters,
            pack(f"<{len(rows)}i", *rows),
            self.form.pack(
                0,
                0,
                named.stems.get(stem, 0),
                named.classes.get(sign, named.classes[""]) if sign else 0,
                named.words.get(token, 0),
                flags,
                len(concepts),
                *concepts,
                *[0] * (MOST_CONCEPTS - len(concepts)),
            ),
        )


def _page(runtime: Any, name: str) -> Any:
    """What a page of Lua gives."""
    return runtime.execute((resources.files(__package__) / f"{name}.lua").read_bytes())


def _table(runtime: Any, given: Mapping[str, object]) -> Any:
    """Settings for a page; arrays are bytes."""
    return runtime.table_from({key.encode(): value for key, value in given.items()})
