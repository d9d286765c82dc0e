# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing the journal, sealing it, and checking its chain."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from purring.core.chain import GENESIS, digest_text, link
from purring.facts.journal.models import Entry, EntryText
from purring.kit.batches import insert_rows

COLUMNS = ("organization", "at", "actor", "kind", "customer_id", "invoice_id", "data", "text_digest", "hash")


def record_many(
    organization_id: int,
    kind: str,
    rows: Iterable[tuple[int | None, int | None, dict[str, Any]]],
    *,
    at: datetime,
    actor: str,
) -> None:
    """Store one entry of a kind for each (customer id, invoice id, data), in the running transaction."""
    insert_rows(
        Entry,
        COLUMNS,
        [(organization_id, at, actor[:80], kind, customer, invoice, data, "", "") for customer, invoice, data in rows],
    )


def write(
    organization_id: int,
    kind: str,
    *,
    at: datetime,
    actor: str,
    customer_id: int | None = None,
    invoice_id: int | None = None,
    text: str = "",
    **data: Any,
) -> Entry:
    """Store one entry in the running transaction. `text` is personal and stays outside the chain."""
    made = Entry(
        organization_id=organization_id,
        kind=kind,
        at=at,
        actor=actor[:80],
        customer_id=customer_id,
        invoice_id=invoice_id,
        data=data,
    )
    salt = ""
    if text:
        salt = secrets.token_hex(16)
        made.text_digest = digest_text(salt, text)
    made.save(force_insert=True)
    if text:
        EntryText(organization_id=organization_id, entry=made, salt=salt, text=text).save(force_insert=True)
    return made


def chain_hash(previous: str, made: Entry) -> str:
    """SHA-256 over the hash before and the canonical JSON of everything in the entry that is not personal text."""
    return link(previous, body_of(made))


def body_of(made: Entry) -> dict[str, Any]:
    """What the chain holds of an entry: everything in it that is not personal text."""
    return {
        "organization": made.organization_id,
        "seq": made.seq,
        "at": made.at.timestamp(),
        "actor": made.actor,
        "kind": made.kind,
        "customer": made.customer_id,
        "invoice": made.invoice_id,
        "data": made.data,
        "text": made.text_digest,
    }


def seal(organization_id: int, *, most: int = 5000) -> int:
    """Number and chain entries that are not sealed yet, oldest first; how many were. Safe to run twice at once:
    the unique number makes the second one fail and try again later."""
    with transaction.atomic():
        entries = Entry.objects.of(organization_id)
        top: int = entries.aggregate(top=Max("seq"))["top"] or 0
        previous = entries.get(seq=top).hash if top else GENESIS
        fresh = list(entries.filter(seq=None).order_by("id")[:most])
        for number, made in enumerate(fresh, top + 1):
            made.seq = number
            previous = made.hash = chain_hash(previous, made)
        entries.bulk_update(fresh, ["seq", "hash"], batch_size=500)
    return len(fresh)


def head(organization_id: int) -> tuple[int, str]:
    """Number and hash of the last sealed entry. Kept outside the database, it shows later whether the end was cut off
    or everything was written anew, which no chain can show by itself."""
    last = Entry.objects.of(organization_id).exclude(seq=None).order_by("-seq").first()
    return (last.seq or 0, last.hash) if last else (0, GENESIS)


def broken_links(organization_id: int, known: tuple[int, str] | None = None) -> Iterable[str]:
    """What is wrong with the chain of an organization, one line each; nothing when it is whole.

    `known`: a `head` that was kept outside, to be found again."""
    previous, expected = GENESIS, 1
    entries = Entry.objects.of(organization_id).exclude(seq=None).select_related("text")
    for made in entries.order_by("seq").iterator(2000):
        if made.seq != expected:
            yield f"entry {expected} is missing"
            expected = made.seq or 0
        if chain_hash(previous, made) != made.hash:
            yield f"entry {made.seq} was changed"
        kept: EntryText | None = getattr(made, "text", None)
        if kept and digest_text(kept.salt, kept.text) != made.text_digest:
            yield f"the text of entry {made.seq} was changed"
        if known and made.seq == known[0] and made.hash != known[1]:
            yield f"entry {made.seq} is not the one that was known"
        previous, expected = made.hash, expected + 1
    if known and expected <= known[0]:
        yield f"the journal ends at entry {expected - 1}; entry {known[0]} was known"
