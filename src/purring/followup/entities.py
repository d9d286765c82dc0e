# SPDX-License-Identifier: AGPL-3.0-or-later
"""Legal entities of ours: a further one, another usual one, and what follows where bank accounts change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.models import LegalEntity, Organization
from purring.followup.preflight import doubtful_account
from purring.followup.tasks import finish_task, open_tasks


@transaction.atomic
def add_entity(organization: Organization, *, now: datetime, actor: str, **fields: Any) -> LegalEntity:
    """A further legal person the organization bills as. Refuses (`duplicate`) a name that another one has."""
    if LegalEntity.objects.of(organization).filter(name=fields["name"]).exists():
        raise Refused("duplicate", "another entity has this name", field="name")
    entity = LegalEntity(organization=organization, **fields)
    entity.save(force_insert=True)
    write(organization.pk, "entity.added", at=now, actor=actor, entity=entity.pk)
    return entity


@transaction.atomic
def make_usual(entity: LegalEntity, *, now: datetime, actor: str) -> None:
    """From now on it bills where nothing else is said. Invoices that named nobody keep the one they had: their money goes
    where it went."""
    rows = LegalEntity.objects.of(entity.organization_id).select_for_update().order_by("pk")
    before = next((row for row in rows if row.is_default), None)
    if before and before.pk == entity.pk:
        return
    if before:
        Invoice.objects.of(entity.organization_id).filter(entity=None).update(entity=before)
        LegalEntity.objects.of(entity.organization_id).filter(pk=before.pk).update(is_default=False)
    entity.is_default = True
    entity.save(update_fields=["is_default"])
    write(entity.organization_id, "entity.usual", at=now, actor=actor, entity=entity.pk)
    _accounts_changed(entity.organization, now=now, actor=actor)


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
