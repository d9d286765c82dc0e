# SPDX-License-Identifier: Apache-2.0
"""Who answered: a person, an absence note, a system that took a mail in, or a mail server that could not deliver.

Headers say it where they say it (RFC 3834 and what was used before it); else the words do, several signs at once, because
people too go on holiday and thank for messages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from purring.language.replies import bounces
from purring.language.replies.mail import Mail
from purring.language.replies.sentences import Sentence, sentences
from purring.language.replies.signing import is_closing, is_name

WORDS = Path(__file__).with_name("automatic_words.toml")

HUMAN, OUT_OF_OFFICE, AUTO_ACKNOWLEDGEMENT, BOUNCE = "human", "out_of_office", "auto_acknowledgement", "bounce"

IN_SMALL = frozenset({"absent", "taken_in", "system", "thanks", "office", "person"})
"""The lists that are looked for in small letters."""
LOOKED_AT = 3_000
"""Characters; machines say early that they are machines."""
ABSENT, TAKEN_IN = 3, 4
"""What the signs for each must weigh together, those of a person taken off."""

_AUTO_SUBMITTED = re.compile(r"auto-(?:replied|generated|notified)", re.IGNORECASE)
_AUTO_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "junk"})
_AUTO_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply",
    "x-autoresponder",
    "x-mail-autoreply",
    "x-amazon-auto-reply",
)
_SENTENCE_END = re.compile(r"[.!?\n]\s+(?=[A-ZÅÄÖØÆÉ])|\n")
MOST_BELOW = 4
"""Lines from a name to the words of being away in one signature."""
LEAST_SAID, LONGEST_GREETING = 3, 4
"""Words of the shortest answer above a name, and of the longest greeting above that."""
NEAR_BEFORE, NEAR_IN, NEAR_AFTER = 25, 10, 30
"""Characters before and in the words of being away where the one who is away is named, and after them where it says
since when."""
_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")
"""A bracket that would make each group of a list be remembered, which nobody asks for and which costs time."""
_REFERENCE = re.compile(r"#?[A-Z]{0,4}-?\d[\d-]{3,}")


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of mail it is, how sure that is (0 to 1), and the words that show it (may be empty)."""

    name: str
    confidence: float
    quote: str


def kind_of(mail: Mail, reply: str) -> Kind:
    """The kind of a mail, of which `reply` is the newly written part."""
    if bounces.is_bounce(mail):
        return Kind(BOUNCE, 0.97, _first_line(mail.text))
    return _by_headers(mail, reply) or kind_of_text(mail.text, reply, subject=mail.header("subject"))


def kind_of_text(text: str, reply: str, subject: str = "") -> Kind:
    """The kind of a mail of which only the text is known."""
    if bounces.looks_like_bounce(text):
        return Kind(BOUNCE, 0.9, _first_line(text))
    said = f"{subject}\n{reply or text}"[:LOOKED_AT]
    opened = _opening(subject) or _opening(reply)
    signs = {"absent": _own_absence(said)} | {name: _signs(name, said) for name in ("taken_in", "system")}
    if not opened and signs["absent"] and _only_below_name(reply, signs["absent"]):
        signs["absent"] = []
    if opened and _pattern("absence_prefix").match(opened) and not signs["absent"]:
        signs["absent"] = [opened]
    if not opened and not signs["absent"] and not signs["taken_in"] and len(signs["system"]) < 2:
        return Kind(HUMAN, 1.0, "")
    signs |= {name: _signs(name, said) for name in ("thanks", "office", "person")}
    if not opened and not signs["thanks"] and _says_too_little(signs):
        signs["absent"] = []
    person = 2 * min(len(signs["person"]), 2) + 2 * ("?" in _pattern("urgent").sub("", reply))
    opening = 5 * bool(opened)
    absent = bool(signs["absent"]) * (
        2 + min(len(signs["absent"]), 3) + 2 * bool(signs["thanks"]) + min(len(signs["office"]), 2) + opening - person
    )
    logged = 2 * min(len(signs["taken_in"]), 2) + 2 * min(len(signs["system"]), 2) + bool(signs["thanks"]) + opening
    logged += bool(signs["taken_in"]) and _REFERENCE.search(said) is not None
    logged = (logged - person) * bool(signs["taken_in"] or len(signs["system"]) > 1 or opened)
    if absent >= ABSENT and absent >= logged - 1:
        return Kind(OUT_OF_OFFICE, _sure(absent, ABSENT), _sentence_of(reply, signs["absent"]))
    if logged > TAKEN_IN:
        return Kind(
            AUTO_ACKNOWLEDGEMENT, _sure(logged, TAKEN_IN), _sentence_of(reply, signs["taken_in"] or signs["system"])
        )
    return Kind(HUMAN, 1.0, "")


def _only_below_name(reply: str, absent: Sequence[str]) -> bool:
    """Whether a person's answer stands above a name, and the words of being away only below it, as in a signature: "Paid on Monday.
    / Marion Reeve / Our office is closed from 6 to 13 March". An absence note may be signed like that too; what it says above
    the name is a greeting, thanks for the message, or where to turn."""
    first = min(map(reply.find, absent))
    if first < 0:
        return False  # the subject says it
    above = reply[:first].rpartition("\n")[0].split("\n")
    name = next((at for at in range(len(above) - 1, 0, -1) if is_name(above[at])), None)
    if name is None or len(above) - name > MOST_BELOW or not all(line.strip() for line in above[name:]):
        return False
    lines = [line.strip() for line in above[:name] if line.strip()]
    if lines and (lines[0].endswith((",", "!")) or is_name(lines[0])) and len(lines[0].split()) <= LONGEST_GREETING:
        del lines[0]
    if lines and is_closing(lines[-1]):
        del lines[-1]
    said = "\n".join(lines)
    if len(said.split()) < LEAST_SAID:
        return False
    return not any(_signs(name, said) for name in ("absent", "thanks", "taken_in", "system", "office"))


def _says_too_little(signs: dict[str, list[str]]) -> bool:
    """Whether people say by the same words that somebody has left, or that they see to it when they are back."""
    names = ("gone",) if signs["office"] else ("gone", "coming")
    return all(any(_pattern(name).search(sign) for name in names) for sign in signs["absent"])


def _by_headers(mail: Mail, reply: str) -> Kind | None:
    """An automatic answer that says so in its headers."""
    marked = (
        _AUTO_SUBMITTED.match(mail.header("auto-submitted"))
        or mail.header("precedence").strip().lower() in _AUTO_PRECEDENCE
        or any(mail.has(name) for name in _AUTO_HEADERS)
    )
    if not marked:
        return None
    said = f"{mail.header('subject')}\n{reply}"[:LOOKED_AT]
    absent = _own_absence(said)
    taken_in = _signs("taken_in", said)
    opened = _opening(mail.header("subject"))
    if not absent and not taken_in and not opened and _signs("person", said):
        return None  # written by a person in a help desk's program
    if absent or (not taken_in and opened):
        return Kind(OUT_OF_OFFICE, 0.98, _sentence_of(reply, absent))
    return Kind(AUTO_ACKNOWLEDGEMENT, 0.95, _sentence_of(reply, taken_in))


def _opening(text: str) -> str:
    """What a mail program put before an automatic answer, "" when nothing."""
    match = _pattern("prefix").match(text.lstrip(" *[(!#-"))
    return match[0] if match else ""


def _signs(name: str, text: str) -> list[str]:
    """The different things of one list that stand in a text."""
    return list(dict.fromkeys(text[match.start() : match.end()] for match in _pattern(name).finditer(_small(text))))


def _own_absence(text: str) -> list[str]:
    """The different words by which the writer, not somebody the writer tells of, is away."""
    found = []
    small = _small(text)
    for match in _pattern("absent").finditer(small):
        before = _SENTENCE_END.split(text[max(0, match.start() - NEAR_BEFORE) : match.start() + NEAR_IN])[-1]
        behind = _SENTENCE_END.split(text[match.start() : match.end() + NEAR_AFTER])[0]
        told = text[max(0, match.start() - NEAR_BEFORE) : match.start()]  # "seit dem 3. März bin ich im Krankenstand"
        if not _pattern("third").search(before) and not any(_pattern("since").search(side) for side in (behind, told)):
            found.append(text[match.start() : match.end()])
    return list(dict.fromkeys(found))


def _small(text: str) -> str:
    """A text in small letters, each where it was; with them the long lists are searched several times faster."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def _sure(weight: int, enough: int) -> float:
    return round(min(0.98, 0.75 + 0.06 * (weight - enough)), 2)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:200]


def _sentence_of(reply: str, signs: list[str]) -> str:
    """The sentence in which the first of these signs stands."""
    for sign in signs:
        at = reply.find(sign)
        if at >= 0:
            return next((reply[one.start : one.end] for one in sentences(reply) if one.start <= at < one.end), sign)
    return _first_line(reply)


def returning(text: str) -> list[tuple[Sentence, bool, bool]]:
    """Sentences of an absence note: each with whether it tells of coming back, and whether its days are absent ones."""
    return [
        (one, _pattern("back").search(one.text) is not None, _pattern("inclusive").search(one.text) is not None)
        for one in sentences(text)
    ]


def back_words(text: str) -> list[tuple[int, int]]:
    """Where the words of coming back stand."""
    return [match.span() for match in _pattern("back").finditer(text)]


@cache
def _pattern(name: str) -> re.Pattern[str]:
    with WORDS.open("rb") as file:
        words = [_CAPTURING.sub("(?:", word) for word in tomllib.load(file)[name]]
    flags = re.MULTILINE if name in IN_SMALL else re.IGNORECASE | re.MULTILINE
    if name.endswith("prefix"):
        return re.compile("(?:" + "|".join(words) + ")", flags)
    end = r"(?!\w)" if name in ("third", "since") else ""
    return re.compile(r"(?<!\w)(?:" + "|".join(words) + ")" + end, flags)
