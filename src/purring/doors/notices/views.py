# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where payment providers send their notices. A notice is checked over its raw bytes and stored once; what it leads to is a
round's work. Whoever sends a wrong one learns nothing from the answer.

200: stored, or there already. 400: not signed for this account. 404: no such account. 413: too large. 503: it cannot be
checked now; the provider tries again.
"""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from purring.core.errors import Refused, Trouble
from purring.facts.checkout.accounts import provider_of
from purring.facts.checkout.models import ProviderAccount
from purring.facts.checkout.notices import store_notice
from purring.kit.numbers import whole
from purring.plugins.payment import Notice, Provider

log = logging.getLogger("purring.notices")

MOST_BYTES = 1_000_000
LONGEST_TOKEN = 43
MOST_KNOWN = 64

_known: dict[int, tuple[str, Provider]] = {}


@csrf_exempt
@require_POST
def notice(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    account = _account(provider, token)
    if account is None:
        return _answer(404)
    if _said_length(request) > MOST_BYTES:
        return _answer(413)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _answer(413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    now = timezone.now()
    try:
        told = _connected(account).read_notice(headers, body, now)
    except Refused as refused:
        log.warning("a notice to account %s of %s was not taken: %s", account.pk, provider, refused.message)
        return _answer(400 if refused.code in {"bad_signature", "bad_notice"} else 503)
    except Trouble as trouble:
        log.warning("a notice to account %s of %s could not be checked: %s", account.pk, provider, trouble.message)
        return _answer(503)
    if not _meant_for(account, told):
        log.warning("a notice to account %s of %s is about another account or mode", account.pk, provider)
        return _answer(400)
    store_notice(account, told, body, now)
    return _answer(200)


def _account(provider: str, token: str) -> ProviderAccount | None:
    if len(token) > LONGEST_TOKEN:
        return None
    found = ProviderAccount.objects.everywhere("a provider's notice names its account by a token of its own")
    return found.filter(token=token, provider=provider).first()


def _said_length(request: HttpRequest) -> int:
    said = request.headers.get("content-length", "")
    if not said:
        return 0
    length = whole(said)
    return MOST_BYTES + 1 if length is None else length


def _connected(account: ProviderAccount) -> Provider:
    """The account's provider; connected once for as long as its settings stay as they are."""
    known = _known.get(account.pk)
    if known is None or known[0] != account.sealed:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        known = _known[account.pk] = (account.sealed, provider_of(account))
    return known[1]


def _meant_for(account: ProviderAccount, told: Notice) -> bool:
    """Another account's notice, or test money's to a live account, is not taken."""
    other = bool(account.account and told.account and told.account != account.account)
    return not other and not (account.live and told.live is False)


def _answer(status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Cache-Control"] = "no-store"
    return response
