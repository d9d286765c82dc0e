# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a business begins: the steps a person said something about, and the files that were brought in.

How far setting up has come is read from the facts themselves (an account, an invoice, the first yes). Kept here is only
what no other fact tells: that somebody looked at a step and was content, or put it off.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from purring.kit.tenancy import OrganizationOwned


class Step(OrganizationOwned):
    """What a person said about one step of setting up."""

    SAID = (("done", "done"), ("later", "later"))

    name = models.CharField(max_length=12)
    """One of `purring.doors.desk.beginning.STEPS`."""
    said = models.CharField(max_length=5, choices=SAID)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="beginning_step_once")]


class Import(OrganizationOwned):
    """One import: which files, and what they brought, so that it can be taken back while nothing was said or booked."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    files = models.JSONField()
    """Names, as the person called them."""
    invoices = models.JSONField(default=list)
    """Ids of the invoices it made, as runs: [[first, last], ...]."""
    customers = models.JSONField(default=list)
    """The same of its customers."""
    made_invoices = models.PositiveIntegerField(default=0)
    made_customers = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    """Rows about what was there before, which they completed."""
    booked = models.PositiveIntegerField(default=0)
    """Rows of lists of payments; they are taken back one by one."""
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="import_latest")]

    @property
    def title(self) -> str:
        """Its files in a few words."""
        names = [str(name) for name in self.files]
        return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
