# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tomorrow and the days after it: who would be written to, in which words, if nothing new comes until then (R22)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from purring.core.errors import Refused
from purring.core.reasons import why_send
from purring.doors.desk.desk import Desk, is_fragment
from purring.doors.desk.fields import sentence
from purring.facts.customers.models import Customer
from purring.followup.preview import Coming, coming, letter_ahead
from purring.kit.numbers import whole
from purring.kit.tenancy import reach

DAYS = 7


class Row(NamedTuple):
    """One contact of the day, and why."""

    coming: Coming
    why: str


def ahead(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One day ahead, tomorrow first; a bounded number of accounts per page."""
    day = _day(desk, request.GET.get("day", ""))
    after = request.GET.get("after", "")
    found, last = coming(desk.organization, desk.today, day, whole(after) or 0)
    rows = [Row(one, why_send(one.contact, day)) for one in found]
    context: dict[str, Any] = {
        "here": "today",
        "day": day,
        "days": [desk.today + timedelta(days=number) for number in range(1, DAYS + 1)],
        "rows": rows,
        "more": f"{reverse('desk:ahead')}?day={day}&after={last}" if last else "",
    }
    return render(request, "desk/ahead_rows.html" if is_fragment(request) and after else "desk/ahead.html", context)


def words(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """The words of that contact."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    customer.organization = desk.organization
    day = _day(desk, request.GET.get("day", ""))
    letter, problem = None, ""
    try:
        letter = letter_ahead(desk.organization, customer, desk.today, day)
    except Refused as refused:
        problem = sentence(refused.message)
    context = {"here": "today", "customer": customer, "day": day, "letter": letter, "problem": problem}
    context["address"] = letter.to if letter else ""
    return render(request, "desk/parts/message.html" if is_fragment(request) else "desk/ahead_words.html", context)


def _day(desk: Desk, text: str) -> date:
    """The day that is asked for, tomorrow when none is. Days out of reach do not exist."""
    if not text:
        return desk.today + timedelta(days=1)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404("not a day") from None
    if not desk.today < day <= desk.today + timedelta(days=DAYS):
        raise Http404("this day is not shown")
    return day
