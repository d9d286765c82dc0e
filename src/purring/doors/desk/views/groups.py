# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings, "Groups": customers that are treated alike, with the schedule and the offers they share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import sentence
from purring.doors.desk.group_forms import GroupForm
from purring.doors.desk.paging import more_link, page_of
from purring.doors.desk.views.settings import kept, show
from purring.facts.customers.groups import remove_group
from purring.facts.customers.models import Customer, Group
from purring.followup.models import Assignment, Schedule
from purring.kit.tenancy import reach

HERE = "desk:groups"
PAGE = 50


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every group, how many are in it, and what it follows."""
    return _page(request, desk)


def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = GroupForm(request.POST, desk=desk, schedules=_schedules(desk))
    return kept(request, HERE) if form.run() else _page(request, desk, sent=form)


def change(request: HttpRequest, desk: Desk, group_id: int) -> HttpResponse:
    """Another name or schedule; a GET shows the page with its form open."""
    group = reach(Group, desk.organization, pk=group_id)
    if request.method == "GET":
        return _page(request, desk, opened=group.pk)
    follows = Assignment.objects.of(desk.organization).filter(group=group).values_list("schedule_id", flat=True).first()
    form = GroupForm(request.POST, desk=desk, schedules=_schedules(desk), group=group, follows=follows)
    return kept(request, HERE) if form.run() else _page(request, desk, sent=form, opened=group.pk)


def remove(request: HttpRequest, desk: Desk, group_id: int) -> HttpResponse:
    group = reach(Group, desk.organization, pk=group_id)
    try:
        remove_group(group, now=desk.now, actor=desk.actor)
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
        return go_on(request, reverse(HERE))
    return kept(request, HERE)


def _schedules(desk: Desk) -> list[Schedule]:
    return list(Schedule.objects.of(desk.organization).order_by("name"))


def _page(request: HttpRequest, desk: Desk, sent: GroupForm | None = None, opened: int | None = None) -> HttpResponse:
    """The page, with the form that was sent, or one that is open."""
    org, schedules = desk.organization, _schedules(desk)
    names = {row.pk: row.name for row in schedules}
    chosen = Assignment.objects.of(org).filter(group=OuterRef("pk")).values("schedule_id")[:1]
    inside = Customer.objects.of(org).filter(group=OuterRef("pk")).order_by().values("group")
    counted = inside.annotate(count=Count("pk")).values("count")
    rows = Group.objects.of(org).annotate(follows=Subquery(chosen), members=Subquery(counted))
    found, key = page_of(rows, ("name", "id"), request.GET.get("after", ""), PAGE)
    if opened and opened not in {row.pk for row in found}:
        found = [*rows.filter(pk=opened), *found]
    shown: list[dict[str, Any]] = []
    for group in found:
        follows: Any = group.follows  # type: ignore[attr-defined]
        given: dict[str, Any] = {"desk": desk, "schedules": schedules, "group": group, "follows": follows}
        form = sent if sent and sent.group and sent.group.pk == group.pk else GroupForm(**given)
        shown.append(
            {
                "group": group,
                "members": group.members or 0,  # type: ignore[attr-defined]
                "follows": names.get(follows, ""),
                "form": form,
                "open": group.pk == opened,
            }
        )
    fresh = sent if sent and sent.group is None else GroupForm(desk=desk, schedules=schedules)
    context: dict[str, Any] = {
        "rows": shown,
        "more": more_link(reverse(HERE), request.GET, key),
        "fresh": fresh,
        "adding": fresh is sent or not shown,
    }
    return show(request, "groups", "groups", 422 if sent else 200, **context)
