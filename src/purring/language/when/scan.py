# SPDX-License-Identifier: Apache-2.0
"""A text as folded tokens with their places: what all readers of this package look at.

Folding makes "Förfaller", "forfaller" and "FÖRFALLER" one word, because people on telephones leave out accents.
Hyphens and apostrophes inside words part tokens and vanish ("vingt-cinq", "d'ici"), so patterns need not know
them. Addresses of mails and web pages are blanked out: their digits mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from unicodedata import normalize

_TOKEN = re.compile(
    r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*"  # a word, accents possibly apart
    r"|\d+"
    r"|\n[ \t\r>]*\n\s*"  # an empty line
    r"|[^\w\s'’ʼ`´]|_"
)
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
_DASHES = {"–": "-", "—": "-", "‑": "-", "−": "-", "‐": "-"}
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ł": "l", "ı": "i", "å": "aa"})
_OTHER_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "a"}

BREAK = "\n\n"
"""The folded form of an empty line."""


@lru_cache(65536)
def fold(word: str) -> str:
    """Lower case without accents: "Märchen" -> "marchen", "Åse" -> "aase", "æ" -> "ae"."""
    word = word.lower()
    if word.isascii():
        return word
    kept = normalize("NFKD", normalize("NFC", word).translate(_LETTERS))
    return "".join(char for char in kept if not "\u0300" <= char <= "\u036f")


def spellings(word: str) -> tuple[str, ...]:
    """The folded form of a word of ours, then the one of people without the letters: "für" -> fur, fuer."""
    if word.isascii():
        return (word.lower(),)
    full = other = normalize("NFC", word.lower())
    for letter, instead in _OTHER_LETTERS.items():
        other = other.replace(letter, instead)
    first, second = fold(full), fold(other)
    return (first,) if first == second else (first, second)


class Scan:
    """Tokens of one text: folded words, digits, punctuation; `starts` and `ends` are code points."""

    __slots__ = ("ends", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        if "@" in text or "://" in text or "www." in text:
            text = _ADDRESS.sub(lambda found: "\ufffc" + " " * (len(found.group()) - 1), text)
        self.text = text
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        add_word, add_start, add_end = self.words.append, self.starts.append, self.ends.append
        for found in _TOKEN.finditer(text):
            token = found.group()
            start, end = found.span()
            first = token[0]
            if first.isalpha():
                token = fold(token)
            elif first in "-–—‑−‐":
                if text[start - 1 : start].isalpha() and text[end : end + 1].isalpha():
                    continue
                token = "-"
            elif first == "\n":
                token = BREAK
            elif first.isdigit() and not first.isdecimal():  # "²", "①": no number to count with
                token = "\ufffc"
            add_word(token)
            add_start(start)
            add_end(end)

    def __len__(self) -> int:
        return len(self.words)

    def word(self, index: int) -> str:
        """The folded token, "" outside the text."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def glued(self, index: int) -> bool:
        """True when nothing stands between this token and the one before it."""
        return 0 < index < len(self.words) and self.starts[index] == self.ends[index - 1]

    def index_at(self, offset: int, near: int) -> int:
        """The first token, from `near` on, that starts at or after a code point."""
        index = near
        while index < len(self.words) and self.starts[index] < offset:
            index += 1
        return index

    def in_code(self, index: int, names: Container[str] = ()) -> bool:
        """True when the digits at `index` are part of a longer sign: "HT-2608", "2026/19", "R2D2", "v3.1"; `names` (of
        months) make none: "2-okt"."""
        words = self.words
        if self.glued(index):
            before = words[index - 1]
            if before in names:
                return False
            if before[0].isalnum() or before in "#_":
                return True
            if before in "-/." and self.glued(index - 1) and words[index - 2][0].isalnum():
                far = words[index - 2]
                if far in names:
                    return False
                if not (before == "-" and far.isdigit() and len(far) <= 2) and not (before == "." and far.isalpha()):
                    return True
        if index + 1 < len(words) and self.glued(index + 1):
            after = words[index + 1]
            if after in "_/" and self.glued(index + 2) and words[index + 2][0].isalnum():
                return words[index + 2] not in names
        return False
