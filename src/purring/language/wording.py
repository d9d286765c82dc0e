# SPDX-License-Identifier: Apache-2.0
"""Wording files: reading them, and picking the wording that fits a situation.

A file is plain text. A line ``== part situation situation 2`` opens a part: its name, the situations it is
for, and a number when there are several wordings of the same. Lines that start with ``#`` are remarks.
``labels.txt`` and ``pages.txt`` hold one short text a line: ``key@situation: text``. The whole format is described in
``wordings/README.md``. Of the parts with one name the one with the most situations that all hold is used.
Not here: what the variables are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from purring.core.errors import Refused
from purring.language.tags import CASES, CHANNELS, STAGES, Channel, Stage, normalise
from purring.language.templates import BadTemplate, Template, compile_template, nearest

FILES: tuple[str, ...] = (*STAGES, "sentences", "greetings", "labels")
"""Without these a language cannot be written at all."""

MORE_FILES: tuple[str, ...] = ("reply", "call", "autopay", "pages")
"""Answers, phone calls, the announcement of automatic payments, and what stands on pages and buttons. A language may still lack them; what it lacks is
told by `completeness.missing`."""

ALL_FILES: tuple[str, ...] = (*FILES, *MORE_FILES)

PLURALS: frozenset[str] = frozenset({"zero", "one", "two", "few", "many", "other"})
"""CLDR's plural categories."""

SITUATIONS: frozenset[str] = frozenset(
    {*STAGES, *CHANNELS, *CASES, "reply", "call"}
    | {
        "silence",
        "received",
        "receipt",
        "satisfaction",
        "single",
        "several",
        "partly_paid",
        "settled",
        "remaining",
    }
    | {"arrived", "overdue", "due_is_today", "same_due_date", "plan", "by_phone", "short", "discount_ending"}
    | {"woman", "man", "given", "surname", "titled", "full", "company", "nobody"}
    | PLURALS
)
"""Situations about the content: what is being said, to whom."""

REGISTERS: frozenset[str] = frozenset(
    {
        "formal",
        "informal",
        "warm",
        "direct",
        "new",
        "regular",
        "long_standing",
        "personal",
        "business",
        "consumer",
    }
)
"""Situations about the manner. They decide only between wordings that fit the content equally well."""

_CONTENT_WEIGHT = 100
_OWN_NAMES: frozenset[str] = frozenset({*STAGES, *MORE_FILES})
"""Files whose parts belong to them alone: "friendly/message", "pages/answer_paid"."""
_LABEL_FILES = frozenset({"labels", "pages"})
_TURNING = frozenset({"message", "subject", "sms", "letter"})
"""Parts that begin with the wording of the register and go on, when repeated, through the other fitting ones."""
_HEADING = re.compile(r"==\s*(?P<name>[a-z_]+)(?P<rest>[^\n]*)")
_LABEL = re.compile(r"(?P<name>[a-z_]+)(?P<tags>(?:@[a-zA-Z_]+)*):\s?(?P<text>.*)")
_REGION = re.compile(r"[A-Z]{2}")
_MOST_PICKED = 200
"""Sets of situations whose choices are kept; a book has some dozens of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One wording of one part."""

    situations: frozenset[str]
    template: Template
    weight: int


@dataclass(slots=True)
class Wording:
    """All wordings of one language: `parts` by name ("friendly/message", "contact", "due_on")."""

    language: str
    parts: dict[str, list[Entry]] = field(default_factory=dict)
    _picked: dict[frozenset[str], dict[str, list[Template]]] = field(default_factory=dict)

    def pick(self, name: str, active: frozenset[str], variant: int = 0) -> Template | None:
        """The wording of a part for the situations that hold; `variant` turns through equal ones."""
        picked = self._picked.get(active)
        if picked is None:
            if len(self._picked) >= _MOST_PICKED:
                self._picked.clear()
            picked = self._picked[active] = {}
        found = picked.get(name)
        if found is None:
            found = picked[name] = _choices(name, self.parts.get(name, ()), active)
        return found[variant % len(found)] if found else None

    def choices(self, name: str, active: frozenset[str]) -> tuple[Template, ...]:
        """All wordings of a part that take turns in these situations, in their order."""
        return tuple(_choices(name, self.parts.get(name, []), active))


def _choices(name: str, entries: Iterable[Entry], active: frozenset[str]) -> list[Template]:
    """The best-fitting wordings. Of a whole message those of the register come first and then the others that say
    the same, so that a second reminder in a warm or formal house differs from the first."""
    fitting = [entry for entry in entries if entry.situations <= active]
    best = max((entry.weight for entry in fitting), default=0)
    first = next((entry.situations for entry in fitting if entry.weight == best), None)
    if first is None:
        return []
    found = [entry.template for entry in fitting if entry.situations == first]
    if name.rpartition("/")[2] in _TURNING:
        content = first - REGISTERS
        found += [e.template for e in fitting if e.situations != first and e.situations - REGISTERS == content]
    return found


def parse(file: str, source: str, language: str) -> dict[str, list[Entry]]:
    """The parts of one wording file. Raises `BadTemplate` with line, column and `file`."""
    lines = source.removeprefix("\ufeff").splitlines()
    try:
        return _labels(file, lines, language) if file in _LABEL_FILES else _sections(file, lines, language)
    except BadTemplate as error:
        error.params["file"] = f"{file}.txt"
        raise


def _labels(file: str, lines: Iterable[str], language: str) -> dict[str, list[Entry]]:
    parts: dict[str, list[Entry]] = {}
    prefix = f"{file}/" if file in _OWN_NAMES else ""
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LABEL.fullmatch(line)
        if match is None:
            raise BadTemplate('a label is written "key: text"', number, 1)
        entry = _entry(match["tags"].split("@")[1:], match["text"].strip(), number, language, f"{file}.txt", number)
        parts.setdefault(prefix + match["name"], []).append(entry)
    return parts


def _sections(file: str, lines: list[str], language: str) -> dict[str, list[Entry]]:
    parts: dict[str, list[Entry]] = {}
    prefix = f"{file}/" if file in _OWN_NAMES else ""
    heading: tuple[str, list[str], int] | None = None
    body: list[str] = []

    def close() -> None:
        if heading is not None:
            name, situations, at = heading
            skipped = next((i for i, text in enumerate(body) if text.strip()), len(body))
            text = "\n".join(body[skipped:]).rstrip()
            if not text:
                raise BadTemplate(f'the part "{name}" is empty', at, 1)
            entry = _entry(situations, text, at + 1 + skipped, language, f"{file}.txt", at)
            parts.setdefault(prefix + name, []).append(entry)

    for number, line in enumerate(lines, 1):
        if line.startswith("=="):
            close()
            match = _HEADING.fullmatch(line.rstrip())
            if match is None:
                raise BadTemplate('a heading is written "== part situation 1"', number, 1)
            words = match["rest"].split()
            heading, body = (match["name"], [word for word in words if not word.isdigit()], number), []
        elif line.startswith("#"):
            body.append("")
        elif heading is None and line.strip():
            raise BadTemplate('text before the first heading; start with "== part"', number, 1)
        else:
            body.append(line)
    close()
    return parts


def _entry(situations: list[str], text: str, line: int, language: str, file: str, heading_line: int) -> Entry:
    weight = 0
    for name in situations:
        if name in SITUATIONS:
            weight += _CONTENT_WEIGHT
        elif name in REGISTERS or _REGION.fullmatch(name):
            weight += 1
        else:
            near = nearest(name, SITUATIONS | REGISTERS)
            why = f"{name!r} is not a known situation; did you mean {near!r}?"
            if not near:
                why = f"{name!r} is not a known situation"
            raise BadTemplate(why, heading_line, 1, near)
    return Entry(frozenset(situations), compile_template(text, language, line, file), weight)


@lru_cache(1)
def _folders() -> dict[str, dict[str, str]]:
    """Built-in wording sources by language; only folders with all of `FILES` count."""
    found = {}
    for tag, files in sources().items():
        if all(file in files for file in FILES):
            found[tag] = files
    return found


def sources() -> dict[str, dict[str, str]]:
    """The wording files of every language folder, finished or not: tag -> file -> text."""
    found = {}
    root = resources.files("purring.language") / "wordings"
    for folder in sorted(root.iterdir(), key=lambda entry: entry.name):
        if folder.is_dir() and not folder.name.startswith(("_", ".")):
            there = [file for file in ALL_FILES if (folder / f"{file}.txt").is_file()]
            found[folder.name] = {file: (folder / f"{file}.txt").read_text("utf-8") for file in there}
    return found


def languages() -> tuple[str, ...]:
    """Tags of the languages every stage of which can be written."""
    return tuple(_folders())


def resolve(tag: str) -> str | None:
    """The wording folder for a tag: the exact one, else the base language's, else None."""
    tag = normalise(tag)
    base = normalise(tag.partition("-")[0])
    return next((name for name in (tag, base) if name in _folders()), None)


def built_in_source(language: str, file: str) -> str:
    """The text of a built-in wording file, for a user who wants their own copy."""
    folder = resolve(language)
    if folder is None or file not in _folders()[folder]:
        raise Refused("no_wording", f"there is no wording file {file!r} in {language!r}")
    return _folders()[folder][file]


@lru_cache(32)
def _built_in(language: str) -> Wording:
    wording = Wording(language)
    for file, source in _folders()[language].items():
        wording.parts.update(parse(file, source, language))
    return wording


@lru_cache(256)
def _merged(language: str, own: tuple[tuple[str, str], ...]) -> Wording:
    wording = Wording(language, dict(_built_in(language).parts))
    for name, source in own:
        file = name.removesuffix(".txt")
        if file not in ALL_FILES:
            near = nearest(file, ALL_FILES)
            hint = f"; did you mean {near!r}?" if near else ""
            raise Refused("no_wording", f"{name!r} is not a wording file{hint}", file=name)
        wording.parts.update(parse(file, source, language))
    return wording


def wording_for(tag: str, own: Mapping[str, str] | None = None) -> Wording:
    """The wordings of a language; each part that the user's own files contain replaces the built-in part
    whole."""
    language = resolve(tag)
    if language is None:
        raise Refused("no_wording", f"there is no wording in the language {tag!r} yet", language=tag)
    return _merged(language, tuple(sorted(own.items()))) if own else _built_in(language)


def has_wording(tag: str, stage: Stage, channel: Channel) -> bool:
    """Whether a message of this stage can be written in this language for this channel."""
    language = resolve(tag)
    part = "sms" if channel == "sms" else "message"
    return language is not None and f"{stage}/{part}" in _built_in(language).parts
