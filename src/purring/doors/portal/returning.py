# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming back from the provider's page, having paid or stopped: the provider is asked once what is true, and the page says
that and nothing more. And the page of automatic payment.

The key in the address is the attempt's own, known to the payer and the provider only. Opening the page again asks again
and changes nothing that is booked.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from purring.core.errors import Refused, Trouble
from purring.doors.portal.documents import allocations_of, has_receipt
from purring.doors.portal.opening import Visit, closed, private, visit
from purring.doors.portal.paying import go
from purring.facts.checkout.accounts import provider_of
from purring.facts.checkout.looking import look_at_attempt
from purring.facts.checkout.mandates import end_mandate, mandate_of
from purring.facts.checkout.models import LOOKED_AFTER, Attempt, AttemptPart, AttemptState
from purring.facts.organizations.models import LegalEntity
from purring.kit import forms
from purring.kit.rates import Failures
from purring.language import formats

log = logging.getLogger("purring.portal")
ASKED = Failures(burst=5, seconds=3, place=str)
"""By attempt: whoever reloads more often reads what was found before."""
FORM = "autopay"
ASKING, STOPPED = "asking", "stopped"
AGAIN = (AttemptState.FAILED, AttemptState.ENDED, STOPPED)
"""After these the payer may try once more, or choose another way."""


@require_GET
def returned(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """Paid, on its way, not through; or not known yet, which is said so."""
    found = visit(request, token)
    attempt = found and _attempt(found, key)
    if not found or not attempt:
        return closed(request)
    attempt, sure = _asked(attempt)
    outcome = str(attempt.state) if sure and attempt.state != AttemptState.OPEN else ASKING
    return _tell(request, found, attempt, outcome, found.to("paid", key))


@require_GET
def stopped(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """The payer turned back. The provider's page is closed, unless money moved after all."""
    found = visit(request, token)
    attempt = found and _attempt(found, key)
    if not found or not attempt:
        return closed(request)
    attempt, sure = _asked(attempt)
    if sure and attempt.state in (AttemptState.OPEN, AttemptState.FAILED):
        attempt = _close(attempt)
    if attempt.state in (AttemptState.PENDING, AttemptState.PAID):
        outcome = str(attempt.state)
    else:
        outcome = STOPPED if sure else ASKING
    return _tell(request, found, attempt, outcome, found.to("stopped", key))


@csrf_exempt  # the token of the form does what the cookie would
@require_http_methods(["GET", "HEAD", "POST"])
def autopay(request: HttpRequest, token: str) -> HttpResponse:
    """What was agreed to, and its end by one press."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    mandate = mandate_of(found.customer)
    error, ended = "", False
    if request.method == "POST":
        try:
            forms.read(FORM, request.POST.get("form", ""), [found.link_digest], found.now)
            if mandate:
                end_mandate(mandate, now=found.now, actor="customer", why="customer")
            to = found.to("autopay")
            return go(found, f"{to}{'&' if '?' in to else '?'}ended=1")
        except Refused:
            error = found.words.say("try_later")
    elif mandate is None:
        if "ended" not in request.GET:
            return go(found, found.to("account"))
        ended = True
    context = {
        "w": found.words,
        "organization": found.organization,
        "mandate": mandate,
        "ended": ended,
        "error": error,
        "form": forms.token(FORM, [found.link_digest], found.now),
        "back": found.to("account"),
    }
    status = 422 if error else 200
    return private(render(request, "portal/autopay.html", context, status=status), found.words.language)


def _attempt(found: Visit, key: str) -> Attempt | None:
    mine = Attempt.objects.of(found.organization).filter(customer=found.customer, key=key)
    return mine.select_related("account").first()


def _asked(attempt: Attempt) -> tuple[Attempt, bool]:
    """The attempt as the provider has it now, and whether that could be found out."""
    if attempt.state not in LOOKED_AFTER or not attempt.ref:
        return attempt, True
    if ASKED.too_many(attempt.key):
        return attempt, True
    ASKED.add(attempt.key)
    try:
        return look_at_attempt(attempt, provider_of(attempt.account), timezone.now), True
    except (Refused, Trouble) as error:
        log.warning("attempt %s could not be asked for: %s", attempt.pk, error.message)
        fresh = Attempt.objects.of(attempt.organization_id).select_related("account").get(pk=attempt.pk)
        return fresh, fresh.state not in LOOKED_AFTER


def _close(attempt: Attempt) -> Attempt:
    try:
        provider = provider_of(attempt.account)
        provider.end(attempt.ref)
        return look_at_attempt(attempt, provider, timezone.now)
    except (Refused, Trouble) as error:  # it closes by itself, or the round does it
        log.info("the page of attempt %s was not closed: %s", attempt.pk, error.message)
        return attempt


def _receipt(found: Visit, attempt: Attempt) -> str:
    """Where its receipt is, if this visit may have it."""
    booking = attempt.bookings.select_related("payment").order_by("-id").first()
    if booking is None or not has_receipt(
        found, booking.payment, allocations_of(found, [booking.payment])[booking.payment_id]
    ):
        return ""
    return found.to("receipt", str(booking.payment_id))


def _pay_page(found: Visit, attempt: Attempt, parts: Sequence[AttemptPart]) -> str:
    entities = LegalEntity.objects.of(found.organization).order_by("-is_default", "id")
    entity = parts[0].invoice.entity_id or entities.values_list("pk", flat=True)[0]
    return found.to("pay", attempt.currency, str(entity))


def _tell(request: HttpRequest, found: Visit, attempt: Attempt, outcome: str, here: str) -> HttpResponse:
    words = found.words
    amount = formats.money(attempt.amount, attempt.currency, words.locale)
    said = {
        AttemptState.PAID: ("payment_received", {"amount": amount}),
        AttemptState.PENDING: ("payment_started", {}),
        AttemptState.FAILED: ("payment_failed", {}),
        AttemptState.ENDED: ("payment_failed", {}),
        ASKING: ("payment_asking", {}),
        STOPPED: ("payment_stopped", {}),
    }
    text, values = said[outcome]
    parts = list(attempt.parts.select_related("invoice").order_by("id"))
    context = {
        "w": words,
        "organization": found.organization,
        "outcome": outcome,
        "said": words.say(text, **values),
        "numbers": [part.invoice.number for part in parts if found.shows(part.invoice_id)],
        "attempt": attempt,
        "here": here,
        "to_receipt": _receipt(found, attempt) if outcome == AttemptState.PAID else "",
        "to_pay": _pay_page(found, attempt, parts) if outcome in AGAIN else "",
        "back": found.to("account"),
    }
    return private(render(request, "portal/returned.html", context), words.language)
