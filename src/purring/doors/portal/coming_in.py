# SPDX-License-Identifier: AGPL-3.0-or-later
"""Beyond the link: a code to an address we know, the visit that it opens, and its end."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from purring.core.errors import Refused
from purring.doors.portal import sessions
from purring.doors.portal.mails import send_code
from purring.doors.portal.opening import Visit, closed, private, visit, with_query
from purring.facts.codes.actions import ask_code, end_visit, enter_code, known_addresses, waiting_code
from purring.kit import forms
from purring.kit.numbers import whole

log = logging.getLogger("purring.portal")
ASK, ENTER, LEAVE = "code.ask", "code.enter", "visit.end"


@csrf_exempt  # the token of the form does what the cookie would
@require_http_methods(["GET", "HEAD", "POST"])
def more(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what lies beyond the link; POST asks for a code, or enters it."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    if found.known:
        return go(found, found.to("account"))
    if request.method != "POST":
        return _page(request, found)
    purpose = ENTER if "code" in request.POST else ASK
    try:
        forms.read(purpose, request.POST.get("form", ""), bound(found), found.now)
    except Refused:
        return _page(request, found, error="try_later", status=422)
    return _enter(request, found) if purpose == ENTER else _ask(request, found)


def _ask(request: HttpRequest, found: Visit) -> HttpResponse:
    known = known_addresses(found.customer)
    at = whole(request.POST.get("to")) or 0
    if at >= len(known):
        return _page(request, found, error="try_later", status=422)
    try:
        code = ask_code(found.customer, known[at], now=found.now, link=found.link_digest)
    except Refused as refused:
        many = refused.code == "too_many"
        return _page(request, found, error="code_many" if many else "try_later", status=429 if many else 422)
    try:
        sent = send_code(found, known[at], code)
    except Exception:  # whatever a mail server breaks with: the visitor is told, the log knows
        log.exception("a code could not be sent")
        sent = False
    if not sent:
        return _page(request, found, error="try_later", status=503)
    return go(found, found.to("more"))


def _enter(request: HttpRequest, found: Visit) -> HttpResponse:
    code = enter_code(found.customer, request.POST.get("code", ""), now=found.now)
    if code is None:
        wrong = "code_wrong" if waiting_code(found.customer, found.now) else "code_gone"
        return _page(request, found, error=wrong, status=422)
    response = go(found, found.to("account"))
    sessions.keep(response, code, found.now)
    return response


def _page(request: HttpRequest, found: Visit, error: str = "", status: int = 200) -> HttpResponse:
    waiting = waiting_code(found.customer, found.now)
    context: dict[str, Any] = {
        "w": found.words,
        "organization": found.organization,
        "back": found.to("account"),
        "addresses": [masked(address) for address in known_addresses(found.customer)],
        "waiting": masked(waiting.address) if waiting else "",
        "error": found.words.say(error) if error else "",
        "wrong": error == "code_wrong",
        "ask_form": forms.token(ASK, bound(found), found.now),
        "enter_form": forms.token(ENTER, bound(found), found.now),
    }
    return private(render(request, "portal/more.html", context, status=status), found.words.language)


@csrf_exempt  # the token of the form does what the cookie would
@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Sign out: the visit is over, here and in every other browser that kept it."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    if found.known:
        try:
            forms.read(LEAVE, request.POST.get("form", ""), bound(found), found.now)
        except Refused:
            return go(found, found.to("account"))
        end_visit(found.known, now=found.now)
    response = go(found, with_query(found.to("account"), "bye=1"))
    sessions.drop(response)
    return response


def masked(address: str) -> str:
    """`a…@kunde.example`: the one who reads it knows it, others learn little."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"


def bound(found: Visit) -> list[str]:
    """What a form's token is good for: this link, and the visit of this code alone."""
    return [found.link_digest, str(found.known.pk) if found.known else ""]


def go(found: Visit, to: str) -> HttpResponse:
    response = HttpResponseRedirect(to)
    response.status_code = 303
    return private(response, found.words.language)
