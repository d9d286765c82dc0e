# SPDX-License-Identifier: AGPL-3.0-or-later
"""Decisions per second on one core, for accounts of 1 to 5 invoices: `python -m bench.decide`.

Baseline of the same run: a bare loop that looks at every invoice of the same accounts once and picks the oldest one
past due. The ratio says what the rules cost on top of reading the facts; it does not depend on how busy the machine is.
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta

from purring.core.calendar import working_days
from purring.core.decide import decide
from purring.core.facts import Account, Counted, Hold, Invoice, Promise, Reach
from purring.core.lawful import NO_LAW
from purring.core.schedule import Schedule, Step

SCHEDULE = Schedule(
    (
        Step("courtesy", -3, "email"),
        Step("friendly", 3, "email"),
        Step("follow_up", 10, "email"),
        Step("firm", 21, "email"),
        Step("final", 35, "email"),
    )
)
TODAY = date(2026, 3, 4)
REACH = {"email": Reach("a@b.example")}
STAGES = ("friendly", "follow_up", "firm", "final")


def accounts(count: int, rng: random.Random) -> list[Account]:
    made = []
    for number in range(count):
        invoices = []
        for order in range(rng.randint(1, 5)):
            due = TODAY + timedelta(rng.randint(-40, 20))
            sent = rng.randint(0, 3) if due < TODAY else 0
            invoices.append(
                Invoice(
                    f"{number}-{order}",
                    due - timedelta(14),
                    due,
                    "EUR",
                    rng.randint(0, 1) * rng.randint(5_000, 500_000),
                    due - timedelta(14),
                    tuple(Counted(STAGES[i], due + timedelta(3 + 7 * i)) for i in range(sent)),
                )
            )
        promise = Promise(TODAY - timedelta(3), TODAY + timedelta(2), frozenset((invoices[0].ref,)))
        made.append(
            Account(
                f"c{number}",
                tuple(invoices),
                REACH,
                promises=(promise,) if rng.random() < 0.1 else (),
                holds=(Hold(None, TODAY + timedelta(5)),) if rng.random() < 0.05 else (),
                last_contact_on=TODAY - timedelta(rng.randint(1, 30)),
            )
        )
    return made


def bare(account: Account) -> str | None:
    oldest = None
    for invoice in account.invoices:
        if invoice.balance > 0 and invoice.due < TODAY and (oldest is None or invoice.due < oldest.due):
            oldest = invoice
    return oldest.ref if oldest else None


def main() -> None:
    seed = 7
    work = accounts(20_000, random.Random(seed))
    calendar = working_days("NO")
    took = {"bare": [0.0], "decide": [0.0]}
    for _ in range(5):
        start = time.process_time()
        for account in work:
            bare(account)
        took["bare"].append(time.process_time() - start)
        start = time.process_time()
        for account in work:
            decide(account, SCHEDULE, NO_LAW, calendar, TODAY)
        took["decide"].append(time.process_time() - start)
    best = {name: min(times[1:]) for name, times in took.items()}
    contacts = sum(decide(account, SCHEDULE, NO_LAW, calendar, TODAY).contact is not None for account in work)
    print(f"seed {seed}: {len(work)} accounts of 1-5 invoices, {contacts} contacts")
    for name, seconds in best.items():
        print(f"{name:7} {len(work) / seconds:>10,.0f} per CPU second   {seconds / len(work) * 1e6:6.1f} us")
    print(f"decide / bare loop = {best['decide'] / best['bare']:.1f}   (to reach 20,000/s, goal 50,000/s)")


if __name__ == "__main__":
    main()
