# SPDX-License-Identifier: AGPL-3.0-or-later
"""Groups of customers: a name under which they may share a schedule and offers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.models import Customer, Group
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization


@transaction.atomic
def add_group(organization: Organization, name: str, *, now: datetime, actor: str) -> Group:
    """The group of this name, made when there is none: asked for twice, it is one."""
    name = _name(name)
    made, new = Group.objects.of(organization).get_or_create(organization_id=organization.pk, name=name)
    if new:
        write(organization.pk, "group.added", at=now, actor=actor, group=made.pk, name=name)
    return made


@transaction.atomic
def rename_group(group: Group, name: str, *, now: datetime, actor: str) -> None:
    """Another name for the same customers. Refuses (`duplicate`) the name of another group."""
    name = _name(name)
    if name == group.name:
        return
    if Group.objects.of(group.organization_id).filter(name=name).exclude(pk=group.pk).exists():
        raise Refused("duplicate", "another group has this name", field="name")
    before, group.name = group.name, name
    group.save(update_fields=["name"])
    write(group.organization_id, "group.renamed", at=now, actor=actor, group=group.pk, name=name, before=before)


@transaction.atomic
def remove_group(group: Group, *, now: datetime, actor: str) -> None:
    """An empty group goes, with the schedule and the offers chosen for it. Refuses (`not_empty`) one with customers:
    what they get would change unseen."""
    rows = Group.objects.of(group.organization_id).filter(pk=group.pk)
    there = rows.select_for_update().first()  # from here on nobody is put into it
    if there is None:
        return
    if Customer.objects.of(group.organization_id).filter(group=there).exists():
        raise Refused("not_empty", "there are customers in this group; put them into another one first")
    key = there.pk
    there.delete()
    write(group.organization_id, "group.removed", at=now, actor=actor, group=key, name=group.name)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("bad_name", "a group needs a name", field="name")
    return name
