# SPDX-License-Identifier: AGPL-3.0-or-later
"""The history of one schedule in words, from the journal: what was otherwise before, who changed it and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.schedule import STAGES
from purring.doors.desk.desk import Desk
from purring.doors.desk.steps import differences
from purring.facts.customers.models import Group
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import User
from purring.followup.models import Schedule
from purring.followup.schedules import KEPT, history

ASKED = STAGES
FIELDS: dict[str, Lazy | str] = {
    "name": _("Name: %(before)s → %(now)s"),
    "min_days_between_contacts": _("Days between two messages: %(before)s → %(now)s"),
    "promise_grace_days": _("Days of grace for a promise: %(before)s → %(now)s"),
    "minimum_balance": _("Smallest sum worth a message: %(before)s → %(now)s"),
}


def told(desk: Desk, schedule: Schedule, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Each change with what it changed; the state after it follows from what the later ones changed."""
    state = {name: getattr(schedule, name) for name in KEPT}
    if entries:
        for later in history(schedule).filter(pk__gt=entries[0].pk, kind="schedule.changed").order_by("-pk"):
            state |= later.data.get("before", {})
    ids = {int(entry.actor[5:]) for entry in entries if entry.actor.startswith("user:")}
    names = {user.pk: user.name or user.email for user in User.objects.filter(pk__in=ids)} if ids else {}
    in_groups = {entry.data["group"] for entry in entries if "group" in entry.data}
    groups = (
        dict(Group.objects.of(desk.organization).filter(pk__in=in_groups).values_list("pk", "name"))
        if in_groups
        else {}
    )
    shown = []
    for entry in entries:
        what: list[str] = []
        if entry.kind == "schedule.changed":
            before = {**state, **entry.data.get("before", {})}
            what = _changes(before, state) if "before" in entry.data else [gettext("Changed.")]
            state = before
        elif entry.kind == "schedule.made":
            what = [gettext("Made.")]
        elif entry.kind in ("schedule.chosen", "schedule.left"):
            name = groups.get(entry.data.get("group", 0), "…")
            text = (
                gettext("Chosen for the group “%(group)s”.")
                if entry.kind == "schedule.chosen"
                else gettext("No longer for the group “%(group)s”.")
            )
            what = [text % {"group": name}]
        shown.append(
            {
                "entry": entry,
                "what": what,
                "who": _who(entry.actor, names),
                "can": entry.kind == "schedule.changed" and "before" in entry.data,
            }
        )
    return shown


def _changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    found = [
        str(text) % {"before": before[name], "now": now[name]}
        for name, text in FIELDS.items()
        if before[name] != now[name]
    ]
    if before["working_days_only"] != now["working_days_only"]:
        found.append(gettext("Only on working days") if now["working_days_only"] else gettext("On any day of the week"))
    if before["charges"] != now["charges"]:
        found.append(
            gettext("Asks for late charges") if now["charges"] == "lawful" else gettext("Asks for no late charges")
        )
    return found + differences(before["steps"], now["steps"])


def _who(actor: str, names: dict[int, str]) -> str:
    if actor.startswith("user:"):
        return names.get(int(actor[5:]), gettext("a former colleague"))
    return {"cli": gettext("command line")}.get(actor, "Purring" if actor.startswith("round:") else actor)
