# SPDX-License-Identifier: Apache-2.0
"""Schedules ready to use, lawful and customary, and the lawful text of legal notices.

A preset's messages go out by machine; its notices are tasks for a person, with `notice_text` ready to be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from purring.core.errors import Refused
from purring.core.schedule import Schedule
from purring.core.schedule import Step as ScheduleStep
from purring.law.model import Kind, Notice, Preset


def preset_for(kind: Kind, term_days: int) -> Preset:
    """The preset for payment terms of so many days."""
    short = [one for one in kind.presets if one.most_term_days is not None and term_days <= one.most_term_days]
    return short[0] if short else next(one for one in kind.presets if one.most_term_days is None)


def schedule_of(preset: Preset, *, charges: str = "none") -> Schedule:
    """The schedule of a preset, as the decision takes it."""
    steps = tuple(ScheduleStep(step.stage, step.days, step.channel) for step in preset.steps)
    return Schedule(steps, min_days_between_contacts=preset.min_days_between_contacts, charges=charges)


def holes_of(text: str) -> set[str]:
    """The placeholders of a text."""
    return set(re.findall(r"\{(\w+)\}", text))


def notice_text(notice: Notice, language: str, values: Mapping[str, str]) -> str:
    """The text of a notice in a language, filled in.

    Refuses `no_text` for a language it is not written in, and `missing_value` when something it must say is not given.
    """
    text = notice.texts.get(language)
    if text is None:
        known = ", ".join(notice.texts)
        raise Refused("no_text", f"{notice.name} is not written in {language!r}; there is {known}", value=language)
    if missing := sorted(hole for hole in holes_of(text) if not values.get(hole)):
        raise Refused("missing_value", f"{notice.name} must say: {', '.join(missing)}", missing=missing)
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], text)
