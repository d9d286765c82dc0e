# SPDX-License-Identifier: AGPL-3.0-or-later
"""What all stand-ins share: sales and what becomes of them, idempotency, trouble on the line, notices that set out.

Amounts are whole units as the vendor counts them. What a payer or a bank does is a method here (`pays`, `declines`, ...);
the vendor's file says how it is asked and how it tells.
"""

from __future__ import annotations

import hashlib
import json
import random
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from purring.plugins.payment import Provider

MOODS = ("busy", "broken", "junk", "deaf", "lost")
"""429 with Retry-After; 500; a page that is no JSON; no answer, nothing done; no answer, but done."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    def of(self, name: str, otherwise: str = "") -> str:
        return dict(self.query).get(name, otherwise)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class NoAnswer(Exception):
    """The line went dead. What was asked may have been done."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice on its way."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Back:
    """Money going back. `state`: pending, done, failed for a refund; open, lost, won for a dispute."""

    name: str
    units: int
    state: str
    at: datetime
    disputed: bool = False


@dataclass(slots=True)
class Sale:
    """What one page was made for."""

    name: str
    units: int
    currency: str
    key: str
    title: str
    return_url: str
    cancel_url: str
    at: datetime
    stage: str = "open"
    """open, agreed, pending, paid, failed, ended"""
    money: str = ""
    method: str = "card"
    moved_at: datetime | None = None
    keep: bool = False
    declined: list[str] = field(default_factory=list)
    backs: list[Back] = field(default_factory=list)

    def gone(self) -> int:
        """Units that are refunded or being refunded."""
        return sum(one.units for one in self.backs if not one.disputed and one.state in {"pending", "done"})


class Shop(ABC):
    """One account at the vendor's. `trouble`: how often a request meets a bad mood; `moods`: the next ones, in order."""

    name = ""
    base_url = ""

    def __init__(
        self,
        rng: random.Random | None = None,
        *,
        trouble: float = 0.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.rng, self.trouble, self.clock = rng or random.Random(0), trouble, clock
        self.sales: dict[str, Sale] = {}
        self.notices: list[Sent] = []
        self.asked: list[Request] = []
        self.moods: deque[str] = deque()
        self.check: Callable[[Request, Reply], None] = lambda _request, _reply: None
        self._kept: dict[str, tuple[str, Reply]] = {}
        self._count = 0

    # -- the line

    def answer(self, request: Request) -> Reply:
        """What comes back over the wire. Raises `NoAnswer`."""
        self.asked.append(request)
        mood = ""
        if self.moods:
            mood = self.moods.popleft()
        elif self.rng.random() < self.trouble:
            mood = self.rng.choice(MOODS)
        if mood == "busy":
            return Reply(429, b"{}", {"retry-after": "30"})
        if mood == "broken":
            return Reply(500, b"")
        if mood == "junk":
            return Reply(200, b"<html>back soon")
        if mood == "deaf":
            raise NoAnswer
        reply = self._once(request)
        self.check(request, reply)
        if mood == "lost":
            raise NoAnswer
        return reply

    def _once(self, request: Request) -> Reply:
        key = self.idempotency_key(request)
        if not key:
            return self.route(request)
        key = f"{request.path} {key}"
        print_of = hashlib.sha256(request.body).hexdigest()
        if key in self._kept:
            before, reply = self._kept[key]
            return reply if before == print_of else self.key_reused()
        reply = self.route(request)
        if reply.status < 400:
            self._kept[key] = (print_of, reply)
        return reply

    @abstractmethod
    def idempotency_key(self, request: Request) -> str: ...

    @abstractmethod
    def key_reused(self) -> Reply: ...

    @abstractmethod
    def route(self, request: Request) -> Reply: ...

    @abstractmethod
    def tell(self, kind: str, sale: Sale, back: Back | None = None) -> None:
        """Send out the vendor's notice of what happened: one of the words that the acts below use."""

    @abstractmethod
    def connect(self, **changed: str) -> Provider:
        """Our plug-in, speaking to this shop in the same process."""

    @abstractmethod
    def sale(self, ref: str) -> Sale:
        """By what our plug-in calls it (`Started.ref`)."""

    @abstractmethod
    def sign(self, body: bytes, at: datetime) -> Mapping[str, str]:
        """The headers of a notice, names in small letters."""

    def fresh(self, prefix: str = "") -> str:
        self._count += 1
        return f"{prefix}{self._count:06d}{self.rng.getrandbits(40):010X}"

    def send(self, event: Mapping[str, Any]) -> None:
        body = json.dumps(event).encode()
        self.notices.append(Sent(self.sign(body, self.clock()), body))

    # -- what payers, banks and the merchant's own staff do

    def pays(self, ref: str, *, method: str = "card") -> None:
        self._moves(ref, "paid", "paid", method)

    def promises(self, ref: str, *, method: str = "debit") -> None:
        """The payer has done their part; the money is on its way."""
        self._moves(ref, "pending", "pending", method)

    def bounces(self, ref: str) -> None:
        """What was on its way does not come."""
        sale = self.sale(ref)
        sale.declined.append(sale.money)
        sale.stage, sale.moved_at = "failed", self.clock()
        self.tell("failed", sale)

    def declines(self, ref: str) -> None:
        sale = self.sale(ref)
        sale.declined.append(self.new_money(sale))
        sale.stage, sale.moved_at = "failed", self.clock()
        self.tell("failed", sale)

    def expires(self, ref: str) -> None:
        sale = self.sale(ref)
        sale.stage = "ended"
        self.tell("ended", sale)

    def returns(self, ref: str, units: int, *, state: str = "done") -> Back:
        """Refunded by hand, on the vendor's own pages."""
        sale = self.sale(ref)
        back = self.give_back(sale, units, state)
        self.tell("refunded", sale, back)
        return back

    def claims(self, ref: str, units: int) -> Back:
        """The payer disputes."""
        sale = self.sale(ref)
        back = Back(self.fresh("dp"), units, "open", self.clock(), disputed=True)
        sale.backs.append(back)
        self.tell("disputed", sale, back)
        return back

    def decides(self, ref: str, back: Back, state: str) -> None:
        """What becomes of a dispute (won, lost) or of a refund (done, failed)."""
        back.state, back.at = state, self.clock()
        self.tell("decided", self.sale(ref), back)

    def give_back(self, sale: Sale, units: int, state: str) -> Back:
        back = Back(self.fresh("re"), units, state, self.clock())
        sale.backs.append(back)
        return back

    def new_money(self, sale: Sale) -> str:
        return self.fresh("mo")

    def _moves(self, ref: str, stage: str, word: str, method: str) -> None:
        sale = self.sale(ref)
        sale.money = sale.money if sale.stage == "pending" else self.new_money(sale)
        sale.stage, sale.method, sale.moved_at = stage, method, self.clock()
        self.tell(word, sale)


def reply(status: int, body: object) -> Reply:
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json"})


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def later(moment: datetime, hours: int) -> datetime:
    return moment + timedelta(hours=hours)
