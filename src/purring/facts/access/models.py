# SPDX-License-Identifier: AGPL-3.0-or-later
"""The links of customers. Whoever holds one opens the page of its customer, and sees the invoices it shows."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from purring.facts.customers.models import Customer
from purring.facts.messages.models import Message
from purring.kit.tenancy import OrganizationOwned


class Purpose(models.TextChoices):
    MESSAGE = "message"
    """Went out with a message of ours."""
    SHARED = "shared"
    """A person passes it on: copied, printed, in a mail or a chat of their own."""
    BUTTON = "button"
    """Stands in a page, an app or a mail of the house."""


class Link(OrganizationOwned):
    """One link. Its address is known to whoever has it; here is only its hash."""

    customer = models.ForeignKey(Customer, models.CASCADE, db_index=False, related_name="links")
    digest = models.CharField(max_length=64)
    """SHA-256 of its token, as hexadecimal text."""
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    invoices = models.JSONField(default=list)
    """Ids of the invoices it shows; empty: all that is open."""
    message = models.ForeignKey(
        Message, models.CASCADE, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    """What it went with. Found from the link alone; whoever deletes a message deletes its link with it."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField(default=0)
    """How often somebody came by it, and one visit stands in the journal each; no version is raised by it."""
    last_opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "customer", "id"], name="link_of_customer"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="link_expires_later"),
            # Not `unique` of the field: PostgreSQL would get a second index, for LIKE.
            models.UniqueConstraint(fields=["digest"], name="link_digest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    def opens(self, now: datetime) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and now < self.expires_at


class Closing(OrganizationOwned):
    """All links of a customer that were made before this moment are closed. It is for links whose values stand under a
    signature in their own address: there is no row of them that could be revoked."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="links_closed")
    at = models.DateTimeField()
