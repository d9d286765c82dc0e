# SPDX-License-Identifier: AGPL-3.0-or-later
"""Around a schedule: presets to compare, who follows it, what changed when and by whom, and the text of its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext

from purring.core.errors import Refused
from purring.doors.desk import schedule_past
from purring.doors.desk.choices import country_name, language_choices
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.fields import sentence
from purring.doors.desk.paging import more_link, newest_first
from purring.doors.desk.schedule_people import SHOWN, Found, found, groups_of, listed
from purring.doors.desk.step_line import step_line
from purring.doors.desk.steps import TRADES, in_words, preset_name
from purring.doors.desk.views.settings import show
from purring.facts.customers.models import Customer, Group
from purring.facts.invoices.models import Invoice
from purring.followup.models import Assignment, Schedule
from purring.followup.presets import PresetSchedule, known_countries, presets_of, trades
from purring.followup.schedules import assign, default_schedule, history, put_back
from purring.followup.wording_preview import Look, customer_words, known_language, sample_words
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.language.sections import Piece

PAGE = 50
TARGETS: dict[str, Any] = {"group": Group, "customer": Customer, "invoice": Invoice}


def presets(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is lawful and customary, country by country and by trade, side by side."""
    countries = known_countries(desk.organization.country)
    wanted = request.GET.get("country", "")
    country = wanted if wanted in countries else countries[0]
    shown = get_language() or "en"
    usual = default_schedule(desk.organization)
    context: dict[str, Any] = {
        "country": country,
        "countries": [(code, country_name(code, shown)) for code in countries],
        "of_country": [_offered(one) for one in presets_of(country)],
        "of_trades": [_offered(one) for one in trades()],
        "usual": usual,
        "usual_line": step_line(usual.steps),
    }
    return show(request, "schedule_presets", "schedules", **context)


def _offered(preset: PresetSchedule) -> dict[str, Any]:
    why = TRADES[preset.trade][1] if preset.trade else ""
    words = in_words(preset)
    return {"preset": preset, "name": preset_name(preset), "why": why, "steps": words, "line": step_line(preset.steps)}


def people(request: HttpRequest, desk: Desk, schedule_id: int) -> HttpResponse:
    """Who follows a schedule: groups, customers, single invoices; and a search for whom to add."""
    schedule = reach(Schedule, desk.organization, "organization", pk=schedule_id)
    return _people(request, desk, schedule)


def _people(request: HttpRequest, desk: Desk, schedule: Schedule, problem: str = "", status: int = 200) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    wanted = given.get("q", "").strip()
    chosen = Assignment.objects.of(desk.organization).filter(schedule=schedule)
    rows, key = newest_first(
        chosen.select_related("group", "customer", "invoice__customer"), request.GET.get("after", ""), PAGE
    )
    to = reverse("desk:schedule-people", args=[schedule.pk])
    matches: list[Found] = found(desk, schedule, wanted) if wanted and desk.may_manage else []
    context = {
        "schedule": schedule,
        "rows": listed(rows),
        "more": more_link(to, request.GET, key),
        "q": wanted,
        "matches": matches[:SHOWN],
        "more_matches": len(matches) > SHOWN,
        "groups": groups_of(desk, schedule) if desk.may_manage else [],
        "problem": problem,
        "to": to,
    }
    if is_fragment(request) and request.method == "GET" and not request.GET.get("after"):
        return render(request, "desk/settings/schedule_matches.html", context)
    return show(request, "schedule_people", "schedules", status, **context)


def choose(request: HttpRequest, desk: Desk, schedule_id: int) -> HttpResponse:
    """Let somebody follow it, or no longer."""
    schedule = reach(Schedule, desk.organization, "organization", pk=schedule_id)
    what, key = request.POST.get("what", ""), whole(request.POST.get("key"))
    if what not in TARGETS or key is None:
        return _people(request, desk, schedule, gettext("Choose a group, a customer or an invoice."), 422)
    row = reach(TARGETS[what], desk.organization, pk=key)
    leaves = request.POST.get("do") == "leave"
    target: dict[str, Any] = {what: row}
    there = Assignment.objects.of(desk.organization).filter(schedule=schedule, **target).exists()
    try:
        if not leaves:
            assign(schedule, **target, now=desk.now, actor=desk.actor)
        elif there:  # not what somebody else chose meanwhile
            assign(None, **target, now=desk.now, actor=desk.actor)
    except Refused as refused:
        return _people(request, desk, schedule, sentence(refused.message), 422)
    text = gettext("%(name)s follows the usual one again.") if leaves else gettext("%(name)s follows it now.")
    messages.success(request, text % {"name": row.number if isinstance(row, Invoice) else row.name})
    return go_on(request, reverse("desk:schedule-people", args=[schedule.pk]))


def past(request: HttpRequest, desk: Desk, schedule_id: int) -> HttpResponse:
    """What changed when, and by whom; each change can be put back."""
    schedule = reach(Schedule, desk.organization, "organization", pk=schedule_id)
    entries, key = newest_first(history(schedule), request.GET.get("after", ""), PAGE)
    to = reverse("desk:schedule-past", args=[schedule.pk])
    changes = schedule_past.told(desk, schedule, entries)
    return show(
        request, "schedule_past", "schedules", schedule=schedule, changes=changes, more=more_link(to, request.GET, key)
    )


def revert(request: HttpRequest, desk: Desk, schedule_id: int) -> HttpResponse:
    """As it was before one change."""
    schedule = reach(Schedule, desk.organization, "organization", pk=schedule_id)
    try:
        put_back(schedule, whole(request.POST.get("entry")) or 0, now=desk.now, actor=desk.actor)
    except Refused as refused:
        messages.error(request, sentence(refused.message))
    else:
        messages.success(request, gettext("It is as it was before that change."))
    return go_on(request, reverse("desk:schedule-past", args=[schedule.pk]))


def words(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What one step says: to a sample customer in a language, or to a real one with the facts of now."""
    stage, channel = request.GET.get("stage") or "friendly", request.GET.get("channel", "email")
    language = known_language(request.GET.get("language", ""), desk.organization)
    wanted = request.GET.get("customer", "").strip()
    context: dict[str, Any] = {
        "stage": stage,
        "channel": channel,
        "chosen": language,
        "languages": language_choices(get_language() or "en"),
        "customer": wanted,
        "words": None,
        "problem": "",
        "fragment": is_fragment(request),
    }
    matches = Customer.objects.of(desk.organization).filter(name__istartswith=wanted) if wanted else None
    customer = matches.order_by("name", "pk").first() if matches is not None else None
    if wanted and customer is None:
        context["problem"] = gettext("There is no customer whose name begins like this.")
    if channel in ("email", "sms", "letter") and stage in schedule_past.ASKED:
        look = Look(language, Piece(stage, channel, ()), stage=stage, channel=channel)
        try:
            if customer:
                context |= {"words": customer_words(desk.organization, look, customer, desk.today)[0], "who": customer}
            else:
                context["words"] = sample_words(desk.organization, look)[0]
        except Refused as refused:
            context["problem"] = sentence(refused.message)
    part = "schedule_words_part" if is_fragment(request) else "schedule_words"
    return render(request, f"desk/settings/{part}.html", {"here": "settings", "tab": "schedules", **context})
