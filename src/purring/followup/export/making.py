# SPDX-License-Identifier: AGPL-3.0-or-later
"""The round that makes exports: a few seconds of each at a time, in pieces that are kept with their place in one
transaction. A worker that dies loses one piece; the next one makes it again. Only a whole file is ever offered.

A piece is read and compressed before its transaction begins, so nobody waits for it; of two workers that make the same
one, the second finds its place taken and throws its bytes away.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from purring.facts.journal.actions import seal, write
from purring.followup.export.actions import remove
from purring.followup.export.models import KEPT, Export, ExportPart
from purring.followup.export.steps import Growing, Single, steps
from purring.kit.zip_parts import ZipPart, fresh

log = logging.getLogger("purring.export")
ACTOR = "round:export"
PIECE_BYTES, PIECE_BLOCKS, PIECE_SECONDS = 2 << 20, 40, 1.0
"""A piece ends when it has so many bytes, has read so many blocks or took so long."""
PART_BYTES = 1 << 20
"""Of a row: what a database sends along in one go."""
MOST_MEMBER = 1 << 30
"""Bytes of one file in it, before another is begun."""
PLACES = 1000
"""Rows that one piece has at most."""
MOST_TRIES = 5
SWEPT = 100
"""Rows of files that are gone, taken away in one transaction."""


def work_all(now: datetime, seconds: float) -> None:
    """The round: what is over is removed, every export that is wanted gets its share of time."""
    for old in Export.objects.everywhere("a round").filter(removed_at=None, made_at__lt=now - KEPT):
        remove(old, now=now, actor=ACTOR)
    sweep()
    running = list(Export.objects.everywhere("a round").filter(ended_at=None).order_by("id"))
    for export in running:
        try:
            work(export, now, seconds / len(running))
        except Exception:  # one organization's trouble must not stop the others; it is logged, and told on the page
            log.exception("export %s", export.pk)
            _failed(export, now)


def sweep() -> None:
    """The bytes of files that are not offered any more."""
    gone = ExportPart.objects.everywhere("a round").filter(export__removed_at__isnull=False)
    while keys := list(gone.order_by("pk").values_list("pk", flat=True)[:SWEPT]):
        ExportPart.objects.everywhere("a round").filter(pk__in=keys).delete()


def work(export: Export, now: datetime, seconds: float) -> Export:
    """Go on for about so many seconds, one piece at least; the export as it stands then."""
    until = time.monotonic() + seconds
    while export.ended_at is None:
        export = _piece(export, now) if export.began_at else _begin(export, now)
        if time.monotonic() >= until:
            break
    return export


def _begin(export: Export, now: datetime) -> Export:
    """Look once how far each step reaches: what comes later is not in it."""
    while seal(export.organization_id):
        pass
    limits = [list(one.limits(export.organization_id)) for one in steps()]
    total = sum(last - first + 1 for first, last in limits if last)
    return _keep(export, began_at=now, limits=limits, total=total, zipped=fresh())


def _piece(export: Export, now: datetime) -> Export:
    part = ZipPart(export.zipped, export.asked_at)
    step, after, done = export.step, export.after, export.done
    found = steps()
    until = time.monotonic() + PIECE_SECONDS
    for _ in range(PIECE_BLOCKS):
        if step == len(found) or len(part.files) >= PIECE_BYTES or time.monotonic() >= until:
            break
        first, last = export.limits[step]
        after = max(after, first - 1)
        upto = min(last, after + found[step].block)
        _block(part, found[step], export.organization_id, after, upto, last)
        done += upto - after
        step, after = (step, upto) if upto < last else (step + 1, 0)
    values: dict[str, Any] = {"step": step, "after": after, "done": done, "tries": 0}
    if step < len(found):
        part.pause()
    else:
        values |= {"size": part.close(), "made_at": now, "ended_at": now}
    return _keep(export, part, **values, zipped=part.state)


def _block(part: ZipPart, step: Growing | Single, organization_id: int, after: int, upto: int, last: int) -> None:
    if isinstance(step, Single):
        for name, content, packed in step.files(organization_id, after, upto) if last else ():
            part.whole(name, content, packed=packed)
        return
    if part.state["open"] and part.member_size >= MOST_MEMBER:
        part.end()
        stem, _, ending = step.name.rpartition(".")
        part.begin(f"{stem}-from-{after + 1}.{ending}")
        part.add(step.head)
    if not part.state["open"]:
        part.begin(step.name)
        part.add(step.head)
    if last:
        part.add(step.more(organization_id, after, upto))
    if upto >= last:
        part.end()


def _keep(export: Export, part: ZipPart | None = None, **values: Any) -> Export:
    """The piece and its place, together or not at all; not when another worker was quicker, or somebody stopped it."""
    org, place = export.organization_id, export.pieces * PLACES
    rows = Export.objects.of(org)
    with transaction.atomic():
        mine = rows.filter(pk=export.pk, pieces=export.pieces, ended_at=None)
        if mine.update(pieces=F("pieces") + 1, **values):
            if part:
                _store(export, place, False, part.files)
                _store(export, place, True, part.directory)
            if values.get("made_at"):
                at, size = values["made_at"], values["size"]
                write(org, "export.made", at=at, actor=ACTOR, export=export.pk, bytes=size)
    return rows.get(pk=export.pk)


def _store(export: Export, place: int, directory: bool, content: bytearray) -> None:
    org = export.organization_id
    for number, begin in enumerate(range(0, len(content), PART_BYTES)):
        some = bytes(content[begin : begin + PART_BYTES])
        row = ExportPart(organization_id=org, export=export, directory=directory, place=place + number, content=some)
        row.save(force_insert=True)


def _failed(export: Export, now: datetime) -> None:
    """Tried again by the next round, a few times."""
    rows = Export.objects.of(export.organization_id).filter(pk=export.pk, ended_at=None)
    rows.update(tries=F("tries") + 1)
    rows.filter(tries__gte=MOST_TRIES).update(failed=True, ended_at=now, removed_at=now)
