# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules: all of them in plain words, a page to change one, and a new one beside them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import sentence
from purring.doors.desk.schedule_forms import ScheduleForm, StepFormSet
from purring.doors.desk.steps import in_words
from purring.doors.desk.views.settings import kept, show
from purring.followup.models import Schedule
from purring.followup.presets import find_preset, presets
from purring.followup.schedules import default_schedule, followers, remove_schedule
from purring.kit.tenancy import reach


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every schedule as a timeline in plain words."""
    default_schedule(desk.organization)
    rows = Schedule.objects.of(desk.organization).order_by("-is_default", "name")
    shown = [{"schedule": row, "steps": in_words(row)} for row in rows]
    return show(request, "schedules", "schedules", schedules=shown)


def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A schedule of its own for some customers."""
    return _edit(request, desk, None)


def change(request: HttpRequest, desk: Desk, schedule_id: int) -> HttpResponse:
    return _edit(request, desk, reach(Schedule, desk.organization, pk=schedule_id))


def _edit(request: HttpRequest, desk: Desk, schedule: Schedule | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    chosen = request.GET.get("preset", "") if schedule is None else ""
    preset = find_preset(chosen) if chosen else None
    form = ScheduleForm(posted, desk=desk, schedule=schedule, preset=preset)
    steps = StepFormSet.of(schedule, posted, preset)
    if posted and steps.is_valid() and form.run(steps):
        return kept(request, "desk:schedules")
    status = 422 if posted else 200
    count = followers(schedule) if schedule else 0
    context = {"form": form, "steps": steps, "schedule": schedule, "followers": count, "preset": preset}
    if schedule is None:
        context["presets"] = presets(desk.organization.country)
    return show(request, "schedule", "schedules", status, **context)


def remove(request: HttpRequest, desk: Desk, schedule_id: int) -> HttpResponse:
    """Whoever followed it follows the usual one again."""
    row = reach(Schedule, desk.organization, pk=schedule_id)
    try:
        remove_schedule(row, now=desk.now, actor=desk.actor)
    except Refused as refused:
        messages.error(request, sentence(refused.message))
    else:
        messages.success(request, gettext("Removed."))
    return go_on(request, reverse("desk:schedules"))
