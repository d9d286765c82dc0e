# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two texts compared as people read them: by lines, and within a changed line by words."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

_WORDS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\s+|\w+|[^\w\s]", re.S)


class Stretch(NamedTuple):
    """Some words and what became of them: `same`, `gone` or `new`."""

    kind: str
    text: str


def compared(before: str, after: str) -> list[list[Stretch]]:
    """The lines of both texts in one, each as stretches; a changed line shows what went and what came, word by word."""
    old, new = before.split("\n"), after.split("\n")
    lines: list[list[Stretch]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [[Stretch("same", line)] for line in old[a:b]]
            continue
        pairs = min(b - a, d - c)
        lines += [_line(old[a + i], new[c + i]) for i in range(pairs)]
        lines += [[Stretch("gone", line)] for line in old[a + pairs : b]]
        lines += [[Stretch("new", line)] for line in new[c + pairs : d]]
    return lines


def _line(before: str, after: str) -> list[Stretch]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Stretch] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Stretch("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Stretch("gone", "".join(old[a:b])))
        if d > c:
            found.append(Stretch("new", "".join(new[c:d])))
    return found
