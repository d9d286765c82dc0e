# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal's chain is whole: no entry changed, missing or swapped, no kept text changed, none long unsealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from purring.facts.journal.actions import broken_links
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import Organization

NAME = "journal"

PATIENCE = timedelta(days=1)
MOST_LINES = 20


def broken(now: datetime) -> Iterator[str]:
    for organization in Organization.objects.order_by("id"):
        for line in islice(broken_links(organization.pk), MOST_LINES):
            yield f"{organization.slug}: {line}"
        if Entry.objects.of(organization).exclude(seq=None).exists():
            late = Entry.objects.of(organization).filter(seq=None, at__lt=now - PATIENCE).count()
            if late:
                yield f"{organization.slug}: {late} entries have not been sealed for more than a day: the rounds stand still"
