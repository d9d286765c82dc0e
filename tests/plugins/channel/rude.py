# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mail server with bad manners: it keeps what it accepts like the sink, but misbehaves on order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from purring.kit.mailsink import Keeper, Received, Sink, messages

FOR_EVER = 3600


@dataclass
class Manners:
    """How to misbehave, at which place of the conversation. Empty: politely.

    A value is an answer (`451 later`), `cut` (drop the line) or `silence`. At `dot` the message was already
    received: `cut`, `silence` and `slow` keep it, `lose` drops the line without keeping it.
    `times` is how often (over all connections) before manners return; -1 is always.
    """

    greeting: str = ""
    mail: str = ""
    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = ""
    body: str = ""
    dot: str = ""
    takes_data_anyway: bool = False
    pipelining: bool = True
    times: int = -1

    def at(self, order: str) -> str:
        if not order or self.times == 0:
            return ""
        self.times -= 1
        return order


class RudeKeeper(Keeper):
    def __init__(self, folder: Path, manners: Manners) -> None:
        super().__init__(folder)
        self.manners = manners

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        offered = await super().handle_EHLO(server, session, envelope, hostname, responses)
        return [line for line in offered if self.manners.pipelining or "PIPELINING" not in line]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        order = self.manners.at(self.manners.dot)
        if not order:
            return await super().handle_DATA(server, session, envelope)
        if order[:1].isdigit() and order[:1] != "2":
            return order
        if order != "lose":
            answer = await super().handle_DATA(server, session, envelope)
            if order == "slow":
                await asyncio.sleep(0.3)
                return answer
            if order not in ("cut", "silence"):
                return order
        await misbehave(server, order)
        raise AssertionError("not reached")


async def misbehave(server: SMTP, order: str) -> None:
    if order in ("cut", "lose"):
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
    # Cancelled when the line is gone.
    await asyncio.sleep(FOR_EVER)


class RudeSmtp(SMTP):
    def __init__(self, keeper: RudeKeeper, sink: RudeSink, **options: Any) -> None:
        super().__init__(keeper, **options)
        self.manners = keeper.manners
        self.sink = sink

    async def _handle_client(self) -> None:
        self.sink.connections += 1
        order = self.manners.at(self.manners.greeting)
        if order[:1].isdigit():
            await self.push(order)
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.close()
        elif order:
            await misbehave(self, order)
        else:
            await super()._handle_client()

    async def _instead(self, order: str) -> bool:
        order = self.manners.at(order)
        if order[:1].isdigit():
            await self.push(order)
        elif order:
            await misbehave(self, order)
        return bool(order)

    async def smtp_MAIL(self, arg: str | None) -> None:
        self.sink.commands.append("MAIL")
        if not await self._instead(self.manners.mail):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        address = (arg or "").partition("<")[2].partition(">")[0]
        if not await self._instead(self.manners.rcpt.get(address, "")):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        assert self.envelope is not None
        if await self._instead(self.manners.data):
            return
        if self.manners.takes_data_anyway and not self.envelope.rcpt_tos:
            await self.push("354 go on")
            while (await self._reader.readuntil(b"\r\n")) != b".\r\n":
                self.sink.commands.append("text for nobody")
            self.sink.commands.append("lone dot")
            await self.push("554 no valid recipients")
            return
        if self.envelope.rcpt_tos and (order := self.manners.at(self.manners.body)):
            await self.push("354 go on")
            await self._reader.readexactly(5)
            await misbehave(self, order)
        await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:
        self.sink.commands.append("RSET")
        await super().smtp_RSET(arg)


class RudeSink(Sink):
    """`received` is what was kept; `connections` and some `commands` are counted."""

    def __init__(self, folder: Path, manners: Manners | None = None, **options: Any) -> None:
        self.manners = manners or Manners()
        self.connections = 0
        self.commands: list[str] = []
        self.more = options
        super().__init__(RudeKeeper(folder, self.manners))

    def protocol(self) -> SMTP:
        assert isinstance(self.keeper, RudeKeeper)
        return RudeSmtp(self.keeper, self, **{**self.options(), **self.more})

    def received(self) -> list[Received]:
        return messages(self.keeper.folder)
