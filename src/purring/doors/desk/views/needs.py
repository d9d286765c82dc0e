# SPDX-License-Identifier: AGPL-3.0-or-later
"""What needs a person: one kind opened, what was put off, and the acts on one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk import needs
from purring.doors.desk.desk import Desk, done, go_on, is_fragment
from purring.doors.desk.fields import DayField
from purring.facts.journal.models import Entry
from purring.followup.models import Task
from purring.followup.morning import bring_back, put_off
from purring.followup.tasks import finish_task
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.language import formats

DAYS = {"tomorrow": 1, "days": 3, "week": 7}
"""How long something can be put off by one press."""


def group(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """All needs of one kind, those first that stop most; as a fragment the rows."""
    rows, more = needs.page_of(desk, kind, whole(request.GET.get("after")) or 0)
    known = rows or kind in needs.NO_TASKS or Task.objects.of(desk.organization).filter(code=kind).exists()
    if not known:
        raise Http404("nothing of this kind")
    link = f"{reverse('desk:needs', args=[kind])}?after={more}" if more else ""
    context = {"here": "today", "kind": needs.kind_of(kind), "rows": rows, "more": link}
    return render(request, "desk/needs_rows.html" if is_fragment(request) else "desk/needs.html", context)


def later(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was put off, until when and by whom."""
    return render(request, "desk/later.html", {"here": "today", "rows": needs.later(desk)})


def wait(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Not today: it is back on the day that was chosen."""
    _, customer_id = needs.subject_of(desk, subject)
    days = DAYS.get(request.POST.get("for", ""))
    told: dict[str, Any] = {"now": desk.now, "actor": desk.actor, "customer_id": customer_id}
    try:
        until = desk.today + timedelta(days=days) if days else DayField().clean(request.POST.get("until", ""))
        entry = put_off(desk.organization, subject, until, user_id=desk.user.pk, **told)
    except (Refused, ValidationError):
        said = gettext("Choose a day from tomorrow on.")
        return done(request, said, reverse("desk:today"), ok=False)
    said = gettext("Not today: it is back on %(day)s.") % {"day": formats.short_date(until, desk.locale)}
    return done(request, said, reverse("desk:today"), undo=entry)


def back(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """What was put off needs a person again, now."""
    _, customer_id = needs.subject_of(desk, subject)
    bring_back(desk.organization, subject, customer_id=customer_id, now=desk.now, actor=desk.actor)
    return go_on(request, reverse("desk:today"))


def task_done(request: HttpRequest, desk: Desk, task_id: int) -> HttpResponse:
    """A person did it."""
    task = reach(Task, desk.organization, pk=task_id)
    finish_task(task, now=desk.now, actor=desk.actor, user_id=desk.user.pk)
    entry = Entry.objects.of(desk.organization).filter(kind="task.done", at=desk.now, data__task=task.pk).first()
    return done(request, gettext("Done, thank you."), reverse("desk:today"), undo=entry.pk if entry else None)
