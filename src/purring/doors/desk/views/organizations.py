# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several organizations: all of a person's at a glance, sitting down at another one, opening one more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from purring.core.errors import Refused
from purring.doors.desk.desk import SESSION_KEY, Desk, ask_for_factor, go_on, memberships
from purring.doors.desk.factors import is_missing
from purring.doors.desk.founding import found_another
from purring.doors.desk.organization_forms import FoundForm
from purring.doors.desk.overview import SORTS, USUAL, added, houses, in_order
from purring.facts.organizations.actions import sit_at
from purring.facts.organizations.models import Organization, User


def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits in each of them, and how they stand; in the order of one column."""
    sort = request.GET.get("sort", USUAL)
    found = houses(desk.user, desk.all, desk.now)
    context = {
        "here": "organizations",
        "houses": in_order(found, sort),
        "sort": sort if sort in SORTS else USUAL,
        "needs": sum(one.needs for one in found),
        "goes": sum(one.goes for one in found),
        "overdue": added([one.overdue for one in found]),
        "expected": added([one.expected for one in found]),
        "currencies": len({total.currency for one in found for total in (*one.overdue, *one.expected)}),
    }
    return render(request, "desk/organizations.html", context)


def switch(request: HttpRequest, user: User, organization_id: int) -> HttpResponse:
    """Sit down at another organization one belongs to; any other does not exist. One that asks for a second factor the
    person does not have yet is not sat down at, so that the others stay within reach."""
    there = {member.organization_id: member.organization for member in memberships(user)}
    if organization_id not in there:
        raise Refused("not_found", "there is no such organization")
    if is_missing(there[organization_id], user):
        return ask_for_factor(request, there[organization_id])
    _sit(request, user, organization_id)
    return go_on(request, reverse("desk:today"))


def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One more organization of an owner; it leads into its first five minutes. Pressed twice it is one."""
    form = FoundForm(request.POST or None, desk=desk)
    made: list[Organization] = []
    if request.method == "POST" and form.attempt(lambda: made.append(found_another(desk.user, desk.now, **form.told))):
        _sit(request, desk.user, made[0].pk)
        return go_on(request, reverse("desk:begin"))
    context = {"here": "organizations", "form": form}
    return render(request, "desk/organization_new.html", context, status=422 if form.errors else 200)


def _sit(request: HttpRequest, user: User, organization_id: int) -> None:
    request.session[SESSION_KEY] = organization_id
    sit_at(user, organization_id)
