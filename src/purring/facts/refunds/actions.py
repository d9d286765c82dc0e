# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on refunds: one person asks, another confirms; money that came by hand is paid back by hand.

What a provider sends back is `sending`'s. Each act holds the account's lock, so that two presses come one by one.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from purring.core.errors import Refused
from purring.facts.checkout.models import Booking, MoneyBack
from purring.facts.customers.actions import touch
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Membership, Role, User
from purring.facts.payments.actions import reverse_payment
from purring.facts.payments.models import Payment
from purring.facts.refunds.models import UNDER_WAY, RefundRequest, RefundState

MAY_CONFIRM = (Role.OWNER, Role.ACCOUNTANT)


def refundable(payment: Payment) -> int:
    """What of a payment is here, no refund speaks for yet, and nobody claims back."""
    if not payment.settled_on:
        return 0
    back: int = payment.reversals.aggregate(sum=Sum("amount"))["sum"] or 0
    asked: int = payment.refund_requests.filter(state__in=UNDER_WAY).aggregate(sum=Sum("amount"))["sum"] or 0
    return max(payment.amount - back - asked - claimed(payment), 0)


def claimed(payment: Payment) -> int:
    """What the provider says is about to go back without our asking: a dispute that is open, a refund made on its own pages."""
    ours = payment.refund_requests.exclude(ref="").values("ref")
    rows = MoneyBack.objects.of(payment.organization_id).filter(booking__payment=payment, done_on=None, ended_at=None)
    claims: int = rows.exclude(ref__in=ours).aggregate(sum=Sum("amount"))["sum"] or 0
    return claims


@transaction.atomic
def ask_refund(
    payment: Payment, amount: int, *, user: User, now: datetime, actor: str, reason: str = ""
) -> RefundRequest:
    """Ask that a part of a payment, or all of it, goes back. Refuses (`bad_amount`) more than is here."""
    touch(payment.organization_id, [payment.customer_id])
    payment = Payment.objects.of(payment.organization_id).select_for_update().get(pk=payment.pk)
    if not 0 < amount <= refundable(payment):
        raise Refused("bad_amount", "more than is left of this payment", field="amount")
    request = RefundRequest(
        organization_id=payment.organization_id,
        payment=payment,
        amount=amount,
        reason=reason,
        by_hand=not Booking.objects.of(payment.organization_id).filter(payment=payment).exists(),
        asked_by=user,
        asked_at=now,
        key=secrets.token_hex(16),
    )
    request.save(force_insert=True)
    tell(request, "refund.asked", now, actor, text=reason)
    return request


def may_confirm(request: RefundRequest, user: User) -> bool:
    """Another person than the one who asked; the same one only where there is no other who may."""
    if request.asked_by_id != user.pk:
        return True
    others = Membership.objects.of(request.organization_id).filter(role__in=MAY_CONFIRM, user__is_active=True)
    return not others.exclude(user=user).exists()


@transaction.atomic
def confirm_refund(request: RefundRequest, *, user: User, now: datetime, actor: str) -> RefundRequest:
    """The second yes. With a provider, it is sent now. Confirmed before: nothing more happens.

    Refuses a request that was withdrawn (`withdrawn`) and the person who asked (`second_person`), see `may_confirm`.
    """
    request = _locked(request)
    if request.state == RefundState.WITHDRAWN:
        raise Refused("withdrawn", "this refund was withdrawn")
    if request.state != RefundState.ASKED:
        return request
    if not may_confirm(request, user):
        raise Refused("second_person", "another person than the one who asked confirms a refund")
    request.state, request.confirmed_by, request.confirmed_at = RefundState.CONFIRMED, user, now
    request.send_at = None if request.by_hand else now
    request.save(update_fields=["state", "confirmed_by", "confirmed_at", "send_at"])
    tell(request, "refund.confirmed", now, actor)
    return request


@transaction.atomic
def withdraw_refund(request: RefundRequest, *, now: datetime, actor: str) -> None:
    """Do not send it back after all, or do not try again what failed. Refuses (`too_late`) one that a provider may have got
    already."""
    request = _locked(request)
    if request.state == RefundState.WITHDRAWN:
        return
    undecided = request.state in (RefundState.ASKED, RefundState.FAILED)
    if not undecided and not (request.by_hand and request.state == RefundState.CONFIRMED):
        raise Refused("too_late", "this refund is on its way already")
    _end(request, RefundState.WITHDRAWN, now)
    tell(request, "refund.withdrawn", now, actor)


@transaction.atomic
def record_paid_back(request: RefundRequest, *, on: date, now: datetime, actor: str) -> None:
    """A person has paid it back by hand. Recorded before: nothing more happens. Refuses (`not_confirmed`) what nobody
    confirmed or a provider sends."""
    request = _locked(request)
    if request.by_hand and request.state == RefundState.DONE:
        return
    if not request.by_hand or request.state != RefundState.CONFIRMED:
        raise Refused("not_confirmed", "this refund is not one to be paid back by hand")
    _end(request, RefundState.DONE, now)
    reverse_payment(request.payment, request.amount, on=on, now=now, actor=actor, reason=request.reason or "refund")


def _locked(request: RefundRequest) -> RefundRequest:
    """Touch the account, then lock the request."""
    touch(request.organization_id, [request.payment.customer_id])
    rows = RefundRequest.objects.of(request.organization_id).select_related("payment")
    return rows.select_for_update(of=("self",)).get(pk=request.pk)


def _end(request: RefundRequest, state: RefundState, now: datetime) -> None:
    request.state, request.ended_at, request.send_at = state, now, None
    request.save(update_fields=["state", "ended_at", "send_at"])


def tell(request: RefundRequest, kind: str, now: datetime, actor: str, text: str = "", **data: Any) -> None:
    """The journal entry of what happened to a refund."""
    write(
        request.organization_id,
        kind,
        at=now,
        actor=actor,
        customer_id=request.payment.customer_id,
        text=text,
        **{
            "refund": request.pk,
            "payment": request.payment_id,
            "amount": request.amount,
            "currency": request.payment.currency,
            **data,
        },
    )
