# SPDX-License-Identifier: AGPL-3.0-or-later
"""What only a person can judge about money at a provider: looked at, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from purring.facts.checkout.models import Discrepancy
from purring.facts.customers.actions import touch
from purring.facts.journal.actions import write


@transaction.atomic
def settle_discrepancy(discrepancy: Discrepancy, *, user_id: int, now: datetime, actor: str) -> bool:
    """A person has seen to it; False when somebody had before."""
    mine = Discrepancy.objects.of(discrepancy.organization_id).filter(pk=discrepancy.pk, settled_at=None)
    if not mine.update(settled_at=now, settled_by_id=user_id):
        return False
    if discrepancy.customer_id:
        touch(discrepancy.organization_id, [discrepancy.customer_id])
    write(
        discrepancy.organization_id,
        "checkout.settled",
        at=now,
        actor=actor,
        customer_id=discrepancy.customer_id,
        code=discrepancy.code,
        ref=discrepancy.ref,
    )
    return True
