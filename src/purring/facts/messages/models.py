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


class Outcome(models.TextChoices):
    """What came of a call. A law that counts calls counts the attempt as well; the contact budget does not."""

    REACHED = "reached"
    LEFT_MESSAGE = "left_message"
    NO_ANSWER = "no_answer"


class Conversation(OrganizationOwned):
    """The staff called or spoke to the customer; counts for the contact budget, unless nobody answered."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="conversations")
    on = models.DateField()
    note = models.TextField(blank=True)
    outcome = models.CharField(
        max_length=12, choices=Outcome.choices, default=Outcome.REACHED, db_default=Outcome.REACHED.value
    )
    person = models.CharField(max_length=200, blank=True, db_default="")
    """Who was called, as far as it is known."""
    number = models.CharField(max_length=40, blank=True, db_default="")
    again_on = models.DateField(null=True)
    """The day on which a person calls again; a round makes the task of it."""
    again_told_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=32, blank=True, db_default="")
    """Of the form: sent twice, it is one call."""

    class Meta:
        indexes = [
            models.Index(fields=["organization", "customer", "on"], name="conversation_of_customer"),
            models.Index(
                fields=["organization", "again_on"],
                condition=Q(again_on__isnull=False, again_told_at=None),
                name="conversation_call_again",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], condition=~Q(key=""), name="conversation_key_once")
        ]
