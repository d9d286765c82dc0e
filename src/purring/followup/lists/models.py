# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists that people work through: those they keep under a name, and what they did to many rows at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from purring.kit.tenancy import OrganizationOwned


class SavedList(OrganizationOwned):
    """A filter under a name, of one person or of all."""

    page = models.CharField(max_length=10)
    """`invoices` or `customers`."""
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    """As it stands in the page's address."""
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    """Whose it is; none: everybody's."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "page", "owner", "name"], name="saved_list_once"),
            models.UniqueConstraint(
                fields=["organization", "page", "name"], condition=Q(owner=None), name="saved_list_of_all_once"
            ),
        ]


class Bulk(OrganizationOwned):
    """One act on many invoices or customers, done one by one: each with its own journal entry."""

    act = models.CharField(max_length=12)
    """See `working.ACTS`."""
    arguments = models.JSONField(default=dict)
    ids = models.JSONField()
    """What it is done to, in order."""
    done = models.PositiveIntegerField(default=0)
    """How many of `ids` have had their turn."""
    before = models.JSONField(default=dict)
    """By id what is needed to undo it; an id that is missing was not changed."""
    refused = models.JSONField(default=list)
    """[id, why not]."""
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    key = models.CharField(max_length=32)
    """Of the form: sent twice, it is done once."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    """A person wants it to wait."""
    stopped_at = models.DateTimeField(null=True)
    """A person ended it before its last row."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="bulk_key_once")]
        indexes = [models.Index(fields=["id"], condition=Q(ended_at=None), name="bulk_running")]

    @property
    def changed(self) -> int:
        return len(self.before)
