# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our HTTP client with a stand-in at the other end and no sockets between: everything else is as on the real line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from purring.core.errors import Trouble
from purring.kit.http import Answer, Client
from tests.support.providers.shop import NoAnswer, Request, Shop


class Wire(Client):
    def __init__(self, shop: Shop) -> None:
        super().__init__(shop.base_url)
        self._shop = shop

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], query: Sequence[tuple[str, str]], content: bytes
    ) -> Answer:
        try:
            reply = self._shop.answer(Request(method, path, list(query), headers, content))
        except NoAnswer:
            raise Trouble("no answer in time") from None
        return Answer(reply.status, reply.headers, reply.body)
