# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words sent and received, and what became of their delivery."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purring.facts.customers.models import Customer
from purring.kit.tenancy import OrganizationOwned


class Message(OrganizationOwned):
    """A message as it left (or came in). Written in the transaction that releases it; its words never change."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, default="out")
    """`out` or `in`."""
    channel = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)
    """The stage, or `thank_you`, `request`, `reply`, ..."""
    address = models.CharField(max_length=254)
    """The other side's address."""
    language = models.CharField(max_length=12, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    attachment_ids = models.JSONField(default=list)
    message_id = models.CharField(max_length=120, blank=True)
    """Without angle brackets; its local part is the reply token."""
    in_reply_to = models.CharField(max_length=120, blank=True)
    headers = models.TextField(blank=True, db_default="")
    """The head of the mail's source as it was handed over; with words and attachments it gives the source again, whose
    digest stands in the journal."""
    at = models.DateTimeField()
    needs_answer = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "message_id"], condition=~Q(message_id=""), name="message_id_once"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "customer", "at"], name="message_of_customer"),
            models.Index(
                fields=["organization", "customer"],
                condition=Q(needs_answer=True, answered_at=None),
                name="message_unanswered",
            ),
        ]


class DeliveryEvent(OrganizationOwned):
    """What a mail system said about a message later: `delivered`, `bounced` (permanent or not)."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="delivery_events")
    kind = models.CharField(max_length=12)
    permanent = models.BooleanField(default=False)
    detail = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()


class Conversation(OrganizationOwned):
    """The staff spoke to the customer; counts for the contact budget."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="conversations")
    on = models.DateField()
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "customer", "on"], name="conversation_of_customer")]
