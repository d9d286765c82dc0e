# SPDX-License-Identifier: AGPL-3.0-or-later
"""Works an import through, chunk by chunk: a small one while the person waits, a large one behind the page.

Each chunk is one transaction that first takes its place (`Import.file`, `Import.place`). A process that dies leaves whole
chunks behind, and whoever goes on reads the file again up to there; of two at once, one finds the place taken and stops.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F

from purring.core.errors import Refused
from purring.doors.intake.cells import Cell, Unusable, plain_decimal
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.reading import Reading, read
from purring.doors.intake.rows import Refusal, Row
from purring.doors.intake.store_documents import keep_with_invoice, store_document
from purring.doors.intake.store_people import People
from purring.doors.intake.storing import FileResult, recall, store_chunk
from purring.facts.beginning.models import Import, ImportFile, RefusedRow
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.followup.taking_back import refuse_if_used, take_back_some, with_later

log = logging.getLogger("purring.import")

AT_ONCE_ROWS = 2000
"""Up to so many rows go in while the person waits; more go in behind the page, with progress shown."""
CHUNK_ROWS = 500
"""In one transaction: nobody's own act waits longer than that takes."""
WORK_SECONDS = 8.0
"""For one import in one pass, so that the other rounds have their turn."""
WAITED_FOR = timedelta(minutes=1)
"""A small import that began so lately is worked on by the request that began it."""
REFUSED_KEPT = timedelta(days=30)
"""How long rows that were not taken can be looked at."""

Clock = Callable[[], datetime]
Item = Row | Refusal


@dataclass
class _Open:
    """A file that is being worked through: what this process knows of it beyond the tables."""

    part: ImportFile
    reading: Reading
    people: People
    items: Iterator[Item]
    cells: Callable[[Sequence[int]], dict[int, list[Cell]]]
    before: int
    """Rows of the files before it."""
    place: int
    rows: int = 0
    """Rows of it that have had their turn."""


_open: dict[int, _Open] = {}
"""By import, between two passes of one process: so that a file is not read from its beginning for each. Whatever is in it
can be made again from the tables, and is, when another process went on meanwhile."""


def work_all(clock: Clock) -> None:
    """One pass over what is under way, of all organizations in turn."""
    rows = Import.objects.everywhere("a round").filter(state__in=[Import.RUNNING, Import.LEAVING]).order_by("id")
    trouble: list[str] = []
    for row in rows:
        if row.state == Import.RUNNING and row.rows <= AT_ONCE_ROWS and clock() - row.at < WAITED_FOR:
            continue
        try:
            if row.state == Import.RUNNING:
                work(row, clock, WORK_SECONDS)
            else:
                _leave(row, clock, WORK_SECONDS)
        except Exception as error:  # the others go on; `tries` ends it when it stays so
            log.exception("import %s", row.pk)
            trouble.append(f"import {row.pk}: {error}")
    for key in _open.keys() - {row.pk for row in rows}:
        del _open[key]
    if trouble:
        raise RuntimeError("; ".join(trouble))


def forget(now: datetime) -> None:
    """Rows that were not taken are kept for a while only: there are people in them."""
    older = Import.objects.everywhere("a round").filter(at__lt=now - REFUSED_KEPT, refused__gt=0)
    RefusedRow.objects.everywhere("a round").filter(file__brought_by__in=older).delete()


def work(row: Import, clock: Clock, seconds: float | None = None) -> Import:
    """Bring in more of it, for so long (None: to its end); as it stands then."""
    began = time.monotonic()
    try:
        while row.state == Import.RUNNING and _step(row, clock()):  # no: somebody else is at it, or it is to wait
            row.refresh_from_db()
            if seconds is not None and time.monotonic() - began >= seconds:
                break
    except BaseException:
        _open.pop(row.pk, None)
        raise
    row.refresh_from_db()
    if row.state != Import.RUNNING:
        _open.pop(row.pk, None)
    return row


def _leave(row: Import, clock: Clock, seconds: float) -> None:
    """Take more of it back, for so long; where that is refused the rest stays, and says why."""
    began = time.monotonic()
    try:
        if not row.tries:
            refuse_if_used(row)
            Import.objects.of(row.organization_id).filter(pk=row.pk, state=Import.LEAVING).update(tries=1)
        while take_back_some(row, CHUNK_ROWS, now=clock(), actor=row.leaving_for):
            if time.monotonic() - began >= seconds:
                break
    except Refused as refused:
        left = Import.objects.of(row.organization_id).filter(pk=row.pk, state=Import.LEAVING)
        left.update(state=Import.DONE, trouble=refused.message[:500])


def _step(row: Import, now: datetime) -> bool:
    """One chunk, one document, or the end; False when the place was taken."""
    part = ImportFile.objects.of(row.organization_id).filter(brought_by=row, position=row.file).defer("content").first()
    if part is None:
        return _end(row, now)
    organization = Organization.objects.get(pk=row.organization_id)
    try:
        if part.document:
            return _document(row, part, organization, now)
        there = _open.get(row.pk)
        if there is None or (there.part.pk, there.place) != (part.pk, row.place):
            if not _begin(row):
                return False
            there = _open[row.pk] = _opened(row, part, organization, now)
        batch = list(islice(there.items, CHUNK_ROWS))
    except Refused as refused:
        return _over(row, part, refused, now)
    if not batch:
        return _over(row, part, None, now)
    return _chunk(row, there, organization, batch, now)


def _begin(row: Import) -> bool:
    """Count the beginning; after too many without a chunk it waits for a person."""
    mine = Import.objects.of(row.organization_id).filter(pk=row.pk, state=Import.RUNNING)
    if row.tries >= Import.TRIES:
        mine.update(state=Import.PAUSED)
        return False
    return bool(mine.update(tries=F("tries") + 1))


def _opened(row: Import, part: ImportFile, organization: Organization, now: datetime) -> _Open:
    """The file, read up to the place where it goes on."""
    files = ImportFile.objects.of(organization)
    language, country, currency = row.locale
    reading = read(
        bytes(files.values_list("content", flat=True).get(pk=part.pk)),
        locale=LocaleFacts(language, country, currency),
        name=part.name,
        mapping=part.mapping or None,
        corrections={
            int(line): {int(at): text for at, text in cells.items()} for line, cells in part.corrections.items()
        },
    )
    head = [column.header for column in reading.columns.columns] if reading.columns else []
    with transaction.atomic():
        if files.filter(pk=part.pk, rows=part.rows).update(rows=reading.total, head=head):
            more = reading.total - part.rows
            Import.objects.of(organization).filter(pk=row.pk).update(rows=F("rows") + more)
    before = sum(
        1 if document else rows
        for document, rows in files.filter(brought_by=row, position__lt=part.position).values_list("document", "rows")
    )
    people = People(organization, now, _actor(row))
    there = _Open(part, reading, people, reading.rows(), reading.cells_along(), before, row.place)
    gone = list(islice(there.items, row.place))
    recall([one for one in gone if not isinstance(one, Refusal)], people)
    there.rows = _rows(gone)
    return there


def _chunk(row: Import, there: _Open, organization: Organization, batch: list[Item], now: datetime) -> bool:
    there.people.now = now
    told = FileResult(there.part.name, there.reading.kind, refused=[one for one in batch if isinstance(one, Refusal)])
    rows = [one for one in batch if not isinstance(one, Refusal)]
    done = there.before + min(there.rows + _rows(batch), there.reading.total)
    with transaction.atomic():
        if not _takes(row, place=row.place + len(batch), done=done):
            _open.pop(row.pk, None)
            return False
        people = store_chunk(organization, rows, there.people, told, now, _actor(row))
        if row.entity_id:
            made = Invoice.objects.of(organization).filter(id__any_of=told.made_invoices)
            made.update(entity_id=row.entity_id)
        if there.reading.document and not told.refused:
            document = there.reading.document
            keep_with_invoice(organization, rows, there.part.name, document, now=now, actor=_actor(row))
        _keep(row, there.part, told, there.cells)
    there.people, there.place, there.rows = people, row.place + len(batch), there.rows + _rows(batch)
    return True


def _document(row: Import, part: ImportFile, organization: Organization, now: datetime) -> bool:
    """A PDF goes to the invoice whose number is in its name; after the lists, so that an invoice of this import is there."""
    content = bytes(ImportFile.objects.of(organization).values_list("content", flat=True).get(pk=part.pk))
    with transaction.atomic():
        if not _takes(row, file=part.position + 1, place=0, done=row.done + 1):
            return False
        told, problem = FileResult(part.name, "document"), ""
        try:
            with transaction.atomic():
                new = store_document(organization, part.name, content, now=now, actor=_actor(row))
            told.created, told.unchanged = int(new), int(not new)
        except Refused as refused:
            problem = _where(refused)
        _keep(row, part, told, lambda lines: {})
        ImportFile.objects.of(organization).filter(pk=part.pk).update(content=b"", problem=problem)
    return True


def _over(row: Import, part: ImportFile, refused: Refused | None, now: datetime) -> bool:
    """The file has had its turn, to its end or up to where it cannot be read; on to the next one."""
    _open.pop(row.pk, None)
    files = ImportFile.objects.of(row.organization_id).filter(brought_by=row)
    with transaction.atomic():
        seen = files.filter(position__lte=part.position).values_list("document", "rows")
        if not _takes(row, file=part.position + 1, place=0, done=sum(1 if one else rows for one, rows in seen)):
            return False
        files.filter(pk=part.pk).update(content=b"", problem=_where(refused) if refused else "")
        counts = files.values_list("counts", flat=True).get(pk=part.pk)
        if counts.get("created") or counts.get("updated"):
            told = {name: counts[name] for name in ("created", "updated", "refused")}
            of, actor = counts["of"], _actor(row)
            write(row.organization_id, "file.imported", at=now, actor=actor, text=part.name, of=of, **told)
    return True


def _end(row: Import, now: datetime) -> bool:
    return _takes(row, state=Import.DONE, ended_at=now, done=row.rows)


def _takes(row: Import, **fields: Any) -> bool:
    """Take the place in the running transaction: False when another process did, or a person wants it to wait or end."""
    here = Import.objects.of(row.organization_id).filter(
        pk=row.pk, state=Import.RUNNING, file=row.file, place=row.place
    )
    return bool(here.update(tries=0, **fields))


def _keep(
    row: Import, part: ImportFile, told: FileResult, cells: Callable[[Sequence[int]], dict[int, list[Cell]]]
) -> None:
    """What became of a chunk: counts, ids, and the rows that were not taken, as they were."""
    lines = list(dict.fromkeys(one.line for one in told.refused))
    now = Import.objects.of(row.organization_id).get(pk=row.pk)
    now.invoices = with_later(now.invoices, told.made_invoices)
    now.customers = with_later(now.customers, told.made_customers)
    now.made_invoices += len(told.made_invoices)
    now.made_customers += len(told.made_customers)
    now.changed += told.updated
    now.unchanged += told.unchanged
    now.booked += told.created if told.kind == "payments" else 0
    now.refused += len(lines)
    names = ["invoices", "customers", "made_invoices", "made_customers", "changed", "unchanged", "booked", "refused"]
    now.save(update_fields=names)
    part = ImportFile.objects.of(row.organization_id).defer("content").get(pk=part.pk)
    here = {"created": told.created, "updated": told.updated, "refused": len(lines)}
    part.counts = {"of": told.kind, **{name: part.counts.get(name, 0) + count for name, count in here.items()}}
    part.save(update_fields=["counts"])
    found = cells(lines) if lines else {}
    rows = []
    for one in told.refused:
        as_it_was = [_text(cell) for cell in found.pop(one.line, [])]
        rows.append(
            RefusedRow(
                organization_id=row.organization_id, file=part, line=one.line, field=one.field[:40],
                reason=one.reason[:500], cells=as_it_was,
            )
        )  # fmt: skip
    RefusedRow.objects.of(row.organization_id).bulk_create(rows)


def _rows(items: Sequence[Item]) -> int:
    """Rows of the file that these results speak of; one row may be wrong in several ways."""
    wrong = {one.line for one in items if isinstance(one, Refusal)}
    return len(wrong) + sum(1 for one in items if not isinstance(one, Refusal))


def _text(cell: Cell) -> str:
    if isinstance(cell, Unusable):
        return ""
    return str(cell) if not isinstance(cell, Decimal) else plain_decimal(cell)


def _where(refused: Refused) -> str:
    line = refused.params.get("line")
    named = f"line {line}" if line else ""
    return (refused.message if named in refused.message else f"{named}: {refused.message}")[:500]


def _actor(row: Import) -> str:
    return f"user:{row.by_id}" if row.by_id else "desk"
