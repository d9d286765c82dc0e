# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person says about an import: begin, wait, go on, enough. The work itself is done chunk by chunk elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from purring.facts.beginning.models import Import, ImportFile
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization


@dataclass(frozen=True)
class GivenFile:
    """A file as it was looked at: what it is called, what is in it, and what the person said to its columns and cells."""

    name: str
    content: bytes
    rows: int = 0
    document: bool = False
    mapping: dict[str, str] = field(default_factory=dict)
    corrections: dict[int, dict[int, str]] = field(default_factory=dict)


@transaction.atomic
def begin_import(
    organization: Organization,
    files: Sequence[GivenFile],
    *,
    key: str,
    now: datetime,
    user_id: int | None,
    begins: bool = False,
    entity_id: int | None = None,
) -> Import:
    """Keep what is to be brought in: lists first, in their order, then documents, which look for the invoices of the lists.
    `entity_id`: who bills them. The same `key` twice is one import."""
    if known := Import.objects.of(organization).filter(key=key).first():
        return known
    row = Import(
        organization=organization,
        by_id=user_id,
        at=now,
        key=key,
        begins=begins,
        entity_id=entity_id,
        state=Import.RUNNING,
        files=[one.name for one in files],
        locale=[organization.language, organization.country, organization.currency],
        rows=sum(1 if one.document else one.rows for one in files),
    )
    row.save(force_insert=True)
    for position, one in enumerate(sorted(files, key=lambda one: one.document)):
        ImportFile(
            organization=organization,
            brought_by=row,
            position=position,
            name=one.name,
            content=one.content,
            document=one.document,
            mapping=one.mapping,
            corrections={str(line): cells for line, cells in one.corrections.items()},
            rows=one.rows,
        ).save(force_insert=True)
    return row


@transaction.atomic
def pause(row: Import, *, now: datetime, actor: str) -> bool:
    """Wait behind the chunk that is going in; False when it does not run."""
    return _move(row, "import.paused", (Import.RUNNING,), now, actor, state=Import.PAUSED)


@transaction.atomic
def go_on(row: Import, *, now: datetime, actor: str) -> bool:
    """Go on where it was; False when it does not wait."""
    fresh: dict[str, Any] = {"state": Import.RUNNING, "tries": 0, "trouble": ""}
    return _move(row, "import.continued", (Import.PAUSED,), now, actor, **fresh)


@transaction.atomic
def stop(row: Import, *, now: datetime, actor: str) -> bool:
    """Bring no more of it; what came stays. False when it had ended."""
    ended: dict[str, Any] = {"state": Import.DONE, "stopped_at": now, "ended_at": now}
    if not _move(row, "import.stopped", (Import.RUNNING, Import.PAUSED), now, actor, **ended):
        return False
    ImportFile.objects.of(row.organization_id).filter(brought_by=row).update(content=b"")
    return True


@transaction.atomic
def ask_to_take_back(row: Import, *, actor: str) -> bool:
    """Let it be taken back behind the page; the work itself tells the journal. False when it runs or is gone already."""
    ready = Import.objects.of(row.organization_id).filter(pk=row.pk, state=Import.DONE, taken_back_at=None)
    moved = ready.update(state=Import.LEAVING, leaving_for=actor, trouble="", tries=0, place=0)
    row.refresh_from_db()
    return bool(moved)


def under_way() -> set[int]:
    """The organizations into which rows are going at this moment."""
    running = Import.objects.everywhere("a round").filter(state__in=[Import.RUNNING, Import.LEAVING])
    return set(running.values_list("organization_id", flat=True))


def _move(row: Import, kind: str, states: tuple[str, ...], now: datetime, actor: str, **fields: Any) -> bool:
    moved = Import.objects.of(row.organization_id).filter(pk=row.pk, state__in=states).update(**fields)
    row.refresh_from_db()
    if moved:
        write(row.organization_id, kind, at=now, actor=actor, text=row.title, imported=row.pk)
    return bool(moved)
