# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices of providers: stored once, as they came. What they lead to is `looking`'s."""

from __future__ import annotations

from datetime import datetime, timedelta

from purring.facts.checkout.models import Notice, ProviderAccount
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
