# SPDX-License-Identifier: AGPL-3.0-or-later
"""Today: what needs a person, what goes out and why, what is held and why. The page a morning begins with."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from purring.doors.desk.answers import told_today
from purring.doors.desk.desk import Desk, done, go_on, is_fragment
from purring.doors.desk.money import needs_count
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.facts.organizations.actions import approve_first_day
from purring.followup.accounts import load_accounts
from purring.followup.approvals import approve, needs_approval, waiting
from purring.followup.deliveries import doubtful
from purring.followup.intentions import held
from purring.followup.models import GONE, Reminder, ReminderItem, State, Task
from purring.followup.tasks import finish_task, open_tasks
from purring.followup.watch import stopped_rounds
from purring.kit.tenancy import reach

SHOWN = 100
"""Reminders on one page; the rest is counted and approved with them."""
HELD_SHOWN = 60
HELD_LOOKED_AT = 600
"""Accounts decided for one page of the held list."""
DAILY_ROUNDS = [("sweep", 60), ("plan", 60), ("write", 60), ("seal", 60)]
"""Rounds without which the day does not go on; they run every minute or oftener."""
FAILED_SINCE = timedelta(days=7)


def today(request: HttpRequest, desk: Desk) -> HttpResponse:
    organization, now, on = desk.organization, desk.now, desk.today
    rows = waiting(organization, on).select_related("customer")
    numbers = ReminderItem.objects.of(organization).filter(amount__gt=0).select_related("invoice").order_by("id")
    going = list(rows.prefetch_related(Prefetch("items", queryset=numbers))[: SHOWN + 1])
    total = len(going) if len(going) <= SHOWN else rows.count()
    ask = needs_approval(organization)
    to_approve = waiting(organization, on).filter(approved_at=None) if ask else None
    states = Reminder.objects.of(organization).filter(on=on, state__in=GONE).aggregate(gone=Count("id"))
    tasks = list(open_tasks(organization)[: SHOWN + 1])
    answers = Message.objects.of(organization).filter(needs_answer=True, answered_at=None).select_related("customer")
    context = {
        "here": "today",
        "going": going[:SHOWN],
        "total": total,
        "newest": max((row.pk for row in going), default=0),
        "ask": ask,
        "unapproved": to_approve.count() if to_approve is not None else 0,
        "first_day": organization.first_day_approved_at is None,
        "gone": states["gone"],
        "tasks": tasks[:SHOWN],
        "more_tasks": len(tasks) > SHOWN,
        "doubtful": list(doubtful(organization).select_related("customer", "message")[:SHOWN]),
        "failed": list(
            Reminder.objects.of(organization)
            .filter(state=State.FAILED, ended_at__gte=now - FAILED_SINCE)
            .select_related("customer")[:SHOWN]
        ),
        "told": told_today(desk, SHOWN),
        "answers": list(answers.order_by("at")[:SHOWN]),
        "stopped": stopped_rounds(now, DAILY_ROUNDS),
        "no_mail": not (settings.SMTP_URL or settings.MAIL_SERVICE),
        "paused": organization.paused_until if organization.paused_until and organization.paused_until >= on else None,
        "empty_book": not going and not Invoice.objects.of(organization).exists(),
        "planned_today": organization.planned_on == on,
    }
    context["needs"] = len(tasks) + len(context["doubtful"]) + len(context["failed"]) + len(context["answers"])
    context["money_needs"] = needs_count(desk)
    context["needs"] += len(context["told"]) + context["money_needs"]
    return render(request, "desk/today.html", context)


def approve_all(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Yes to everything that was on the page; what was decided since then waits for its own yes."""
    newest = request.POST.get("newest", "")
    seen = waiting(desk.organization, desk.today).filter(
        approved_at=None, pk__lte=int(newest) if newest.isdigit() else 0
    )
    with transaction.atomic():
        count = approve(
            desk.organization,
            now=desk.now,
            actor=desk.actor,
            user_id=desk.user.pk,
            reminder_ids=list(seen.values_list("id", flat=True)),
        )
        approve_first_day(desk.organization, now=desk.now, actor=desk.actor)
    said = ngettext("%(count)s message approved.", "%(count)s messages approved.", count) % {"count": count}
    messages.success(request, said if count else gettext("Approved."))
    return go_on(request, reverse("desk:today"))


def gone(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What went out on the latest days, newest first."""
    rows = Reminder.objects.of(desk.organization).exclude(state__in=(State.PLANNED, State.WITHDRAWN, State.SKIPPED))
    rows = rows.exclude(channel="phone").select_related("customer", "message").order_by("-on", "-id")
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: SHOWN + 1])
    more = f"{reverse('desk:gone')}?before={found[SHOWN - 1].pk}" if len(found) > SHOWN else ""
    return render(request, "desk/gone.html", {"here": "today", "rows": found[:SHOWN], "more": more})


def stays(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is held, and why: decided from the facts of now, a bounded number of accounts per page."""
    after = request.GET.get("after", "")
    rows, last = _held(desk, int(after) if after.isdigit() else 0)
    more = f"{reverse('desk:held')}?after={last}" if last else ""
    template = "desk/held_rows.html" if is_fragment(request) else "desk/held.html"
    return render(request, template, {"here": "today", "rows": rows, "more": more})


def _held(desk: Desk, after: int) -> tuple[list[dict[str, Any]], int]:
    """Held invoices by customer after a key, and the key to go on from (0: that was all)."""
    organization = desk.organization
    owing = Invoice.objects.of(organization).filter(settled_on=None).values("customer_id")
    keys = (
        Customer.objects.of(organization).filter(pk__in=owing, pk__gt=after).order_by("pk").values_list("pk", flat=True)
    )
    ids = list(keys[: HELD_LOOKED_AT + 1])
    rows: list[dict[str, Any]] = []
    looked = iter(ids[:HELD_LOOKED_AT])
    while batch := list(islice(looked, 200)):
        loaded = load_accounts(organization, batch, desk.today)
        for key in batch:
            for row in held(loaded[key], loaded[key].decide(desk.today)):
                if row.code not in ("not_due", "settled"):
                    rows.append({"customer_id": key, "customer": loaded[key].customer.name, "held": row})
            if len(rows) >= HELD_SHOWN:
                return rows, key
    return rows, ids[HELD_LOOKED_AT - 1] if len(ids) > HELD_LOOKED_AT else 0


def task_done(request: HttpRequest, desk: Desk, task_id: int) -> HttpResponse:
    task = reach(Task, desk.organization, pk=task_id)
    finish_task(task, now=desk.now, actor=desk.actor, user_id=desk.user.pk)
    return done(request, gettext("Done, thank you."), reverse("desk:today"))
