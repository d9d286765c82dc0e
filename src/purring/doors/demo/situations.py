# SPDX-License-Identifier: AGPL-3.0-or-later
"""What customers of the sample businesses owe today and what happened to it: one named situation for each customer.

All days count from today (negative is past). The days fit the schedules of `schedules.py`, so that on any date each
situation has just become interesting. What a name in `Happens.what` does is in `happenings.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Owed:
    """An invoice by its due day.

    `paid`: (day, percent of the amount; 100 is whatever is open then); `rest`: what the payment left, in minor units.
    """

    due: int
    paid: tuple[tuple[int, int], ...] = ()
    rest: int = 0
    with_po: bool = True


@dataclass(frozen=True)
class Happens:
    """Something that happens on a day to the invoice at index `bill`.

    `until` is another day; `percent` a part of the amount; `amount` is in minor units.
    """

    day: int
    what: str
    bill: int = 0
    until: int | None = None
    percent: int = 100
    amount: int = 0


@dataclass(frozen=True)
class Situation:
    owed: tuple[Owed, ...] = ()
    happens: tuple[Happens, ...] = ()

    def first_day(self, terms: int) -> int:
        """The day the first of its invoices was issued."""
        return min((owed.due for owed in self.owed), default=terms) - terms


SITUATIONS: dict[str, Situation] = {
    "well": Situation(),
    # A step of the ladder falls today.
    "courtesy": Situation((Owed(3),)),
    "due_today": Situation((Owed(0),)),
    "friendly": Situation((Owed(-3),)),
    "follow_up": Situation((Owed(-10),)),
    "received": Situation((Owed(-10),), (Happens(-6, "says_it_arrived"),)),
    "three_open": Situation((Owed(-10, paid=((-6, 30),)), Owed(-3), Owed(12))),
    "part_paid": Situation((Owed(-10, paid=((-5, 40),)),)),
    "small_credit": Situation((Owed(-3),), (Happens(-15, "money_on_account", amount=2500),)),
    "broken": Situation((Owed(-14),), (Happens(-10, "promises", until=-2),)),
    "spoken_to": Situation((Owed(-21),), (Happens(-8, "telephones"),)),
    "plan_late": Situation((Owed(-50, paid=((-33, 25),)),), (Happens(-44, "agrees_plan", until=-33),)),
    "firm": Situation((Owed(-21),)),
    "final": Situation((Owed(-35),)),
    # Something stands in the way, and nothing is sent.
    "promised": Situation((Owed(-12),), (Happens(-6, "promises", until=4),)),
    "plan": Situation((Owed(-40, paid=((-15, 25),)),), (Happens(-30, "agrees_plan", until=-15),)),
    "disputed": Situation((Owed(-8),), (Happens(-4, "disputes"),)),
    "disputed_part": Situation((Owed(-10),), (Happens(-6, "disputes", percent=30),)),
    "hold": Situation((Owed(-9),), (Happens(-5, "put_on_hold", until=9),)),
    "excluded": Situation((Owed(-45), Owed(8)), (Happens(-47, "excluded"),)),
    "unanswered": Situation((Owed(-13),), (Happens(-1, "asks"),)),
    "pending": Situation((Owed(-6),), (Happens(-1, "pays_by_card"),)),
    "credit_covers": Situation((Owed(-4),), (Happens(-15, "money_on_account", percent=115),)),
    "below_minimum": Situation((Owed(-25, paid=((-20, 100),), rest=1250),)),
    # A person is needed.
    "bounced": Situation((Owed(-12),), (Happens(-4, "bounces"),)),
    "no_address": Situation((Owed(-4),)),
    "po_missing": Situation((Owed(-5, with_po=False), Owed(12))),
    "broken_twice": Situation((Owed(-30),), (Happens(-25, "promises", until=-20), Happens(-14, "promises", until=-6))),
    "final_reached": Situation((Owed(-58),)),
    "call": Situation((Owed(-21),)),
    "in_doubt": Situation((Owed(-6),), (Happens(-2, "clears_doubt"),)),
    # It came in this morning: a thank-you waits.
    "paid_today": Situation((Owed(-9, paid=((0, 100),)),)),
}

PAST: dict[str, Situation] = {
    "credit_note": Situation((Owed(-190, paid=((-170, 100),)),), (Happens(-182, "credited", percent=20),)),
    "written_off": Situation((Owed(-420),), (Happens(-95, "written_off"),)),
    "overpaid": Situation((Owed(-150, paid=((-148, 100),)),), (Happens(-148, "money_on_account", amount=1000),)),
}
"""What happened long ago."""
