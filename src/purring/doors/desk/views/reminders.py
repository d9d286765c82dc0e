# SPDX-License-Identifier: AGPL-3.0-or-later
"""One reminder: the exact words that would leave, and approve, edit, skip, hold; or what became of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk.act_forms import locked_customer
from purring.doors.desk.desk import Desk, done, go_on, is_fragment
from purring.doors.desk.fields import DeskForm, sentence
from purring.facts.agreements.actions import hold
from purring.followup import courtesy
from purring.followup.approvals import approve, edit, needs_approval, skip
from purring.followup.deliveries import settle_doubt
from purring.followup.models import WAITING, Reminder
from purring.followup.monthly import still_due
from purring.followup.preview import words_of
from purring.kit.tenancy import reach
from purring.language.tone import Finding


class WordsForm(DeskForm):
    """A person's own words for one message."""

    subject = forms.CharField(label=_("Subject"), max_length=300)
    text = forms.CharField(label=_("Message"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 18}))

    def listen(self, address: str) -> None:
        """Have the words judged there while they are written."""
        asks = {"hx-post": address, "hx-trigger": "input changed delay:600ms", "hx-target": "#tone"}
        for field in self.fields.values():
            field.widget.attrs.update(asks | {"hx-include": "closest form"})


def one(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """The reminder with its exact words; as a fragment only the words."""
    reminder = _reach(desk, reminder_id)
    words, problem = _words(desk, reminder)
    context = {"reminder": reminder, "words": words, "problem": problem, "address": reminder.address}
    if is_fragment(request):
        return render(request, "desk/words_fragment.html", context)
    return _page(request, desk, reminder, context)


def _page(
    request: HttpRequest, desk: Desk, reminder: Reminder, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    items = reminder.items.filter(amount__gt=0).select_related("invoice")
    context |= {
        "here": "today",
        "items": items,
        "waits": reminder.state in WAITING,
        "ask": needs_approval(desk.organization) and reminder.approved_at is None,
        "statement": _has_statement(desk, reminder),
    }
    return render(request, "desk/reminder.html", context, status=status)


def _has_statement(desk: Desk, reminder: Reminder) -> bool:
    """The monthly statement will go along."""
    asks = reminder.payment_id is None and reminder.note_id is None and reminder.debit_id is None
    asks = asks and reminder.channel == "email"
    return reminder.state in WAITING and asks and bool(still_due(desk.organization, [reminder.customer], reminder.on))


def words(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """Edit the words of this one message. What may hurt is kept only when the person sends it anyway."""
    reminder = _reach(desk, reminder_id)
    said, problem = _words(desk, reminder)
    initial = {"subject": said.subject, "text": said.text} if said else {}
    form = WordsForm(request.POST or None, desk=desk, initial=initial)
    form.listen(reverse("desk:reminder-tone", args=[reminder.pk]))
    findings: list[Finding] = []

    def act() -> None:
        data = form.cleaned_data
        anyway = request.POST.get("anyway") == "yes"
        findings.extend(courtesy.findings(reminder, data["subject"], data["text"]))
        edit(reminder, data["subject"], data["text"], now=desk.now, actor=desk.actor, overrule=anyway)

    if request.method == "POST" and form.attempt(act):
        messages.success(request, gettext("These words will leave as you wrote them."))
        for finding in findings:
            if finding.quote and finding.severity == "warn":
                messages.info(request, f"“{finding.quote}”: {finding.why} {finding.better}")
        return go_on(request, reverse("desk:reminder", args=[reminder.pk]))
    context = {"here": "today", "reminder": reminder, "form": form, "problem": problem, "findings": findings}
    context["blocks"] = any(finding.severity == "block" for finding in findings)
    return render(request, "desk/reminder_edit.html", context, status=422 if request.method == "POST" else 200)


def tone(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """What the tone guard says of the words as they stand in the form; nothing is kept."""
    reminder = _reach(desk, reminder_id)
    form = WordsForm(request.POST, desk=desk)
    form.is_valid()
    subject, text = (str(form.cleaned_data.get(name, "")) for name in ("subject", "text"))
    return render(request, "desk/parts/tone.html", {"findings": courtesy.findings(reminder, subject, text)})


def approve_one(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    reminder = _reach(desk, reminder_id)
    approve(desk.organization, now=desk.now, actor=desk.actor, user_id=desk.user.pk, reminder_ids=[reminder.pk])
    waits = reminder.state in WAITING
    said = gettext("Approved: %(name)s.") if waits else gettext("%(name)s: this message does not wait any more.")
    return done(request, said % {"name": reminder.customer.name}, reverse("desk:today"), ok=waits)


def skip_one(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    reminder = _reach(desk, reminder_id)
    try:
        skip(reminder, now=desk.now, actor=desk.actor)
    except Refused as refused:
        return done(request, sentence(refused.message), reverse("desk:today"), ok=False)
    said = gettext("Skipped today: %(name)s.") % {"name": reminder.customer.name}
    return done(request, said, reverse("desk:today"))


def hold_one(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """Put the customer on hold until a person releases it; the intention is withdrawn by the next round."""
    reminder = _reach(desk, reminder_id)
    with transaction.atomic():
        customer = locked_customer(reminder.customer)
        if not customer.holds.filter(released_at=None, invoice=None, exclusion=False).exists():
            hold(customer, on=desk.today, now=desk.now, actor=desk.actor)
    messages.success(request, gettext("On hold until you release it: %(name)s.") % {"name": customer.name})
    return go_on(request, reverse("desk:customer", args=[customer.pk]))


def settle(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """A person found out whether a doubtful message arrived."""
    reminder = _reach(desk, reminder_id)
    arrived = request.POST.get("arrived") == "yes"
    try:
        settle_doubt(reminder, arrived, now=desk.now, actor=desk.actor)
    except Refused as refused:
        return done(request, sentence(refused.message), reverse("desk:today"), ok=False)
    said = gettext("Thank you, noted.") if arrived else gettext("Noted. It is decided again on the next working day.")
    return done(request, said, reverse("desk:today"))


def _reach(desk: Desk, reminder_id: int) -> Reminder:
    reminder = reach(Reminder, desk.organization, pk=reminder_id)
    rows = Reminder.objects.of(desk.organization).select_related("customer", "message", "organization", "payment")
    return rows.get(pk=reminder.pk)


def _words(desk: Desk, reminder: Reminder) -> tuple[Any, str]:
    try:
        return words_of(reminder, desk.now), ""
    except Refused as refused:
        return None, sentence(refused.message)
