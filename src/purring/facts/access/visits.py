# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming by a link: which one it is, and the note in the journal that somebody came."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import F

from purring.facts.access.models import Link
from purring.facts.access.tokens import digest_of
from purring.facts.journal.actions import write
from purring.kit.prepared import Prepared

ONE_VISIT = timedelta(minutes=30)
"""Whoever comes again sooner is still there."""

_FIND = Prepared(
    lambda digest: (
        Link.objects.everywhere("whoever holds a link names no organization; 128 random bits do")
        .filter(digest=digest)
        .select_related("customer", "organization")
    ),
    digest=str,
)


def find_link(token: str) -> Link | None:
    """The link of a token; whether it still opens anything, it says itself."""
    found = _FIND(digest=digest_of(token))
    return found[0] if found else None


def count_visit(link: Link, now: datetime) -> None:
    """Somebody came by it; pages within half an hour are one visit, and one entry of the journal. It raises no version:
    nothing that is decided or said depends on it. Nobody is refused a page because a note could not be kept."""
    if link.last_opened_at and now - link.last_opened_at < ONE_VISIT:
        return
    same = Link.objects.of(link.organization_id).filter(pk=link.pk, last_opened_at=link.last_opened_at)
    try:
        with transaction.atomic():
            if same.update(opened=F("opened") + 1, last_opened_at=now):
                write(
                    link.organization_id,
                    "link.visited",
                    at=now,
                    actor="customer",
                    customer_id=link.customer_id,
                    invoice_id=link.invoices[0] if len(link.invoices) == 1 else None,
                    link=link.digest,
                )
    except OperationalError:  # SQLite is being written by a longer round
        return
