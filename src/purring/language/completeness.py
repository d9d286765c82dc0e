# SPDX-License-Identifier: Apache-2.0
"""What a language still lacks, measured against what English has. Nothing is missing silently.

A language folder can be used as soon as every stage can be written; this says what is not there yet: files, parts,
voices, plural forms, labels, answers. Not here: whether a wording is good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from purring.core.errors import Refused
from purring.language.formats import locale_for, plural
from purring.language.tags import ASKING, CASES, STAGES
from purring.language.variables import CONDITIONS
from purring.language.wording import ALL_FILES, PLURALS, Entry, Wording, parse, sources

COUNTED_TO = 200
"""Counts on a message or page stay below this; the plural forms needed are those of 0 to here."""
OWN_CASES: Mapping[str, tuple[str, ...]] = {
    "follow_up": ("silence", "received"),
    "thank_you": ("settled", "remaining"),
    "check_in": ("receipt", "satisfaction"),
}
"""Stages that say something else in each of these situations."""
GREETED: tuple[frozenset[str], ...] = (
    *(frozenset({form}) for form in ("given", "titled", "full", "company", "nobody")),
    frozenset({"surname", "woman"}),
    frozenset({"surname", "man"}),
)
ALWAYS_NEEDED = ("greeting", "closing", "contact", "see_invoice")
CONSEQUENCES = ("call", "colleague", "pause", "prepay", "charge", "own")
_SHORT_TEXT = 60


def folders() -> tuple[str, ...]:
    """Every language that has been begun."""
    return tuple(sources())


def missing(language: str) -> list[str]:
    """What a language folder lacks against English, one plain line each; empty when it is complete."""
    there = sources()
    if language not in there:
        return [f"there is no folder {language!r}"]
    lacks = [f"{file}.txt: the whole file" for file in ALL_FILES if file not in there[language]]
    wording, unread = _read(language, there[language])
    english, _ = _read("en", there["en"])
    here = frozenset(there[language])
    found = [*_stages(wording), *_labels(wording, english, language), *_sentences(wording, english)]
    found += [*_greetings(wording), *_answers(wording, english), *_announcement(wording), *_copied(wording, english)]
    return [*lacks, *unread, *(line for line in found if line.partition(".txt")[0] in here)]


def _read(language: str, files: Mapping[str, str]) -> tuple[Wording, list[str]]:
    wording, unread = Wording(language), []
    for file, source in files.items():
        try:
            wording.parts.update(parse(file, source, language))
        except Refused as error:
            unread.append(f"{file}.txt: line {error.params.get('line', 1)}: {error.message}")
    return wording, unread


def _stages(wording: Wording) -> Iterator[str]:
    for stage in STAGES:
        for case in OWN_CASES.get(stage, ("",)):
            base = frozenset({stage, case} - {""})
            told = f" {case}" if case else ""

            def count(part: str, *more: str, stage: str = stage, base: frozenset[str] = base) -> int:
                return len(set(wording.choices(f"{stage}/{part}", base | set(more))))

            for part, least in (("subject", 2), ("message", 2), ("sms", 2), ("letter", 1)):
                if count(part) < least:
                    yield f"{stage}.txt: {part}{told}: at least {least} without a register, {count(part)} found"
            for voice in ("warm", "formal", *(("direct",) if stage == "friendly" else ())):
                if count("message", voice) <= count("message"):
                    yield f"{stage}.txt: message{told} {voice}"
        if stage in ASKING and not _fits(wording, f"{stage}/sms", "short"):
            yield f"{stage}.txt: sms short"


def _fits(wording: Wording, part: str, situation: str) -> bool:
    """Whether a part has a wording of its own for a situation."""
    return any(situation in entry.situations for entry in wording.parts.get(part, ()))


def _labels(wording: Wording, english: Wording, language: str) -> Iterator[str]:
    locale = locale_for(language)
    forms = {plural(count, locale) for count in range(COUNTED_TO)}
    for name, entries in english.parts.items():
        file = "pages" if name.startswith("pages/") else "labels"
        if entries[0].template.file != f"{file}.txt":
            continue
        key = name.removeprefix("pages/")
        if name not in wording.parts:
            yield f"{file}.txt: {key}"
        elif any(entry.situations & PLURALS for entry in entries):
            own = wording.parts[name]
            plain = any(not entry.situations & PLURALS for entry in own)
            yield from (
                f"{file}.txt: {key}@{form}"
                for form in sorted(forms)
                if not plain and not any(form in entry.situations for entry in own)
            )
        if name in wording.parts and (lost := _names(entries) - _names(wording.parts[name])):
            yield f"{file}.txt: {key} does not say {', '.join(sorted(lost))}"


def _names(entries: list[Entry]) -> set[str]:
    return {name for entry in entries for name in entry.template.names}


def _sentences(wording: Wording, english: Wording) -> Iterator[str]:
    needed = [name for name in CONDITIONS if name in english.parts]
    needed += [*ALWAYS_NEEDED[1:], *(f"consequence_{code}" for code in CONSEQUENCES)]
    yield from (f"sentences.txt: {name}" for name in needed if name not in wording.parts)
    if not _fits(wording, "offer_discount", "discount_ending"):
        yield "sentences.txt: offer_discount discount_ending"
    for part in ("message", "letter"):
        if any("confirm_receipt" not in entry.template.names for entry in wording.parts.get(f"request/{part}", ())):
            yield f"request.txt: {part}: one that does not use confirm_receipt"


def _greetings(wording: Wording) -> Iterator[str]:
    for form in GREETED:
        if not wording.choices("greeting", form):
            yield f"greetings.txt: greeting {' '.join(sorted(form))}"


def _answers(wording: Wording, english: Wording) -> Iterator[str]:
    for case in CASES:
        for part in ("message", "subject"):
            if not wording.choices(f"reply/{part}", frozenset({"reply", case})):
                yield f"reply.txt: {part} {case}"
        if _fits(english, "call/objection", case) and not _fits(wording, "call/objection", case):
            yield f"call.txt: objection {case}"
    for name in english.parts:
        if name.startswith("call/") and name not in wording.parts:
            yield f"call.txt: {name.removeprefix('call/')}"


def _announcement(wording: Wording) -> Iterator[str]:
    yield from (f"autopay.txt: {part}" for part in ("subject", "message") if f"autopay/{part}" not in wording.parts)


def _copied(wording: Wording, english: Wording) -> Iterator[str]:
    """Sentences that are still the English ones."""
    if wording.language == "en":
        return
    said = {_plain(entry) for entries in english.parts.values() for entry in entries} - {""}
    for name, entries in wording.parts.items():
        for entry in entries:
            if len(_plain(entry)) > _SHORT_TEXT and _plain(entry) in said:
                yield f"{entry.template.file}: {name.rpartition('/')[2]} in line {entry.template.first_line} is in English"


def _plain(entry: Entry) -> str:
    return " ".join(re.sub(r"\{[{%].*?[%}]\}", " ", entry.template.source).split())
