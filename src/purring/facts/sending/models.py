# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail account of an organization, the people who sign, and who is told of trouble."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purring.facts.organizations.models import LegalEntity
from purring.kit.tenancy import OrganizationOwned


class MailAccount(OrganizationOwned):
    """Where the messages of one organization are handed over; its password is encrypted (`kit/vault`)."""

    provider = models.CharField(max_length=40)
    """One of `presets`."""
    address = models.EmailField()
    """Whom messages come from."""
    host = models.CharField(max_length=253, blank=True)
    """Empty for a mail service, which is reached by its own interface."""
    port = models.PositiveIntegerField(default=0)
    tls = models.CharField(max_length=8, blank=True)
    """`implicit`, `starttls` or `none`."""
    username = models.CharField(max_length=254, blank=True)
    sealed = models.TextField()
    token = models.CharField(max_length=43, unique=True)
    """The place its secrets are sealed for."""
    changed_at = models.DateTimeField()
    """A message goes by the account as it stood when its line was opened; another moment here is another account."""
    tried_at = models.DateTimeField(null=True)
    tried = models.CharField(max_length=20, blank=True)
    """What came of the last try: one of `trying.CODES`; empty: not tried as it stands."""
    tried_detail = models.CharField(max_length=300, blank=True)
    """What the server said to it."""
    tested_at = models.DateTimeField(null=True)
    """When a test mail was taken last."""
    tested_to = models.EmailField(blank=True)
    trouble = models.CharField(max_length=300, blank=True)
    """What it said when it last took no message at all; empty as soon as one was taken."""
    trouble_since = models.DateTimeField(null=True)
    trouble_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="mail_account_once")]


class Identity(OrganizationOwned):
    """A person who signs messages."""

    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    reply_to = models.EmailField(blank=True)
    """Where answers go; empty: where the legal entity has them go."""
    signature = models.CharField(max_length=200, blank=True)
    """One line below the name, such as when she can be reached."""
    entity = models.ForeignKey(LegalEntity, models.PROTECT, null=True, related_name="identities")
    """For whose invoices the person is the usual one; None: for all that have no usual person of their own."""
    is_usual = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)
    """Signs no more; what names this person is signed by the usual one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(is_usual=True, entity=None, removed_at=None),
                name="identity_one_usual",
            ),
            models.UniqueConstraint(
                fields=["entity"],
                condition=Q(is_usual=True, entity__isnull=False, removed_at=None),
                name="identity_one_usual_of_entity",
            ),
        ]
        indexes = [models.Index(fields=["organization"], condition=Q(removed_at=None), name="identity_signing")]

    def __str__(self) -> str:
        return f"{self.name}, {self.title}" if self.title else self.name


class AlertRecipient(OrganizationOwned):
    """Somebody who is told by mail when something stops. While there is nobody, the owners are told of everything."""

    email = models.EmailField()
    kinds = models.JSONField(default=list)
    """Of `alerts.KINDS`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "email"], name="alert_recipient_once")]
