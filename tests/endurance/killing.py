# SPDX-License-Identifier: AGPL-3.0-or-later
"""Kills workers at random moments while they plan, write and sweep: `python -m tests.endurance.killing URL FOLDER ...`.

Workers are real processes, forked so that a start costs little, and end by `kill -9`. They talk SMTP to a sink that
outlives them and syncs to disk before its 250. Day after day is played to its end; then the books are compared with
the mail that arrived. Prints what it found as JSON. The environment names the database.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import mmap
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from tests.endurance.stage import ACTOR, SENDER, Clock, audit, channel, found
from tests.endurance.telling import Telling

if TYPE_CHECKING:
    from purring.facts.organizations.models import Organization

LEASE = timedelta(seconds=1)
"""Short, so that what a killed worker held is soon taken up again; a slow worker must cope with losing it."""
PLACES = (
    "starting", "sweeping", "planning", "paying", "sealing", "looking", "writing",
    "asking", "permitting", "handing over", "recording",
)  # fmt: skip
ASKING = PLACES.index("asking")
"""This place and the ones after it are a message being handed over."""
PAYMENTS_A_DAY = 10
LIFE_SECONDS = 0.15
"""Nine of ten workers live at most this long, the others up to ten times as long."""


class Life(NamedTuple):
    """A worker's process. Half of them die counted from their birth, half from their first hand-over."""

    slot: int
    seconds: float
    since: float | None


class Worker:
    """What one forked process does until it is killed or nothing is left to do today."""

    def __init__(self, play: Play, slot: int, seed: int) -> None:
        self.play, self.slot = play, slot
        self.rng = random.Random(seed)

    def at(self, place: str) -> None:
        self.play.places[self.slot] = PLACES.index(place)

    def live(self) -> NoReturn:
        code = 1
        try:
            while os.getppid() == self.play.parent:
                if self.work():
                    code = 0
                    break
        except Exception:
            self.play.complain(traceback.format_exc())
        os._exit(code)

    def work(self) -> bool:
        """All rounds once, in the order of the house; True when nothing is left to do today."""
        from django.db import IntegrityError

        from purring.config import rounds
        from purring.facts.journal.actions import seal
        from purring.followup.drafting import Sender
        from purring.followup.writing import write

        organization, clock = self.play.organization, self.play.clock
        now = clock()
        self.at("sweeping")
        rounds.sweeping(now)
        self.at("planning")
        rounds.planning(now)
        self.at("paying")
        self.pay()
        self.at("writing")
        way_out = Telling(channel(self.play.url), lambda place, _: self.at(place))
        sender = Sender(SENDER, {"email": way_out}, lease=LEASE)
        write(organization, now, sender, most=self.rng.randint(1, 30), clock=clock)
        if self.rng.random() < 0.3:
            self.at("sealing")
            with contextlib.suppress(IntegrityError):  # the other worker sealed at the same moment
                seal(organization.pk)
        self.at("looking")
        return self.play.nothing_left()

    def pay(self) -> None:
        """A little of an invoice is paid: a door at work beside the rounds, and a thank-you to be said."""
        from purring.facts.customers.models import Customer
        from purring.facts.payments.actions import record_payment
        from purring.facts.payments.models import Payment

        day = self.play.clock.day
        ref = f"{day}-{self.rng.randrange(PAYMENTS_A_DAY)}"
        if self.rng.random() < 0.5 or Payment.objects.of(self.play.organization).filter(external_ref=ref).exists():
            return
        number = int(ref.partition("-")[2]) * 7 + day
        customer = Customer.objects.of(self.play.organization).order_by("id")[number % self.play.customers]
        now = self.play.clock()
        record_payment(
            customer, 100, "NOK", on=self.play.organization.today(now), now=now, actor=ACTOR,
            invoice=customer.invoices.get(), source="bank", external_ref=ref,
        )  # fmt: skip


class Play:
    """The parent: starts workers, kills them, moves the days on."""

    def __init__(self, url: str, mail: Path, *, kills: int, workers: int, customers: int, seed: int) -> None:
        self.url, self.mail, self.kills, self.workers, self.customers = url, mail, kills, workers, customers
        self.rng = random.Random(seed)
        self.parent = os.getpid()
        self.places = mmap.mmap(-1, max(workers, 1))
        self.troubles = mail.parent / "troubles.txt"
        self.clock = Clock()
        self.organization: Organization = found(customers, amount=100_000_000)
        self.killed_at: Counter[str] = Counter()

    def complain(self, trouble: str) -> None:
        with self.troubles.open("a") as file:
            file.write(trouble + "\0")

    def nothing_left(self) -> bool:
        from purring.facts.customers.models import Customer
        from purring.followup.models import WAITING, Reminder, State

        today = self.organization.today(self.clock())
        mine = Reminder.objects.of(self.organization)
        return not (
            mine.filter(state__in=(*WAITING, State.RELEASED)).exists()
            or Customer.objects.of(self.organization).filter(look_on__lte=today).exists()
        )

    def run(self) -> dict[str, Any]:
        from django.db import connections

        Worker(self, 0, 0).work()  # one pass here: what workers would each have to import and read, they inherit
        started = time.monotonic()
        days = 0
        while self._killing():
            self.clock.begin(days)
            connections.close_all()
            self._play_a_day()
            days += 1
        seconds = time.monotonic() - started
        troubles = self.troubles.read_text().split("\0")[:-1] if self.troubles.exists() else []
        return {
            "kills": sum(self.killed_at.values()),
            "killed while": dict(self.killed_at.most_common()),
            "days": days,
            "seconds": round(seconds, 1),
            "workers in trouble": troubles,
            **audit(self.organization, self.mail, days, self.clock()),
        }

    def _play_a_day(self) -> None:
        living: dict[int, Life] = {}
        done: set[int] = set()
        while len(done) < self.workers:
            for slot in set(range(self.workers)) - done - {life.slot for life in living.values()}:
                pid = self._start(slot)
                living[pid] = self._life(slot)
            time.sleep(0.001)
            for pid, life in list(living.items()):
                if life.since is None and self.places[life.slot] >= ASKING:
                    life = living[pid] = life._replace(since=time.monotonic())
                dies = self._killing() and life.since is not None and time.monotonic() > life.since + life.seconds
                if dies:
                    os.kill(pid, signal.SIGKILL)
                ended, status = os.waitpid(pid, 0 if dies else os.WNOHANG)
                if not ended:
                    continue
                del living[pid]
                if os.WIFSIGNALED(status):
                    self.killed_at[PLACES[self.places[life.slot]]] += 1
                    done.clear()  # it may have left something behind, which any worker takes up
                elif os.waitstatus_to_exitcode(status) == 0:
                    done.add(life.slot)

    def _start(self, slot: int) -> int:
        self.places[slot] = 0
        seed = self.rng.getrandbits(64)
        pid = os.fork()
        if pid == 0:
            Worker(self, slot, seed).live()
        return pid

    def _killing(self) -> bool:
        return sum(self.killed_at.values()) < self.kills

    def _life(self, slot: int) -> Life:
        seconds = self.rng.random() * LIFE_SECONDS * (1 if self.rng.random() < 0.9 else 10)
        return Life(slot, seconds, time.monotonic() if self.rng.random() < 0.5 else None)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="of the sink")
    parser.add_argument("folder", type=Path, help="where the sink keeps its mail")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--customers", type=int, default=150)
    parser.add_argument("--seed", type=int, required=True)
    options = vars(parser.parse_args(arguments))
    print(json.dumps(Play(options.pop("url"), options.pop("folder"), **options).run()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
