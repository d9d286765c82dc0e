# SPDX-License-Identifier: AGPL-3.0-or-later
"""Do two names mean one customer? "Fjord Design AS" and "Fjord Design", "Nordmann, Ola" and "Ola Nordmann" do.

Asked only where an e-mail address agrees already, so a misspelling counts as the same. No database.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from purring.doors.intake.fold import fold

_WORDS = re.compile(r"[^\s,;/&+()\"“”«»-]+")
_FORMS_TEXT = """
    ab ag aps as asa bv bvba cc co company corp corporation da eirl ek enk eurl gbr gesmbh gmbh inc incorporated is ivs
    kft kg kommanditgesellschaft limited lda ltd ltda limitada llc llp lp mbh nuf nv og ohg oy oyj plc pty pvt sa sas sarl
    sasu scs sl slu snc spa spol srl srls srlu sro the ug und unipessoal ved vof and et y e og en i
"""
_FORMS = frozenset(_FORMS_TEXT.split())
"""Legal forms and little words that one list has and another leaves out, folded."""
ALIKE = 0.8
"""From this share of equal letters on, two spellings are one word (a slip of a letter in five)."""


def akin(one: str, other: str) -> bool:
    """True when the names are spellings of one; an empty name contradicts nobody."""
    if not one or not other or fold(one) == fold(other):
        return True
    here, there = _telling(one), _telling(other)
    if not here or not there:
        return False
    if _within(here, there) or _within(there, here):
        return True
    pairs = zip(sorted(here), sorted(there), strict=False)
    return len(here) == len(there) and all(
        SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE for a, b in pairs
    )


def _telling(name: str) -> list[str]:
    words = [fold(word) for word in _WORDS.findall(name)]
    return [word for word in words if word and word not in _FORMS] or [word for word in words if word]


def _within(few: list[str], many: list[str]) -> bool:
    """Every word of one stands in the other; a single letter stands for a word that begins with it."""
    left = list(many)
    for word in sorted(few, key=len, reverse=True):
        fitting = [there for there in left if there == word or (1 in (len(word), len(there)) and there[0] == word[0])]
        if not fitting:
            return False
        left.remove(fitting[0])
    return any(len(word) > 1 for word in few)
