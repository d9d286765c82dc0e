# SPDX-License-Identifier: Apache-2.0
"""Text as the rules see it: lower case, no accents, names and quotations blanked, cut into sentences.

Every character of the folded text stands for one character of the original, so a place found in one is a place in
the other; where marks or invisible characters had to be dropped, `places` leads back.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import charmap_build, charmap_decode, charmap_encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

MASK, NAME = "\x1a", "\x19"
"""Stand for each blanked character, the latter for those of names. They are no word characters, so words never grow over them."""
BLANKED = MASK + NAME
MOST_CHARACTERS = 60_000
"""What is read of a text; no message to a customer is longer."""
LONGEST_SENTENCE = 700
MOST_CHARACTERS_OF_LINK = 2_000

_DROPPED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u00ad\u200b-\u200f\u2060\ufeff]"
)
_SOFT_HYPHEN = "\u00ad"
"""The only one of them that common letters have beside them."""
_WORD = re.compile(r"\w+|§")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_LINK = re.compile(r"[A-Za-z][\w+.-]{0,15}://[^\s<>\"»]*[^\s<>\"».,;:!?)]|www\.\S*\w|[^\s@<>]{1,80}@[^\s@<>]{1,80}")
_SIGNS_OF_LINK = ("://", "@", "www.")
_BEFORE_SIGN = 80
_QUOTED = re.compile(
    r"“[^“”\n]{2,400}”|„[^„“”\"\n]{2,400}[“”\"]|‚[^‚‘’\n]{8,400}[‘’](?!\w)|”(?<![\w.,!?…]”)[^“”„\n]{2,400}”(?!\w)|«[^«»\n]{2,400}»|»[^«»\n]{2,400}«|\"(?<!\w\")[^\"\n]{2,400}\"(?!\w)|‘[^‘’\n]{8,400}’(?!\w)"
)
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.M)
_SIGNS_OF_QUOTES = '">“”„«»‘‚'
_BREAK = re.compile(r"[.!?…\n](?:(?<=\n)\n*|(?<!\n)[.!?…]*[\"»”’)\]]*(?=\s|$))")
"""Marks at the end of a word, or the end of a line and empty ones. One set of first characters is found faster than two branches."""
_PREVIOUS_WORD = re.compile(r"[\w.]+$")
_WRAPPED_FROM = 58
"""A line at least this long that ends without a stop goes on in the next one."""

_REMEMBERED, LONGEST_REMEMBERED = 20_000, 40
"""Words whose keys are kept, and their letters: what is longer is no word, and may be a page."""

_folds: dict[str, str] = {}


def fold_char(char: str) -> str:
    """One character for one: lower case without accents. Letters that are more than an accent stay (ß, æ, œ)."""
    known = _folds.get(char)
    if known is None:
        base = "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
        known = (base if len(base) == 1 else char).lower()
        known = {"ø": "o", "ł": "l", "đ": "d", "’": "'", "‘": "'", "ʼ": "'"}.get(known, known)
        _folds[char] = known = known if len(known) == 1 else char
    return known


def fold(text: str) -> str:
    """Folded text of the same length."""
    if text.isascii():
        return text.lower()
    try:
        return charmap_decode(charmap_encode(text, "strict", _NUMBER_OF_LETTER)[0], "strict", _FOLDED_LETTERS)[0]
    except UnicodeEncodeError:  # a letter that few texts have
        return _fold_any(text)


def _fold_any(text: str) -> str:
    lower = text.lower()
    return _NOT_ASCII.sub(_folded, text if len(lower) != len(text) else lower).lower()


def _folded(match: re.Match[str]) -> str:
    return fold_char(match[0])


_LETTERS = "".join(map(chr, range(256))).encode("latin-1").decode("cp1252", "replace").replace("\ufffd", "\u202f")
"""Those that nearly all texts are written in, so that a page of them is folded at once: each by its number as a folded one."""
_FOLDED_LETTERS = "".join(map(_fold_any, _LETTERS))
_NUMBER_OF_LETTER = charmap_build(_LETTERS)


class Keys(dict[str, tuple[str, ...]]):
    """By what stands between two spaces, which of the keys that are wanted its words have: the word itself, and its beginnings
    of three letters and more with a star. What `pattern.Anchors` are looked up in; most words have none, and each is asked only once."""

    def __init__(self, wanted: Iterable[str]) -> None:
        super().__init__()
        self.wanted = frozenset(wanted)
        self._longest = max(map(len, self.wanted), default=0)

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self.look(chunk)
        if len(chunk) <= LONGEST_REMEMBERED:
            self[chunk] = found
        return found

    def look(self, chunk: str) -> tuple[str, ...]:
        """Those that such a piece has, for who remembers it."""
        words = _WORD.findall(chunk)
        ends = range(3, self._longest)
        own = [*words, *(f"{word[:end]}*" for word in words for end in ends if end <= len(word))]
        return tuple(key for key in own if key in self.wanted)

    def of(self, seen: str) -> set[str]:
        """Those that the words of a folded text have."""
        return set(chain.from_iterable(filter(None, map(self.__getitem__, seen.split()))))


@dataclass(slots=True)
class Folded:
    """A text prepared for the rules. `plain` is the original without invisible characters, `masked` the same blanked, `seen`
    folded too; `sentences` are half-open spans of all three."""

    original: str
    plain: str
    seen: str
    masked: str
    sentences: list[tuple[int, int]]
    places: Sequence[int] | None
    _unlinked: str | None = None

    @property
    def unlinked(self) -> str:
        """`plain` with a space for each web address and what it hangs together with."""
        if self._unlinked is None:
            self._unlinked = without_links(self.plain)
        return self._unlinked

    def keys(self, wanted: Keys, start: int = 0, end: int = MOST_CHARACTERS) -> set[str]:
        """Which of the keys that somebody wants the words between two places of `seen` have."""
        return wanted.of(self.seen[start:end])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of `seen` as one of the original, without white space at its ends."""
        while start < end and self.plain[start].isspace():
            start += 1
        while end > start and self.plain[end - 1].isspace():
            end -= 1
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


def prepare(text: str, names: Iterable[str], short_words: frozenset[str], *, ordinal_dots: bool) -> Folded:
    """Fold a text. `names` are blanked where they stand with their capitals; `short_words` are abbreviations (folded,
    without the dot) after which no sentence ends; with `ordinal_dots` neither does it after "6."."""
    text = text[:MOST_CHARACTERS]
    plain, places = text, None
    if not text.isascii() and _has_dropped(text):
        kept = [index for index, char in enumerate(text) if not _DROPPED.match(char)]
        plain, places = "".join(text[index] for index in kept), [*kept, len(text)]
    masked = _blank(plain, names)
    seen = fold(masked)
    sentences = _sentences(plain, seen, short_words, ordinal_dots)
    return Folded(text, plain, seen, masked, sentences, places)


def _has_dropped(text: str) -> bool:
    try:
        charmap_encode(text, "strict", _NUMBER_OF_LETTER)
    except UnicodeEncodeError:
        return _DROPPED.search(text) is not None
    return _SOFT_HYPHEN in text


def as_one_sentence(masked: str) -> Folded:
    """A sentence that was blanked as a text of its own."""
    return Folded(masked, masked, fold(masked), masked, [(0, len(masked))], None)


def _blank(plain: str, names: Iterable[str]) -> str:
    spans = [(*span, MASK) for span in _links(plain)]
    if any(map(plain.__contains__, _SIGNS_OF_QUOTES)):
        spans += [(*match.span(), MASK) for match in _QUOTED.finditer(plain)]
        if ">" in plain:
            spans += [(*match.span(), MASK) for match in _QUOTED_LINE.finditer(plain)]
    for name in names:
        for start, end in occurrences(plain, name) if name in plain else ():
            if not (plain[start - 1 : start].isalnum() or plain[end : end + 1].isalnum()):
                is_name = end - start > 2 and name[0].isupper() and not name.isupper()
                spans.append((start, end, NAME if is_name else MASK))
    if not spans:
        return plain
    pieces, at = [], 0
    for start, end, mark in sorted(spans):
        if end > at:
            start = max(start, at)
            pieces += [plain[at:start], mark * (end - start)]
            at = end
    return "".join([*pieces, plain[at:]])


def _links(plain: str) -> Iterator[tuple[int, int]]:
    """Web and mail addresses. They are looked for only around their signs, which a text has few of."""
    last = 0
    for start, end in sorted([place for sign in _SIGNS_OF_LINK for place in occurrences(plain, sign)]):
        if start < last:
            continue
        before = plain[max(last, start - _BEFORE_SIGN) : start]
        begin = start - (0 if not before or before[-1].isspace() else len(before.rsplit(None, 1)[-1]))
        tried = (_LINK.match(plain, at, end + MOST_CHARACTERS_OF_LINK) for at in range(begin, end))
        match = next(filter(None, tried), None)
        last = end if match is None else match.end()
        if match is not None:
            yield match.span()


def occurrences(plain: str, sought: str) -> list[tuple[int, int]]:
    """Where something stands."""
    start, length = plain.find(sought), len(sought)
    found: list[tuple[int, int]] = []
    while start >= 0:
        end = start + length
        found.append((start, end))
        start = plain.find(sought, end)
    return found


def without_links(plain: str) -> str:
    """A text with a space for each web address, from one white space to the next."""
    pieces, at = [], 0
    sign = plain.find("://")
    while sign >= 0:
        start, end = sign, sign + 3
        while start > at and not plain[start - 1].isspace():
            start -= 1
        while end < len(plain) and not plain[end].isspace():
            end += 1
        if start < sign and end > sign + 3:
            pieces.append(plain[at:start])
            at = end
        sign = plain.find("://", end)
    return " ".join([*pieces, plain[at:]])


def _sentences(plain: str, seen: str, short_words: frozenset[str], ordinal_dots: bool) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = line = 0
    for match in _BREAK.finditer(seen):
        at, after = match.span()
        mark, end = seen[at], after
        if mark == "\n":
            end = at + 1
            long, line = at - line >= _WRAPPED_FROM, after
            if long and plain[end : end + 1].isalnum() and plain[at - 1] not in ":,":
                continue  # only wrapped: the next line begins with a letter or a figure
        elif mark == "." and end - at == 1 and _inside(plain, seen, start, at, short_words, ordinal_dots):
            continue
        if end - start <= LONGEST_SENTENCE:
            if not seen[start:end].isspace():
                spans.append((start, end))
        else:
            _cut(seen, start, end, spans)
        start = after
    _cut(seen, start, len(seen), spans)
    return spans


def _inside(plain: str, seen: str, start: int, at: int, short_words: frozenset[str], ordinal_dots: bool) -> bool:
    after = plain[at + 2 : at + 3]
    if after.isspace():
        after = plain[at + 2 : at + 40].lstrip()[:1]
    if not after or plain[at + 1] == "\n":
        return False
    if after.islower():
        return True
    before = seen[max(start, at - 24) : at].split(" ")[-1]  # mostly a word, so that it need not be looked for
    if not before.isalnum():
        previous = _PREVIOUS_WORD.search(before)
        if previous is None:
            return False
        before = previous[0].rstrip(".")
    if before in short_words or (len(before) == 1 and before.isalpha()):
        return True
    return ordinal_dots and len(before) <= 2 and before.isdigit() and after.isalpha()


def _cut(seen: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    while end - start > LONGEST_SENTENCE:
        cut = seen.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        cut = cut if cut > 0 else start + LONGEST_SENTENCE
        spans.append((start, cut))
        start = cut
    if seen[start:end].strip():
        spans.append((start, end))
