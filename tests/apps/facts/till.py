# SPDX-License-Identifier: AGPL-3.0-or-later
"""A payment provider in memory: what its payers do, what it tells when asked, and how badly its notices travel."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from purring.core.errors import Trouble
from purring.plugins.payment import Back, Notice, Returned, Started, State, Truth, Wanted


@dataclass
class Till:
    """One account. `chance`: how often a question meets trouble."""

    rng: random.Random
    trouble: float = 0.0
    name: str = "till"
    truths: dict[str, Truth] = field(default_factory=dict)
    changed: dict[str, datetime] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    taken: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    start_trouble: list[Trouble] = field(default_factory=list)
    """What the next asking for a page meets."""

    def start(self, wanted: Wanted) -> Started:
        if self.start_trouble:
            raise self.start_trouble.pop(0)
        ref = f"page-{wanted.key}"
        self.truths.setdefault(ref, Truth(ref, State.OPEN, wanted.amount, wanted.currency, key=wanted.key))
        return Started(ref, f"https://till.example/{ref}")

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        raise NotImplementedError

    def fetch(self, ref: str) -> Truth:
        self._maybe_trouble()
        return self.truths[ref]

    def complete(self, ref: str, key: str) -> Truth:
        self._maybe_trouble()
        if self.truths[ref].state is State.AGREED:
            self.taken.append(key)
            self.truths[ref] = replace(self.truths[ref], state=State.PAID, payment_ref=f"money-{key}")
        return self.truths[ref]

    def refund(self, payment_ref: str, amount: int, currency: str, key: str) -> Returned:
        raise NotImplementedError

    def end(self, ref: str) -> None:
        self.ended.add(ref)

    def changed_since(self, moment: datetime) -> Iterable[str]:
        self._maybe_trouble()
        return [ref for ref, at in self.changed.items() if at >= moment]

    def _maybe_trouble(self) -> None:
        if self.rng.random() < self.trouble:
            raise Trouble("the line is bad", retry_after_seconds=self.rng.choice([None, 1, 90]))

    # -- what happens at the provider

    def happens(self, ref: str, now: datetime, **news: object) -> None:
        """The truth changes, and a notice of it sets out."""
        self.truths[ref] = replace(self.truths[ref], **news)  # type: ignore[arg-type]
        self.changed[ref] = now
        self.notices.append(Notice(f"n{len(self.notices)}-{ref}", "changed", ref, at=now))

    def gives_back(self, ref: str, now: datetime, amount: int, *, why: Back = Back.REFUND, done: bool = True) -> None:
        back = self.truths[ref].returned
        fresh = Returned(f"back-{len(back)}-{ref}", why, amount, done, now)
        self.happens(ref, now, returned=(*back, fresh))
