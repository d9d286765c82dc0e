# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who signs: the people of an organization whose names stand under its messages.

Who signs one message is found from the closest to the widest: the person this customer knows, the one the schedule's step
names, the usual one of the legal entity, the usual one of the organization; else the legal entity's own "who writes".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.facts.sending.models import Identity


def identities(organization: Organization | int) -> list[Identity]:
    """Everybody who signs, the usual ones first."""
    rows = Identity.objects.of(organization).filter(removed_at=None)
    return list(rows.order_by("-is_usual", F("entity").asc(nulls_first=True), "name", "id"))


class Signers:
    """Who signs which message, from the rows of one organization."""

    def __init__(self, rows: Iterable[Identity]) -> None:
        self._by_id = {row.pk: row for row in rows if row.removed_at is None}
        usual = [row for row in self._by_id.values() if row.is_usual]
        self._usual = {row.entity_id: row for row in usual}

    def of(self, entity_id: int | None, *wanted: int | None) -> Identity | None:
        """The first of `wanted` who still signs, else the usual one of the legal entity, else of the organization."""
        for key in wanted:
            if key and (found := self._by_id.get(key)):
                return found
        return (self._usual.get(entity_id) if entity_id else None) or self._usual.get(None)


@transaction.atomic
def keep_identity(
    organization: Organization, row: Identity | None, *, now: datetime, actor: str, **fields: Any
) -> Identity:
    """Add a person who signs (`row` None), or change one. Whoever becomes the usual one takes the place of the one before.
    Refuses (`bad_name`) a person without a name."""
    if not fields.get("name", row.name if row else "").strip():
        raise Refused("bad_name", "a person who signs needs a name", field="name")
    made = row or Identity(organization=organization)
    if not row and "is_usual" not in fields:
        fields["is_usual"] = not Identity.objects.of(organization).filter(is_usual=True, removed_at=None).exists()
    changed = [name for name, value in fields.items() if row is None or getattr(row, name) != value]
    if not changed:
        return made
    for name in changed:
        setattr(made, name, fields[name])
    if made.is_usual:
        others = Identity.objects.of(organization).filter(is_usual=True, removed_at=None, entity=made.entity)
        others.exclude(pk=made.pk).update(is_usual=False)
    made.save()
    kind = "sender.changed" if row else "sender.added"
    write(organization.pk, kind, at=now, actor=actor, sender=made.pk, name=made.name, fields=sorted(changed))
    return made


@transaction.atomic
def remove_identity(identity: Identity, *, now: datetime, actor: str) -> None:
    """The person signs no more: whatever names them is signed by the usual one."""
    gone = Identity.objects.of(identity.organization_id).filter(pk=identity.pk, removed_at=None)
    if gone.update(removed_at=now, is_usual=False):
        write(identity.organization_id, "sender.removed", at=now, actor=actor, sender=identity.pk, name=identity.name)
