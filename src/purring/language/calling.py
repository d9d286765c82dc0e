# SPDX-License-Identifier: Apache-2.0
"""What to say on the phone: points in their order, answers to objections, and what to say to an answering machine.

For a person who calls, in the customer's language. Calm, short sentences to be spoken in one's own way; nothing
is told to anybody but the customer. Not here: whom to call and when.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from purring.language.compose import spoken_in, written_tag
from purring.language.draft import Draft
from purring.language.facts import MessageFacts
from purring.language.formats import locale_for, typography
from purring.language.parts import details
from purring.language.shapes import Row
from purring.language.tags import CASES, Voice
from purring.language.wording import Wording, wording_for

_SPACES = re.compile("[ \t\n]+")  # ordinary spaces only: no-break spaces stay

POINTS: tuple[str, ...] = ("opening", "earlier", "listen", "pay_now", "firm_date", "thanks", "summary")
"""The talking points in their order: who I am, calmly that we wrote, what stands in the way, paying now, else a firm
day and way, thanks, and the short written summary."""
APART: tuple[str, ...] = ("someone_else", "voicemail")
"""What is said when it is not the customer who answers: nothing about money."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to say. `key` names it in every language."""

    key: str
    heading: str
    say: str


@dataclass(frozen=True, slots=True)
class CallSheet:
    """Everything beside the telephone: the facts as a list, the points, and ready answers to objections."""

    title: str
    details: tuple[Row, ...]
    points: tuple[Point, ...]
    objections: tuple[Point, ...]
    apart: tuple[Point, ...]
    language: str


def call_sheet(
    facts: MessageFacts,
    language: str,
    *,
    country: str | None = None,
    voice: Voice = "neutral",
    own: Mapping[str, str] | None = None,
) -> CallSheet:
    """The sheet for one call. A point that is not true of these facts is left out.

    Raises `Refused` (`no_wording`, `bad_template`).
    """
    language = spoken_in(language, country)
    wording = wording_for(language, own)
    locale = locale_for(written_tag(language, wording), country)
    draft = Draft("call", "email", facts, wording, locale, 0, voice)
    return CallSheet(
        title=_spoken(draft, "title"),
        details=tuple(details(draft)),
        points=_points(draft, POINTS),
        objections=_objections(facts, wording, locale, voice),
        apart=_points(draft, APART),
        language=locale.replace("_", "-"),
    )


def _spoken(draft: Draft, name: str) -> str:
    return typography(_SPACES.sub(" ", draft.say(f"call/{name}")), draft.locale)


def _points(draft: Draft, names: tuple[str, ...]) -> tuple[Point, ...]:
    found = [Point(name, draft.page(f"call_{name}"), _spoken(draft, name)) for name in names]
    return tuple(point for point in found if point.say)


def _objections(facts: MessageFacts, wording: Wording, locale: str, voice: Voice) -> tuple[Point, ...]:
    found = []
    for case in CASES:
        draft = Draft("call", "email", facts, wording, locale, 0, voice, case)
        if answer := _spoken(draft, "objection"):
            found.append(Point(case, draft.page(f"case_{case}"), answer))
    return tuple(found)
