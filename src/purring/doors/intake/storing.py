# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stores what was read: invoices, customers, payments, documents. Repeating a file changes nothing.

Rows go in by the thousand, each thousand in one transaction together with its journal entries. What can be refused
only by looking at what is there already (another amount, a settled invoice) is refused here, with line and field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import IntegrityError, transaction

from purring.core.errors import Refused
from purring.doors.intake.reading import Reading
from purring.doors.intake.rows import CustomerRow, InvoiceRow, PaymentRow, Refusal
from purring.doors.intake.store_documents import keep_with_invoice, store_document
from purring.doors.intake.store_invoices import Invoices
from purring.doors.intake.store_payments import Payments, booking_ref
from purring.doors.intake.store_people import People
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization

__all__ = ["FileResult", "Outcome", "recall", "store", "store_chunk", "store_document"]

CHUNK_ROWS = 1000


class Outcome(Protocol):
    """Where a chunk reports what became of its rows."""

    created: int
    updated: int
    unchanged: int
    refused: list[Refusal]
    made_invoices: list[int]
    made_customers: list[int]


@dataclass(slots=True)
class FileResult:
    """What became of one file. `refused` is in line order; `new_customers` came along with invoices."""

    file: str
    kind: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    new_customers: int = 0
    refused: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)
    """Worth knowing about what was taken."""
    made_invoices: list[int] = field(default_factory=list)
    made_customers: list[int] = field(default_factory=list)
    """Ids of what the file brought: what goes when it is taken back."""

    def as_dict(self) -> dict[str, Any]:
        """As `purring import --json` prints it."""

        def told(some: list[Refusal]) -> list[dict[str, Any]]:
            return [{"line": one.line, "field": one.field, "reason": one.reason, "code": one.code} for one in some]

        return {
            "file": self.file,
            "kind": self.kind,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "new_customers": self.new_customers,
            "refused": told(self.refused),
            "notes": told(self.notes),
        }

    def nothing_stored(self) -> None:
        """The rows were fine, but not all of the file: none was kept."""
        self.created = self.updated = self.unchanged = self.new_customers = 0
        self.made_invoices, self.made_customers = [], []


def store(
    organization: Organization,
    reading: Reading,
    *,
    now: datetime,
    actor: str,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> FileResult:
    """Store the good rows of a file and tell the others. Refuses a file without its required columns.

    `dry_run` tells exactly what would happen and stores nothing. `all_or_nothing` stores nothing when a row is refused.
    `progress` is called with the number of rows done since the last call. A PDF goes to `store_document`.
    """
    if reading.kind == "attachment":
        raise ValueError("a PDF goes to store_document")
    result = FileResult(reading.name, reading.kind, notes=list(reading.notes))
    batches = reading.batches(CHUNK_ROWS)
    with ExitStack() as stack:
        if dry_run or all_or_nothing:
            stack.enter_context(transaction.atomic())
        people = People(organization, now, actor)
        for batch in batches:
            rows = [one for one in batch if not isinstance(one, Refusal)]
            result.refused += [one for one in batch if isinstance(one, Refusal)]
            people = store_chunk(organization, rows, people, result, now, actor)
            if reading.document and not result.refused:
                keep_with_invoice(organization, rows, reading.name, reading.document, now=now, actor=actor)
            if progress:
                progress(len(batch))
        if all_or_nothing and result.refused:
            transaction.set_rollback(True)
            result.nothing_stored()
        elif dry_run:
            transaction.set_rollback(True)
        elif result.created or result.updated:
            with transaction.atomic():
                counts = {"created": result.created, "updated": result.updated, "refused": len(result.refused)}
                write(
                    organization.pk, "file.imported", at=now, actor=actor, text=reading.name, of=reading.kind, **counts
                )
    result.refused.sort(key=lambda one: one.line)
    return result


def store_chunk(
    organization: Organization,
    rows: list[InvoiceRow | CustomerRow | PaymentRow],
    people: People,
    result: FileResult,
    now: datetime,
    actor: str,
) -> People:
    """One transaction; once more when another process stored the same thing at the same moment. The people known now."""
    for last_try in (False, True):
        told = FileResult(result.file, result.kind)
        try:
            with transaction.atomic():
                _take(organization, rows, people, told, now, actor)
        except IntegrityError:
            if last_try:
                raise Refused("in_use", "somebody else stores the same invoices at this moment; import again") from None
            people = People(organization, now, actor)
            continue
        result.created += told.created
        result.updated += told.updated
        result.unchanged += told.unchanged
        result.new_customers += told.new_customers
        result.refused += told.refused
        result.made_invoices += told.made_invoices
        result.made_customers += told.made_customers
        break
    return people


def recall(rows: Iterable[InvoiceRow | CustomerRow | PaymentRow], people: People) -> None:
    """These rows of the file went in before, by another process perhaps: know what it would know by now."""
    for row in rows:
        if isinstance(row, PaymentRow):
            booking_ref(row, people)
        else:
            people.recall(row)


def _take(
    organization: Organization,
    rows: list[InvoiceRow | CustomerRow | PaymentRow],
    people: People,
    told: FileResult,
    now: datetime,
    actor: str,
) -> None:
    if told.kind == "customers":
        people.take([row for row in rows if isinstance(row, CustomerRow)], told)
    elif told.kind == "payments":
        Payments(organization, people, now, actor).take([row for row in rows if isinstance(row, PaymentRow)], told)
    else:
        Invoices(organization, people, now, actor).take([row for row in rows if isinstance(row, InvoiceRow)], told)
        told.new_customers = people.made_in_chunk
    told.made_customers += people.made_ids
