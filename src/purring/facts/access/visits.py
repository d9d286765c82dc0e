# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming by a link: which one it is, and how often somebody came."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import F

from purring.facts.access.models import Link
from purring.facts.access.tokens import digest_of

ONE_VISIT = timedelta(minutes=30)
"""Whoever comes again sooner is still there."""


def find_link(token: str) -> Link | None:
    """The link of a token; whether it still opens anything, it says itself."""
    rows = Link.objects.everywhere("whoever holds a link names no organization; 128 random bits do")
    return rows.filter(digest=digest_of(token)).select_related("customer", "organization").first()


def count_visit(link: Link, now: datetime) -> None:
    """Somebody came by it; pages within half an hour are one visit. A page is not refused because a count could not be
    kept."""
    if link.last_opened_at and now - link.last_opened_at < ONE_VISIT:
        return
    same = Link.objects.of(link.organization_id).filter(pk=link.pk, last_opened_at=link.last_opened_at)
    try:
        with transaction.atomic():
            same.update(opened=F("opened") + 1, last_opened_at=now)
    except OperationalError:  # SQLite is being written by a longer round
        return
