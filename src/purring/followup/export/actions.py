# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wishing for everything as a file, stopping it, taking it along. The file itself is made by a round, see `making`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization, User
from purring.followup.export.models import Export, ExportPart
from purring.kit.tenancy import reach


def want(organization: Organization, *, key: str, user: User, now: datetime) -> Export:
    """Keep the wish. The same `key` twice is one, and so is a second wish while the first is worked on."""
    there = Export.objects.of(organization)
    if known := there.filter(key=key).first() or there.filter(ended_at=None).first():
        return known
    export = Export(organization=organization, key=key, by=user, asked_at=now)
    try:
        with transaction.atomic():
            export.save(force_insert=True)
            write(organization.pk, "export.wanted", at=now, actor=f"user:{user.pk}", export=export.pk)
    except IntegrityError:  # somebody else was quicker
        return there.filter(ended_at=None).first() or there.get(key=key)
    return export


@transaction.atomic
def stop(export: Export, *, now: datetime, actor: str) -> bool:
    """It is not made after all; False when it was over already."""
    rows = Export.objects.of(export.organization_id).filter(pk=export.pk, ended_at=None)
    stopped = bool(rows.update(ended_at=now, removed_at=now))
    if stopped:
        write(export.organization_id, "export.stopped", at=now, actor=actor, export=export.pk)
    return stopped


@transaction.atomic
def remove(export: Export, *, now: datetime, actor: str) -> bool:
    """The file is taken away, before its days are over or after; False when there is none."""
    rows = Export.objects.of(export.organization_id).filter(pk=export.pk, removed_at=None).exclude(made_at=None)
    removed = bool(rows.update(removed_at=now))
    if removed:
        write(export.organization_id, "export.removed", at=now, actor=actor, export=export.pk)
    return removed


@transaction.atomic
def take_along(export: Export, *, now: datetime, actor: str) -> None:
    """Somebody downloads it. Refuses (`not_there`) one that is not whole, or not there any more."""
    row = reach(Export, export.organization_id, pk=export.pk)
    if not row.is_there or (row.until and row.until < now):
        raise Refused("not_there", "this file is not there any more; ask for a new one")
    write(export.organization_id, "export.downloaded", at=now, actor=actor, export=export.pk, bytes=row.size)


def contents(export: Export) -> Iterator[bytes]:
    """The file, part by part: one in memory at a time, however large it is."""
    parts = ExportPart.objects.of(export.organization_id).filter(export=export)
    for key in list(parts.order_by("directory", "place").values_list("pk", flat=True)):
        yield bytes(parts.values_list("content", flat=True).get(pk=key))
