# SPDX-License-Identifier: Apache-2.0
"""A message from facts: subject, plain text and HTML, in the customer's language.

Which wording is used depends on the situation and on `variant` (how many times this stage went to the
customer), never on chance: the same facts give the same words. Not here: judging the words (check.py),
sending them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from purring.core.errors import Refused
from purring.language import sms as short_message
from purring.language.draft import Draft, known_names
from purring.language.facts import MessageFacts
from purring.language.formats import locale_for, typography
from purring.language.layout import as_html, as_text
from purring.language.parts import parts_of
from purring.language.shapes import Text
from purring.language.tags import ASKING, LATE, STAGES, VOICES, Channel, Stage, Voice, normalise
from purring.language.templates import BadTemplate, Problem, Template, unknown_names
from purring.language.wording import Wording, built_in_source, has_wording, languages, parse, wording_for

__all__ = ["LANGUAGES", "Words", "check_wording_file", "compose", "has_wording", "normalise"]

_SPACES = re.compile("[ \t\n]+")

MOST_WORDS = 230
"""A mail longer than this besides its lists no longer fits a phone screen or two."""

_REMINDING = LATE | {"friendly"}
"""Stages of which the words hold after the due day alone."""

LANGUAGES: tuple[str, ...] = languages()
"""BCP 47 tags of the languages that can be written."""


@dataclass(frozen=True, slots=True)
class Words:
    """A finished message. `html` is empty for SMS, `subject` too. `locale` is the CLDR locale of its amounts
    and dates ("en_ZA"), `language` the tag for the reader's screen reader ("en-ZA")."""

    subject: str
    text: str
    html: str
    language: str
    locale: str


def compose(
    stage: Stage,
    channel: Channel,
    facts: MessageFacts,
    language: str,
    *,
    country: str | None = None,
    variant: int = 0,
    voice: Voice = "neutral",
    own: Mapping[str, str] | None = None,
) -> Words:
    """Write one message.

    `country` (ISO 3166) is the customer's and decides how dates and amounts are written; `voice` is the house's
    manner and decides which wording comes first; `own` are the user's copies of wording files by name ("friendly" -> text). Raises `Refused` (`no_wording`,
    `bad_template` with file, line and column).
    """
    if stage not in STAGES or voice not in VOICES:
        raise Refused("no_wording", f"there is no stage {stage!r} or voice {voice!r}")
    language = spoken_in(language, country)
    wording = wording_for(language, own)
    locale = locale_for(written_tag(language, wording), country)
    draft = Draft(said_as(stage, channel, facts, own), channel, facts, wording, locale, variant, voice)
    if channel == "sms":
        return Words("", _sms(draft), "", locale.replace("_", "-"), locale)
    return written(draft)


def said_as(stage: Stage, channel: Channel, facts: MessageFacts, own: Mapping[str, str] | None = None) -> Stage:
    """The stage whose wording is true. What speaks of days overdue would leave a hole where there is none: on the due
    day it is said as on the due day, before it as a note ahead. A house that wrote words of its own for the stage has
    chosen them, and keeps them."""
    if stage not in _REMINDING or not facts.items or any(item.days_overdue > 0 for item in facts.items):
        return stage
    part = channel if channel in ("sms", "letter") else "message"
    mine = "\n".join(source for file, source in (own or {}).items() if file.removesuffix(".txt") == stage)
    if re.search(rf"^==\s*{part}\b", mine, re.MULTILINE):
        return stage
    return "due_today" if any(item.days_overdue == 0 for item in facts.items) else "courtesy"


def written(draft: Draft, added: tuple[str, ...] = ()) -> Words:
    """Subject, text and HTML of a draft that is a letter or an e-mail; `added` are a person's own paragraphs, which
    stand right after the greeting. What would be too long to read goes without its lesser sentences. Raises `Refused`
    when the language has no wording for it."""
    words = _written(draft, added)
    if words_besides_lists(words.text) > MOST_WORDS:
        draft.shorten()
        words = _written(draft, added)
    return words


def words_besides_lists(text: str) -> int:
    """How many words there are to read, lists left out. What a no-break space joins ("1 245,00 €") is one."""
    return sum(line.count(" ") + 1 for line in text.splitlines() if line and line[:2] not in ("- ", "  "))


def _written(draft: Draft, added: tuple[str, ...]) -> Words:
    body = (draft.part("letter") if draft.channel == "letter" else None) or draft.part("message")
    subject_line = draft.part("subject")
    if body is None or subject_line is None:
        what, language = draft.case or draft.stage, draft.wording.language
        raise Refused("no_wording", f"there is no wording for {what} in {language}", stage=draft.stage)
    locale = draft.locale
    tag = locale.replace("_", "-")
    subject = typography(_SPACES.sub(" ", draft.render(subject_line)).strip(" "), locale)
    parts = parts_of(draft, draft.render(body))
    own = [Text(paragraph) for paragraph in added if paragraph]
    if own and len(parts) > 1 and isinstance(parts[1], Text):  # our words begin a sentence again after theirs
        parts[1] = Text(parts[1].text[:1].upper() + parts[1].text[1:])
    parts[1:1] = own
    text = as_text(parts, lambda label, value: draft.label("row", label=label, value=value))
    html = as_html(parts, subject, tag, draft.facts.organization) if draft.channel == "email" else ""
    return Words(subject, typography(text, locale), typography(html, locale), tag, locale)


def check_wording_file(language: str, file: str, source: str) -> list[Problem]:
    """What is wrong with a user's own copy of a wording file ("friendly"), before it is saved. Empty:
    nothing.

    Raises `Refused` (`no_wording`) for an unknown language or file.
    """
    name = file.removesuffix(".txt")
    built_in_source(language, name)
    wording = wording_for(language)
    try:
        parts = parse(name, source, wording.language)
    except BadTemplate as error:
        return [Problem(error.line, error.column, error.message, error.near)]
    known = known_names(wording) | {part.rpartition("/")[2] for part in parts}
    if name == "pages":
        known = set()  # a page gives each of its texts what the built-in one names, and nothing else
    problems = []
    for part, entries in parts.items():
        given = {used for entry in wording.parts.get(part, ()) for used in entry.template.names}
        for entry in entries:
            problems += unknown_names(entry.template, known | given)
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def spoken_in(language: str, country: str | None) -> str:
    """The tag whose words a reader in the country expects: plain "pt" is Brazilian in Brazil."""
    return f"{language}-BR" if language.lower() == "pt" and (country or "").upper() == "BR" else language


def written_tag(language: str, wording: Wording) -> str:
    """The tag whose conventions count: the asked one when it is a variety of the wording's language."""
    tag = normalise(language)
    return tag if tag.partition("-")[0] == wording.language.partition("-")[0] else wording.language


def _sms(draft: Draft) -> str:
    template = _sms_part(draft)
    if template is None:
        raise Refused("no_wording", f"there is no SMS wording for {draft.stage} in {draft.wording.language}")
    text = _plain_sms(draft, template)
    if short_message.segments(text) > short_message.MAX_SEGMENTS:
        draft.shorten()
        shorter = _sms_part(draft)
        if shorter is not None:
            text = min(text, _plain_sms(draft, shorter), key=short_message.segments)
    return text


def _sms_part(draft: Draft) -> Template | None:
    """The wording of a text message. There is room for one sum: where a part has been agreed, it is that part with its
    day, in `sms_agreed` when the wording of the stage speaks of the whole or asks for a day."""
    template, facts = draft.part("sms"), draft.facts
    wanted = {"asked_now", "pay_by"} if facts.asked_by else {"asked_now"}
    whole = draft.stage not in ASKING or facts.asked_minor == facts.total_minor
    if template is None or whole or wanted <= set(template.names):
        return template
    return draft.part("sms_agreed") or template


def _plain_sms(draft: Draft, template: Template) -> str:
    return short_message.plain(typography(draft.render(template), draft.locale))
