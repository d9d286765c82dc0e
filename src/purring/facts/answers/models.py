# SPDX-License-Identifier: AGPL-3.0-or-later
"""What customers answer by a button: kept as they said it, with the facts that came of it.

An answer is evidence and never changes; what takes it back is another answer. The decision does not read these rows: it
sees the promise, the hold, the dispute, the message that waits or the address that an answer made.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from purring.facts.agreements.models import CheckIn, Hold, Promise
from purring.facts.customers.models import Customer
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.kit.tenancy import OrganizationOwned


class Answer(OrganizationOwned):
    """One answer, with when and from where it came."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="answers")
    invoices: models.ManyToManyField[Invoice, models.Model] = models.ManyToManyField(Invoice, related_name="answers")
    kind = models.CharField(max_length=16)
    """One of `purring.language.pages.ANSWERS`."""
    words = models.TextField(blank=True)
    day = models.DateField(null=True)
    """The day promised, or the day they paid."""
    amount = models.BigIntegerField(null=True)
    """Promised or disputed, in minor units."""
    currency = models.CharField(max_length=3, blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    link = models.CharField(max_length=64, blank=True)
    """SHA-256 of the link's token it came through."""
    key = models.CharField(max_length=40)
    """Of the form: sent twice, it is one answer."""
    digest = models.CharField(max_length=64)
    """Of what was said: the same said again in another tab is one answer, too."""
    promise = models.OneToOneField(Promise, models.SET_NULL, null=True, related_name="+")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="answer")
    """Set when one of us owes an answer."""
    check_in = models.ForeignKey(CheckIn, models.SET_NULL, null=True, related_name="+")
    holds: models.ManyToManyField[Hold, models.Model] = models.ManyToManyField(Hold, related_name="+")
    disputes: models.ManyToManyField[Dispute, models.Model] = models.ManyToManyField(Dispute, related_name="answers")
    spoiled = models.JSONField(default=list)
    """Addresses that are the wrong person's."""
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaces")
    seen_at = models.DateTimeField(null=True)
    """A person has looked at it."""
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="answer_key_once")]
        indexes = [
            models.Index(fields=["organization", "customer", "id"], name="answer_of_customer"),
            models.Index(
                fields=["organization", "id"],
                condition=Q(seen_at=None, replaced_by=None, kind__in=["paid", "dispute", "wrong_person"]),
                name="answer_unseen",
            ),
        ]


class AnswerFile(OrganizationOwned):
    """A file that came with an answer, as it was checked (`purring.kit.uploads`)."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="files")
    filename = models.CharField(max_length=100)
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
