# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices of providers: stored once, as they came. What they lead to is `looking`'s."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from purring.facts.checkout.models import Notice, ProviderAccount
from purring.plugins.payment import Notice as Told


def store_notice(account: ProviderAccount, told: Told, body: bytes, now: datetime) -> bool:
    """Store a notice whose signature was checked; False when it is there already."""
    known = Notice.objects.of(account.organization_id).filter(account=account, notice_id=told.id)
    if known.exists():
        return False
    try:
        with transaction.atomic():
            Notice(
                organization_id=account.organization_id,
                account=account,
                notice_id=told.id[:160],
                kind=told.kind[:80],
                ref=told.ref[:200],
                body=body,
                received_at=now,
                look_at=now if told.ref else None,
            ).save(force_insert=True)
            ProviderAccount.objects.of(account.organization_id).filter(pk=account.pk).update(heard_at=now)
    except IntegrityError:  # the same notice in the same instant
        return False
    return True
