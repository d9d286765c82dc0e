# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a page shows once and never again: the link of an invitation, a fresh key. It waits, sealed, in the session of
whoever made it until the next page takes it out; whoever reads the database finds nothing that opens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk
from purring.kit.vault import seal, unseal


def put_by(request: HttpRequest, desk: Desk, name: str, **values: Any) -> None:
    """For the next page of this person in this organization."""
    request.session[name] = seal(name, {"organization": desk.organization.pk, **values})


def take_out(request: HttpRequest, desk: Desk, name: str) -> dict[str, Any]:
    """What was put by, now and never again; nothing when there is none."""
    if request.method != "GET" or name not in request.session:
        return {}
    try:
        fresh = unseal(name, request.session.pop(name))
    except Refused:  # the keys of the installation were changed meanwhile
        return {}
    return fresh if fresh["organization"] == desk.organization.pk else {}


def not_kept(response: HttpResponse) -> HttpResponse:
    """No browser keeps the page either: going back asks for it anew."""
    response["Cache-Control"] = "no-store"
    return response
