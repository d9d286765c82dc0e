# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a business decides about late charges as a whole: which money fills first, and how sure the law data must be."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.charges.models import Order, Policy
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.law.rates import CONFIDENCES


def policy_of(organization_id: int) -> Policy:
    """What was decided; until then the careful one, not stored: principal first, only what is sure."""
    return Policy.objects.of(organization_id).first() or Policy(organization_id=organization_id)


@transaction.atomic
def keep_policy(organization: Organization, *, order: str, least: str, now: datetime, actor: str) -> Policy:
    """Decide anew. Who lets less sure charges be asked, and when, is kept with it; the journal keeps every change.

    Refuses (`bad_choice`) an order or a confidence there is not.
    """
    if order not in Order.values:
        raise Refused("bad_choice", f"{order!r} is no order of payments", field="order")
    if least not in CONFIDENCES:
        raise Refused("bad_choice", f"{least!r} is no confidence; known are {', '.join(CONFIDENCES)}", field="least")
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    policy = policy_of(organization.pk)
    if (policy.order, policy.least) == (order, least):
        return policy
    if policy.least != least:
        sure = least == "high"
        policy.less_sure_at, policy.less_sure_by = (None, "") if sure else (now, actor[:120])
    policy.order, policy.least = order, least
    policy.save()
    write(organization.pk, "charges.policy", at=now, actor=actor, order=order, least=least)
    return policy
