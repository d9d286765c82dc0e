# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices of providers: stored once, as they came. What they lead to is `looking`'s."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from purring.facts.checkout.models import Notice, ProviderAccount
from purring.facts.journal.actions import write
from purring.plugins.payment import Notice as Told

HEARD_WITHIN = timedelta(minutes=1)
"""So exact is the time an account was heard last; a busy one is not written to for each notice."""


def store_notice(account: ProviderAccount, told: Told, body: bytes, now: datetime) -> bool:
    """Store a notice whose signature was checked; False when it is there already."""
    known = Notice.objects.of(account.organization_id).filter(account=account, notice_id=told.id[:160])
    if known.exists():
        return False
    fresh = Notice(
        organization_id=account.organization_id,
        account=account,
        notice_id=told.id[:160],
        kind=told.kind[:80],
        ref=told.ref[:200],
        body=body,
        received_at=now,
        look_at=now if told.ref else None,
    )
    known.bulk_create([fresh], ignore_conflicts=True)  # the same notice in the same instant is stored once
    if account.heard_at is None or now - account.heard_at > HEARD_WITHIN:
        ProviderAccount.objects.of(account.organization_id).filter(pk=account.pk).update(heard_at=now)
    return True


def lost_notices(account: ProviderAccount) -> QuerySet[Notice]:
    """Notices that nothing came of: the provider does not know, or does not tell, what they are about. The newest first,
    without their bytes."""
    rows = Notice.objects.of(account.organization_id).filter(account=account, look_at=None).exclude(error="")
    return rows.defer("body").order_by("-id")


@transaction.atomic
def look_again(account: ProviderAccount, *, now: datetime, actor: str) -> int:
    """A person put right what was in the way: the next round asks about all of them once more. How many."""
    count = lost_notices(account).update(look_at=now, looks=0, error="")
    return _told(account, "notices.again", count, now, actor)


@transaction.atomic
def let_go(account: ProviderAccount, *, now: datetime, actor: str) -> int:
    """A person looked at the provider's own pages: these need nothing any more. How many."""
    count = lost_notices(account).update(error="")
    return _told(account, "notices.let_go", count, now, actor)


def _told(account: ProviderAccount, kind: str, count: int, now: datetime, actor: str) -> int:
    if count:
        write(account.organization_id, kind, at=now, actor=actor, account=account.pk, count=count)
    return count
