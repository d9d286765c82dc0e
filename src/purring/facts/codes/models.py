# SPDX-License-Identifier: AGPL-3.0-or-later
"""Codes that went to a known address, and the visits that they opened."""

from __future__ import annotations

from django.db import models

from purring.facts.customers.models import Customer
from purring.kit.tenancy import OrganizationOwned


class Code(OrganizationOwned):
    """One code. Only its hash is here; used once, it stands for the visit that it opened."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="codes")
    address = models.CharField(max_length=254)
    """Where it went: the visitor reads mail there."""
    digest = models.CharField(max_length=64)
    """HMAC of the code under the installation's key and a salt of its own: a million codes are quickly tried."""
    salt = models.CharField(max_length=32)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    link = models.CharField(max_length=64, blank=True)
    """SHA-256 of the token of the link it was asked for by."""
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """The visitor signed out."""

    class Meta:
        indexes = [models.Index(fields=["organization", "customer", "-id"], name="code_of_customer")]
