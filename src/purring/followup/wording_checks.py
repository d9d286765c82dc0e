# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether texts of one's own may be kept: mistakes in what is written (line and column), what their messages would lack,
and what the tone guard says, each told where it stands in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from purring.core.errors import Refused
from purring.facts.organizations.models import Organization
from purring.facts.wordings.actions import MOST_TEXT
from purring.followup import courtesy
from purring.followup.wording_preview import Look, sample_words
from purring.language.alone import left_out
from purring.language.announcing import check_announcement
from purring.language.answering import check_answer
from purring.language.check import Finding as Lack
from purring.language.check import check_words
from purring.language.compose import Words, check_wording_file
from purring.language.facts import MessageFacts
from purring.language.sections import LABEL_FILES, part_of, source_of
from purring.language.tags import ASKING, STAGES, Stage
from purring.language.templates import Problem
from purring.language.tone import Finding

SITUATIONS = ("standard", "several", "company_only")
"""The sample situations that every kept text is tried in."""
SHARED_IN: tuple[str, ...] = ("friendly", "request", "follow_up", "final", "thank_you")
"""The messages that a shared sentence is tried in."""
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})
_JOINERS = "\u200c\u200d\u200e\u200f\u061c\u00ad"
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)


@dataclass(frozen=True)
class Remark:
    """One thing the tone guard says of a text. `line` is where its words stand in `heading`, 0 when they stand elsewhere;
    `better` are words in the language of the text to put there, "" to take them out, None when there are none to offer."""

    heading: str
    line: int
    finding: Finding
    better: str | None

    @property
    def blocks(self) -> bool:
        return self.finding.severity == "block"


@dataclass(frozen=True)
class Verdict:
    """What there is to say of texts: what their messages would lack, and how they sound."""

    lacks: tuple[Lack, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def blocks(self) -> bool:
        return any(remark.blocks for remark in self.remarks)


def mistakes(language: str, file: str, heading: str, text: str) -> list[Problem]:
    """What is wrong with one text, before anything is made of it; lines and columns are those of the text."""
    if found := list(_of_form(file, text)):
        return found
    source = source_of(file, {heading: text})
    problems = check_wording_file(language, file, source)
    shift = 0 if file in LABEL_FILES else 1
    return [replace(one, line=max(one.line - shift, 1)) for one in problems]


def _of_form(file: str, text: str) -> Iterator[Problem]:
    if len(text) > MOST_TEXT:
        at, begin = text.count("\n", 0, MOST_TEXT) + 1, text.rfind("\n", 0, MOST_TEXT)
        yield Problem(at, MOST_TEXT - begin, f"a text has at most {MOST_TEXT} characters")
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("==") or (line.startswith("#") and file not in LABEL_FILES):
            yield Problem(number, 1, f"a line cannot begin with {line[:1]} here")
        for column, char in enumerate(line, 1):
            if unicodedata.category(char) in _INVISIBLE and char not in _JOINERS:
                yield Problem(number, column, f"the invisible character U+{ord(char):04X} is in it")
    if file in LABEL_FILES and "\n" in text:
        yield Problem(2, 1, "this text has one line")


def verdict(organization: Organization, look: Look) -> Verdict:
    """Judge texts in the messages that they make, as `look` has them. Raises `Refused` (`bad_template`) for what cannot be
    written at all."""
    lacks: dict[tuple[str, str], Lack] = {}
    remarks: dict[tuple[str, str | None], Remark] = {}
    for one in _looks(look):
        known = _without(organization, one) if not look.piece.channel else set()
        for situation in SITUATIONS:
            words, facts = sample_words(organization, one, situation)
            lacks |= {(lack.code, lack.message): lack for lack in lacking(one, words, facts) if lack.blocking}
            report = courtesy.judge_wording(words, one.purpose, one.by, facts)
            for finding in report.findings if report else ():
                if (finding.code, finding.quote) not in known:
                    remark = located(finding, look)
                    remarks.setdefault((finding.code, remark.heading + str(remark.line)), remark)
    return Verdict(tuple(lacks.values()), tuple(remarks.values()))


def _looks(look: Look) -> Iterator[Look]:
    """Each version by itself, in each message it may stand in."""
    for heading in look.changes:
        if not look.changes[heading]:
            continue
        shared = not look.piece.channel and not look.alone and look.piece.file not in STAGES
        stages = SHARED_IN if shared else (look.purpose,)
        for stage in stages:
            yield replace(look, version=heading, stage=stage)


def _without(organization: Organization, look: Look) -> set[tuple[str, str | None]]:
    """What the guard says anyhow, whatever is changed here."""
    words, facts = sample_words(organization, replace(look, changes={}, version=""))
    report = courtesy.judge_wording(words, look.purpose, look.by, facts)
    return {(finding.code, finding.quote) for finding in report.findings} if report else set()


def lacking(look: Look, words: Words, facts: MessageFacts) -> list[Lack]:
    """What a message of these words would lack or say wrong."""
    if look.alone:
        return left_out(look.piece.file, look.language, look.changes)
    if look.purpose == "reply":
        return check_answer(words, facts, look.case)
    if look.purpose == "autopay":
        return check_announcement(words, facts)
    return check_words(words, facts, cast(Stage, look.purpose), look.by)


def located(finding: Finding, look: Look) -> Remark:
    """Where the words of a finding stand in the texts: the line that shares most of what it quotes."""
    texts = look.changes
    quote = " ".join((finding.quote or "").split())
    best: tuple[int, str, int] = (0, next(iter(texts), ""), 0)
    for heading, text in texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            shared = _shared(quote, line)
            if shared > best[0]:
                best = (shared, heading, number)
    a_line = look.piece.file in _NO_SENTENCES or look.alone or part_of(best[1]) == "subject"
    asking = look.piece.file in ASKING and bool(look.piece.channel)
    return Remark(best[1], best[2], finding, better_words(finding, a_line=a_line, asking=asking))


def _shared(quote: str, line: str) -> int:
    """How many characters of the quoted words stand in this line of a template."""
    words = [" ".join(piece.split()) for piece in _TAGS.split(line)]
    inside = sum(len(piece) for piece in words if len(piece) > 2 and piece in quote)
    whole = max((len(quote) for piece in words if quote and quote in piece), default=0)
    return max(inside, whole)


_QUOTED = re.compile(
    '(?:"(?P<a>[^"]+)"|“(?P<b>[^”]+)”|„(?P<c>[^“]+)“|«(?P<d>[^»]+)»|»(?P<e>[^«]+)«|‘(?P<f>[^’]+)’|”(?P<g>[^”]+)”)'
    r"(?P<stop>\.?)"
)
"""Each language's own quotation marks; where the full stop stands outside, it is part of the sentence all the same."""
_TAKEN_OUT = frozenset({"insult", "discrimination", "privacy", "legal_bluff"})
_OF_MONEY = frozenset({"threat", "blame", "sarcasm", "shaming", "guilt", "presumption", "too_firm", "jargon"})
"""Findings whose better words speak of money that is awaited, so that they hold only where it is asked for."""
_ANYWHERE = frozenset({"overfamiliar", "condescension"})
_NO_SENTENCES = frozenset({"greetings", *LABEL_FILES})


def better_words(finding: Finding, *, a_line: bool = False, asking: bool = True) -> str | None:
    """Words to take instead with one click: the sentences that the guard puts in quotation marks, where they hold for
    every customer, whatever their name, invoices, days and form of address. That they do the texts of the guard see to
    (tested); an advice of any other kind shows an example of one message, which a text for all must not say. "" where
    the guard says to leave the words out, None where there is nothing to offer.

    `a_line`: the words stand where no sentence can; `asking`: each message with this text asks for money."""
    if not finding.quote:
        return None
    if finding.code in _TAKEN_OUT:
        return ""
    if a_line or not (finding.code in _ANYWHERE or (asking and finding.code in _OF_MONEY)):
        return None
    match = _QUOTED.search(finding.better)
    words = next(one for one in match.groups() if one).strip() + match["stop"] if match else ""
    holds = words.endswith((".", "!", "?")) and not re.search(r"\d|\.\.\.|…", words)
    return words if holds else None


def take_better(text: str, finding_quote: str, better: str) -> str:
    """The text with better words in place of the quoted ones; as it is when they do not stand there as quoted."""
    pattern = r"\s+".join(map(re.escape, finding_quote.split()))
    return re.sub(pattern, lambda _: better, text, count=1) if finding_quote.strip() else text


def refuse_mistakes(language: str, file: str, texts: Mapping[str, str]) -> None:
    """Raises `Refused` (`bad_template`) with `mistakes`: heading -> problems."""
    found = {h: wrong for h, text in texts.items() if text and (wrong := mistakes(language, file, h, text))}
    if found:
        heading, problems = next(iter(found.items()))
        first = problems[0]
        params: dict[str, Any] = {"line": first.line, "column": first.column, "heading": heading, "mistakes": found}
        raise Refused("bad_template", first.message, **params)
