# SPDX-License-Identifier: Apache-2.0
"""Text made comparable, and taken apart into words: without case, accents and the ways around them ("paa" for "på")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_LETTERS = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ı": "i",
        "’": "'",
        "‘": "'",
        "´": "'",
        "`": "'",
        "–": "-",
        "—": "-",
        "«": '"',
        "»": '"',
        "“": '"',
        "”": '"',
    }
)
_DOUBLED = {
    "de": (("ae", "a"), ("oe", "o"), ("ue", "u")),
    "nb": (("aa", "a"), ("ae", "a"), ("oe", "o")),
    "da": (("aa", "a"), ("ae", "a"), ("oe", "o")),
    "sv": (("aa", "a"), ("ae", "a"), ("oe", "o")),
}
_MARKS = re.compile("[\u0300-\u036f]+")
_TELLING = {
    "fr": re.compile(r"(\w{3})(é)\b"),
    "es": re.compile(r"(\w{3})([éó])\b"),
    "pt": re.compile(r"\b()(é)\b", re.IGNORECASE),
    "it": re.compile(r"\b()([èé])(?!\w)", re.IGNORECASE),
}
"""Accents that tell "I paid" from "pay" and "is" from "and"; all others people leave out too often."""

NUMBER = "#"
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+(?:[.,:/'-]\d+)*\w*|[,;:()?!]|\.{2,}|[^\w\s.'\"]")


class Piece(NamedTuple):
    """A part of a text that stands for something: from where to where (code points), and the token that says what."""

    start: int
    end: int
    token: str


def fold(text: str, language: str) -> str:
    """`text` in lower case with plain letters. Not of the same length as `text`. language: a base tag such as `pt`."""
    folded = text.lower().translate(_LETTERS)
    if not folded.isascii():
        folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded))
    for written, plain_letter in _DOUBLED.get(language, ()):
        folded = folded.replace(written, plain_letter)
    return folded


def plain(text: str, language: str) -> str:
    """`text` folded, but with an accent that tells one verb form from another written out ("pagué" -> "pagueh")."""
    pattern = _TELLING.get(language)
    if pattern is not None and not text.isascii():
        text = pattern.sub(lambda match: match[1] + ("oh" if match[2] in "óòÓ" else "eh"), text)
    return fold(text, language)


def tokens(text: str, language: str, pieces: Sequence[Piece] = ()) -> list[str]:
    """The words and marks of `text` in order: folded words, numbers as `#`, each of `pieces` (in order, apart) as its token."""
    if not pieces:
        return _split(text, language)
    found: list[str] = []
    at = 0
    for piece in pieces:
        found += _split(text[at : piece.start], language)
        found.append(piece.token)
        at = piece.end
    return found + _split(text[at:], language)


def _split(text: str, language: str) -> list[str]:
    return [NUMBER if token[0].isdigit() else token for token in _TOKEN.findall(plain(text, language))]
