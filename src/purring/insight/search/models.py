# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be found: one entry for each customer, invoice, payment, message and note, made from its words.

Derived, never a fact: an entry leads to a row that is read anew, so that what is shown is always what is so now. The
database itself marks an entry when its row changes (see `watching`), and deletes it with its row.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purring.kit.tenancy import OrganizationOwned


class SearchEntry(OrganizationOwned):
    group = models.CharField(max_length=8)
    """Under which heading it is found: see `sources.GROUPS`."""
    kind = models.CharField(max_length=12)
    object_id = models.BigIntegerField()
    key = models.CharField(max_length=60)
    """Its name or number in one piece, folded: `f20260012`, `oslohandelas`."""
    title = models.TextField()
    """Whose it is (a word of its own, see `words.scope`) and the folded words of its name."""
    text = models.TextField()
    """All its other words, folded, each once."""
    fresh = models.BooleanField(default=True)
    """False: its row has changed since."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]
        indexes = [models.Index(fields=["id"], condition=Q(fresh=False), name="search_entry_stale")]
