# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signed links that nobody can guess: what they open, for whom, and until which day.

A link's token carries its own values and expiry under a signature of the installation's key, with a salt of its
own purpose: a token made for one purpose opens nothing else. The same values on the same day give the same token,
so a message that is written again says the same link. Not here: the pages, and revoking single links.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core import signing

from purring.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a link is for: its name (part of the signature), its path with `{token}`, and how long it opens."""

    name: str
    path: str
    days: int


PORTAL = Purpose("portal", "/pay/{token}/", 180)
"""A customer's page: [organization id, customer id]."""


def token(purpose: Purpose, values: list[int], today: date) -> str:
    """The signed token of these values, good from today for the purpose's days."""
    until = (today + timedelta(days=purpose.days)).toordinal()
    return _signer(purpose).sign_object([until, *values], compress=False)


def read(purpose: Purpose, text: str, today: date) -> list[int]:
    """The values of a token. Refuses one that was not made here (`bad_link`) or has expired (`expired_link`)."""
    try:
        until, *values = _signer(purpose).unsign_object(text)
    except (signing.BadSignature, ValueError) as error:
        raise Refused("bad_link", "this link is not complete; open it again from the message") from error
    if today.toordinal() > until:
        raise Refused("expired_link", "this link has expired; ask for a new one")
    return [int(value) for value in values]


def until(purpose: Purpose, text: str) -> date:
    """The last day of a token that `read` takes."""
    return date.fromordinal(_signer(purpose).unsign_object(text)[0])


def url(purpose: Purpose, values: list[int], today: date) -> str:
    """The whole address, under the installation's own."""
    return settings.BASE_URL + purpose.path.format(token=token(purpose, values, today))


def _signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(salt=f"purring.link.{purpose.name}")
