# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything of an organization as one file, made piece by piece and kept in the database until it is taken away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from purring.kit.tenancy import OrganizationOwned

KEPT = timedelta(days=7)
"""How long a file waits for being downloaded."""


class Export(OrganizationOwned):
    """One wish for everything. `step`, `after` and `zipped` say where the next piece begins; each piece is kept in one
    transaction with its bytes, so whoever goes on after a crash goes on behind the last one."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=32)
    """Of the form: sent twice, it is one export."""
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    limits = models.JSONField(default=list)
    """For each step the keys of the first and the last row there was when it began."""
    step = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    """The key of the last row of this step that is in it."""
    zipped = models.JSONField(default=dict)
    """See `kit.zip_parts`."""
    pieces = models.PositiveIntegerField(default=0)
    """Rises with each; of two workers at the same piece one finds it taken."""
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    """How far it is: keys walked along, of how many."""
    tries = models.PositiveIntegerField(default=0)
    """In vain, since the last piece."""
    size = models.BigIntegerField(default=0)
    """Bytes of the whole file, once it is made."""
    made_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """Made, stopped or given up."""
    failed = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="export_key_once"),
            models.UniqueConstraint(fields=["organization"], condition=Q(ended_at=None), name="export_one_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(removed_at=None), name="export_there"),
            models.Index(fields=["organization", "id"], name="export_of_organization"),
        ]

    @property
    def is_there(self) -> bool:
        """Whole, and not taken away yet."""
        return self.made_at is not None and self.removed_at is None

    @property
    def until(self) -> datetime | None:
        return self.made_at + KEPT if self.made_at else None

    @property
    def percent(self) -> int:
        return min(99, self.done * 100 // self.total) if self.total else 0


class ExportPart(OrganizationOwned):
    """Some bytes of the file. It is the parts of `files` one after the other, then those that are not: the directory."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="parts")
    directory = models.BooleanField(default=False)
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "directory", "place"], name="export_part_once"),
        ]
