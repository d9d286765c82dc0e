# SPDX-License-Identifier: AGPL-3.0-or-later
"""The users' own texts: one row for each version of each text, never changed and never deleted.

A row belongs to a heading of a wording file ("message warm" of friendly.txt in nb). Of each heading one row is the one in
force; a row without text says that the built-in one is in force again.
"""

from __future__ import annotations

from django.db import models

from purring.kit.tenancy import OrganizationOwned


class OwnText(OrganizationOwned):
    language = models.CharField(max_length=12)
    """A tag of `purring.language.compose.LANGUAGES`."""
    file = models.CharField(max_length=20)
    heading = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    current = models.BooleanField(default=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    """Who, as the journal names them."""
    findings = models.PositiveIntegerField(default=0)
    """What the tone guard would say otherwise, counted when it was kept."""
    overruled = models.JSONField(default=list)
    """Codes of the findings that would stop a message, and that this person let stand."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "language", "file", "heading"],
                condition=models.Q(current=True),
                name="own_text_one_in_force",
            )
        ]
        indexes = [models.Index(fields=["organization", "language", "file", "-id"], name="own_text_history")]
