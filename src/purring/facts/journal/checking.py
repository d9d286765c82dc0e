# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checking the journal's chain when somebody asks: in pieces, so that a million entries hold up neither a page nor a
round, and from where it stood when a process dies.

Each check also looks for the end of the last one that found all whole: a journal that was cut off or written anew as a
whole has a chain that agrees with itself, and only somebody who remembers can tell.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.db import IntegrityError, transaction

from purring.core.chain import GENESIS, digest_text
from purring.facts.journal.actions import chain_hash, head, write
from purring.facts.journal.models import ChainCheck, Entry, EntryText

PIECE = 2_000
"""Entries between two looks at the clock; each piece is kept at once."""
MOST_WRONG = 20
"""Breaks that are named; a chain that breaks more often was made anew from the first on."""
Break = list[str | int]
"""What (`missing`, `changed`, `text`, `rewritten`, `cut`) and the number of the entry."""


def ask(organization_id: int, *, now: datetime, actor: str) -> ChainCheck:
    """Begin a check of what is sealed now; while one runs it is that one."""
    if running := _running(organization_id):
        return running
    upto, sealed = head(organization_id)
    check = ChainCheck(
        organization_id=organization_id, by=actor[:80], asked_at=now, upto=upto, sealed=sealed, last=GENESIS
    )
    try:
        with transaction.atomic():
            check.save(force_insert=True)
    except IntegrityError:  # somebody else was quicker
        return _running(organization_id) or check
    return check


def _running(organization_id: int) -> ChainCheck | None:
    return ChainCheck.objects.of(organization_id).filter(ended_at=None).first()


def work(check: ChainCheck, now: datetime, seconds: float) -> ChainCheck:
    """Go on for about so many seconds, one piece at least; the check as it stands then."""
    until = time.monotonic() + seconds
    while not check.ended_at:
        check = _piece(check, now)
        if time.monotonic() >= until:
            break
    return check


def work_all(now: datetime, seconds: float) -> None:
    """The round: every check that runs gets its share of time."""
    running = list(ChainCheck.objects.everywhere("a round").filter(ended_at=None).order_by("id"))
    for check in running:
        work(check, now, seconds / len(running))


def _piece(check: ChainCheck, now: datetime) -> ChainCheck:
    """Read and reckon without a lock, then keep it, if nobody has kept the same piece meanwhile."""
    org, done = check.organization_id, check.done
    known = _known(check)
    rows = Entry.objects.of(org).filter(seq__gt=done, seq__lte=check.upto).select_related("text").order_by("seq")
    previous, expected = check.last, done + 1
    wrong: list[Break] = list(check.wrong)
    found = list(rows[:PIECE])
    for made in found:
        number = made.seq or 0
        if number != expected:
            wrong.append(["missing", expected])
        if chain_hash(previous, made) != made.hash:
            wrong.append(["changed", number])
        kept: EntryText | None = getattr(made, "text", None)
        if kept and digest_text(kept.salt, kept.text) != made.text_digest:
            wrong.append(["text", number])
        if number == known[0] and made.hash != known[1]:
            wrong.append(["rewritten", number])
        previous, expected = made.hash, number + 1
    ended = len(found) < PIECE
    if ended and check.upto < known[0]:
        wrong.append(["cut", check.upto])
    with transaction.atomic():
        kept_now = (
            ChainCheck.objects.of(org)
            .filter(pk=check.pk, done=done, ended_at=None)
            .update(
                done=check.upto if ended else expected - 1,
                last=previous,
                wrong=wrong[:MOST_WRONG],
                ended_at=now if ended else None,
            )
        )
        if kept_now and ended:
            write(org, "journal.checked", at=now, actor=check.by, entries=check.upto, wrong=len(wrong))
    return ChainCheck.objects.of(org).get(pk=check.pk)


def _known(check: ChainCheck) -> tuple[int, str]:
    """Number and hash of the last entry of the check before that found all whole."""
    before = ChainCheck.objects.of(check.organization_id).filter(pk__lt=check.pk, wrong=[]).exclude(ended_at=None)
    last = before.order_by("-id").first()
    return (last.upto, last.sealed) if last else (0, GENESIS)
