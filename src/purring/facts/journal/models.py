# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal: what happened, who did it, when and why. Append-only, hash-chained per organization.

An entry is written in the transaction of its act and sealed (numbered and chained) a moment later by a round, so
that acts of one organization never wait for each other. Personal text lies outside the chain in `EntryText`;
the chain hashes only its salted digest, so erasing text and salt leaves a chain that still verifies.
"""

from __future__ import annotations

from django.db import models

from purring.kit.tenancy import OrganizationOwned

LEFT = "member.removed"
"""The kind of the entry that a colleague left; there is an index of them alone."""


class Entry(OrganizationOwned):
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    """`user:7`, `round:write`, `import`, `cli`, `customer`."""
    kind = models.CharField(max_length=40)
    """`invoice.recorded`, `payment.recorded`, `reminder.sent`, ...: noun, dot, past participle."""
    customer_id = models.BigIntegerField(null=True)
    invoice_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    """Facts without personal text: ids, amounts in minor units, days, codes."""
    text_digest = models.CharField(max_length=64, default="")
    seq = models.BigIntegerField(null=True)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "seq"], name="journal_seq_once")]
        indexes = [
            models.Index(fields=["organization", "customer_id", "id"], name="journal_of_customer"),
            models.Index(fields=["organization", "id"], condition=models.Q(seq=None), name="journal_unsealed"),
            models.Index(fields=["organization", "id"], name="journal_of_organization"),
            models.Index(fields=["organization", "at", "id"], name="journal_by_time"),
            models.Index(fields=["organization"], condition=models.Q(kind=LEFT), name="journal_of_leaving"),
        ]


class EntryText(OrganizationOwned):
    """Personal text of an entry with the salt of its digest; erased on request, the entry stays."""

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="text")
    salt = models.CharField(max_length=32)
    text = models.TextField()


class ChainCheck(OrganizationOwned):
    """One look at the whole chain, which somebody asked for; worked on in pieces, see `checking`."""

    by = models.CharField(max_length=80)
    """As `Entry.actor`."""
    asked_at = models.DateTimeField()
    upto = models.BigIntegerField()
    """The number of the last sealed entry when it was asked for, and its hash."""
    sealed = models.CharField(max_length=64)
    done = models.BigIntegerField(default=0)
    """The number of the last entry that was looked at, and its hash."""
    last = models.CharField(max_length=64)
    wrong = models.JSONField(default=list)
    """[what, number of the entry]; none: it is whole so far."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(ended_at=None), name="journal_one_check_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="journal_check_last")]
