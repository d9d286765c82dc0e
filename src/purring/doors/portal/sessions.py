# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one cookie of the portal: set once a code was entered, it says which visit this is. It is signed, read by no script,
good for half an hour without a page and for half a day at most, and over when the visitor signs out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from purring.facts.access.models import Link
from purring.facts.access.visits import count_visit
from purring.facts.codes.models import Code
from purring.facts.customers.models import Customer

COOKIE = "purring_visit"
PATH = "/pay/"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_SIGNER = signing.Signer(salt="purring.portal.visit")


def read(request: HttpRequest, customer: Customer, now: datetime) -> Code | None:
    """The code by which this browser came in, while its visit lasts and is this customer's."""
    try:
        code_id, seen = _SIGNER.unsign_object(request.COOKIES[COOKIE])
    except (KeyError, signing.BadSignature, ValueError, TypeError):
        return None
    if not timedelta(0) <= now - datetime.fromtimestamp(seen, now.tzinfo) <= IDLE:
        return None
    rows = Code.objects.of(customer.organization_id).filter(customer=customer, ended_at=None)
    return rows.filter(pk=code_id, used_at__gt=now - LONGEST).first()


def keep(response: HttpResponse, code: Code, now: datetime) -> None:
    """The half hour begins anew."""
    response.set_cookie(
        COOKIE,
        _SIGNER.sign_object([code.pk, int(now.timestamp())]),
        max_age=int(IDLE.total_seconds()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def drop(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def _afterwards(response: HttpResponse, do: Callable[[], None]) -> None:
    """When the page has left: whoever waits for it does not wait for this."""
    close = response.close

    def closing() -> None:
        try:
            do()
        finally:
            close()

    response.close = closing  # type: ignore[method-assign]


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, after which the half hour begins anew for who came in by a code, and a visit by a link is noted
    (`opening.visit` says both)."""

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        response = view(request, *args, **named)
        came: tuple[Code, datetime] | None = getattr(request, "portal_visit", None)
        if came and COOKIE not in response.cookies:
            keep(response, *came)
        by_link: tuple[Link, datetime] | None = getattr(request, "portal_came", None)
        if by_link and response.status_code == 200:
            _afterwards(response, lambda: count_visit(*by_link))
        return response

    return keeping
