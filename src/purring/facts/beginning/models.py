# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a business begins: the steps a person said something about, and the files that were brought in.

How far setting up has come is read from the facts themselves (an account, an invoice, the first yes). Kept here is only
what no other fact tells: that somebody looked at a step and was content, or put it off.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

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
    """One import: which files, how far it is, and what it brought, so that it can be taken back while nothing was said or
    booked. Its rows go in chunk by chunk; `file` and `place` rise in the transaction of each chunk, so whoever goes on
    after a crash goes on behind the last one, and of two at once one finds the place taken."""

    RUNNING, PAUSED, DONE, LEAVING = "running", "paused", "done", "leaving"
    STATES = ((RUNNING, "running"), (PAUSED, "paused"), (DONE, "done"), (LEAVING, "is being taken back"))

    TRIES = 3
    """Beginnings without a chunk that goes in, after which it waits for a person."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=32, blank=True)
    """Of the upload: confirmed twice, it is one import."""
    entity = models.ForeignKey("organizations.LegalEntity", models.PROTECT, null=True, related_name="+")
    """Who bills its invoices; None: the usual one."""
    begins = models.BooleanField(default=False)
    """As part of setting up: afterwards the person goes on with that."""
    state = models.CharField(max_length=8, choices=STATES, default=DONE)
    files = models.JSONField()
    """Names, as the person called them."""
    locale = models.JSONField(default=list)
    """Language, country, currency by which numbers and days are read, from beginning to end."""
    rows = models.PositiveIntegerField(default=0)
    """Rows and documents in all."""
    done = models.PositiveIntegerField(default=0)
    """How many of them have had their turn."""
    file = models.PositiveIntegerField(default=0)
    """The file that is next, or under way."""
    place = models.PositiveIntegerField(default=0)
    """Results of reading that file which have had their turn."""
    tries = models.PositiveSmallIntegerField(default=0)
    """Beginnings since the last chunk that went in."""
    trouble = models.CharField(max_length=500, blank=True)
    """Why it could not be taken back."""
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
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    """Rows that were not taken."""
    ended_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    """A person ended it before its last row."""
    leaving_for = models.CharField(max_length=80, blank=True)
    """Who wants it taken back, as the journal calls them."""
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], condition=~Q(key=""), name="import_key_once")
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="import_latest"),
            models.Index(fields=["id"], condition=Q(state__in=["running", "leaving"]), name="import_under_way"),
        ]

    @property
    def title(self) -> str:
        """Its files in a few words."""
        names = [str(name) for name in self.files]
        return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")

    @property
    def brought(self) -> int:
        """What taking it back would remove."""
        return self.made_invoices + self.made_customers

    @property
    def gave_up(self) -> bool:
        """It waits because it did not get on by itself, not because a person said so."""
        return self.state == self.PAUSED and self.tries >= self.TRIES

    @property
    def may_be_taken_back(self) -> bool:
        return self.state == self.DONE and self.taken_back_at is None and self.brought > 0


class ImportFile(OrganizationOwned):
    """One file of an import, kept until it is worked through."""

    brought_by = models.ForeignKey(Import, models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    """Empty when it has had its turn."""
    document = models.BooleanField(default=False)
    """A PDF to be kept with its invoice, no list."""
    mapping = models.JSONField(default=dict)
    """Column -> field, as far as a person chose."""
    corrections = models.JSONField(default=dict)
    """What a person wrote instead of single cells: line -> (index of the column -> text)."""
    head = models.JSONField(default=list)
    """The names of its columns, for the list of what was not taken."""
    rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """What became of its rows so far: created, updated, refused."""
    problem = models.CharField(max_length=500, blank=True)
    """Why nothing (more) of it was taken."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brought_by", "position"], name="import_file_once")]


class RefusedRow(OrganizationOwned):
    """One thing that is wrong with a row that was not taken. Several may speak of one row; the first has its cells."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="refused")
    line = models.PositiveIntegerField()
    field = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500)
    cells = models.JSONField(default=list)
    """The row as the file (or who corrected it) has it; empty where it has no cells, and behind the first of its line."""

    class Meta:
        indexes = [models.Index(fields=["file", "line", "id"], name="refused_of_file")]
