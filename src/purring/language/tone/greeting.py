# SPDX-License-Identifier: Apache-2.0
"""The greeting of a message: where it is, whom it names, and whether that is the person the facts know."""

from __future__ import annotations

import re
from dataclasses import dataclass

from purring.language.tone.facts import ToneFacts
from purring.language.tone.folding import Folded, fold
from purring.language.tone.parts import Parts

_NAME = re.compile(r"[^\W\d_][\w'’-]*")
_STOP = re.compile(r"[!,:;.–](?=\s|$)|\s[-–]\s")
_LONGEST_LINE = 110
_SAME_BEGINNING = 3
_SHORT_FORM = 6
"""Letters a short form of a name has at most."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """A greeting and its span in the plain text; `formal` when it holds a title."""

    start: int
    end: int
    text: str
    formal: bool


def find_greeting(text: Folded, parts: Parts, facts: ToneFacts, channel: str) -> Greeting | None:
    """The greeting among the first lines; letters begin with addresses."""
    position = 0
    people = _words(f"{facts.contact_name} {facts.customer_name}") - parts.all_titles
    for count, line in enumerate(text.plain.split("\n")):
        if count > (24 if channel == "letter" else 8):
            break
        folded = fold(line).lstrip(" \t¡¿*_>").rstrip()
        head = folded[:_LONGEST_LINE]
        begins = any(head.startswith(word) and not head[len(word) : len(word) + 1].isalnum() for word in parts.greeting)
        named = (
            channel != "letter"
            and count < 3
            and len(folded) <= 40
            and not any(char.isdigit() for char in folded)
            and not _words(line).isdisjoint(people)
        )
        if begins or named:
            opening = next((len(word) for word in parts.greeting if head.startswith(word)), 0)
            end = _end(line, opening, parts)
            words = _words(line[:end])
            return Greeting(position, position + end, line[:end], not words.isdisjoint(parts.all_titles))
        position += len(line) + 1
    return None


def _end(line: str, opening: int, parts: Parts) -> int:
    """Where the greeting ends: at the first stop after a word with a capital that is no title, else at the line's end,
    or soon when the line goes on with more."""
    for stop in _STOP.finditer(line, opening):
        before = _NAME.findall(line[opening : stop.start()])
        last = fold(before[-1]) if before else ""
        abbreviated = stop[0] == "." and (last in parts.all_titles or last in parts.short or len(last) == 1)
        if before and not abbreviated and any(word[0].isupper() for word in before):
            return stop.end()
    return min(len(line), _LONGEST_LINE if len(line) <= 60 else 44)


def _words(text: str) -> set[str]:
    return {fold(word) for word in _NAME.findall(text)}


def wrong_name(greeting: Greeting, parts: Parts, facts: ToneFacts) -> tuple[int, int] | None:
    """The span of a name in the greeting that is nobody's in the facts, or of a title of the other gender."""
    known = _words(f"{facts.contact_name} {facts.customer_name}")
    if not known:
        return None
    people = known - parts.all_titles - parts.not_names
    found = [(match.start(), match.end(), match[0]) for match in _NAME.finditer(greeting.text)]
    opening = len(next((word for word in parts.greeting if fold(greeting.text).lstrip(" ¡¿").startswith(word)), ""))
    titles = _title_clash(found, known, parts)
    if titles is not None:
        return greeting.start + titles[0], greeting.start + titles[1]
    names = [
        (start, end, fold(word))
        for start, end, word in found
        if start >= opening and word[0].isupper() and len(word) > 1
    ]
    names = [one for one in names if one[2] not in parts.all_titles and one[2] not in parts.not_names]
    # who writes may say so at once: "Hello, Julie from the salon here"
    own = _words(f"{facts.sender_name} {facts.organisation}")
    strange = [one for one in names if one[2] not in own and not any(_same(one[2], person) for person in people)]
    if not strange or not people:
        return None
    if not opening and len(names) > 1 and strange == names[:1]:
        return None  # a greeting of another tongue before a name that fits: "Namaste Ruth"
    if len(strange) < len(names) and len(_words(facts.contact_name) - parts.all_titles) < 2:
        return None  # one name fits, and the rest of this person's name is not known
    return greeting.start + strange[0][0], greeting.start + strange[-1][1]


def _same(said: str, known: str) -> bool:
    """The same name, or a short form of it: "Steffi" for "Stefanie", "Van" in "Vandenberg", "Beppe" for "Giuseppe"."""
    if said == known or known.startswith(said) or said.removesuffix("s").removesuffix("'") == known:
        return True
    if set(said.split("-")) & set(known.split("-")):
        return True
    if len(said) < len(known) and len(said) <= _SHORT_FORM and len(said[1:]) >= _SAME_BEGINNING and said[1:] in known:
        return True
    short = min(len(said), len(known)) <= _SHORT_FORM and said[-1:] in "iyeos"
    return short and said[:_SAME_BEGINNING] == known[:_SAME_BEGINNING] and len(said) < len(known)


def _title_clash(found: list[tuple[int, int, str]], known: set[str], parts: Parts) -> tuple[int, int] | None:
    knows_m, knows_f = bool(known & parts.title_m), bool(known & parts.title_f)
    if knows_m == knows_f:
        return None
    other = parts.title_f if knows_m else parts.title_m
    own = parts.title_m if knows_m else parts.title_f
    clashing = [(start, end) for start, end, word in found if fold(word) in other]
    if clashing and not any(fold(word) in own for _, _, word in found):
        return clashing[0]
    return None
