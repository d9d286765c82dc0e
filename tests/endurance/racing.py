# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lets payments race with reminders: `python -m tests.endurance.racing URL FOLDER --payments 2000 --seed N`.

One process pays invoices while another writes the reminders about them, neck and neck, and a third plans. Two
witnesses tell whether a reminder was released after its payment was committed: the journal, where both entries are
numbered while their transaction holds the account; and the clocks of the two processes, which know nothing of locks
(the payment was committed before the release was even asked for). Prints what they saw as JSON. The environment names
the database.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import random
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.endurance.stage import ACTOR, SENDER, Clock, channel, found
from tests.endurance.telling import Telling

if TYPE_CHECKING:
    from purring.plugins.channel import Prepared

AMOUNT = 100_000
NEAR = 1
"""The payer pays customers at most so far from the one whose message is being handed over."""
HESITATION_SECONDS = 0.01
"""At most, before a payment: sometimes the payer is first, sometimes the writer."""
PLANS_EVERY_SECONDS = 0.1
LAG = 5
"""How many payments the payer may be behind before the writer waits."""
NEVER = 0.0


class Numbers:
    """Numbers shared between processes."""

    def __init__(self, length: int) -> None:
        self._memory = mmap.mmap(-1, 8 * length)

    def __setitem__(self, at: int, value: float) -> None:
        struct.pack_into("=d", self._memory, 8 * at, value)

    def __getitem__(self, at: int) -> float:
        return float(struct.unpack_from("=d", self._memory, 8 * at)[0])


class Race:
    def __init__(self, url: str, folder: Path, *, payments: int, seed: int) -> None:
        self.url, self.payments = url, payments
        self.rng = random.Random(seed)
        self.customers = payments + payments // 10
        self.clock = Clock()
        self.organization = found(self.customers, amount=AMOUNT)
        self.troubles = folder.parent / "troubles.txt"
        self.reached, self.made = Numbers(1), Numbers(1)
        """The place in the order of hand-overs that the writer has reached; how many payments were made."""
        self.asked, self.paid = Numbers(self.customers), Numbers(self.customers)
        """When each release was asked for and each payment committed, by that place: seconds, or never."""

    def run(self) -> dict[str, Any]:
        from django.db import connections

        from purring.facts.customers.models import Contact
        from purring.followup.models import Reminder, State
        from purring.followup.planning import plan

        plan(self.organization, self.clock())
        rows = Reminder.objects.of(self.organization).order_by("send_after", "id")
        self.order = list(rows.values_list("customer_id", flat=True))
        self.place = {customer: at for at, customer in enumerate(self.order)}
        owners = Contact.objects.of(self.organization).values_list("email", "customer_id")
        self.place_of = {email: self.place[customer] for email, customer in owners}
        connections.close_all()
        others = [self._fork(self._pay), self._fork(self._plan)]
        started = time.monotonic()
        self._write()
        for other in others:
            os.waitpid(other, 0)
        seconds = time.monotonic() - started
        paid = Counter(rows.filter(customer__payments__isnull=False).values_list("state", flat=True))
        changed = rows.filter(state=State.WITHDRAWN, detail__startswith="the account changed").count()
        return {
            "seconds": round(seconds, 1),
            "payments": sum(paid.values()),
            "stopped before": paid[State.WITHDRAWN.value] - changed,
            "stopped at the last moment": changed,
            "released before": paid[State.SENT.value],
            "troubles": self.troubles.read_text() if self.troubles.exists() else "",
            "wrong": {"by the journal": self._by_journal(), "by the clocks": self._by_clocks()},
        }

    # --- those who race -------------------------------------------------------------------------------------------

    def _fork(self, act: Callable[[], None]) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                act()
            except Exception:
                with self.troubles.open("a") as file:
                    file.write(traceback.format_exc())
            os._exit(0)
        return pid

    def _pay(self) -> None:
        left = list(range(self.customers))
        while self.made[0] < self.payments and os.getppid() != 1:
            at = int(self.reached[0])
            near = [one for one in left if at >= self.customers or abs(one - at) <= NEAR]
            if not near:
                time.sleep(0.0005)
                continue
            chosen = self.rng.choice(near)
            left.remove(chosen)
            time.sleep(self.rng.random() * HESITATION_SECONDS)
            self._pay_one(chosen)
            self.made[0] += 1

    def _plan(self) -> None:
        from purring.followup.planning import plan

        while self.reached[0] < self.customers and os.getppid() != 1:
            plan(self.organization, self.clock())
            time.sleep(PLANS_EVERY_SECONDS)

    def _pay_one(self, at: int) -> None:
        from purring.facts.customers.models import Customer
        from purring.facts.payments.actions import record_payment

        customer = Customer.objects.of(self.organization).get(pk=self.order[at])
        now = self.clock()
        on = self.organization.today(now)
        record_payment(customer, AMOUNT, "NOK", on=on, now=now, actor=ACTOR, invoice=customer.invoices.get())
        self.paid[at] = time.monotonic()

    def _write(self) -> None:
        from purring.followup.drafting import Sender
        from purring.followup.writing import write

        sender = Sender(SENDER, {"email": Telling(channel(self.url), self._heard)})
        while write(self.organization, self.clock(), sender, clock=self.clock):
            pass
        self.reached[0] = self.customers

    def _heard(self, place: str, prepared: Prepared) -> None:
        at = self.place_of[prepared.rcpt_to]
        if place == "asking":
            self.reached[0] = at
            patience = time.monotonic() + 1
            while self.made[0] < at * self.payments / self.customers - LAG and time.monotonic() < patience:
                time.sleep(0.0005)  # the payer stays close
        elif place == "permitting":
            self.asked[at] = time.monotonic()

    # --- the two witnesses ----------------------------------------------------------------------------------------

    def _by_journal(self) -> list[int]:
        """Customers whose reminder was released after their payment, by the numbers of the entries."""
        paid = self._entries("payment.recorded")
        return [customer for customer, number in self._released().items() if number > paid.get(customer, number)]

    def _by_clocks(self) -> list[int]:
        """Customers whose release was asked for after their payment had been committed, and was granted."""
        places = [(customer, self.place[customer]) for customer in self._released()]
        return [customer for customer, at in places if NEVER < self.paid[at] < self.asked[at]]

    def _released(self) -> dict[int, int]:
        return self._entries("reminder.released")

    def _entries(self, kind: str) -> dict[int, int]:
        """Customer -> number of the last entry of this kind."""
        from purring.facts.journal.models import Entry

        rows = Entry.objects.of(self.organization).filter(kind=kind).order_by("id").values_list("customer_id", "id")
        return {customer: number for customer, number in rows if customer is not None}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="of the sink")
    parser.add_argument("folder", type=Path, help="where the sink keeps its mail")
    parser.add_argument("--payments", type=int, default=2000)
    parser.add_argument("--seed", type=int, required=True)
    options = vars(parser.parse_args(arguments))
    print(json.dumps(Race(options.pop("url"), options.pop("folder"), **options).run()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
