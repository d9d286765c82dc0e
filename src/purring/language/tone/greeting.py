# SPDX-License-Identifier: Apache-2.0
"""The greeting of a message: where it is, whom it names, and whether that is the person the facts know."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from purring.language.tone.facts import ToneFacts
from purring.language.tone.folding import Folded, fold
from purring.language.tone.parts import Parts, full_names

_NAME = re.compile(r"[^\W\d_][\w'’-]*")
_NAME_ALONE = re.compile(r"(?<![\w{\[#-])[^\W\d_](?:[^\W\d_]|['’-])*(?![\w}\]])")
"""A name, and no piece of a code: "GB" in "#2904-GB"."""
_FROM = re.compile(r"(?<!\w)(?:from|aus|desde|uit|vanuit|fra|fran|depuis|dall[ae']?|dal|vanaf)\s+$")
_STOP = re.compile(r"[!,:;.–](?=\s|$)|\s[-–]\s")
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
_DIMINUTIVE = re.compile("(?:z?inh[ao]s?|c?it[ao]s?|ill[ao]|uch[ao]|ao|ett[ao]|ucci[ao]|chen|lein|erl|tje)$")
_LINES, _LINES_OF_LETTER = 9, 25
"""At the beginning of a message, where the greeting is looked for: a letter has addresses above it."""
_LONGEST_LINE, _LONGEST_ADDRESS = 110, 40
_WORDS_OF_GREETING = 5
_SAME_BEGINNING = 3
_SHORT_FORM = 6
"""Letters a short form of a name has at most."""


@lru_cache(4_096)
def names_of(*texts: str) -> frozenset[str]:
    """The words of names, folded. The same few are asked for again and again in a message, and in a morning's messages."""
    return frozenset([fold(word) for text in texts for word in _NAME.findall(text)])


class Greeting(NamedTuple):
    """A greeting and its span in the plain text; `formal` when it holds a title."""

    start: int
    end: int
    text: str
    formal: bool


def find_greeting(text: Folded, parts: Parts, facts: ToneFacts, channel: str) -> Greeting | None:
    """The greeting among the first lines; letters begin with addresses."""
    position = 0
    people = names_of(facts.contact_name, facts.customer_name) - parts.all_titles - parts.not_names
    first = True
    lines = _LINES_OF_LETTER if channel == "letter" else _LINES
    for count, line in enumerate(text.plain.split("\n", lines)[:lines]):
        folded = fold(line).lstrip(" \t¡¿*_>").rstrip()
        begins = parts.greeting.match(folded) or parts.greeting.match(_DRAWN_OUT.sub(r"\1", folded[:_LONGEST_ADDRESS]))
        may_name = channel != "letter" and count < 3
        if begins or (may_name and _addresses(line, people)) or (first and _stands_as_greeting(line, parts)):
            end = _end(line, begins.end() if begins else 0, parts)
            words = names_of(line[:end])
            return Greeting(position, position + end, line[:end], not words.isdisjoint(parts.all_titles))
        first = first and not folded
        position += len(line) + 1
    return None


def _addresses(line: str, people: AbstractSet[str]) -> bool:
    """Whether a line begins by calling somebody by name: "Ingrid,", "Fala, Zé! Passando para lembrar"."""
    if not people:
        return False
    said = line if len(line) <= _LONGEST_ADDRESS else ""
    for stop in _STOP.finditer(line, 0, _LONGEST_ADDRESS):
        said = said or line[: stop.start()]
        if not names_of(line[: stop.start()]).isdisjoint(people):
            said = line[: stop.start()]
            break
    known = people | full_names(people)
    return not any(map(str.isdigit, said)) and not (names_of(said) | full_names(names_of(said))).isdisjoint(known)


def _stands_as_greeting(line: str, parts: Parts) -> bool:
    """Whether the first line is a few words by themselves as any greeting is: "Ahoi ihr Lieben!"."""
    said = line.strip()
    words = _NAME.findall(said)
    return (
        said[-1:] in ("!", ",")
        and 1 < len(words) <= _WORDS_OF_GREETING
        and not any(map(str.isdigit, said))
        and not any(len(word) > 2 and word.isupper() for word in words)
        and parts.shout.isdisjoint(map(fold, words))
    )


def _end(line: str, opening: int, parts: Parts) -> int:
    """Where the greeting ends: at the first stop after a word with a capital that is no title, else at the line's end,
    or soon when the line goes on with more."""
    for stop in _STOP.finditer(line, opening, _LONGEST_LINE):
        before = _NAME.findall(line[opening : stop.start()])
        last = fold(before[-1]) if before else ""
        abbreviated = stop[0] == "." and (last in parts.all_titles or last in parts.short or len(last) == 1)
        if before and not abbreviated and any(word[0].isupper() for word in before):
            if _nobody(before, parts) and parts.greeting.match(fold(line[stop.end() : _LONGEST_LINE]).lstrip()):
                continue  # "Spett.le Azienda, gentile signor Rossi": a name is still to come
            return stop.end()
    return min(len(line), _LONGEST_LINE if len(line) <= 60 else 44)


def _nobody(said: list[str], parts: Parts) -> bool:
    """Whether a greeting names nobody yet: no word with a capital is a name, and no title waits for one."""
    words = [fold(word) for word in said if word[0].isupper()]
    return parts.all_titles.isdisjoint(words) and parts.not_names.issuperset(words)


def wrong_name(greeting: Greeting, parts: Parts, facts: ToneFacts) -> tuple[int, int] | None:
    """The span of a name in the greeting that is nobody's in the facts, or of a title of the other gender."""
    known = names_of(facts.contact_name, facts.customer_name)
    if not known:
        return None
    people = known - parts.all_titles - parts.not_names
    folded = fold(greeting.text)
    found = [(*match.span(), folded[match.start() : match.end()]) for match in _NAME_ALONE.finditer(greeting.text)]
    begins = parts.greeting.match(folded.lstrip(" ¡¿"))
    opening = begins.end() if begins else 0
    titles = _title_clash(found, known, parts)
    if titles is not None:
        return greeting.start + titles[0], greeting.start + titles[1]
    names = [one for one in found if one[0] >= opening and greeting.text[one[0]].isupper() and len(one[2]) > 1]
    names = [one for one in names if one[2] not in parts.all_titles and one[2] not in parts.not_names]
    # who writes may say so at once: "Hello, Julie from the salon here"
    own = names_of(facts.sender_name, facts.organisation)
    strange = [one for one in names if one[2] not in people and one[2] not in own and not _is_one_of(one[2], people)]
    if not strange or not people:
        return None
    fitting = [one for one in names if one not in strange]
    if not fitting and _FROM.search(folded[opening : strange[0][0]]):
        return None  # where the greeting comes from
    if not opening and len(names) == 1 and len(names_of(greeting.text)) > 1 and names[0][0] == found[0][0]:
        return None  # a greeting of another tongue, to nobody by name: "Ahoi ihr Lieben"
    if not opening and len(names) > 1 and strange == names[:1]:
        return None  # a greeting of another tongue before a name that fits: "Namaste Ruth"
    contact = names_of(facts.contact_name) - parts.all_titles
    if contact < people:  # the customer's other names are known: "Hej Lisbeth Hallman"
        contact = people
    if fitting and (len(fitting) > 1 or len(contact) < 2):
        return None  # enough fits, or the rest of this person's name is not known
    if fitting and not any(_beside(greeting.text, one, other) for one in strange for other in fitting):
        return None  # it stands apart: "Good morning from Leeds, Ruth"
    return greeting.start + strange[0][0], greeting.start + strange[-1][1]


def _beside(text: str, one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether two words of a greeting make one name."""
    first, second = sorted((one, other))
    return not text[first[1] : second[0]].strip()


def _is_one_of(said: str, people: AbstractSet[str]) -> bool:
    return any(_same(said, person) for person in people)


def _same(said: str, known: str) -> bool:
    """The same name, or a short form of it: "Steffi" for "Stefanie", "Van" in "Vandenberg", "Beppe" for "Giuseppe"."""
    if said == known or known.startswith(said) or said.removesuffix("s").removesuffix("'") == known:
        return True
    if set(said.split("-")) & set(known.split("-")) or known in full_names({said}) or said in full_names({known}):
        return True
    if len(said) < len(known) and len(said) <= _SHORT_FORM and len(said[1:]) >= _SAME_BEGINNING and said[1:] in known:
        return True
    small = _DIMINUTIVE.search(said)  # "Paulinho", "Carmencita", "Lieschen"
    if small is not None and small.start() >= _SAME_BEGINNING and said[:_SAME_BEGINNING] == known[:_SAME_BEGINNING]:
        return True
    short = min(len(said), len(known)) <= _SHORT_FORM and said[-1:] in "iyeos"
    return short and said[:_SAME_BEGINNING] == known[:_SAME_BEGINNING] and len(said) < len(known)


def _title_clash(found: list[tuple[int, int, str]], known: AbstractSet[str], parts: Parts) -> tuple[int, int] | None:
    knows_m, knows_f = bool(known & parts.title_m), bool(known & parts.title_f)
    if knows_m == knows_f:
        return None
    other = parts.title_f if knows_m else parts.title_m
    own = parts.title_m if knows_m else parts.title_f
    clashing = [(start, end) for start, end, word in found if word in other]
    if clashing and not any(word in own for _, _, word in found):
        return clashing[0]
    return None
