# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page says of a schedule while it is being changed: sentences beside the steps, and the rehearsal beside them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.dates import format_skeleton
from django.utils.translation import gettext, ngettext

from purring.core import reasons
from purring.core.answers import Answer
from purring.core.schedule import Schedule as CoreSchedule
from purring.doors.desk import refusals
from purring.doors.desk.desk import Desk
from purring.doors.desk.drawing import Column, columns, legend
from purring.doors.desk.sayings import STAGES, label
from purring.doors.desk.schedule_forms import ScheduleForm, StepFormSet
from purring.doors.desk.steps import lint_words, step_words
from purring.followup.models import Schedule
from purring.followup.rehearsal import Both, Rehearsal, rehearse
from purring.followup.schedule_lints import advice, kinds_of, unlawful
from purring.followup.schedules import core_schedule, default_schedule

GENTLE = ("courtesy", "due_today", "friendly", "follow_up")


def thought_of(form: ScheduleForm, steps: StepFormSet) -> CoreSchedule | None:
    """The schedule as typed, without keeping it; None while it contradicts itself."""
    fits = steps.fits()
    if set(form.errors) - {"name"} or not fits:
        return None
    return core_schedule(Schedule(**form.kept_fields(steps)))


def told(desk: Desk, schedule: Schedule | None, thought: CoreSchedule | None) -> dict[str, Any]:
    """What there is to say: `lints` by the place of the step in rising days, and the rehearsal."""
    if thought is None:
        return {"lints": {}, "rehearsal": None}
    found = advice(thought) + unlawful(desk.organization, thought, kinds_of(desk.organization, schedule))
    lints: dict[int, list[str]] = {}
    for one in found:
        if one.step is not None:
            lints.setdefault(one.step, []).append(lint_words(one))
    row = schedule or default_schedule(desk.organization)
    both = rehearse(desk.organization, row, thought, desk.today)
    return {"lints": lints, "rehearsal": _shown(desk, both, new=schedule is None)}


def lines(steps: StepFormSet, lints: Mapping[int, list[str]]) -> list[dict[str, Any]]:
    """Each step as the page shows it, in the order in which it was typed: form, words, what is to be said."""
    order = {at: (place, row) for place, (at, _, row) in enumerate(steps.filled)}
    made: list[dict[str, Any]] = []
    last_zone = ""
    for at, form in enumerate(steps.forms):
        place, row = order.get(at, (None, None))
        days = row["days"] if row else None
        zone = "" if days is None else "before" if days < 0 else "on" if days == 0 else "after"
        again = form["repeat_every"]
        made.append(
            {
                "at": at,
                "form": form,
                "words": step_words(row) if row else None,
                "lints": lints.get(place, []) if place is not None else [],
                "zone": zone if zone != last_zone else "",
                "repeats": at == len(steps.forms) - 1 or again.value() or again.errors,
                "stage": form["stage"].value(),
                "channel": form["channel"].value(),
            }
        )
        last_zone = zone or last_zone
    return made


# --- the rehearsal ------------------------------------------------------------------------------------------------


def _shown(desk: Desk, both: Both, *, new: bool) -> dict[str, Any]:
    """The rehearsal as the template wants it."""
    played, before = both.thought, both.stored
    names = {"first": gettext("gentle"), "care-1": label(STAGES, "firm"), "care-3": label(STAGES, "final")}
    parts = [(tone, word) for tone, word in names.items() if _any(played, tone)]
    if played.calls.value:
        parts.append(("second", gettext("calls")))
    return {
        "played": played,
        "before": before,
        "new": new,
        "about": not played.whole,
        "weeks": [
            {
                "week": week,
                "before": before.weeks[at].messages + before.weeks[at].calls if before else None,
                "total": week.messages + week.calls,
            }
            for at, week in enumerate(played.weeks)
        ],
        "stages": [
            {
                "stage": stage,
                "number": played.stages.get(stage, 0),
                "before": before.stages.get(stage, 0) if before else None,
            }
            for stage in STAGES
            if played.stages.get(stage) or (before and before.stages.get(stage))
        ],
        "chart": _chart(desk, played),
        "legend": legend(parts) if len(parts) > 1 else "",
        "change": _change(both),
        "warnings": _warnings(desk, played),
        "most": [{"busy": one, "text": _hears(one.messages, one.calls)} for one in played.busiest],
    }


def _hears(messages: int, calls: int) -> str:
    said = ngettext("%(count)s message", "%(count)s messages", messages) % {"count": messages}
    if not calls:
        return said
    called = ngettext("%(count)s call", "%(count)s calls", calls) % {"count": calls}
    return gettext("%(messages)s, %(calls)s") % {"messages": said, "calls": called}


def _any(played: Rehearsal, tone: str) -> bool:
    wanted = {"first": GENTLE, "care-1": ("firm",), "care-3": ("final",)}[tone]
    return any(week.said.get(stage) for week in played.weeks for stage in wanted)


def _chart(desk: Desk, played: Rehearsal) -> Any:
    made = [
        Column(
            format_skeleton("Md", week.begins, locale=desk.locale),
            str(week.messages + week.calls) if week.messages + week.calls else "",
            [
                ("first", sum(week.said.get(stage, 0) for stage in GENTLE)),
                ("care-1", week.said.get("firm", 0)),
                ("care-3", week.said.get("final", 0)),
                ("second", week.calls),
            ],
        )
        for week in played.weeks
    ]
    return columns(made, gettext("Messages and calls by week; the numbers stand in the table below"))


def _change(both: Both) -> list[str]:
    """What the change makes of it, in words, each with its margin."""
    if not both.more:
        return []
    told_of = []
    for name, one in both.more.items():
        if one.value:
            text = _difference(name, one.value) % {"count": abs(one.value)}
            if one.margin:
                text = gettext("%(text)s (about, ± %(margin)s)") % {"text": text, "margin": one.margin}
            told_of.append(text)
    return told_of or [gettext("as many messages, calls and tasks as with the one that is kept now")]


def _difference(name: str, count: int) -> str:
    more, count = count > 0, abs(count)
    if name == "messages" and more:
        return ngettext("%(count)s message more", "%(count)s messages more", count)
    if name == "messages":
        return ngettext("%(count)s message fewer", "%(count)s messages fewer", count)
    if name == "calls" and more:
        return ngettext("%(count)s call more", "%(count)s calls more", count)
    if name == "calls":
        return ngettext("%(count)s call fewer", "%(count)s calls fewer", count)
    if more:
        return ngettext("%(count)s other task more", "%(count)s other tasks more", count)
    return ngettext("%(count)s other task fewer", "%(count)s other tasks fewer", count)


def _warnings(desk: Desk, played: Rehearsal) -> list[str]:
    """What a person should know before keeping it."""
    found = []
    crowded = played.crowded.value
    if crowded:
        found.append(
            ngettext(
                "%(count)s customer would hear from you more than four times within 30 days.",
                "%(count)s customers would hear from you more than four times within 30 days.",
                crowded,
            )
            % {"count": crowded}
        )
    for code, (number, answer) in played.stops.items():
        found.append(_stop(code, number, answer))
    return found


def _stop(code: str, number: int, answer: Answer) -> str:
    names = {"count": number, "why": refusals.told(reasons.why_hold(answer))}
    if code == "unlawful":
        text = ngettext(
            "With %(count)s customer the law makes something wait: %(why)s",
            "With %(count)s customers the law makes something wait: %(why)s",
            number,
        )
    elif code == "below_minimum":
        text = ngettext(
            "%(count)s customer hears nothing for a while, because the sum is below the smallest one.",
            "%(count)s customers hear nothing for a while, because the sum is below the smallest one.",
            number,
        )
    else:
        text = ngettext(
            "%(count)s customer has no address that works for a step.",
            "%(count)s customers have no address that works for a step.",
            number,
        )
    return text % names
