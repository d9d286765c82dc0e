# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words as they are looked for: without case, accents and punctuation; amounts however they are written.

The same folding makes the entries and the questions, so both databases find the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from purring.core.money import to_text

WORD = re.compile(r"[^\W_]+")
LONGEST, MOST = 60, 400
"""Characters of a word, and words of a text, that are kept."""
MOST_ASKED = 8
LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""As people write these letters where the keyboard lacks them: Mueller for Müller."""
AMOUNT = re.compile(r"\d[\d.,'’\s]*")
SPACES = re.compile(r"[\s'’]")


@lru_cache(50_000)
def fold(word: str) -> str:
    """One word without case and accents: `Müller` is `muller`."""
    if word.isascii():
        return word.lower()[:LONGEST]
    plain = unicodedata.normalize("NFKD", word.casefold().translate(LETTERS))
    return "".join(char for char in plain if char.isalnum())[:LONGEST]


def words(text: str) -> list[str]:
    """The folded words of a question, in order."""
    return [folded for word in WORD.findall(unicodedata.normalize("NFC", text)) if (folded := fold(word))]


def spellings(texts: Iterable[str]) -> list[str]:
    """The folded words of texts, each once, with the ways in which they are written without special letters."""
    found: dict[str, None] = {}
    for text in texts:
        for word in WORD.findall(unicodedata.normalize("NFC", text)):
            if folded := fold(word):
                found[folded] = None
                if not word.isascii():
                    found[fold(word.casefold().translate(WRITTEN_OUT))] = None
        if len(found) >= MOST:
            break
    return list(found)[:MOST]


def compact(text: str) -> str:
    """A name or number in one piece: `F-2026/0012` is `f20260012`."""
    return "".join(words(text))[:LONGEST]


def scope(organization_id: int, group: str) -> str:
    """The word that every entry of one organization's group carries, and no other."""
    return f"o{organization_id}g{group}"


def amount_word(minor: int, currency: str) -> str:
    """An amount as one word, whatever its currency's decimals: 1234.50 is `x1234d5`."""
    return _amount(to_text(minor, currency))


def _amount(text: str) -> str:
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return f"x{whole.lstrip('0') or '0'}" + (f"d{fraction}" if fraction else "")


def asked_amounts(text: str) -> list[str]:
    """The words of the amounts that a question may mean: `1 234,50`, `1,234.50`, `1.234`, `1'234.50 kr`."""
    found = [match for match in AMOUNT.findall(text) if sum(char.isdigit() for char in match) <= 15]
    if len(found) != 1 or len(words(AMOUNT.sub(" ", text))) > 1:  # beside a currency at most
        return []
    written = SPACES.sub("", found[0]).rstrip(".,")
    marks = [char for char in written if char in ".,"]
    readings = {written.replace(",", "").replace(".", "")} if len(set(marks)) < 2 else set()
    if marks and (marks.count(marks[-1]) == 1):  # the last mark may be the decimal one
        whole, fraction = written.rsplit(marks[-1], 1)
        if len(fraction) <= 3:
            readings.add(f"{whole.replace(',', '').replace('.', '')}.{fraction}")
        if len(fraction) != 3 and len(set(marks)) < 2:
            readings.discard(written.replace(",", "").replace(".", ""))
    return sorted(_amount(one) for one in readings)
