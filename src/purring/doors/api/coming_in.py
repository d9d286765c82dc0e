# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a program comes in: `Authorization: Bearer` with a key (RFC 6750), nothing else. No session is read and no cookie is
set, so a browser that is signed in at the desk opens nothing here, and no other site can make it call.

Whoever shows a key that was never made counts as guessing: their address waits after a while. A key that was one counts
not, so that a program which nobody told of the end of its key keeps no other one out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from purring.core.errors import Refused
from purring.facts.organizations.keys import key_of
from purring.kit.rates import Failures

SECONDS_A_WRONG_KEY = 60
WRONG_KEYS = Failures(20, SECONDS_A_WRONG_KEY)
"""An address may show so many keys that are none at once, then one a minute."""
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)

Answer = Callable[..., JsonResponse]


def reads(view: Answer) -> Callable[..., JsonResponse]:
    """A route that only reads: the view gets `(request, caller, …)`. What reads needs no token against other sites' forms."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        if request.method not in ("GET", "HEAD"):
            return refusal(405, "bad_method", "this address is only read: use GET", Allow="GET, HEAD")
        address = str(request.META.get("REMOTE_ADDR", ""))
        if WRONG_KEYS.too_many(address):
            wait = str(SECONDS_A_WRONG_KEY)
            return refusal(
                429, "too_many", "too many wrong keys came from your address; wait a minute", Retry_After=wait
            )
        said = request.headers.get("Authorization", "")
        if not said:
            return _unknown("no_key", "send a key as Authorization: Bearer purr_…", "")
        shown = _BEARER.fullmatch(said)
        try:
            caller = key_of(shown[1] if shown else "", now=timezone.now())
        except Refused as refused:
            if refused.code == "unknown_key":
                WRONG_KEYS.add(address)
            return _unknown(refused.code, refused.message, ', error="invalid_token"')
        return _private(view(request, caller, *args, **kwargs))

    return guarded


def _unknown(code: str, message: str, error: str) -> JsonResponse:
    """401 as RFC 6750, 3 has it: without a key no error is named."""
    return refusal(401, code, message, WWW_Authenticate=f'Bearer realm="Purring"{error}')


def refusal(status: int, code: str, message: str, **headers: str) -> JsonResponse:
    """What every refusal looks like: a code for the program, a line for whoever reads its log."""
    answer = JsonResponse({"error": {"code": code, "message": message}}, status=status)
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    return _private(answer)


def _private(answer: JsonResponse) -> JsonResponse:
    """For this caller alone."""
    answer["Cache-Control"] = "no-store"
    return answer
