# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random histories: small worlds of the scenario contract, with events of every type over weeks and months.

A history is a scenario file as a bookkeeper could write it, so that a failing one can become a story as it is. It is
drawn while its facts are kept (`World`), because many events make sense only on a certain balance. `shortest` takes
everything out of a failing history that is not needed to make it fail.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Any

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.core.scenario import EVENT_FIELDS, TASK_CODES, read_scenario
from purring.core.schedule import STAGES
from purring.core.world import Bill, World

Row = dict[str, Any]

COUNTRIES = ("NO", "NO", "ZA", "FR", "ES", "GB", "US", "SA", "JP", "BE", "AU", "SE", "DE")
ABOUT_CONTACTS = frozenset(("bounce", "send_failed", "contact_changed", "wrong_person", "schedule_changed"))
"""Events whose effect depends on which message went before, or that change what can go."""

ENDS = (
    "payment_settled", "payment_failed", "payment_reversed", "credit_note_cancelled", "write_off_undone", "plan_cancelled",
    "dispute_resolved", "hold_released", "include", "reply_answered", "payment", "bounce",
)  # fmt: skip
"""Events that need another one before them, drawn more often than chance would have it."""


def history(
    rng: random.Random, *, without: Collection[str] = (), most_events: int = 12, odd_schedules: bool = True
) -> Row:
    """A scenario of 20 to 110 days with one or two customers and up to six invoices. `without`: event types left out."""
    start = date(2025, 1, 1) + timedelta(rng.randrange(900))
    days = rng.randint(20, 110)
    customers = [_customer(rng, f"C{at}") for at in range(1, rng.choice((1, 1, 1, 2)) + 1)]
    scenario: Row = {
        "start": start.isoformat(),
        "end": (start + timedelta(days)).isoformat(),
        "organization": {
            "name": "Fjord", "country": "NO", "language": "en", "timezone": "Europe/Oslo", "currency": "EUR",
        },
        "schedule": schedule(rng, odd=odd_schedules and rng.random() < 0.15),
        "customers": customers,
        "invoices": [_invoice(rng, f"I{at}", customers, start) for at in range(1, rng.randint(1, 5) + 1)],
        "events": [],
    }  # fmt: skip
    _Author(rng, scenario, start, days).write(rng.randint(0, most_events), without)
    return scenario


def schedule(rng: random.Random, *, odd: bool = False) -> Row:
    """One to six stages in rising days, a fifth of them with a repeating last step. `odd`: any stage on any day, since
    nothing in the rules rests on their names."""
    stages = sorted(rng.sample(range(len(STAGES)), rng.randint(1, len(STAGES))))
    days, steps = rng.choice((-10, -5, -3, -1)), list[Row]()
    for at in stages:
        if not odd:
            days = max(days, 0) if STAGES[at] == "due_today" else max(days, 1) if at > 1 else days
        channel = rng.choice(("email",) * 8 + ("sms", "letter", "phone"))
        steps.append({"stage": STAGES[at], "days": days, "channel": channel})
        days += rng.choice((1, 2, 3, 5, 7, 7, 10, 14))
    if rng.random() < 0.2:
        steps[-1]["repeat_every"] = rng.choice((1, 5, 7, 14))
    return {
        "steps": steps,
        "min_days_between_contacts": rng.choice((0, 1, 2, 5, 5, 5, 7, 10)),
        "minimum_balance": rng.choice(("0.00", "0.00", "50.00", "200.00")),
        "promise_grace_days": rng.choice((0, 1, 1, 3)),
        "working_days_only": rng.random() < 0.7,
        "charges": rng.choice(("none", "lawful")),
    }


def _customer(rng: random.Random, ref: str) -> Row:
    customer: Row = {"ref": ref, "name": f"Customer {ref}", "country": rng.choice(COUNTRIES)}
    customer["kind"] = rng.choice(("business", "consumer", "unknown"))
    customer["contacts"] = _contacts(rng, ref)
    if rng.random() < 0.8:
        customer["address"] = {"lines": ["Street 1"], "postcode": "1000", "city": "Town"}
    return customer


def _contacts(rng: random.Random, ref: str) -> list[Row]:
    number = rng.choice((0, 1, 1, 1, 1, 1, 2))
    names = rng.sample("abc", number)
    phone = [f"+47123456{ord(name)}" if rng.random() < 0.8 else "" for name in names]
    return [
        {"email": f"{name}@{ref.lower()}.example", **({"phone": phone[at]} if phone[at] else {})}
        for at, name in enumerate(names)
    ]


def _amount(rng: random.Random, currency: str) -> str:
    places = {"JPY": 0, "KWD": 3}.get(currency, 2)
    return to_text(rng.choice((10, 49, 50, 120, 200, 999)) * 10**places + rng.choice((0, 0, 1)), currency)


def _invoice(rng: random.Random, ref: str, customers: Sequence[Row], around: date) -> Row:
    due = around + timedelta(rng.randint(-40, 40))
    currency = rng.choice(("EUR",) * 5 + ("NOK", "NOK", "JPY", "KWD"))
    return {
        "ref": ref,
        "customer": rng.choice(customers)["ref"],
        "issued": (due - timedelta(rng.choice((0, 1, 7, 14, 14, 30)))).isoformat(),
        "due": due.isoformat(),
        "amount": _amount(rng, currency),
        "currency": currency,
    }


class _Author:
    """Writes events one after another, keeping the books of what they do."""

    def __init__(self, rng: random.Random, scenario: Row, start: date, days: int) -> None:
        self.rng, self.scenario, self.start, self.days = rng, scenario, start, days
        self.frame = {key: scenario[key] for key in ("start", "end", "organization", "schedule", "customers")}
        self.world = World(read_scenario(scenario))
        self.customers: list[str] = [customer["ref"] for customer in scenario["customers"]]
        self.today = start

    def write(self, number: int, without: Collection[str]) -> None:
        kinds = [kind for kind in EVENT_FIELDS if kind not in without]
        ends = [kind for kind in ENDS if kind not in without]
        for offset in sorted(self.rng.randint(-5, self.days) for _ in range(number)):
            self.today = self.start + timedelta(offset)
            for _ in range(9):
                if self._event(self.rng.choice(ends if self.rng.random() < 0.4 else kinds)):
                    break

    def _event(self, kind: str) -> bool:
        """Let one event of a kind happen, if the books allow it."""
        fields = getattr(self, f"_{kind}", None)
        raw: Row | None = fields() if fields else self._by_fields(kind)
        if raw is None:
            return False
        raw = {"on": self.today.isoformat(), "type": kind, **raw}
        try:
            (event,) = read_scenario({**self.frame, "events": [raw]}).events
            self.world.happen(event)
        except Refused:
            return False
        self.scenario["events"].append(raw)
        return True

    # --- what the fields are filled with --------------------------------------------------------------------

    def _customer(self) -> str:
        return self.rng.choice(self.customers)

    def _bill(self, fits: Callable[[Bill], object]) -> Bill | None:
        bills = [bill for bill in self.world.bills.values() if bill.new.issued <= self.today and fits(bill)]
        return self.rng.choice(bills) if bills else None

    def _open(self) -> Bill | None:
        return self._bill(lambda bill: bill.balance)

    def _later(self, most: int = 20) -> str:
        return (self.today + timedelta(self.rng.randint(0, most))).isoformat()

    def _part(self, bill: Bill, of: int, *, over: bool = False) -> str:
        shares = (0.3, 0.5, 1, 1, 1, 1.2) if over else (0.3, 0.5, 1, 1)
        return to_text(max(int(of * self.rng.choice(shares)), 1), bill.new.currency)

    def _address(self) -> str:
        ref = self._customer()
        addresses = [a for contact in self.world.debtors[ref].contacts for a in contact if a]
        return self.rng.choice(addresses) if addresses else f"a@{ref.lower()}.example"

    def _by_fields(self, kind: str) -> Row | None:
        """An event that only names an invoice or a customer and takes plain values."""
        raw: Row = {}
        for name in EVENT_FIELDS[kind].split():
            if name == "invoice" or (name == "customer|invoice" and self.rng.random() < 0.5):
                bill = self._open()
                if bill is None:
                    return None
                raw["invoice"] = bill.new.ref
            elif name in ("customer", "customer|invoice"):
                raw["customer"] = self._customer()
            elif name in ("permanent", "required"):
                raw[name] = self.rng.random() < 0.5
            elif name == "until" or (name == "until?" and self.rng.random() < 0.7):
                raw["until"] = self._later(10)
            elif name == "code":
                raw[name] = self.rng.choice(TASK_CODES)
        return raw

    def _payment(self) -> Row | None:
        if self.rng.random() < 0.2:
            raw: Row = {"customer": self._customer(), "amount": _amount(self.rng, "EUR")}
            return raw | ({"pending": True} if self.rng.random() < 0.1 else {})
        bill = self._open() or self._bill(lambda bill: True)
        if bill is None:
            return None
        raw = {"invoice": bill.new.ref, "amount": self._part(bill, bill.balance or 100, over=True)}
        return raw | ({"pending": True} if self.rng.random() < 0.3 else {})

    def _of_bill(self, fits: Callable[[Bill], object]) -> Row | None:
        bill = self._bill(fits)
        return {"invoice": bill.new.ref} if bill else None

    def _payment_settled(self) -> Row | None:
        return self._of_bill(lambda bill: bill.pending)

    def _payment_failed(self) -> Row | None:
        return self._of_bill(lambda bill: bill.pending)

    def _payment_reversed(self) -> Row | None:
        bill = self._bill(lambda bill: bill.paid)
        return {"invoice": bill.new.ref, "amount": self._part(bill, bill.paid)} if bill else None

    def _credit_note(self) -> Row | None:
        bill = self._open()
        return {"invoice": bill.new.ref, "amount": self._part(bill, bill.balance)} if bill else None

    def _credit_note_cancelled(self) -> Row | None:
        return self._of_bill(lambda bill: bill.credits)

    def _write_off_undone(self) -> Row | None:
        return self._of_bill(lambda bill: bill.closed_as == "written_off")

    def _dispute_resolved(self) -> Row | None:
        return self._of_bill(lambda bill: bill.disputes)

    def _due_date_changed(self) -> Row | None:
        bill = self._open()
        return {"invoice": bill.new.ref, "due": self._later()} if bill else None

    def _invoice(self) -> Row:
        raw = _invoice(self.rng, f"I{len(self.world.bills) + 1}", self.scenario["customers"], self.today)
        return raw | {"issued": min(raw["issued"], self.today.isoformat())}

    def _promise(self) -> Row:
        ref = self._customer()
        raw: Row = {"customer": ref, "pay_on": self._later()}
        mine = [bill for bill in self.world.bills_of(ref, self.today) if bill.balance]
        if mine and self.rng.random() < 0.5:
            some = self.rng.sample(mine, self.rng.randint(1, len(mine)))
            raw["invoices"] = [bill.new.ref for bill in some]
            if self.rng.random() < 0.5 and len({bill.new.currency for bill in some}) == 1:
                raw["amount"] = self._part(some[0], sum(bill.balance for bill in some))
        return raw

    def _dispute(self) -> Row | None:
        bill = self._open()
        if bill is None:
            return None
        return {"invoice": bill.new.ref} | (
            {"amount": self._part(bill, bill.balance)} if self.rng.random() < 0.5 else {}
        )

    def _plan(self) -> Row | None:
        first = self._open()
        if first is None:
            return None
        same = [
            bill
            for bill in self.world.bills_of(first.new.customer, self.today)
            if bill.balance and bill.new.currency == first.new.currency
        ]
        bills = self.rng.sample(same, self.rng.randint(1, len(same)))
        left, due, instalments = sum(bill.balance for bill in bills), self.today, []
        for more in reversed(range(self.rng.randint(1, 3))):
            amount = max(left // 2, 1) if more and left > 1 else left
            due += timedelta(self.rng.randint(1, 15))
            instalments.append({"due": due.isoformat(), "amount": to_text(amount, first.new.currency)})
            left -= amount
            if not left:
                break
        return {"invoices": [bill.new.ref for bill in bills], "instalments": instalments}

    def _plan_cancelled(self) -> Row | None:
        return {"invoices": list(self.rng.choice(self.world.plans).invoices)} if self.world.plans else None

    def _bounce(self) -> Row:
        address = self._address()
        ref = address.partition("@")[2].partition(".")[0].upper() if "@" in address else self._customer()
        return {"customer": ref, "address": address, "permanent": self.rng.random() < 0.4}

    def _wrong_person(self) -> Row:
        raw = self._bounce()
        return {"customer": raw["customer"], "address": raw["address"]}

    def _contact_changed(self) -> Row:
        ref = self._customer()
        return {"customer": ref, "contacts": _contacts(self.rng, ref)}

    def _schedule_changed(self) -> Row:
        return {"schedule": schedule(self.rng)}


# --- when one fails -----------------------------------------------------------------------------------------


def shortest(scenario: Row, still_fails: Callable[[Row], bool]) -> Row:
    """Take out events, invoices, customers and days while the history still fails; what stays is needed."""

    def fails(candidate: Row) -> bool:
        try:
            read_scenario(candidate)
            return still_fails(candidate)
        except Refused:
            return False

    again = True
    while again:
        again = False
        for key in ("events", "invoices", "customers"):
            for at in reversed(range(len(scenario[key]))):
                smaller = {**scenario, key: scenario[key][:at] + scenario[key][at + 1 :]}
                if (smaller["customers"]) and fails(smaller):
                    scenario, again = smaller, True
        steps = scenario["schedule"]["steps"]
        for at in reversed(range(len(steps))):
            fewer = {**scenario["schedule"], "steps": steps[:at] + steps[at + 1 :]}
            if len(steps) > 1 and fails({**scenario, "schedule": fewer}):
                scenario, again = {**scenario, "schedule": fewer}, True
                break
    return scenario


def check_many(
    rng: random.Random,
    number: int,
    complaints: Callable[[Row], list[str]],
    make: Callable[[random.Random], Row] = history,
) -> None:
    """Hold `number` histories against `complaints`; the first bad one is made as short as it gets and shown as a story."""
    for at in range(number):
        scenario = make(random.Random(rng.getrandbits(64)))
        found = complaints(scenario)
        if found:
            small = shortest(scenario, lambda candidate: bool(complaints(candidate)))
            story = json.dumps(small, indent=1)
            raise AssertionError("\n".join([f"history {at}:", *(complaints(small) or found), story]))
