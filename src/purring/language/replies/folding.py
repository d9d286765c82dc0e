# SPDX-License-Identifier: Apache-2.0
"""Text made comparable: without case, accents and the ways around them ("paa" for "på", "fuer" for "für")."""

from __future__ import annotations

import re
import unicodedata

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


def fold(text: str, language: str) -> str:
    """`text` in lower case with plain letters. Not of the same length as `text`."""
    folded = text.lower().translate(_LETTERS)
    if not folded.isascii():
        folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded))
    for written, plain in _DOUBLED.get(language, ()):
        folded = folded.replace(written, plain)
    return folded
