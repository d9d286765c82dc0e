# SPDX-License-Identifier: AGPL-3.0-or-later
"""Confirmed refunds go to the provider that has the money, each under its own key, and the provider's truth books them.

Requests lie between transactions; a claim keeps two workers from sending the same. Providers keep a key for a day or
longer, so a refund without an answer is tried again for half a day only: after that a person looks whether it left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from purring.core.errors import Refused, Trouble
from purring.facts.checkout.accounts import provider_of
from purring.facts.checkout.looking import look_at_attempt
from purring.facts.checkout.models import Booking, MoneyBack, ProviderAccount
from purring.facts.customers.actions import touch
from purring.facts.refunds.actions import tell
from purring.facts.refunds.models import RefundRequest, RefundState
from purring.plugins.payment import Provider

log = logging.getLogger("purring.refunds")

CLAIM = timedelta(minutes=5)
TRIED_FOR = timedelta(hours=12)
AT_MOST = 50
ACTOR = "round:refunds"

Clock = Callable[[], datetime]
Connect = Callable[[ProviderAccount], Provider]


def send_refunds(now: datetime, *, clock: Clock, connect: Connect = provider_of, most: int = AT_MOST) -> int:
    """One pass: send what is due, then see what became of what was sent. How many were sent."""
    rows = RefundRequest.objects.everywhere("the round of the refunds").filter(send_at__lte=now)
    sent = sum(send(one, now, clock=clock, connect=connect) for one in rows.order_by("send_at", "id")[:most])
    waiting = RefundRequest.objects.everywhere("the round of the refunds").filter(state=RefundState.SENT)
    for request in waiting.exclude(ref="").select_related("payment").order_by("id")[:most]:
        _follow(request, clock())
    return sent


def send(request: RefundRequest, now: datetime, *, clock: Clock, connect: Connect = provider_of) -> bool:
    """Send one refund if nobody else is at it; True when the provider took it. Call it outside of any transaction."""
    mine = RefundRequest.objects.of(request.organization_id).filter(pk=request.pk)
    claimed = mine.filter(state=RefundState.CONFIRMED, send_at=request.send_at, send_at__lte=now)
    if not claimed.update(send_at=now + CLAIM, tries=F("tries") + 1):
        return False
    request = mine.select_related("payment").get()
    bookings = Booking.objects.of(request.organization_id).select_related("account", "attempt__account", "payment")
    booking = bookings.get(payment=request.payment)
    try:
        provider = connect(booking.account)
        told = provider.refund(booking.payment_ref, request.amount, request.payment.currency, request.key)
    except (Trouble, Refused) as error:
        _put_off(request, error, clock())
        return False
    with transaction.atomic():
        touch(request.organization_id, [request.payment.customer_id])
        mine.update(state=RefundState.SENT, ref=told.ref[:120], send_at=None, error="")
        tell(request, "refund.sent", clock(), ACTOR, provider=booking.account.provider)
    try:
        look_at_attempt(booking.attempt, provider, clock)
    except (Trouble, Refused) as error:  # the rounds ask again
        log.warning("refund %s was sent, its truth could not be asked for: %s", request.pk, error.message)
    _follow(mine.select_related("payment").get(), clock())
    return True


def _put_off(request: RefundRequest, error: Trouble | Refused, now: datetime) -> None:
    """Try again later under the same key, or give up and tell a person."""
    lost = isinstance(error, Trouble) and error.permanent
    late = request.confirmed_at is not None and now - request.confirmed_at > TRIED_FOR
    mine = RefundRequest.objects.of(request.organization_id).filter(pk=request.pk)
    if not lost and not late:
        asked = error.retry_after_seconds if isinstance(error, Trouble) else None
        wait = max(timedelta(seconds=30 * 2 ** min(request.tries, 6)), timedelta(seconds=min(asked or 0, 7200)))
        mine.update(send_at=now + wait, error=error.message[:300])
        return
    with transaction.atomic():
        touch(request.organization_id, [request.payment.customer_id])
        mine.update(state=RefundState.FAILED, send_at=None, ended_at=now, error=error.message[:300])
        tell(request, "refund.failed", now, ACTOR, text=error.message)


def _follow(request: RefundRequest, now: datetime) -> None:
    """What was sent is done when its money has been booked as gone, and failed when it came to nothing."""
    found = MoneyBack.objects.of(request.organization_id).filter(booking__payment=request.payment, ref=request.ref)
    back = found.first()
    if back is None or request.state != RefundState.SENT or (back.done_on is None and back.ended_at is None):
        return
    state = RefundState.DONE if back.done_on else RefundState.FAILED
    mine = RefundRequest.objects.of(request.organization_id).filter(pk=request.pk, state=RefundState.SENT)
    with transaction.atomic():
        touch(request.organization_id, [request.payment.customer_id])
        if mine.update(state=state, ended_at=now) and state is RefundState.FAILED:
            tell(request, "refund.failed", now, ACTOR)
