# SPDX-License-Identifier: AGPL-3.0-or-later
"""Disputes: which part of an invoice the customer does not accept, why, and who looks after it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from purring.facts.invoices.models import Invoice
from purring.kit.tenancy import OrganizationOwned


class Dispute(OrganizationOwned):
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="disputes")
    amount = models.BigIntegerField(null=True)
    """The disputed part in minor units; None is the whole."""
    reason = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    opened_on = models.DateField()
    resolved_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "invoice"], condition=Q(resolved_at=None), name="dispute_open"),
        ]
