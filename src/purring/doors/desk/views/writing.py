# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing to a customer: a draft that is kept while it is written, judged by the tone guard, and left to the rounds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.core.errors import Refused, Trouble
from purring.doors.desk.act_forms import open_invoices
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import fresh_key, sentence
from purring.doors.desk.message_forms import MessageForm, beginnings
from purring.facts.access.tokens import PREVIEW, address_of
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import attach_to_customer
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.followup.approvals import needs_yes
from purring.followup.beginnings import EMPTY, Beginning, begin
from purring.followup.drafted import DRAFTED, begin_drafted, endpoint
from purring.followup.models import OwnMessage
from purring.followup.own_messages import (
    findings,
    keep_draft,
    take_back,
    throw_away,
    want_message,
)
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.kit.uploads import checked
from purring.language.tone import Finding

SHOWN = 3
"""Of what was said last, beside the page one writes on."""


def _home(customer: Customer) -> str:
    return reverse("desk:customer", args=[customer.pk])


def _reach(desk: Desk, customer_id: int) -> Customer:
    customer = reach(Customer, desk.organization, pk=customer_id)
    customer.organization = desk.organization
    return customer


def _draft(customer: Customer, key: str) -> OwnMessage | None:
    rows = OwnMessage.objects.of(customer.organization_id).filter(customer=customer, key=key)
    return rows.select_related("reply_to", "customer__organization").first() if key else None


def _answered(customer: Customer, key: Any) -> Message | None:
    return Message.objects.of(customer.organization_id).filter(customer=customer, pk=whole(key) or 0).first()


def write(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """The page one writes on: a fresh message, a draft (`key`), an answer (`reply`), or a beginning (`begin`)."""
    customer = _reach(desk, customer_id)
    if request.method == "POST":
        return _posted(request, desk, customer)
    own = _draft(customer, request.GET.get("key", ""))
    if own and (own.note_id or own.ended_at):
        own = None
    answering = own.reply_to if own else _answered(customer, request.GET.get("reply"))
    form = MessageForm(desk=desk, customer=customer, own=own)
    if own is None:
        wanted = request.GET.get("begin", EMPTY)
        invoices = open_invoices(customer) if wanted != EMPTY else []
        invoices = [row for row in invoices if row.currency == invoices[0].currency][:20]
        usable = [email for email, _ in form.fields["address"].choices]  # type: ignore[attr-defined]
        first = next(iter(usable), "")
        words = _beginning(desk, customer, wanted, invoices, first, answering)
        form.initial = {
            **form.initial,
            "address": answering.address if answering and answering.address in usable else first,
            "subject": words.subject,
            "text": words.text,
            "invoices": [str(row.pk) for row in invoices],
            "reply": answering.pk if answering else None,
        }
    return _page(request, desk, customer, form, answering, own)


def _beginning(
    desk: Desk, customer: Customer, what: str, invoices: list[Any], address: str, answering: Message | None
) -> Beginning:
    try:
        return begin(customer, what, invoices, address, desk.today, answering)
    except Refused:
        return begin(customer, EMPTY, [], address, desk.today, answering)


def _posted(request: HttpRequest, desk: Desk, customer: Customer) -> HttpResponse:
    form = MessageForm(request.POST, request.FILES, desk=desk, customer=customer)
    valid = form.is_valid()
    answering = _answered(customer, form.cleaned_data.get("reply"))
    key = str(form.cleaned_data.get("key") or form.initial["key"])
    there = _draft(customer, key)
    if there and (there.note_id or there.ended_at):
        return _sent_already(request, desk, customer, form, there, answering)
    do = request.POST.get("do", "save")
    if do == "away":
        if there:
            throw_away(there, now=desk.now)
        messages.success(request, gettext("The draft is away."))
        return go_on(request, _home(customer))
    try:
        own = _keep(request, desk, customer, form, key, answering)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, desk, customer, form, answering, there, status=422)
    if do == "begin":
        return _begun(request, desk, customer, form, own)
    if do in ("send", "later") and valid:
        return _wanted(request, desk, customer, form, own, good_hour=do == "later")
    if not valid:
        return _page(request, desk, customer, form, answering, own, status=422)
    messages.success(request, gettext("The draft is kept."))
    return go_on(request, f"{reverse('desk:customer-write', args=[customer.pk])}?key={own.key}")


def _keep(
    request: HttpRequest, desk: Desk, customer: Customer, form: MessageForm, key: str, answering: Message | None
) -> OwnMessage:
    """The draft as it stands in the form, with a file that came along."""
    kept = form.kept
    given = form.cleaned_data.get("file")
    if given:
        file = checked(given.read(), given.name)
        document = attach_to_customer(
            customer, file.filename, file.content, file.content_type, now=desk.now, actor=desk.actor
        )
        kept["documents"] = [*kept["documents"], document.pk]
    return keep_draft(customer, key, now=desk.now, author_id=desk.user.pk, reply_to=answering, **kept)


def _sent_already(
    request: HttpRequest,
    desk: Desk,
    customer: Customer,
    form: MessageForm,
    there: OwnMessage,
    answering: Message | None,
) -> HttpResponse:
    """A second click, or the back button: the same words are on their way; other words become a further message."""
    if form.kept["text"].replace("\r\n", "\n").strip() == there.text.strip():
        messages.info(request, gettext("This message is on its way already."))
        return go_on(request, _home(customer))
    further = request.POST.copy()
    further["key"] = fresh_key()
    form.data = further
    form.add_error(None, gettext("The earlier version has left already. Sent now, this is a further message."))
    return _page(request, desk, customer, form, answering, None, status=422)


def _begun(request: HttpRequest, desk: Desk, customer: Customer, form: MessageForm, own: OwnMessage) -> HttpResponse:
    """Other words to begin with. What a person has written stays below them."""
    try:
        words = _words(desk, customer, request.POST.get("begin", EMPTY), form.chosen(), own)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, desk, customer, form, own.reply_to, own, status=422)
    except Trouble as trouble:
        form.add_error(None, gettext("There is no draft this time: %(why)s") % {"why": trouble.message})
        return _page(request, desk, customer, form, own.reply_to, own, status=502)
    empty = _beginning(desk, customer, EMPTY, [], own.address, own.reply_to)
    text = words.text if _untouched(own, empty) else f"{words.text.rstrip()}\n\n{own.text.strip()}\n"
    keep_draft(
        customer,
        own.key,
        now=desk.now,
        author_id=desk.user.pk,
        **form.kept
        | {"documents": own.documents, "subject": words.subject or own.subject, "text": text, "begun_with": words.text},
    )
    return go_on(request, f"{reverse('desk:customer-write', args=[customer.pk])}?key={own.key}")


def _words(desk: Desk, customer: Customer, what: str, invoices: list[Invoice], own: OwnMessage) -> Beginning:
    model = endpoint() if what == DRAFTED else None
    if model is None:
        return begin(customer, what, invoices, own.address, desk.today, own.reply_to)
    wish = "" if _untouched(own, _beginning(desk, customer, EMPTY, [], own.address, own.reply_to)) else own.text
    told: dict[str, Any] = {"today": desk.today, "now": desk.now, "actor": desk.actor}
    return begin_drafted(customer, invoices, own.address, wish, writer=model, reply_to=own.reply_to, **told)


def _untouched(own: OwnMessage, empty: Beginning) -> bool:
    """Whether nothing stands there that a person has written."""
    return own.text.strip() in ("", own.begun_with.strip(), empty.text.strip())


def _wanted(
    request: HttpRequest, desk: Desk, customer: Customer, form: MessageForm, own: OwnMessage, *, good_hour: bool
) -> HttpResponse:
    try:
        reminder = want_message(
            own,
            today=desk.today,
            now=desk.now,
            actor=desk.actor,
            user_id=desk.user.pk,
            good_hour=good_hour,
            overrule=request.POST.get("anyway") == "yes",
        )
    except Refused as refused:
        if refused.code != "unkind":
            form.refuse(refused)
        return _page(request, desk, customer, form, own.reply_to, own, status=422)
    said = gettext("It leaves within a minute.")
    if reminder.approved_at is None and needs_yes(desk.organization, reminder.stage, 0, reminder.currency):
        said = gettext("It waits for the yes of somebody who may give it.")
    elif reminder.send_after > desk.now:
        said = gettext("It leaves at a good hour of theirs. You can take it back until then.")
    messages.success(request, said)
    return go_on(request, _home(customer))


def _page(
    request: HttpRequest,
    desk: Desk,
    customer: Customer,
    form: MessageForm,
    answering: Message | None,
    own: OwnMessage | None,
    status: int = 200,
) -> HttpResponse:
    form.listen(reverse("desk:customer-write-tone", args=[customer.pk]))
    found = _judged(customer, own) if own else []
    said = Message.objects.of(desk.organization).filter(customer=customer).order_by("-at", "-id")[:SHOWN]
    model = endpoint()
    context = {
        "here": "customers",
        "customer": customer,
        "form": form,
        "answering": answering,
        "own": own,
        "findings": found,
        "blocks": any(finding.severity == "block" for finding in found),
        "beginnings": beginnings(model),
        "model": model and {"name": model.model, "host": model.host},  # the endpoint itself would be called
        "has_link": address_of(PREVIEW) in str(form["text"].value() or ""),
        "begin": request.POST.get("begin") or request.GET.get("begin", ""),
        "said": said,
        "excluded": customer.holds.filter(exclusion=True, released_at=None).exists(),
        "reachable": bool(form.fields["address"].choices),  # type: ignore[attr-defined]
        "invoices": list(form.open.values())[:20],
    }
    return render(request, "desk/customer_write.html", context, status=status)


def _judged(customer: Customer, own: OwnMessage) -> list[Finding]:
    own.customer = customer
    return findings(own)


def tone(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """While it is written: the draft is kept, and what the tone guard says of it as it stands."""
    customer = _reach(desk, customer_id)
    form = MessageForm(request.POST, desk=desk, customer=customer)
    form.is_valid()
    key = str(form.cleaned_data.get("key") or "")
    context: dict[str, Any] = {"kept_at": None, "findings": []}
    if key:
        answering = _answered(customer, form.cleaned_data.get("reply"))
        try:
            own = keep_draft(customer, key, now=desk.now, author_id=desk.user.pk, reply_to=answering, **form.kept)
        except Refused as refused:
            return render(request, "desk/parts/tone_of_message.html", {"refused": sentence(refused.message)})
        context = {"kept_at": desk.now, "findings": _judged(customer, own)}
    context["blocks"] = any(finding.severity == "block" for finding in context["findings"])
    return render(request, "desk/parts/tone_of_message.html", {**context, "desk": desk})


def back(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """A message that has not left yet is a draft again."""
    customer = _reach(desk, customer_id)
    own = _draft(customer, request.POST.get("key", ""))
    if own is None or not take_back(own, now=desk.now, actor=desk.actor):
        messages.warning(request, gettext("It has left already."))
        return go_on(request, _home(customer))
    messages.success(request, gettext("It does not leave. The draft is here."))
    return go_on(request, f"{reverse('desk:customer-write', args=[customer.pk])}?key={own.key}")
