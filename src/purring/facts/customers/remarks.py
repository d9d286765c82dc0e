# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on remarks: what we note about a customer for ourselves. Each version of the words stays in the journal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer, Remark
from purring.facts.journal.actions import write

LONGEST = 5_000
"""Characters."""


@transaction.atomic
def add_remark(
    customer: Customer,
    text: str,
    *,
    key: str,
    now: datetime,
    actor: str,
    pinned: bool = False,
    author_id: int | None = None,
) -> Remark:
    """A new remark; the same `key` twice is one."""
    touch(customer.organization_id, [customer.pk])
    if known := Remark.objects.of(customer.organization_id).filter(key=key).first():
        return known
    remark = Remark(
        organization_id=customer.organization_id,
        customer=customer,
        text=_checked(text),
        pinned=pinned,
        author_id=author_id,
        key=key,
        at=now,
    )
    remark.save(force_insert=True)
    _tell(remark, "remark.added", now, actor, remark.text)
    return remark


@transaction.atomic
def change_remark(remark: Remark, text: str, *, pinned: bool, now: datetime, actor: str) -> None:
    """Other words, pinned or not; nothing is told when nothing differs."""
    touch(remark.organization_id, [remark.customer_id])
    row = _locked(remark)
    text = _checked(text)
    if (row.text, row.pinned) == (text, pinned):
        return
    words_too = row.text != text
    row.text, row.pinned, row.changed_at = text, pinned, now if words_too else row.changed_at
    row.save(update_fields=["text", "pinned", "changed_at"])
    kind = "remark.changed" if words_too else "remark.pinned" if pinned else "remark.unpinned"
    _tell(row, kind, now, actor, text)


@transaction.atomic
def remove_remark(remark: Remark, *, now: datetime, actor: str) -> None:
    """It is not shown any more; that it was there stays in the journal."""
    touch(remark.organization_id, [remark.customer_id])
    row = Remark.objects.of(remark.organization_id).select_for_update().get(pk=remark.pk)
    if row.removed_at is None:
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _tell(row, "remark.removed", now, actor)


def _locked(remark: Remark) -> Remark:
    row = Remark.objects.of(remark.organization_id).select_for_update().get(pk=remark.pk)
    if row.removed_at:
        raise Refused("removed", "this note was removed meanwhile")
    return row


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST:
        raise Refused("bad_text", f"a note has words, {LONGEST} characters at most", field="text")
    return text


def _tell(remark: Remark, kind: str, now: datetime, actor: str, text: str = "") -> None:
    write(
        remark.organization_id,
        kind,
        at=now,
        actor=actor,
        customer_id=remark.customer_id,
        text=text,
        remark=remark.pk,
    )
