# SPDX-License-Identifier: AGPL-3.0-or-later
"""The answer buttons: a page for each answer, and the thanks.

A button is a link, and opening it changes nothing: mail programs and scanners open links. The page asks what it needs and
sends it back with a signed token of its own, so that no cookie is set and no other site can answer in the customer's name.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from purring.core.errors import Refused
from purring.doors.portal.answer_forms import ASKS, MOST_SENT, Filled, blank, read
from purring.doors.portal.offering import may_plan
from purring.doors.portal.opening import Visit, closed, private, visit
from purring.doors.portal.statement import MOST_INVOICES
from purring.facts.answers.actions import Trail, give_answer
from purring.facts.answers.effects import ABOUT_OPEN, asked_check_in
from purring.facts.answers.models import Answer
from purring.facts.invoices.models import Invoice
from purring.kit import forms
from purring.kit.numbers import whole
from purring.language import formats

log = logging.getLogger("purring.portal")
FORM = "answer"
ABOUT_INVOICES = ("received", "question", "paid", "promise", "copy", "po", "dispute", "plan", "wrong_person")
ABOUT_WORK = ("content", "not_content")
"""Offered while we wait to hear whether they are content."""


def offered(found: Visit, owes: bool) -> list[tuple[str, str]]:
    """The buttons of the account's page: (label, address)."""
    kinds = [*ABOUT_INVOICES] if owes else []
    if found.there.check_in and asked_check_in(found.organization.pk, found.customer.pk, "satisfaction"):
        kinds += ABOUT_WORK
    return [(found.words.say(f"answer_{kind}"), found.to("answer", kind)) for kind in kinds]


class _NoFiles(FileUploadHandler):
    """Passes over files that are too large, so that what was written beside them is not lost."""

    def new_file(self, *args: Any, **named: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Of no file."""

    def file_complete(self, file_size: int) -> None:
        """Never: each was passed over."""


@csrf_exempt  # the token of the form does what the cookie would
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """GET asks, POST answers."""
    found = visit(request, token)
    if found is None or kind not in ASKS:
        return closed(request)
    invoices = _open_invoices(found)
    if not invoices and kind in ABOUT_OPEN:
        return _go(found, found.to("account"))
    if request.method != "POST":
        return _page(request, found, kind, invoices, blank(found, kind, invoices))
    size = whole(request.META.get("CONTENT_LENGTH") or "0")
    too_large = size is None or size > MOST_SENT
    if too_large:
        request.upload_handlers = [_NoFiles(request)]
    filled, about = read(request, found, kind, invoices)
    if too_large:
        filled.errors["file"] = "> 10 MB"
        return _page(request, found, kind, invoices, filled, status=413)
    try:
        key = forms.read(FORM, request.POST.get("form", ""), _bound(found, kind), found.now)
    except Refused:
        filled.errors.setdefault("page", found.words.say("try_later"))
    if filled.errors:
        return _page(request, found, kind, invoices, filled, status=422)
    try:
        given, new = give_answer(
            found.customer,
            kind,
            key=key,
            now=found.now,
            on=found.today,
            invoices=about or _of_the_link(found),
            words=filled.words,
            day=filled.day,
            amount=filled.amount,
            files=filled.files,
            trail=Trail(request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", ""), found.link_digest),
        )
    except Refused as refused:
        log.info("an answer %s was not taken: %s", kind, refused.message)
        if refused.code == "settled":
            return _go(found, found.to("account"))
        filled.errors["page"] = found.words.say("try_later")
        return _page(request, found, kind, invoices, filled, status=422)
    to = found.to("noted", given.key)
    return _go(found, to if new else f"{to}{'&' if '?' in to else '?'}again=1")


@require_safe
def noted(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """Thank you, and what happens now."""
    found = visit(request, token)
    given = found and Answer.objects.of(found.organization).filter(customer=found.customer, key=key).first()
    if not found or not given:
        return closed(request)
    context = {
        "w": found.words,
        "organization": found.organization,
        "thanks": _thanks(found, given),
        "told": found.words.say(f"answer_{given.kind}").rstrip(" \u00a0\u202f…"),
        "again": "again" in request.GET,
        "invoices": [one for one in given.invoices.order_by("due", "id") if found.shows(one.pk)]
        if ASKS[given.kind].invoices
        else [],
        "files": list(given.files.defer("content").order_by("id")),
        "given": given,
        "back": found.to("account"),
    }
    return private(render(request, "portal/noted.html", context), found.words.language)


def _thanks(found: Visit, given: Answer) -> str:
    if given.kind != "promise":
        return found.words.say(f"noted_{given.kind}")
    if given.promise_id is None:  # further away than a promise may be: a person answers
        return found.words.say("noted_plan")
    locale = found.words.locale
    sums: dict[str, int] = {given.currency: given.amount} if given.amount is not None else {}
    if not sums:
        for one in given.invoices.all():
            sums[one.currency] = sums.get(one.currency, 0) + one.balance
    amount = " + ".join(formats.money(minor, currency, locale) for currency, minor in sums.items())
    return found.words.say("noted_promise", amount=amount, date=given.day)


def _open_invoices(found: Visit) -> list[Invoice]:
    rows = Invoice.objects.of(found.organization).filter(
        customer=found.customer, settled_on=None, issued__lte=found.today
    )
    if found.invoices is not None:
        rows = rows.filter(pk__in=found.invoices)
    return list(rows.order_by("due", "id")[:MOST_INVOICES])


def _of_the_link(found: Visit) -> list[Invoice]:
    """What an answer by this link is about when nothing of it is open: never what other links show."""
    if found.invoices is None:
        return []
    return list(Invoice.objects.of(found.organization).filter(customer=found.customer, pk__in=found.invoices))


def _page(
    request: HttpRequest, found: Visit, kind: str, invoices: Sequence[Invoice], filled: Filled, status: int = 200
) -> HttpResponse:
    words, asks = found.words, ASKS[kind]
    context: dict[str, Any] = {
        "w": words,
        "organization": found.organization,
        "customer": found.customer,
        "kind": kind,
        "heading": words.say(f"answer_{kind}"),
        "question": words.say(f"ask_{kind}") if f"ask_{kind}" in words.label else "",
        "asks": asks,
        "filled": filled,
        "invoices": invoices if asks.invoices else [],
        "earliest": found.today if kind == "promise" else None,
        "latest": found.today if kind == "paid" else None,
        "form": forms.token(FORM, _bound(found, kind), found.now),
        "to_plan": found.to("plan") if kind == "plan" and may_plan(found, invoices) else "",
        "back": found.to("account"),
    }
    return private(render(request, "portal/answer.html", context, status=status), words.language)


def _bound(found: Visit, kind: str) -> list[str]:
    """What a form's token is good for: this link and this answer."""
    return [found.link_digest, kind]


def _go(found: Visit, to: str) -> HttpResponse:
    response = HttpResponseRedirect(to)
    response.status_code = 303
    return private(response, found.words.language)
