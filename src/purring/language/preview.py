# SPDX-License-Identifier: Apache-2.0
"""Read the composed words of a language: ``python -m purring.language.preview en --stage friendly``.

Prints subject, text, number of words (or SMS segments) and whatever the check finds, for sample situations; with
`--part` also answers, call sheets, letters and page texts. What the language lacks stands at the end.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from purring.core.errors import Refused
from purring.language import sms
from purring.language.answering import check_answer, compose_answer
from purring.language.calling import CallSheet, call_sheet
from purring.language.check import Finding, check_words
from purring.language.completeness import missing
from purring.language.compose import Words, compose, words_besides_lists
from purring.language.letter import Letter, letter
from purring.language.pages import Pages
from purring.language.samples import (
    ANSWER_SITUATIONS,
    SITUATION_NAMES,
    sample_answer_facts,
    sample_facts,
    sample_lacks,
    sample_words,
)
from purring.language.tags import CASES, CHANNELS, STAGES, VOICES, Voice
from purring.language.wording import resolve

PARTS = ("messages", "letters", "answers", "call", "pages")


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing to read: where it belongs, the text, what is wrong with it, its HTML."""

    where: str
    text: str
    findings: tuple[Finding, ...] = ()
    html: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0, or 1 when something could not be written or has a blocking finding."""
    options = _parser().parse_args(arguments)
    language = resolve(options.language)
    if language is None:
        lacks = missing(options.language)
        print("\n".join(("This language cannot be written yet. It lacks:", *lacks)))
        return 1
    options.country = options.country or sample_words(options.language)["country"]
    bad = 0
    chosen = options.part or ["messages"]
    for part in PARTS if "all" in chosen else chosen:
        for shown in _SHOW[part](options):
            bad += any(finding.blocking for finding in shown.findings)
            if options.quiet and not shown.findings:
                continue
            print(f"=== {shown.where}")
            print("\n".join(f"!! {finding.code}: {finding.message}" for finding in shown.findings))
            print(shown.text, "\n")
            if options.html and shown.html:
                options.html.write_text(shown.html, "utf-8")
    lacks = [*missing(language), *sample_lacks(language)]
    if lacks:
        print("\n".join((f"{language} still lacks {len(lacks)}:", *(f"  {line}" for line in lacks))))
    return 1 if bad else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m purring.language.preview", description=__doc__)
    parser.add_argument("language")
    parser.add_argument("--part", choices=(*PARTS, "all"), action="append", help="default: messages")
    parser.add_argument("--stage", choices=STAGES, action="append", help="only this stage (may be repeated)")
    parser.add_argument("--case", choices=CASES, action="append", help="only this answer (may be repeated)")
    parser.add_argument("--situation", choices=(*SITUATION_NAMES, *ANSWER_SITUATIONS), action="append")
    parser.add_argument("--all", action="store_true", help="every situation")
    parser.add_argument("--channel", choices=CHANNELS, action="append", help="default: email and sms")
    parser.add_argument("--variant", type=int, action="append", help="default: 0 and 1")
    parser.add_argument("--voice", choices=(*VOICES, "all"), action="append", help="default: neutral")
    parser.add_argument("--country", help="the customer's country (default: the sample's)")
    parser.add_argument("--quiet", action="store_true", help="only what is wrong")
    parser.add_argument("--html", metavar="FILE", type=Path, help="write the HTML of the last e-mail here")
    return parser


def _messages(options: Any) -> Iterator[Shown]:
    situations = SITUATION_NAMES if options.all else _known(options, SITUATION_NAMES, ("standard", "several"))
    for stage in options.stage or STAGES:
        for situation in situations:
            for channel in options.channel or ("email", "sms"):
                for voice in _voices(options):
                    for variant in options.variant or (0, 1):
                        where = f"{options.language} · {stage} · {channel} · {situation} · {voice} {variant}"
                        facts = sample_facts(situation, stage, options.language)
                        write = partial(
                            compose, stage, channel, facts, options.language, country=options.country, voice=voice
                        )
                        check = partial(check_words, facts=facts, stage=stage, channel=channel)
                        yield _shown(where, partial(write, variant=variant), check)


def _answers(options: Any) -> Iterator[Shown]:
    for case in options.case or CASES:
        for situation in ANSWER_SITUATIONS if options.all else _known(options, ANSWER_SITUATIONS, ("plain", "offered")):
            for voice in _voices(options):
                facts = sample_answer_facts(situation, options.language)
                write = partial(compose_answer, case, facts, options.language, country=options.country, voice=voice)
                where = f"{options.language} · answer · {case} · {situation} · {voice}"
                yield _shown(where, write, partial(check_answer, facts=facts, case=case))


def _letters(options: Any) -> Iterator[Shown]:
    for stage in options.stage or STAGES:
        for situation in SITUATION_NAMES if options.all else _known(options, SITUATION_NAMES, ("standard",)):
            facts = sample_facts(situation, stage, options.language)
            write = partial(letter, stage, facts, options.language, country=options.country)
            yield _told(f"{options.language} · {stage} · letter · {situation}", partial(_letter, write))


def _call(options: Any) -> Iterator[Shown]:
    for situation in ANSWER_SITUATIONS if options.all else _known(options, ANSWER_SITUATIONS, ("plain", "offered")):
        facts = sample_answer_facts(situation, options.language)
        write = partial(call_sheet, facts, options.language, country=options.country)
        yield _told(f"{options.language} · call · {situation}", partial(_sheet, write))


def _letter(write: Callable[[], Letter]) -> str:
    return write().text


def _sheet(write: Callable[[], CallSheet]) -> str:
    sheet = write()
    lines = [sheet.title, *(f"- {row.label}: {row.value}" for row in sheet.details), ""]
    for points in (sheet.points, sheet.objections, sheet.apart):
        lines += [f"{point.heading}\n    {point.say}" for point in points] + [""]
    return "\n".join(lines)


def _pages(options: Any) -> Iterator[Shown]:
    values = {"amount": "…", "date": "…", "number": "…", "organization": "…", "name": "…", "full": "…", "names": "…"}
    values |= {"phone": "…", "email": "…", "place": "…", "subject": "…", "k": "…", "n": "…", "paid": "…"}
    values |= {"way": "…", "language": "…", "address": "…", "code": "…"}
    pages = Pages(options.language, options.country)
    for key in pages.names():
        for count in (1, 2) if pages.counted(key) else (None,):
            text = partial(pages.say, key, count, **({"count": 5} if count is None else {}), **values)
            shown = _told(f"{options.language} · {key}", text)
            yield Shown(f"{key}: {shown.text}", "", shown.findings)


def _known(options: Any, names: tuple[str, ...], usual: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in options.situation or () if name in names) or usual


def _voices(options: Any) -> tuple[Voice, ...]:
    chosen = options.voice or ["neutral"]
    return VOICES if "all" in chosen else tuple(chosen)


def _shown(where: str, write: Callable[[], Words], check: Callable[[Words], list[Finding]]) -> Shown:
    try:
        words = write()
    except Refused as error:
        return _refused(where, error)
    short = not words.subject
    size = f"{sms.segments(words.text)} segments" if short else f"{words_besides_lists(words.text)} words besides lists"
    text = words.text if short else f"Subject: {words.subject}\n\n{words.text}"
    return Shown(f"{where} ({size})", text, tuple(check(words)), words.html)


def _told(where: str, write: Callable[[], str]) -> Shown:
    try:
        return Shown(where, write())
    except Refused as error:
        return _refused(where, error)


def _refused(where: str, error: Refused) -> Shown:
    place = " ".join(f"{key} {value}" for key, value in error.params.items() if value)
    return Shown(where, "", (Finding("refused", "text", f"{error.message} ({place})"),))


_SHOW: Mapping[str, Callable[[Any], Iterator[Shown]]] = {
    "messages": _messages,
    "letters": _letters,
    "answers": _answers,
    "call": _call,
    "pages": _pages,
}


if __name__ == "__main__":
    sys.exit(main())
