# SPDX-License-Identifier: Apache-2.0
"""A wording file taken apart into its sections and put together again, and the texts that a person knows: "the friendly
reminder by e-mail" is a subject and a message in several versions.

Not here: what a section means to the engine (`wording`), whether it is right (`compose.check_wording_file`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from purring.language.tags import CASES, STAGES
from purring.language.wording import built_in_source, resolve

LABEL_FILES = frozenset({"labels", "pages"})
ALONE = frozenset({"call", "pages"})
"""The files whose texts stand for themselves: what one says on the phone, what stands on the customer's page."""
EDITABLE: tuple[str, ...] = (*STAGES, "autopay", "reply", "call", "pages", "sentences", "greetings", "labels")
"""The files of which customers read or hear every text."""
SPLIT: tuple[str, ...] = ("silence", "received", "settled", "remaining", "receipt", "satisfaction", *CASES)
"""Situations in which a message is another one for the person who writes it."""
CHANNEL_PARTS: Mapping[str, tuple[str, ...]] = {
    "email": ("subject", "message"),
    "letter": ("letter",),
    "sms": ("sms",),
}

_LABEL = re.compile(r"(?P<heading>[a-z_]+(?:@[a-zA-Z_]+)*):\s?(?P<text>.*)")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of a file with its text. `line` is the first line of the text in the file, from 1."""

    heading: str
    text: str
    line: int

    @property
    def part(self) -> str:
        return part_of(self.heading)

    @property
    def situations(self) -> frozenset[str]:
        return situations_of(self.heading)


@dataclass(frozen=True, slots=True)
class Piece:
    """A text as people know it: `key` is "email", "email.received" or the name of a sentence; `headings` belong to it."""

    file: str
    key: str
    headings: tuple[str, ...]

    @property
    def channel(self) -> str:
        """email, letter or sms; empty for a sentence or a label."""
        name = self.key.partition(".")[0]
        return name if name in CHANNEL_PARTS and self.file not in ("sentences", "greetings", "labels", *ALONE) else ""

    @property
    def situation(self) -> str:
        """What splits it from its neighbours: silence, received, a case; or empty."""
        return self.key.partition(".")[2]


def part_of(heading: str) -> str:
    """The name of the part a heading opens."""
    return re.split("[ @]", heading, maxsplit=1)[0]


def situations_of(heading: str) -> frozenset[str]:
    """The situations a heading names, numbers left out."""
    return frozenset(word for word in re.split("[ @]", heading)[1:] if not word.isdigit())


def sections(file: str, source: str) -> tuple[Section, ...]:
    """The sections of a file in their order, remarks left out. Never refuses: what belongs to none is left out."""
    lines = source.removeprefix("\ufeff").splitlines()
    return _labels(lines) if file in LABEL_FILES else _parts(lines)


def _labels(lines: list[str]) -> tuple[Section, ...]:
    found = ((number, _LABEL.fullmatch(line)) for number, line in enumerate(lines, 1) if not line.startswith("#"))
    return tuple(Section(match["heading"], match["text"].strip(), number) for number, match in found if match)


def _parts(lines: list[str]) -> tuple[Section, ...]:
    found: list[Section] = []
    heading, body, at = "", list[str](), 0
    for number, line in enumerate([*lines, "=="], 1):
        if line.startswith("=="):
            if heading:
                skipped = next((i for i, text in enumerate(body) if text.strip()), len(body))
                found.append(Section(heading, "\n".join(body[skipped:]).rstrip(), at + 1 + skipped))
            heading, body, at = " ".join(line[2:].split()), [], number
        else:
            body.append("" if line.startswith("#") else line)
    return tuple(found)


def source_of(file: str, texts: Mapping[str, str]) -> str:
    """A wording file of these texts by heading."""
    if file in LABEL_FILES:
        return "".join(f"{heading}: {text}\n" for heading, text in texts.items())
    return "\n".join(f"== {heading}\n{text}\n" for heading, text in texts.items())


def replaced(file: str, language: str, base: str, changes: Mapping[str, str]) -> str:
    """The file `base` (a user's own, perhaps empty) with these texts in it. A part stands whole: of one that `base` does not
    have, the other built-in wordings come along."""
    texts = {one.heading: one.text for one in sections(file, base)}
    there = {part_of(heading) for heading in texts}
    touched = {part_of(heading) for heading in changes} - there
    texts |= {one.heading: one.text for one in built_in(file, language) if one.part in touched}
    return source_of(file, {**texts, **changes})


def built_in(file: str, language: str) -> tuple[Section, ...]:
    """The sections of the built-in file. Raises `Refused` (`no_wording`) for an unknown file or language."""
    return _built_in(file, resolve(language) or language)


@lru_cache(512)
def _built_in(file: str, language: str) -> tuple[Section, ...]:
    return sections(file, built_in_source(language, file))


def pieces(file: str, headings: Iterable[str]) -> tuple[Piece, ...]:
    """The texts that these headings of a file make, messages first, in the file's order."""
    all_headings = tuple(headings)
    found: list[Piece] = []
    channel_parts = {part for parts in CHANNEL_PARTS.values() for part in parts}
    whole_file = file in (*STAGES, "autopay", "reply")
    if whole_file:
        for channel, parts in CHANNEL_PARTS.items():
            mine = [heading for heading in all_headings if part_of(heading) in parts]
            split = [situation for situation in SPLIT if any(situation in situations_of(h) for h in mine)]
            for situation in split or [""]:
                fitting = [h for h in mine if not (situations_of(h) & set(SPLIT)) - {situation}]
                own = [h for h in fitting if part_of(h) == "subject"] + [h for h in fitting if part_of(h) != "subject"]
                if own:
                    found.append(Piece(file, f"{channel}.{situation}" if situation else channel, tuple(own)))
    by_part: dict[str, list[str]] = {}
    for heading in all_headings:
        if not (whole_file and part_of(heading) in channel_parts):
            by_part.setdefault(_apart(file, heading), []).append(heading)
    return (*found, *(Piece(file, part, tuple(own)) for part, own in by_part.items()))


def _apart(file: str, heading: str) -> str:
    """The key of a text that is no message: its part; of what one says to an objection, each by itself."""
    part = part_of(heading)
    split = situations_of(heading) & set(CASES) if file == "call" and part == "objection" else ()
    return ".".join((part, *split))


def only(file: str, source: str, wanted: str) -> str:
    """The file with this version as the only wording of its part, fit for every situation: for a look at exactly it."""
    texts = {one.heading: one.text for one in sections(file, source)}
    part = part_of(wanted)
    return source_of(file, {h: text for h, text in texts.items() if part_of(h) != part} | {part: texts[wanted]})
