# SPDX-License-Identifier: AGPL-3.0-or-later
"""One reminder: the exact words that would leave, and approve, edit, skip, hold; or what became of it."""

from __future__ import annotations

from typing import Any

from babel.dates import format_time
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, done, go_on, is_fragment, say
from purring.doors.desk.fields import DeskForm, sentence
from purring.doors.desk.going import Going
from purring.doors.desk.security import POLICY
from purring.doors.desk.views.today import approving
from purring.facts.organizations.logos import Logos
from purring.followup import courtesy
from purring.followup.approvals import edit, take_back_words
from purring.followup.deliveries import settle_doubt
from purring.followup.models import WAITING, Reminder
from purring.followup.monthly import still_due
from purring.followup.morning import approve_many, hold_many, send_now, skip_many
from purring.followup.preview import Letter, letter_of
from purring.kit.tenancy import reach
from purring.language.sms import segments
from purring.language.tone import Finding

LOOK_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""The message's HTML does nothing by itself; a link that a person clicks opens in a tab of its own."""


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
    """The message as its reader gets it; as a fragment opened in place."""
    reminder = _reach(desk, reminder_id)
    letter, problem = _letter(desk, reminder)
    waits = reminder.state in WAITING
    context: dict[str, Any] = {
        "here": "today",
        "reminder": reminder,
        "letter": letter,
        "problem": problem,
        "address": letter.to if letter else reminder.address,
        "waits": waits,
        "statement": _has_statement(desk, reminder),
        "segments": segments(letter.words.text) if letter and reminder.channel == "sms" else 0,
    }
    if is_fragment(request):
        return render(request, "desk/parts/message.html", context)
    context |= approving(desk, [Going(reminder, [], False)] if waits else [])
    context["items"] = reminder.items.filter(amount__gt=0).select_related("invoice")
    response = render(request, "desk/reminder.html", context)
    response["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@xframe_options_sameorigin
def look(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """The message's HTML as a mail program shows it, able to do nothing."""
    reminder = _reach(desk, reminder_id)
    letter, problem = _letter(desk, reminder)
    html = Logos(desk.organization.pk).put_into(letter.words.html) if letter else ""
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1) or escape(problem))
    response["Content-Security-Policy"] = LOOK_POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response


def _has_statement(desk: Desk, reminder: Reminder) -> bool:
    """The monthly statement will go along."""
    asks = reminder.payment_id is None and reminder.note_id is None and reminder.debit_id is None
    asks = asks and reminder.channel == "email"
    return reminder.state in WAITING and asks and bool(still_due(desk.organization, [reminder.customer], reminder.on))


def words(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """Edit the words of this one message. What may hurt is kept only when the person sends it anyway."""
    reminder = _reach(desk, reminder_id)
    letter, problem = _letter(desk, reminder)
    initial = {"subject": letter.words.subject, "text": letter.words.text} if letter else {}
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
    try:
        found = approve_many(desk.organization, [reminder.pk], now=desk.now, actor=desk.actor, user_id=desk.user.pk)
    except Refused as refused:
        return done(request, sentence(refused.message), reverse("desk:today"), ok=False)
    said = gettext("Approved: %(name)s.") if reminder.state in WAITING else _moved_on()
    return _done(request, reminder, said, found.entry, ok=reminder.state in WAITING)


def skip_one(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    reminder = _reach(desk, reminder_id)
    found = skip_many(desk.organization, [reminder.pk], now=desk.now, actor=desk.actor)
    said = gettext("Skipped today: %(name)s.") if found.number else _moved_on()
    return _done(request, reminder, said, found.entry, ok=bool(found.number))


def hold_one(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """Put the customer on hold until a person releases it; what waited for them is withdrawn at once."""
    reminder = _reach(desk, reminder_id)
    found = hold_many(desk.organization, [reminder.pk], on=desk.today, now=desk.now, actor=desk.actor)
    said = gettext("On hold until you release it: %(name)s.") if found.number else _moved_on()
    return _done(request, reminder, said, found.entry, ok=bool(found.number))


def send_one(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """Let it leave with the next round. Outside the hours only when the person says so, and never outside the law's."""
    reminder = _reach(desk, reminder_id)
    any_hour = request.POST.get("any_hour") == "yes"
    try:
        leaving = send_now(reminder, any_hour=any_hour, now=desk.now, actor=desk.actor, user_id=desk.user.pk)
    except Refused as refused:
        return done(request, sentence(refused.message), reverse("desk:today"), ok=False)
    said = gettext("It leaves in a moment: %(name)s.")
    if leaving.at > desk.now:
        at = format_time(leaving.at.astimezone(desk.organization.zone), "short", locale=desk.locale)
        said = gettext("It leaves at %(time)s, when their hours begin: %(name)s.")
        said = said.replace("%(time)s", at.replace("%", "%%"))
    return _done(request, reminder, said, leaving.entry)


def usual_words(request: HttpRequest, desk: Desk, reminder_id: int) -> HttpResponse:
    """The person's own words are taken back: it leaves in the usual ones."""
    reminder = _reach(desk, reminder_id)
    try:
        take_back_words(reminder, now=desk.now, actor=desk.actor)
    except Refused as refused:
        say(request, sentence(refused.message), ok=False)
    else:
        say(request, gettext("The usual words will leave."))
    return go_on(request, reverse("desk:reminder", args=[reminder.pk]))


def _moved_on() -> str:
    return gettext("%(name)s: this message does not wait any more.")


def _done(request: HttpRequest, reminder: Reminder, said: str, entry: int | None, *, ok: bool = True) -> HttpResponse:
    return done(request, said % {"name": reminder.customer.name}, reverse("desk:today"), ok=ok, undo=entry)


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


def _letter(desk: Desk, reminder: Reminder) -> tuple[Letter | None, str]:
    try:
        return letter_of(reminder, desk.now), ""
    except Refused as refused:
        return None, sentence(refused.message)
