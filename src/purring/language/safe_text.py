# SPDX-License-Identifier: Apache-2.0
"""Foreign text (names, descriptions, references) made harmless before it stands in a sentence.

One line, no control or direction-changing characters, not endless; a right-to-left name is isolated so that
it does not turn the sentence around. It stays data: braces in a name are never read as a template. Not here:
escaping for HTML, which happens where HTML is made.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from purring.language.formats import NBSP

FIRST_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
_JOINERS = "\u200c\u200d"  # needed inside Persian and Indic words
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs"})
_MARKS_IN_A_ROW = 4


@lru_cache(8192)
def clean(text: str, limit: int = 160) -> str:
    """One safe line of at most `limit` characters; "" stays ""."""
    if not (text.isascii() and text.isprintable()):
        text = _without_tricks(unicodedata.normalize("NFC", text))
    text = " ".join(text.split())
    if len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    if _RIGHT_TO_LEFT.search(text):
        return f"{FIRST_ISOLATE}{text}{POP_ISOLATE}"
    return text


def unbroken(text: str) -> str:
    """A reference or account number that does not break over lines."""
    return clean(text, 80).replace(" ", NBSP)


def _without_tricks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MARKS_IN_A_ROW:
            continue
        if char.isspace():
            kept.append(" ")
        elif category not in _DROPPED or char in _JOINERS:
            kept.append(char)
        elif category == "Cc":
            kept.append(" ")
    return "".join(kept)
