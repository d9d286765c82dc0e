# SPDX-License-Identifier: AGPL-3.0-or-later
"""Refunds that one person asks for and another confirms. Amounts are minor units of the payment's currency.

A refund request moves no money in the books: what the provider tells (`checkout.MoneyBack`), or a person who paid it back
by hand, does.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from purring.facts.payments.models import Payment
from purring.kit.tenancy import OrganizationOwned


class RefundState(models.TextChoices):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    """Two people want it. With a provider it is being sent; by hand somebody has to pay it."""
    SENT = "sent"
    """The provider has it; it is booked once the provider says that the money has left."""
    DONE = "done"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


UNDER_WAY = (RefundState.ASKED, RefundState.CONFIRMED, RefundState.SENT)
"""Money of these is spoken for."""


class RefundRequest(OrganizationOwned):
    """A wish to send a part of a payment back."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refund_requests")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=RefundState.choices, default=RefundState.ASKED)
    by_hand = models.BooleanField()
    """The money came without a provider, so a person pays it back."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=32, unique=True)
    """The idempotency key at the provider."""
    ref = models.CharField(max_length=120, blank=True)
    """The provider's own id of the refund."""
    send_at = models.DateTimeField(null=True)
    """When it is sent, or tried again; None when there is nothing to send."""
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive")]
        indexes = [
            models.Index(fields=["send_at"], condition=Q(send_at__isnull=False), name="refund_to_send"),
            models.Index(
                fields=["organization", "id"],
                condition=Q(state__in=["asked", "confirmed", "sent", "failed"]),
                name="refund_under_way",
            ),
        ]
