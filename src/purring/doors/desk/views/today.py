# SPDX-License-Identifier: AGPL-3.0-or-later
"""Today: what needs a person, what goes out and why, what came in. The page a morning begins with."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from purring.core.errors import Refused
from purring.doors.desk import going as goes
from purring.doors.desk import needs
from purring.doors.desk.arrived import arrived, read_everything, read_up_to
from purring.doors.desk.desk import Desk, done, go_on, is_fragment, say
from purring.doors.desk.fields import sentence
from purring.doors.desk.paging import more_link
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.sending.accounts import account_of
from purring.facts.sending.roads import house_can_mail
from purring.followup.accounts import load_accounts
from purring.followup.approvals import may_approve, needs_approval, needs_yes, to_approve
from purring.followup.intentions import held
from purring.followup.models import ListByMail, Reminder, State
from purring.followup.morning import Done, approve_many, hold_many, skip_many
from purring.followup.undoing import undo as take_back
from purring.followup.watch import stopped_rounds
from purring.kit.numbers import whole
from purring.kit.together import Question, together

GONE_SHOWN = 100
HELD_SHOWN = 60
HELD_LOOKED_AT = 600
"""Accounts decided for one page of the held list."""
DAILY_ROUNDS = [("sweep", 60), ("plan", 60), ("write", 60), ("seal", 60)]
"""Rounds without which the day does not go on; they run every minute or oftener."""


def today(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The whole page; as a fragment the next rows of what goes out."""
    organization, now, on = desk.organization, desk.now, desk.today
    rows, key = goes.page(desk, request.GET.get("after", ""))
    more = more_link(reverse("desk:today"), request.GET, key)
    context = {"here": "today", "rows": rows, "more": more, **approving(desk, rows)}
    if is_fragment(request) and "after" in request.GET:
        return render(request, "desk/today_rows.html", context)
    queue = needs.queue(desk)
    day = goes.day(desk)
    by_mail = ListByMail.objects.of(organization).filter(user=desk.user)
    read, wished = together(read_up_to(desk), Question(by_mail, "id"))
    came = arrived(desk, read)
    waits = goes.totals(to_approve(organization, on))
    account = account_of(organization)
    context |= {
        "queue": queue,
        "day": day,
        "waits": waits,
        "came": came,
        "first_day": organization.first_day_approved_at is None,
        "wishes": bool(wished) if needs_approval(organization) else None,
        "stopped": stopped_rounds(now, DAILY_ROUNDS),
        "no_mail": not (account or house_can_mail()),
        "mail_trouble": account.trouble if account else "",
        "paused": organization.paused_until if organization.paused_until and organization.paused_until >= on else None,
        "empty_book": not (day.going.messages or queue.count or queue.put_off)
        and not Invoice.objects.of(organization).exists(),
        "planned_today": organization.planned_on == on,
        "all_done": not queue.count and not waits.messages and (day.gone or day.going.messages),
    }
    return render(request, "desk/today.html", context)


def approving(desk: Desk, rows: list[goes.Going]) -> dict[str, Any]:
    """Whether this person may say yes, and to which of these rows a yes is wanted."""
    organization = desk.organization
    ask = {
        row.reminder.pk
        for row in rows
        if row.reminder.approved_at is None
        and needs_yes(
            organization,
            row.reminder.stage,
            row.reminder.asked,
            row.reminder.currency,
            thanks=row.reminder.payment_id is not None,
        )
    }
    return {"ask": ask, "may_approve": desk.may_follow_up and may_approve(organization, desk.role)}


def approve_all(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Yes to everything that was on the page; what was decided since then waits for its own yes."""
    newest = whole(request.POST.get("newest")) or 0
    wanted = to_approve(desk.organization, desk.today).filter(pk__lte=newest)
    found = _approve(request, desk, list(wanted.values_list("id", flat=True)), first=True)
    if found:
        text = _approved(found.number) if found.number else gettext("Approved.")
        say(request, text, undo=found.entry)
    return go_on(request, reverse("desk:today"))


def chosen(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the chosen messages come to, and what can be done with them, before it is done; as a fragment the bar below."""
    ids, newest = _named(request)
    totals = goes.totals(goes.chosen(desk, ids, newest))
    context = {"here": "today", "totals": totals, "ids": ids, "newest": newest, "missed": 0, **approving(desk, [])}
    if not newest:
        context["missed"] = len(ids) - totals.messages
    return render(request, "desk/parts/chosen.html" if is_fragment(request) else "desk/chosen.html", context)


def act_on_chosen(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Approve, skip or hold what was chosen; it says of how many it was true, and how many had moved on meanwhile."""
    ids, newest = _named(request, request.POST)
    if newest:
        ids = list(goes.chosen(desk, [], newest).values_list("id", flat=True))
    told: dict[str, Any] = {"now": desk.now, "actor": desk.actor}
    act, found = request.POST.get("do", ""), None
    if act == "approve":
        found = _approve(request, desk, ids)
        text = _approved(found.number) if found else ""
    elif act == "skip":
        found = skip_many(desk.organization, ids, **told)
        text = ngettext("%(count)s message skipped today.", "%(count)s messages skipped today.", found.number)
        text %= {"count": found.number}
    elif act == "hold":
        found = hold_many(desk.organization, ids, on=desk.today, **told)
        text = ngettext(
            "%(count)s customer is on hold until you release them.",
            "%(count)s customers are on hold until you release them.",
            found.customers,
        )
        text %= {"count": found.customers}
    if found:
        if found.missed:
            text += " " + moved_on(found.missed)
        say(request, text, ok=bool(found.number), undo=found.entry)
    return go_on(request, reverse("desk:today"))


def moved_on(count: int) -> str:
    """What is said of chosen messages that somebody or something else has dealt with meanwhile."""
    said = ngettext(
        "%(count)s had been dealt with meanwhile, and stays as it is.",
        "%(count)s had been dealt with meanwhile, and stay as they are.",
        count,
    )
    return said % {"count": count}


def _approve(request: HttpRequest, desk: Desk, ids: list[int], *, first: bool = False) -> Done | None:
    try:
        return approve_many(desk.organization, ids, now=desk.now, actor=desk.actor, user_id=desk.user.pk, first=first)
    except Refused as refused:
        say(request, sentence(refused.message), ok=False)
        return None


def _approved(count: int) -> str:
    return ngettext("%(count)s message approved.", "%(count)s messages approved.", count) % {"count": count}


def _named(request: HttpRequest, given: Any = None) -> tuple[list[int], int]:
    """Ids of the chosen reminders, or the newest of all of today that are meant."""
    given = request.GET if given is None else given
    ids = [key for one in given.getlist("reminder")[:5_000] if (key := whole(one)) is not None]
    return list(dict.fromkeys(ids)), whole(given.get("all")) or 0


def undo(request: HttpRequest, desk: Desk, entry_id: int) -> HttpResponse:
    """Take back what one act did, as far as nothing has left. A message that waits again is back in its place."""
    try:
        with transaction.atomic():
            undone = take_back(desk.organization, entry_id, now=desk.now, actor=desk.actor)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return done(request, sentence(refused.message), reverse("desk:today"), ok=False)
    if is_fragment(request) and len(undone.reminders) == 1 and not undone.missed:
        rows = goes.rows_of(desk, undone.reminders)
        return render(request, "desk/today_rows.html", {"rows": rows, "more": "", **approving(desk, rows)})
    if not undone.number:
        text = gettext("There is nothing to take back any more: it has left, or it was taken back already.")
    elif undone.missed:
        text = gettext("Taken back, as far as it had not left.")
    else:
        text = gettext("Taken back.")
    if is_fragment(request) and not undone.number:
        return done(request, text, reverse("desk:today"), ok=False)
    say(request, text, ok=bool(undone.number))
    return go_on(request, reverse("desk:today"))


def seen(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The person has read what came in."""
    newest = whole(request.POST.get("newest"))
    if newest is not None:
        read_everything(desk, newest)
    return go_on(request, reverse("desk:today"))


def gone(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What went out on the latest days, newest first."""
    rows = Reminder.objects.of(desk.organization).exclude(state__in=(State.PLANNED, State.WITHDRAWN, State.SKIPPED))
    rows = rows.exclude(channel="phone").select_related("customer", "message").order_by("-on", "-id")
    before = whole(request.GET.get("before"))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: GONE_SHOWN + 1])
    more = f"{reverse('desk:gone')}?before={found[GONE_SHOWN - 1].pk}" if len(found) > GONE_SHOWN else ""
    return render(request, "desk/gone.html", {"here": "today", "rows": found[:GONE_SHOWN], "more": more})


def stays(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is held, and why: decided from the facts of now, a bounded number of accounts per page."""
    rows, last = _held(desk, whole(request.GET.get("after")) or 0)
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
        loaded = load_accounts(organization, batch, desk.today, few=True)
        for key in batch:
            for row in held(loaded[key], loaded[key].decide(desk.today)):
                if row.code not in ("not_due", "settled"):
                    rows.append({"customer_id": key, "customer": loaded[key].customer.name, "held": row})
            if len(rows) >= HELD_SHOWN:
                return rows, key
    return rows, ids[HELD_LOOKED_AT - 1] if len(ids) > HELD_LOOKED_AT else 0
