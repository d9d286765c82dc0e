# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal as it leaves: every sealed entry with the hash before it, so that the whole chain can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from purring.core.chain import GENESIS
from purring.facts.journal.actions import body_of
from purring.facts.journal.models import Entry, EntryText

HEAD = ("number", "at", "who", "kind", "customer_id", "invoice_id", "data", "words", "hash")


def chained(organization_id: int, after: int, upto: int) -> Iterator[dict[str, Any]]:
    """Entries with a number in (after, upto]: `{at, previous, hash, body}`, and `{salt, text}` of what somebody wrote."""
    rows = Entry.objects.of(organization_id)
    previous = rows.values_list("hash", flat=True).filter(seq=after).first() or GENESIS
    for entry in rows.filter(seq__gt=after, seq__lte=upto).select_related("text").order_by("seq"):
        kept: EntryText | None = getattr(entry, "text", None)
        told = {"at": entry.at.isoformat(), "previous": previous, "hash": entry.hash, "body": body_of(entry)}
        yield told | ({"salt": kept.salt, "text": kept.text} if kept else {})
        previous = entry.hash


def head_cells(one: dict[str, Any]) -> list[Any]:
    """A row of the CSV."""
    body = one["body"]
    return [
        body["seq"], one["at"], body["actor"], body["kind"], body["customer"], body["invoice"], body["data"],
        one.get("text", ""), one["hash"],
    ]  # fmt: skip
