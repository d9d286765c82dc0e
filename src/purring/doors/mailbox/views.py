# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo's mailbox: what was sent, each message as text, as HTML and as source. Routed only where mail goes into a
folder of this machine; it shows everything, so it must never stand where real mail is sent.

A message's HTML is shown from a route of its own in a sandboxed frame, with a policy that lets it do nothing.
"""

from __future__ import annotations

import base64
import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from purring.core.errors import Refused
from purring.kit import mailsink

HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""It does nothing by itself; a link that a person clicks opens in a tab of its own, as a mail program does it."""
PAGE_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
SHOWN = 200


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    found = mailsink.messages(_folder())
    rows = [{"message": one, "at": datetime.fromtimestamp(one.received_at, UTC)} for one in found[:SHOWN]]
    return render(request, "mailbox/messages.html", {"rows": rows, "total": len(found)})


@require_safe
def one(request: HttpRequest, key: str) -> HttpResponse:
    message = _read(key)
    plain = message.get_body(("plain",))
    context = {
        "key": key,
        "headers": [
            (name, str(message[name])) for name in ("From", "To", "Reply-To", "Subject", "Date") if message[name]
        ],
        "text": plain.get_content() if plain else "",
        "html": message.get_body(("html",)) is not None,
        "attachments": [
            {"number": number, "name": part.get_filename() or "file", "size": len(part.get_payload(decode=True) or b"")}
            for number, part in enumerate(message.iter_attachments())
        ],
    }
    response = render(request, "mailbox/message.html", context)
    response["Content-Security-Policy"] = PAGE_POLICY
    return response


@require_safe
@xframe_options_sameorigin
def html(request: HttpRequest, key: str) -> HttpResponse:
    """The message's HTML, able to do nothing; its links open in tabs of their own."""
    message = _read(key)
    body = message.get_body(("html",))
    if body is None:
        raise Http404("this message has no HTML")
    said = body.get_content()
    for part in message.walk():  # what it shows by `cid:` travels beside it (RFC 2392)
        content = part.get_payload(decode=True)
        if part["Content-ID"] and part.get_content_maintype() == "image" and isinstance(content, bytes):
            picture = f"data:{part.get_content_type()};base64,{base64.b64encode(content).decode()}"
            said = said.replace(f"cid:{part['Content-ID'][1:-1]}", picture)
    response = HttpResponse(said.replace("<head>", '<head><base target="_blank">', 1))
    response["Content-Security-Policy"] = HTML_POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def source(request: HttpRequest, key: str) -> HttpResponse:
    try:
        raw = mailsink.read(_folder(), key)
    except Refused as refused:
        raise Http404(refused.message) from refused
    return HttpResponse(raw, content_type="text/plain; charset=utf-8")


@require_safe
def attachment(request: HttpRequest, key: str, number: int) -> HttpResponse:
    parts = list(_read(key).iter_attachments())
    if number >= len(parts):
        raise Http404("there is no such attachment")
    response = HttpResponse(parts[number].get_payload(decode=True), content_type="application/octet-stream")
    name = "".join(
        c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in parts[number].get_filename() or "file"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _folder() -> str:
    return str(getattr(settings, "DEMO_MAILBOX", ""))


def _read(key: str) -> EmailMessage:
    try:
        raw = mailsink.read(_folder(), key)
    except Refused as refused:
        raise Http404(refused.message) from refused
    return email.message_from_bytes(raw, policy=email.policy.default)
