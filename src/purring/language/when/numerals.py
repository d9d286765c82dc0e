# SPDX-License-Identifier: Apache-2.0
"""Numbers written as words, of any of our languages, from the parts a vocabulary lists.

"two thousand five hundred", "zweitausendfünfhundert", "quatre-vingt-dix", "femoghalvtreds", "milleduecento": a number
is a run of parts, each of which adds to or multiplies what came before. Where a language writes numbers solid,
a word is cut into such parts. What may follow what is one rule for all languages: a part only fills an empty place
("twenty five" is one number, "two three" are two).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from purring.language.when.scan import Scan, spellings

_MEMO_SIZE = 20_000


class Number(NamedTuple):
    """A number read from tokens: its value, the token after it, whether it is an ordinal."""

    value: Decimal
    after: int
    ordinal: bool
    words: bool


class _Sum:
    """What has been read of a number so far."""

    __slots__ = ("current", "joined", "least", "total")

    def __init__(self) -> None:
        self.total, self.current, self.least, self.joined = Decimal(0), Decimal(0), Decimal(10) ** 15, False

    def copy(self) -> _Sum:
        other = _Sum()
        other.total, other.current, other.least, other.joined = self.total, self.current, self.least, self.joined
        return other

    @property
    def value(self) -> Decimal:
        return self.total + self.current

    def take(self, part: Decimal, *, vigesimal: bool, most_hundreds: int = 100) -> bool:
        """Add or multiply one part; False when it has no place here."""
        current, below = self.current, self.current % 100
        self.joined, joined = False, self.joined
        if part >= 1000:
            if part >= self.least and current == 0 and self.total < part and not joined:  # "mil millones"
                self.total, self.least = self.total * part, part
                return True
            if part >= self.least or (current == 0 and joined):
                return False
            self.total += (current or Decimal(1)) * part
            self.current, self.least = Decimal(0), part
            return True
        if part == 100:
            if current >= most_hundreds or current != int(current):
                return False
            self.current = (current or Decimal(1)) * 100
            return True
        if part >= 100:
            self.current += part
            return current == 0
        if vigesimal and part == 20 and below == 4:
            self.current += 76
            return True
        fits = (
            below == 0
            or (part < 10 and below >= 20 and below % 10 == 0)
            or (part >= 20 and below < 10 and joined)
            or (vigesimal and below in (60, 80) and 10 <= part < 20)
            or (vigesimal and below % 20 == 10 and 7 <= part <= 9)
        )
        if not fits or (part < 1 and current):
            return False
        self.current += part
        return True


@dataclass
class Numerals:
    """The number words of one language, compiled from its vocabulary."""

    cardinals: Mapping[str, Decimal]
    ordinals: Mapping[str, Decimal]
    joins: frozenset[str]
    articles: frozenset[str]
    halves: tuple[tuple[str, ...], ...]
    solid: bool
    vigesimal: bool
    most_hundreds: int = 100
    respelt: Mapping[str, str] = field(default_factory=dict)
    _half_words: frozenset[str] = field(init=False)
    _shape: re.Pattern[str] = field(init=False)
    _memo: dict[str, tuple[tuple[Decimal | None, ...], bool] | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._half_words = frozenset(half[0] for half in self.halves)
        parts = sorted({*self.cardinals, *self.ordinals, *(self.joins if self.solid else ())}, key=len, reverse=True)
        self._parts = parts
        self._shape = re.compile(f"(?:{'|'.join(map(re.escape, parts))})+" if self.solid else r"(?!)")

    def parts_of(self, word: str) -> tuple[tuple[Decimal | None, ...], bool] | None:
        """The parts of a word (None stands for "and") and whether it ends as an ordinal; None if it is no number."""
        memo = self._memo
        if word in memo:
            return memo[word]
        if len(memo) > _MEMO_SIZE:
            memo.clear()
        found: tuple[tuple[Decimal | None, ...], bool] | None = None
        if word in self.cardinals:
            found = ((self.cardinals[word],), False)
        elif word in self.ordinals:
            found = ((self.ordinals[word],), True)
        elif self.solid and len(word) > 4:
            spelt = word
            for short, full in self.respelt.items():  # one letter for two where parts meet: "ettusen"
                spelt = spelt if full in spelt else spelt.replace(short, full)
            if self._shape.fullmatch(spelt):
                found = self._cut(spelt, _Sum(), ())
        memo[word] = found
        return found

    def value_of(self, word: str) -> Decimal | None:
        """The value of one word, None if it is no cardinal number."""
        parts, running = self.parts_of(word), _Sum()
        return running.value if parts and not parts[1] and self._add(running, parts[0]) else None

    def _cut(
        self, rest: str, so_far: _Sum, parts: tuple[Decimal | None, ...]
    ) -> tuple[tuple[Decimal | None, ...], bool] | None:
        for part in self._parts:
            if not rest.startswith(part):
                continue
            left = rest[len(part) :]
            if part in self.joins and parts and left:
                joined = so_far.copy()
                joined.joined = True
                found = self._cut(left, joined, (*parts, None))
                if found:
                    return found
            for values, ordinal in ((self.cardinals, False), (self.ordinals, True)):
                if part not in values or (ordinal and left):
                    continue
                after = so_far.copy()
                if after.take(values[part], vigesimal=self.vigesimal, most_hundreds=self.most_hundreds):
                    now = (*parts, values[part])
                    found = (now, ordinal) if not left else self._cut(left, after, now)
                    if found:
                        return found
        return None

    def read(self, scan: Scan, index: int) -> Number | None:
        """The longest number in words at a token, or None."""
        words, count = scan.words, len(scan.words)
        if self.parts_of(words[index]) is None and words[index] not in self.articles:
            return None
        running, position, best = _Sum(), index, None
        if words[index] in self.articles:
            following = self.parts_of(words[index + 1]) if index + 1 < count else None
            if following and following[0][0] is not None and following[0][0] >= 100:
                position += 1
        while position < count:
            word = words[position]
            if best and (word in self.joins or word in self._half_words):
                half = self._half(words, position)
                if half:
                    running.current += Decimal("0.5")
                    position = half
                    best = Number(running.value, position, False, True)
                    continue
            if best and word in self.joins:
                running.joined = True
                position += 1
                continue
            if word == "," and running.total and not running.current and position + 1 < count:
                following = self.parts_of(words[position + 1])  # "one thousand, two hundred"
                if following and scan.word(position + 2) in self.cardinals and not following[1]:
                    position, word = position + 1, words[position + 1]
            parts = self.parts_of(word)
            if parts is None or not self._add(running, parts[0]):
                break
            position += 1
            best = Number(running.value, position, parts[1], True)
            if parts[1] and not self._ordinal_goes_on(words, position, parts[0][-1]):
                break
        return best

    def _ordinal_goes_on(self, words: Sequence[str], position: int, last: Decimal | None) -> bool:
        """Whether a ten said as an ordinal is followed by its unit: "vigésimo segundo"."""
        following = self.ordinals.get(words[position]) if position < len(words) else None
        return bool(last and last % 10 == 0 and following and following < 10 and not self.solid)

    def scaled(self, scan: Scan, index: int, value: Decimal) -> tuple[Decimal, int]:
        """A number in digits with a multiplying word after it: 3 "tusen" -> 3000; else unchanged."""
        while index < len(scan.words):
            half = self._half(scan.words, index)
            if half:
                value, index = value + Decimal("0.5"), half
                continue
            factor = self.cardinals.get(scan.words[index])
            if factor is None or factor < 100 or 100 < factor < 1000 or value >= factor:
                break
            if factor == 100 and self.most_hundreds < 100:  # "12 cents" in French is small change
                break
            value, index = value * factor, index + 1
        return value, index

    def _half(self, words: Sequence[str], index: int) -> int:
        for half in self.halves:
            if tuple(words[index : index + len(half)]) == half:
                return index + len(half)
        return 0

    def _add(self, running: _Sum, parts: Sequence[Decimal | None]) -> bool:
        for part in parts:
            if part is None:
                running.joined = True
            elif not running.take(part, vigesimal=self.vigesimal, most_hundreds=self.most_hundreds):
                return False
        return True


def pairs(listed: str) -> dict[str, Decimal]:
    """ "one 1 two/pair 2" -> each spelling with its value."""
    words = listed.split()
    named = [
        (name, Decimal(value))
        for names, value in zip(words[::2], words[1::2], strict=True)
        for name in names.split("/")
    ]
    found = {spellings(name)[0]: value for name, value in named}
    for name, value in named:  # a true word wins over another one without its accents: åttende 8, attende 18
        for spelling in spellings(name)[1:]:
            found.setdefault(spelling, value)
    return found
