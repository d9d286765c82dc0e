# SPDX-License-Identifier: AGPL-3.0-or-later
"""The morning's list behind a link in a mail: read and approved without signing in, until the evening. Opening it changes
nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on, say
from purring.followup.list_by_mail import approved_of, read_token, wish
from purring.followup.morning import approve_many
from purring.followup.preview import letters_of
from purring.kit.numbers import whole

SHOWN = 60


def morning(request: HttpRequest, token: str) -> HttpResponse:
    """The list with its exact words; a POST approves what is ticked of it."""
    now = timezone.now()
    try:
        link = read_token(token, now)
    except Refused:
        response = render(request, "desk/morning_over.html", status=404)
        response["Cache-Control"] = "no-store"
        return response
    if link.user.language:
        translation.activate(link.user.language)
    desk = Desk(link.user, link.organization, link.role, now)
    here = reverse("desk:morning", args=[token])
    if request.method == "POST":
        ticked = {whole(key) for key in request.POST.getlist("reminder")}
        ids = [key for key in link.waiting().values_list("id", flat=True) if key in ticked]
        if ids:
            approve_many(link.organization, ids, now=now, actor=desk.actor, user_id=link.user.pk)
        return go_on(request, here)
    rows = list(link.waiting().select_related("customer")[: SHOWN + 1])
    letters = letters_of(link.organization, rows[:SHOWN])
    context = {
        "desk": desk,
        "rows": [(row, letters[row.pk]) for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "approved": approved_of(link),
    }
    response = render(request, "desk/morning.html", context)
    response["Cache-Control"] = "no-store"
    return response


def by_mail(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The person wishes to have the list by mail, or no more."""
    wanted = request.POST.get("wish") == "yes"
    wish(desk.organization, desk.user, wanted, now=desk.now, actor=desk.actor)
    if wanted:
        text = gettext("The list comes by mail on every morning on which messages wait for a yes.")
    else:
        text = gettext("The list does not come by mail any more.")
    say(request, text)
    return go_on(request, reverse("desk:today"))
