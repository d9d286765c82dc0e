# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: the business, who bills and where to pay, when messages leave, the schedule in plain words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.settings_forms import AccountFormSet, BusinessForm, EntityForm
from purring.doors.desk.steps import in_words
from purring.facts.organizations.models import LegalEntity
from purring.followup.entities import make_usual
from purring.followup.schedules import default_schedule
from purring.kit.tenancy import reach


def show(request: HttpRequest, page: str, here: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the settings with its tab."""
    return render(request, f"desk/settings/{page}.html", {"here": "settings", "tab": here, **context}, status=status)


def kept(request: HttpRequest, name: str, *args: Any) -> HttpResponse:
    """Say so, and go on."""
    messages.success(request, gettext("Kept."))
    return go_on(request, reverse(name, args=args))


def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everything at a glance, for every role."""
    entities = _entities(desk)
    schedule = default_schedule(desk.organization)
    return show(request, "overview", "overview", entities=entities, schedule=schedule, steps=in_words(schedule))


def business(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = BusinessForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.run():
        return kept(request, "desk:settings-business")
    return show(request, "business", "business", 422 if request.method == "POST" else 200, form=form)


def entity(request: HttpRequest, desk: Desk, entity_id: int) -> HttpResponse:
    """One legal entity with its bank accounts, the preferred one first."""
    billed_by = reach(LegalEntity, desk.organization, pk=entity_id)
    form = EntityForm(request.POST or None, desk=desk, entity=billed_by)
    accounts = AccountFormSet.of(billed_by, request.POST or None)
    if request.method == "POST" and accounts.is_valid() and form.run(accounts):
        return kept(request, "desk:settings-entity", billed_by.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "accounts": accounts, "entity": billed_by, "entities": _entities(desk)}
    return show(request, "entity", "entity", status, **context)


def entity_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A further legal entity."""
    fresh = LegalEntity(organization=desk.organization, country=desk.organization.country)
    form = EntityForm(request.POST or None, desk=desk, entity=fresh)
    accounts = AccountFormSet.of(fresh, request.POST or None)
    if request.method == "POST" and accounts.is_valid() and form.run(accounts):
        return kept(request, "desk:settings-entity", form.entity.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "accounts": accounts, "entity": fresh, "entities": _entities(desk)}
    return show(request, "entity", "entity", status, **context)


def entity_usual(request: HttpRequest, desk: Desk, entity_id: int) -> HttpResponse:
    """It bills where nothing else is said."""
    make_usual(reach(LegalEntity, desk.organization, pk=entity_id), now=desk.now, actor=desk.actor)
    return kept(request, "desk:settings-entity", entity_id)


def _entities(desk: Desk) -> list[LegalEntity]:
    return list(LegalEntity.objects.of(desk.organization).order_by("-is_default", "name"))


def billing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The default entity's page."""
    found = LegalEntity.objects.of(desk.organization).order_by("-is_default", "id").first()
    return go_on(request, reverse("desk:settings-entity", args=[found.pk]) if found else reverse("desk:settings"))
