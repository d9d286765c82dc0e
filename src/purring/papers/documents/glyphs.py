# SPDX-License-Identifier: Apache-2.0
"""Which characters can be printed, and what is printed in place of one that cannot. Not here: any layout."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib import resources

FALLBACKS = ("Inter", "NotoSansArabic", "NotoSansHebrew", "NotoSansDevanagari", "NotoSansThai")
"""Beginnings of file names in purring/papers/fonts; the text face comes before them."""

INVISIBLE = frozenset("\n\u200b\u200c\u200d\u200e\u200f\u2060\u2068\u2069")
"""Break, joiners and direction marks: they steer, nothing is drawn."""


@lru_cache(16)
def covered(family: str) -> frozenset[str]:
    """The characters that every file of a carried font family has."""
    text = resources.files("purring.papers").joinpath("fonts", "coverage.txt").read_text()
    ranges = next(line.partition(": ")[2] for line in text.splitlines() if line.startswith(f"{family}: "))
    found: set[str] = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(sign for sign in found if is_allowed(sign))


def is_allowed(sign: str) -> bool:
    """False for what PDF/A-3a forbids even with a glyph: the byte order mark, and signs whose meaning is private."""
    return sign not in "\0\ufeff" and unicodedata.category(sign) != "Co"


@lru_cache(8)
def carried(family: str) -> frozenset[str]:
    """Everything that can be printed with a text face and the fallbacks in this package."""
    return frozenset().union(INVISIBLE, covered(family), *(covered(one) for one in FALLBACKS))


def instead(sign: str, known: frozenset[str]) -> str:
    """What is printed for a character without a glyph: its plain equivalent or base letter, else a question mark
    for a letter or digit and nothing for a picture or an invisible sign."""
    for form in ("NFKC", "NFKD"):
        plain = "".join(c for c in unicodedata.normalize(form, sign) if form == "NFKC" or not unicodedata.combining(c))
        if plain and plain != sign and all(c in known for c in plain):
            return plain
    category = unicodedata.category(sign)
    if category == "Zs":
        return " "
    return "?" if category[0] in "LN" else ""


def is_drawn(sign: str) -> bool:
    """False for signs that nobody misses: soft hyphens, joiners, variation selectors, byte order marks."""
    return unicodedata.category(sign) != "Cf" and not "\ufe00" <= sign <= "\ufe0f"


def is_right_to_left(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
