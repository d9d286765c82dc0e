# SPDX-License-Identifier: AGPL-3.0-or-later
"""A schedule's steps in plain words: "a kind note 3 days before the due date", and what is to be said about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.choices import country_name
from purring.doors.desk.refusals import law_rule
from purring.doors.desk.sayings import CHANNELS, KINDS, STAGES, label
from purring.followup.presets import PresetSchedule
from purring.followup.schedule_lints import Lint

ICONS = {"email": "mail", "sms": "sms", "letter": "letter", "phone": "phone"}
ROUND: Mapping[int, tuple[Lazy | str, Lazy | str]] = {
    1: (_("the day before the due date"), _("the day after the due date")),
    7: (_("a week before the due date"), _("a week after the due date")),
    14: (_("two weeks before the due date"), _("two weeks after the due date")),
    21: (_("three weeks before the due date"), _("three weeks after the due date")),
    28: (_("four weeks before the due date"), _("four weeks after the due date")),
}
"""Days that people call by another name."""
TRADES: Mapping[str, tuple[Lazy | str, Lazy | str]] = {
    "freelance": (
        _("Freelance work"),
        _("Few customers, each of them known: early and warm, and soon a call."),
    ),
    "project": (
        _("Projects with large invoices"),
        _("A note a week before, so that the release can still be found; a call before anything firm."),
    ),
    "wholesale": (
        _("Many small invoices to the same shops"),
        _("Seldom, so that everything due goes into one message."),
    ),
    "public": (
        _("Authorities, schools and hospitals"),
        _("Slow approvals and order numbers: a note early, patience afterwards."),
    ),
    "subscription": (
        _("Subscriptions"),
        _("A small sum every month: on the day itself, and done before the next one is due."),
    ),
    "membership": (
        _("Clubs, associations, courses"),
        _("People one meets again: gentle, and nothing final."),
    ),
}
"""Name of each trade, and why its schedule is as it is."""


class HasSteps(Protocol):
    """A schedule of ours, or one to start from."""

    @property
    def steps(self) -> Any: ...


@dataclass(frozen=True)
class StepWords:
    icon: str
    what: str
    when: str


def in_words(schedule: HasSteps) -> list[StepWords]:
    """What goes out when, in order."""
    return [step_words(step) for step in schedule.steps]


def step_words(step: Mapping[str, Any]) -> StepWords:
    """One step as a schedule keeps it."""
    return StepWords(
        ICONS.get(step["channel"], "mail"),
        gettext("%(stage)s, %(channel)s")
        % {"stage": label(STAGES, step["stage"]), "channel": label(CHANNELS, step["channel"])},
        when(step["days"], step.get("repeat_every")),
    )


def when(days: int, again: int | None = None) -> str:
    """A day from the due date, and how often it comes again."""
    if days == 0:
        text = gettext("on the due day")
    elif abs(days) in ROUND:
        before, after = ROUND[abs(days)]
        text = str(before if days < 0 else after)
    elif days < 0:
        text = ngettext("%(days)s day before the due date", "%(days)s days before the due date", -days) % {
            "days": -days
        }
    else:
        text = ngettext("%(days)s day after the due date", "%(days)s days after the due date", days) % {"days": days}
    if again:
        then = ngettext("then every day", "then every %(days)s days", again) % {"days": again}
        return gettext("%(when)s, %(then)s") % {"when": text, "then": then}
    return text


def preset_name(preset: PresetSchedule) -> str:
    """What a preset is called: its trade, or its country and kind of customer."""
    if preset.trade:
        return str(TRADES[preset.trade][0])
    names = {
        "country": country_name(preset.country, get_language() or "en"),
        "kind": label(KINDS, preset.kind),
        "days": preset.most_term_days,
    }
    if preset.most_term_days:
        return gettext("%(country)s, %(kind)s, terms up to %(days)s days") % names
    return gettext("%(country)s, %(kind)s") % names


def lint_words(lint: Lint) -> str:
    """What is to be said about a step, as a sentence."""
    facts = dict(lint.facts)
    for name in ("stage", "before"):
        if name in facts:
            facts[name] = label(STAGES, facts[name])
    if "channel" in facts:
        facts["channel"] = label(CHANNELS, facts["channel"])
    if lint.code == "unlawful":
        facts["country"] = country_name(facts["country"], get_language() or "en")
        facts["kind"] = label(KINDS, facts["kind"])
        facts["rule"] = law_rule(facts["rule"])
        return (
            ngettext(
                "The law does not allow it for customers in %(country)s (%(kind)s): a free first reminder comes before it, with at least %(days)s day to pay. %(rule)s.",
                "The law does not allow it for customers in %(country)s (%(kind)s): a free first reminder comes before it, with at least %(days)s days to pay. %(rule)s.",
                facts["days"],
            )
            % facts
        )
    if lint.code == "gap":
        return (
            ngettext(
                "Only %(apart)s day after the step before it. Messages keep at least %(gap)s days apart, so it goes out later than it says.",
                "Only %(apart)s days after the step before it. Messages keep at least %(gap)s days apart, so it goes out later than it says.",
                facts["apart"],
            )
            % facts
        )
    return str(SENTENCES[lint.code]) % facts


SENTENCES: Mapping[str, Lazy | str] = {
    "none": _("A schedule needs at least one step."),
    "same_day": _("Two steps stand on the same day; each needs a day of its own."),
    "twice": _("The %(stage)s stands twice; each may stand once."),
    "softer": _(
        "The %(stage)s is softer than the %(before)s before it. From step to step the tone may only grow firmer."
    ),
    "repeat_not_last": _("Only the last step may repeat."),
    "repeat_gap": _("It would repeat every %(every)s days, but messages keep at least %(gap)s days apart."),
    "hasty": _("So firm, so soon: hardly anybody is used to that within three days of the due date."),
    "no_channel": _("Nothing is set up here to send by %(channel)s: each of these would wait for a person."),
}


def differences(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[str]:
    """How the steps of `now` differ from those of `before`, one sentence each; nothing when they are alike."""
    old, new = {one["stage"]: one for one in before}, {one["stage"]: one for one in now}
    told = []
    for stage, step in new.items():
        there, names = old.get(stage), {"stage": label(STAGES, stage), "now": when(step["days"])}
        if there is None:
            told.append(gettext("%(stage)s added, %(now)s") % names)
            continue
        if there["days"] != step["days"]:
            told.append(gettext("%(stage)s: %(before)s → %(now)s") % {**names, "before": when(there["days"])})
        if there["channel"] != step["channel"]:
            ways = {"before": label(CHANNELS, there["channel"]), "now": label(CHANNELS, step["channel"])}
            told.append(gettext("%(stage)s: %(before)s → %(now)s") % {**names, **ways})
        if there.get("repeat_every") != step.get("repeat_every"):
            again = step.get("repeat_every")
            if again:
                text = ngettext("then every day", "then every %(days)s days", again) % {"days": again}
            else:
                text = gettext("not repeated any more")
            told.append(gettext("%(stage)s: %(now)s") % {**names, "now": text})
        if there.get("sender") != step.get("sender"):
            told.append(gettext("%(stage)s: signed by somebody else") % names)
    told += [gettext("%(stage)s left out") % {"stage": label(STAGES, stage)} for stage in old if stage not in new]
    return [one[:1].upper() + one[1:] for one in told]
