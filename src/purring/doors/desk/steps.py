# SPDX-License-Identifier: AGPL-3.0-or-later
"""A schedule's steps in plain words: "a kind note 3 days before the due date"."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from purring.doors.desk.sayings import CHANNELS, STAGES, label
from purring.followup.models import Schedule

ICONS = {"email": "mail", "sms": "sms", "letter": "letter", "phone": "phone"}


@dataclass(frozen=True)
class StepWords:
    icon: str
    what: str
    when: str


def in_words(schedule: Schedule) -> list[StepWords]:
    """What goes out when, in order."""
    return [
        StepWords(
            ICONS.get(step["channel"], "mail"),
            f"{label(STAGES, step['stage'])}, {label(CHANNELS, step['channel'])}",
            _when(step["days"], step.get("repeat_every")),
        )
        for step in schedule.steps
    ]


def _when(days: int, again: int | None) -> str:
    if days == 0:
        text = gettext("on the due day")
    elif days < 0:
        text = ngettext("%(days)s day before the due date", "%(days)s days before the due date", -days) % {
            "days": -days
        }
    else:
        text = ngettext("%(days)s day after the due date", "%(days)s days after the due date", days) % {"days": days}
    if again:
        text += ", " + ngettext("then every day", "then every %(days)s days", again) % {"days": again}
    return text
