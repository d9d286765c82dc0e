# SPDX-License-Identifier: AGPL-3.0-or-later
"""A channel around a real one that tells where each hand-over is, so that something can happen at that very moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Self

from purring.plugins.channel import Channel, Delivery, Outgoing, Permit, Prepared, Report, Session

Tell = Callable[[str, "Prepared"], object]
"""Hears where a hand-over is: `asking`, `permitting`, `handing over` (past the point of no return), `recording`."""


class Telling:
    """A channel that tells how its hand-overs go on."""

    def __init__(self, channel: Channel, tell: Tell) -> None:
        self.channel, self.tell = channel, tell
        self.name, self.idempotent = channel.name, channel.idempotent

    def prepare(self, outgoing: Outgoing) -> Prepared:
        return self.channel.prepare(outgoing)

    def open(self) -> Session:
        return TellingSession(self.channel.open(), self.tell)

    def collect(self, since: datetime) -> Iterable[Report]:
        return self.channel.collect(since)


class TellingSession:
    def __init__(self, session: Session, tell: Tell) -> None:
        self.session, self.tell = session, tell

    def __enter__(self) -> Self:
        self.session.__enter__()
        return self

    def __exit__(self, *ending: Any) -> None:
        self.session.__exit__(*ending)

    def release(self, prepared: Prepared, permit: Permit) -> Delivery:
        def asked() -> bool:
            self.tell("permitting", prepared)
            allowed = permit()
            self.tell("handing over", prepared)
            return allowed

        self.tell("asking", prepared)
        delivery = self.session.release(prepared, asked)
        self.tell("recording", prepared)
        return delivery
