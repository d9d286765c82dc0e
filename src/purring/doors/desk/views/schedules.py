# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schedules: all of them in plain words, and the page to change one with its rehearsal beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.fields import sentence
from purring.doors.desk.schedule_forms import ScheduleForm, StepFormSet, begun, changed, desk_signers
from purring.doors.desk.schedule_live import lines, thought_of, told
from purring.doors.desk.step_line import step_line
from purring.doors.desk.steps import differences, in_words, preset_name
from purring.doors.desk.views.settings import kept, show
from purring.followup.models import Schedule
from purring.followup.presets import PresetSchedule, find_preset
from purring.followup.schedules import default_schedule, followers, remove_schedule
from purring.kit.numbers import whole
from purring.kit.tenancy import reach

KEEP, REHEARSE = "keep", "rehearse"


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every schedule as a timeline in plain words."""
    default_schedule(desk.organization)
    rows = Schedule.objects.of(desk.organization).annotate(chosen=Count("assignments")).order_by("-is_default", "name")
    shown = [{"schedule": row, "steps": in_words(row), "line": step_line(row.steps)} for row in rows]
    return show(request, "schedules", "schedules", schedules=shown)


def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A schedule of its own for some customers: from a preset, as a copy of another, or the gentle one."""
    return _edit(request, desk, None)


def change(request: HttpRequest, desk: Desk, schedule_id: int) -> HttpResponse:
    return _edit(request, desk, reach(Schedule, desk.organization, "organization", pk=schedule_id))


def _edit(request: HttpRequest, desk: Desk, schedule: Schedule | None) -> HttpResponse:
    if request.method != "POST":
        like = whole(request.GET.get("like")) if schedule is None else None
        copied = None if like is None else reach(Schedule, desk.organization, pk=like)
        return _page(request, desk, schedule, begun(desk, schedule, _preset(request), copied))
    do = request.POST.get("do") or request.GET.get("do") or KEEP  # a change in a field presses no button
    if do not in (KEEP, REHEARSE):
        return _page(request, desk, schedule, changed(request.POST, do), do=do)
    if do == REHEARSE:
        return _page(request, desk, schedule, request.POST, do=do)
    form, steps = _forms(desk, schedule, request.POST)
    fits = steps.fits()
    if form.is_valid() and fits and form.run(steps):
        return kept(request, "desk:schedules")
    return _page(request, desk, schedule, request.POST, forms=(form, steps), status=422)


def _forms(desk: Desk, schedule: Schedule | None, typed: Any) -> tuple[ScheduleForm, StepFormSet]:
    form = ScheduleForm(typed, desk=desk, schedule=schedule)
    return form, StepFormSet.of(typed, desk_signers(desk))


def _preset(request: HttpRequest) -> PresetSchedule | None:
    chosen = request.GET.get("preset", "")
    return find_preset(chosen) if chosen else None


def _page(
    request: HttpRequest,
    desk: Desk,
    schedule: Schedule | None,
    typed: Any,
    *,
    do: str = "",
    forms: tuple[ScheduleForm, StepFormSet] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or for htmx only what changed: the editor after a button, what is said of it after a change."""
    form, steps = forms or _forms(desk, schedule, typed)
    thought = thought_of(form, steps) if not forms else None
    if forms and not steps.total_error_count() and not set(form.errors) - {"name", "__all__"}:
        thought = thought_of(form, steps)
    if not forms:
        form.errors.pop("name", None)  # nothing is to be kept yet
    live = told(desk, schedule, thought)
    context: dict[str, Any] = {
        "form": form,
        "steps": steps,
        "lines": lines(steps, live["lints"]),
        "schedule": schedule,
        "to": reverse("desk:schedule", args=[schedule.pk]) if schedule else reverse("desk:schedule-new"),
        **live,
        **_origin(form, steps),
    }
    if is_fragment(request) and do:
        part = "schedule_live" if do == REHEARSE else "schedule_editor"
        return render(request, f"desk/settings/{part}.html", {**context, "oob": True})
    if schedule and not schedule.is_default:
        context["followers"] = followers(schedule)
    return show(request, "schedule", "schedules", status, **context)


def _origin(form: ScheduleForm, steps: StepFormSet) -> dict[str, Any]:
    """The preset it began from, and how it differs from it by now."""
    try:
        preset = find_preset(str(form["preset"].value() or ""))
    except Refused:
        return {"preset": None}
    return {
        "preset": preset,
        "preset_name": preset_name(preset),
        "preset_line": step_line(preset.steps),
        "preset_steps": in_words(preset),
        "different": differences(preset.steps, steps.rows()),
    }


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
