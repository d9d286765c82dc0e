# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings, "Sending": hours and limits, the yes, a pause, days of our own, who signs, who is told of trouble."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from purring.core.calendar import public_holidays
from purring.doors.desk.choices import country_name
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.sending_forms import ALERTS, AlertFormSet, CloseForm, IdentityForm, PauseForm, RulesForm
from purring.doors.desk.views.settings import kept, show
from purring.facts.customers.models import Customer
from purring.facts.organizations.models import LegalEntity
from purring.facts.sending.alerts import keep_recipients, recipients, untold
from purring.facts.sending.identities import identities, keep_identity, remove_identity
from purring.facts.sending.models import AlertRecipient, Identity
from purring.facts.sending.roads import address_of, trouble
from purring.followup.closed import open_again, paused_on, resume
from purring.kit.tenancy import reach

HERE = "desk:settings-sending"
AHEAD = timedelta(days=365)
"""So far public holidays are shown."""
MOST_COUNTRIES = 12


def sending(request: HttpRequest, desk: Desk) -> HttpResponse:
    """When messages leave, how many, which wait for a yes."""
    form = RulesForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.run():
        return kept(request, HERE)
    return _page(request, desk, rules=form)


def _page(request: HttpRequest, desk: Desk, **forms: Any) -> HttpResponse:
    """The page with the form that was sent, if one was; the others are as they stand."""
    organization = desk.organization
    shown = {"rules": RulesForm(desk=desk), "pausing": PauseForm(desk=desk), "closing": CloseForm(desk=desk), **forms}
    days = [
        {**row, "from": date.fromisoformat(row["first"]), "to": date.fromisoformat(row["last"])}
        for row in organization.closed_days
    ]
    context: dict[str, Any] = {
        "sub": "rules",
        "paused": paused_on(organization, desk.today),
        "closed": [row for row in days if row["to"] >= desk.today],
        "holidays": _holidays(desk),
        "address": address_of(organization),
        "trouble": trouble(organization),
    }
    return show(request, "sending", "sending", 422 if request.method == "POST" else 200, **context, **shown)


def _holidays(desk: Desk) -> list[tuple[str, list[tuple[date, str]]]]:
    """By country where customers are, our own first: the public holidays to come, on which nothing leaves to it."""
    own = desk.organization.country
    theirs = Customer.objects.of(desk.organization).exclude(country__in=("", own)).values_list("country", flat=True)
    countries = [own, *theirs.distinct().order_by("country")[: MOST_COUNTRIES - 1]]
    language = get_language() or "en"
    return [
        (country_name(one, language), public_holidays(one, desk.today, desk.today + AHEAD, language))
        for one in countries
    ]


def pause(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everything rests until a day."""
    form = PauseForm(request.POST, desk=desk)
    return kept(request, HERE) if form.run() else _page(request, desk, pausing=form)


def go_on_sending(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The pause is over."""
    if resume(desk.organization, now=desk.now, actor=desk.actor):
        messages.success(request, gettext("It goes on. What waited is decided afresh."))
    return go_on(request, reverse(HERE))


def close(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Days of our own on which nothing leaves."""
    form = CloseForm(request.POST, desk=desk)
    return kept(request, HERE) if form.run() else _page(request, desk, closing=form)


def open_days(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Closed days are taken back."""
    try:
        first, last = (date.fromisoformat(request.POST.get(name, "")) for name in ("first", "last"))
    except ValueError:
        return go_on(request, reverse(HERE))
    open_again(desk.organization, first, last, now=desk.now, actor=desk.actor)
    return kept(request, HERE)


# --- who signs ----------------------------------------------------------------------------------------------------


def senders(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The people whose names stand under messages."""
    entities = {one.pk: one for one in LegalEntity.objects.of(desk.organization).order_by("-is_default", "name")}
    people = identities(desk.organization)
    rows = [{"identity": one, "entity": entities.get(one.entity_id or 0)} for one in people]
    usual = any(one.is_usual and one.entity_id is None for one in people)
    fallback = next((one for one in entities.values() if one.sender_name), None)
    context: dict[str, Any] = {
        "rows": rows,
        "usual": usual,
        "fallback": fallback,
        "several": len(entities) > 1,
        "sub": "senders",
    }
    return show(request, "senders", "sending", **context)


def sender_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _sender(request, IdentityForm(request.POST or None, desk=desk))


def sender_change(request: HttpRequest, desk: Desk, sender_id: int) -> HttpResponse:
    identity = reach(Identity, desk.organization, pk=sender_id, removed_at=None)
    return _sender(request, IdentityForm(request.POST or None, desk=desk, identity=identity))


def _sender(request: HttpRequest, form: IdentityForm) -> HttpResponse:
    there = form.identity
    if request.method == "POST" and form.run():
        return kept(request, "desk:senders")
    status = 422 if request.method == "POST" else 200
    return show(request, "sender", "sending", status, form=form, identity=there, sub="senders")


def sender_usual(request: HttpRequest, desk: Desk, sender_id: int) -> HttpResponse:
    identity = reach(Identity, desk.organization, pk=sender_id, removed_at=None)
    keep_identity(desk.organization, identity, is_usual=True, now=desk.now, actor=desk.actor)
    return kept(request, "desk:senders")


def sender_remove(request: HttpRequest, desk: Desk, sender_id: int) -> HttpResponse:
    identity = reach(Identity, desk.organization, pk=sender_id)
    remove_identity(identity, now=desk.now, actor=desk.actor)
    return kept(request, "desk:senders")


# --- who is told --------------------------------------------------------------------------------------------------


def alerts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who is told of trouble by mail."""
    forms = AlertFormSet.of(desk.organization, request.POST or None)
    if request.method == "POST" and forms.is_valid():
        keep_recipients(desk.organization, forms.wanted(), now=desk.now, actor=desk.actor)
        return kept(request, "desk:alerts")
    missing = [ALERTS[kind] for kind in untold(recipients(desk.organization))]
    chosen = AlertRecipient.objects.of(desk.organization).exists()
    context: dict[str, Any] = {"forms": forms, "missing": missing, "chosen": chosen, "sub": "alerts"}
    return show(request, "alerts", "sending", 422 if request.method == "POST" else 200, **context)
