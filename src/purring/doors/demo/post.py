# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way out while the past is played: into the demo's mailbox with the date of then, or nowhere. No network.

A message lies in the mailbox only once the database has committed that it was sent, so a seeding that was cut off
leaves no stray mail behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from django.db import transaction

from purring.followup.drafting import Sender
from purring.kit.mailsink import Keeper
from purring.plugins.channel import Channel, Delivery, Outgoing, Permit, Prepared, Report, Session, prepare_mail

KEPT = "250 2.0.0 kept"
LINE_CUT = "the line was cut after the message had been handed over; it may have arrived"


def sender_into(mailbox: Path | str, address: str) -> Sender:
    """A sender whose mail is kept in a mail sink's folder, as having arrived when it was written."""
    return Sender(address, {"email": Post(Path(mailbox))})


def sender_nowhere(address: str) -> Sender:
    """A sender whose mail is remembered by the database alone."""
    return Sender(address, {"email": Post(None)})


class Post:
    """A mail channel that accepts everything at once, and keeps the mail in a folder if there is one."""

    name = "email"
    idempotent = False

    def __init__(self, mailbox: Path | None) -> None:
        self.mailbox = mailbox

    def prepare(self, outgoing: Outgoing) -> Prepared:
        return prepare_mail(outgoing)

    def open(self) -> Session:
        return _Posting(self.mailbox)

    def collect(self, since: datetime) -> Iterable[Report]:
        return ()


class _Posting:
    def __init__(self, mailbox: Path | None) -> None:
        self.mailbox = mailbox

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def release(self, prepared: Prepared, permit: Permit) -> Delivery:
        if not permit():
            return Delivery("withdrawn", "the facts changed")
        mailbox = self.mailbox
        if mailbox is not None:
            transaction.on_commit(lambda: _keep(mailbox, prepared))
        return Delivery("sent", KEPT)


def _keep(mailbox: Path, prepared: Prepared) -> None:
    arrived_ns = int(prepared.outgoing.date.timestamp() * 1_000_000) * 1000
    Keeper(mailbox, clock_ns=lambda: arrived_ns).keep(prepared.mail_from, [prepared.rcpt_to], prepared.raw)


class LineThatBreaks:
    """Another channel, whose line is cut in the worst moment for some addresses: the message may have arrived."""

    def __init__(self, inner: Channel, addresses: frozenset[str]) -> None:
        self.inner, self.addresses = inner, addresses
        self.name, self.idempotent = inner.name, inner.idempotent

    def prepare(self, outgoing: Outgoing) -> Prepared:
        return self.inner.prepare(outgoing)

    def open(self) -> Session:
        return _Breaking(self.inner.open(), self.addresses)

    def collect(self, since: datetime) -> Iterable[Report]:
        return self.inner.collect(since)


class _Breaking:
    def __init__(self, inner: Session, addresses: frozenset[str]) -> None:
        self.inner, self.addresses = inner, addresses

    def __enter__(self) -> Self:
        self.inner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.inner.__exit__(kind, error, trace)

    def release(self, prepared: Prepared, permit: Permit) -> Delivery:
        if prepared.rcpt_to not in self.addresses:
            return self.inner.release(prepared, permit)
        return Delivery("unconfirmed", LINE_CUT) if permit() else Delivery("withdrawn", "the facts changed")
