# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every channel must do. A channel's tests derive from `ChannelContract` and bring their far side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import pytest

from purring.core.errors import Refused
from purring.plugins.channel import Address, Attachment, Channel, Delivery, Outgoing, Prepared

DATE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def outgoing(key: str = "m1", to: str = "anna@example.org") -> Outgoing:
    return Outgoing(
        key=key,
        sender=Address("Perspektive Büro", "billing@perspektive.example"),
        to=Address("Anna Müller", to),
        reply_to=Address("", f"reply+{key}@perspektive.example"),
        subject="Rechnung 17 über 1.235,56 €",
        text="Liebe Anna,\n\n.eine Zeile mit Punkt\nDanke.\n",
        html="<p>Liebe Anna</p>",
        message_id=f"<{key}@perspektive.example>",
        in_reply_to="<m0@perspektive.example>",
        date=DATE,
        language="de",
        attachments=(Attachment("Rechnung 17.pdf", b"%PDF-1.7 example"),),
    )


class Permission:
    """A permit that counts its calls, and can look at the world at that moment."""

    def __init__(self, answer: bool = True, look: Callable[[], object] = lambda: None) -> None:
        self.answer = answer
        self.look = look
        self.calls = 0
        self.seen: object = None

    def __call__(self) -> bool:
        self.calls += 1
        self.seen = self.look()
        return self.answer


def release(channel: Channel, permit: Callable[[], bool], message: Outgoing | None = None) -> Delivery:
    with channel.open() as session:
        return session.release(channel.prepare(message or outgoing()), permit)


class FarSide(Protocol):
    """`arrived`: the keys of the messages that were accepted, in order."""

    @property
    def channel(self) -> Channel: ...

    def arrived(self) -> list[str]: ...


class ChannelContract:
    @pytest.fixture
    def far(self) -> FarSide:
        raise NotImplementedError

    def test_prepares_without_network(self, far: FarSide) -> None:
        prepared = far.channel.prepare(outgoing())
        assert isinstance(prepared, Prepared)
        assert prepared.key == "m1"
        assert far.arrived() == []

    def test_refuses_what_could_smuggle_a_header(self, far: FarSide) -> None:
        with pytest.raises(Refused):
            far.channel.prepare(replace(outgoing(), subject="Hello\r\nBcc: all@example.org"))

    def test_delivers_once_with_one_permit(self, far: FarSide) -> None:
        permit = Permission(look=far.arrived)
        delivery = release(far.channel, permit)
        assert (delivery.state, permit.calls) == ("sent", 1)
        assert permit.seen == []
        assert delivery.receipt
        assert far.arrived() == ["m1"]

    def test_delivers_a_batch_in_order(self, far: FarSide) -> None:
        keys = [f"m{n}" for n in range(5)]
        with far.channel.open() as session:
            for key in keys:
                assert session.release(far.channel.prepare(outgoing(key)), Permission()).state == "sent"
        assert far.arrived() == keys

    def test_a_withdrawn_message_is_not_delivered(self, far: FarSide) -> None:
        permit = Permission(answer=False)
        with far.channel.open() as session:
            assert session.release(far.channel.prepare(outgoing("no")), permit).state == "withdrawn"
            assert session.release(far.channel.prepare(outgoing("yes")), Permission()).state == "sent"
        assert permit.calls == 1
        assert far.arrived() == ["yes"]

    def test_a_permit_that_fails_takes_the_message_back(self, far: FarSide) -> None:
        def permit() -> bool:
            raise LookupError("database is gone")

        with far.channel.open() as session:
            with pytest.raises(LookupError, match="database is gone"):
                session.release(far.channel.prepare(outgoing("no")), permit)
            assert session.release(far.channel.prepare(outgoing("yes")), Permission()).state == "sent"
        assert far.arrived() == ["yes"]

    def test_has_nothing_to_tell_of_the_future(self, far: FarSide) -> None:
        assert list(far.channel.collect(DATE)) == []
