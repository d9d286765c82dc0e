# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changing a legal entity of ours, and what follows where its bank accounts change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from purring.facts.customers.actions import touch
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.models import LegalEntity, Organization
from purring.followup.preflight import doubtful_account
from purring.followup.tasks import finish_task, open_tasks


@transaction.atomic
def change_entity(entity: LegalEntity, *, now: datetime, actor: str, **fields: Any) -> list[str]:
    """Keep what differs; its names, sorted."""
    changed = sorted(name for name, value in fields.items() if getattr(entity, name) != value)
    for name in changed:
        setattr(entity, name, fields[name])
    if changed:
        entity.save(update_fields=changed)
        write(entity.organization_id, "entity.changed", at=now, actor=actor, entity=entity.pk, fields=changed)
    if "accounts" in changed:
        _accounts_changed(entity.organization, now=now, actor=actor)
    return changed


def _accounts_changed(organization: Organization, *, now: datetime, actor: str) -> None:
    """Whoever owes something is looked at again: what waits names the old account. The task to correct one is done when
    none is doubtful any more."""
    owing = Invoice.objects.of(organization).filter(settled_on=None).values_list("customer_id", flat=True)
    touch(organization.pk, set(owing))
    if not any(doubtful_account(entity.accounts) for entity in LegalEntity.objects.of(organization)):
        for task in open_tasks(organization).filter(code="check_account"):
            finish_task(task, now=now, actor=actor)
