# SPDX-License-Identifier: Apache-2.0
"""`check_tone`: reads any outgoing message and says what is unkind, unclear or missing, where, why and what to say
instead. Pure: no clock, no network; the same text always gets the same answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import cast

from purring.core.errors import Refused
from purring.language.tags import CHANNELS, STAGES, normalise
from purring.language.tone import parts as parts_file
from purring.language.tone import rulebook as rules_file
from purring.language.tone.facts import ToneFacts, read_facts
from purring.language.tone.folding import Folded, prepare
from purring.language.tone.form import LOUD, RULES, form
from purring.language.tone.judge import Judge, judge_of
from purring.language.tone.numbers import without_rows
from purring.language.tone.parts import Parts, places
from purring.language.tone.report import Field, Finding, Report, Severity, verdict_of
from purring.language.tone.structure import firmness, sentence_of, structure
from purring.language.tone.surface import Found, leftovers, shouting
from purring.language.tone.texts import advice
from purring.language.tone.weighed import Reading

KNOWN_STAGES: tuple[str, ...] = (*STAGES, "reply")
_LIST_ROW = re.compile(
    r"\s*[-–•*·]\s[^\n]*:(?=[^\n:]*\d)[^\n:]{1,60}$|\s*[-–•*·]\s[^\n:]{1,60}:\s*\S+(?:[^\S\n]\S+){0,2}\s*$"
)
"""A row of a list of facts, such as "- Order number: PO-88": no sentence to judge."""
_CONSEQUENCES = frozenset({"too_firm", "legal_bluff"})
RULE_NEEDED = {"firm": _CONSEQUENCES, "final": _CONSEQUENCES, "reply": frozenset({"too_apologetic"})}
"""By stage the codes that the model is not believed alone: a true consequence, and an apology, have their place there."""


def check_tone(
    text: str,
    *,
    language: str | None = None,
    stage: str | None = None,
    channel: str = "email",
    facts: Mapping[str, object] | None = None,
    subject: str | None = None,
) -> Report:
    """The report on a message.

    `language` is a BCP 47 tag of one of the languages, detected when absent; `stage` one of the stages or `reply`
    (without one only what holds at every stage is said, and all parts of a request are expected); `facts` those of
    `purring.language.tone.facts`. Raises `Refused` (`unknown_language`, `unknown_stage`, `unknown_channel`,
    `bad_facts`).
    """
    _refuse_unknown(stage, channel)
    tag = resolve(language) if language else _detected(text)
    known = read_facts(facts)
    parts = parts_file.parts(tag)
    folded, judge = _folder(parts, known), judge_of(tag)
    body = folded(text)
    head = [folded(" ".join(subject.split()))] if subject and channel != "sms" else []
    reading, *of_head = judge.read(body, *head)
    found, greeting = structure(body, subject or "", reading, parts, known, stage, channel)
    title = greeting is not None and greeting.formal
    findings = _told("text", body, [*found, *_by_sentence(judge, body, reading, stage, title=title)], tag)
    for one, own in zip(head, of_head, strict=True):
        found = [
            *leftovers(one, parts),
            *shouting(one, parts, loud=LOUD in own.words, whole=True),
            *firmness(one, own, parts, stage),
            *_by_sentence(judge, one, own, stage, title=title),
        ]
        findings += _told("subject", one, found, tag)
    return _report(tag, findings)


def check_grave(
    text: str,
    *,
    language: str,
    stage: str | None = None,
    channel: str = "email",
    facts: Mapping[str, object] | None = None,
    subject: str | None = None,
) -> Report:
    """The findings of `check_tone` that block, in a third of its time: for every message as it leaves, and what others wrote into it.
    Arguments and errors as there, but that the language is known."""
    _refuse_unknown(stage, channel)
    tag = resolve(language)
    parts, judge = parts_file.parts(tag), judge_of(tag)
    folded = _folder(parts, read_facts(facts))
    fields: dict[Field, str] = {"subject": " ".join((subject or "").split()) if channel != "sms" else "", "text": text}
    texts = [folded(said) for said in fields.values()]
    findings: list[Finding] = []
    for name, prepared, reading in zip(fields, texts, judge.read(*texts), strict=True):
        unkind = _by_sentence(judge, prepared, reading, stage, title=False)
        found = [*leftovers(prepared, parts), *unkind]
        findings += _told(name, prepared, [one for one in found if one.severity == "block"], tag)
    return _report(tag, findings)


def _refuse_unknown(stage: str | None, channel: str) -> None:
    if stage is not None and stage not in KNOWN_STAGES:
        raise Refused("unknown_stage", f"stage {stage!r} is none of {', '.join(KNOWN_STAGES)}", field="stage")
    if channel not in CHANNELS:
        raise Refused("unknown_channel", f"channel {channel!r} is none of {', '.join(CHANNELS)}", field="channel")


def _folder(parts: Parts, known: ToneFacts) -> Callable[[str], Folded]:
    names = known.names()
    return lambda one: without_rows(prepare(one, names, parts.short, ordinal_dots=parts.ordinal_dots))


def _report(tag: str, findings: list[Finding]) -> Report:
    ordered = _ordered(findings) if findings else ()
    return Report(tag, verdict_of(ordered), tuple(ordered))


def resolve(language: str) -> str:
    """The tag of the rules for a language: "no" is "nb", "en-GB" is "en". Raises `Refused`."""
    tag, known = normalise(language), rules_file.languages()
    for one in (tag, tag.partition("-")[0]):
        if one in known:
            return one
    raise Refused("unknown_language", f"language {language!r} is none of {', '.join(known)}", field="language")


def _detected(text: str) -> str:
    from purring.language.detect import detect  # heavier than the rest, and most callers know the language

    tag = detect(text)
    if tag is None:
        raise Refused("unknown_language", "the language of this text cannot be told; name it", field="language")
    return resolve(tag)


def _by_sentence(judge: Judge, text: Folded, reading: Reading, stage: str | None, *, title: bool) -> list[Found]:
    """What each sentence is told for: what the judge makes of it, some of it only where it tells the text something already, and
    to somebody with a title what rules of form say, which need no judge."""
    rules = form(judge.language).rules
    by_rule = places(reading.fitting.get(RULES, ()), text, reading.words) if title else ()
    formal = {sentence_of(text, *place) for place in by_rule}
    found: list[Found] = []
    beside: list[Found] = []
    told = False
    unkind = judge.told(text, reading, stage, title=title)
    for span in sorted(formal | unkind.keys()):
        start, end = span
        if _LIST_ROW.match(text.plain, start, end):
            continue
        if span in formal:
            fitting = [hit for hit in rules.evidence_of(text, start, end).hits if hit.rule.applies(stage, title=title)]
            found += [Found(hit.rule.code, hit.start, hit.end, hit.rule.severity) for hit in fitting]
        for one in unkind.get(span, ()):
            if one.rule is None and one.code in RULE_NEEDED.get(stage or "", ()):
                continue
            if one.beside:
                beside.append(Found(one.code, one.start, one.end))
                continue
            told = True
            severity = one.rule.severity if one.rule is not None and one.grave else "warn"
            found.append(Found(one.code, one.start, one.end, severity))
    return found + beside if told else found


def _told(field: Field, text: Folded, found: Iterable[Found], language: str) -> list[Finding]:
    findings: list[Finding] = []
    for one in found:
        why, better = advice(language, one.code)
        severity = cast(Severity, one.severity)
        if one.start is None or one.end is None:
            findings.append(Finding(one.code, severity, field, None, None, None, why, better))
            continue
        start, end = text.span(one.start, one.end)
        findings.append(Finding(one.code, severity, field, start, end, text.original[start:end], why, better))
    return findings


def _ordered(findings: list[Finding]) -> list[Finding]:
    """Subject first, then in the order of the text, missing parts last; the same code and place only once."""
    unique = {(one.code, one.field, one.start, one.end): one for one in findings}
    return sorted(
        unique.values(),
        key=lambda one: (one.start is None, one.field == "text", one.start or 0, one.end or 0, one.code),
    )
