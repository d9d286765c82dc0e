# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must be true of every rehearsal, whatever its story is about. A second, naive reading of the contract.

It replays the facts of a scenario by itself (who is silent when, who owes what, which day is quiet) and holds
them against the rows that were printed. It knows nothing of the product's own code, and says nothing about
*which* message should have gone: the stories do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import holidays
from babel.numbers import get_currency_precision

Row = Mapping[str, Any]
RANK = {"task": 0, "thank": 1, "send": 2, "hold": 3}
NEVER_A_ROW = {"settled", "not_due"}


def complaints(scenario: Row, output: Row) -> list[str]:
    """Everything in the output that no rehearsal may show; empty when all is well."""
    return [
        *_order(scenario, output),
        *_shape(output),
        *_distance(scenario, output),
        *_quiet_days(scenario, output),
        *_silence_and_amounts(scenario, output),
        *_reminders(scenario, output),
    ]


def _order(scenario: Row, output: Row) -> Iterator[str]:
    place = {customer["ref"]: index for index, customer in enumerate(scenario["customers"])}
    rows = [row for row in output["timeline"] if row["customer"] is not None]
    keys = [(row["on"], place[row["customer"]], RANK[row["action"]]) for row in rows]
    if keys != sorted(keys):
        yield f"rows out of order: {keys}"
    days = [row["on"] for row in output["timeline"]]
    if days != sorted(days):
        yield f"days out of order: {days}"
    if any(not scenario["start"] <= day <= scenario["end"] for day in days):
        yield "a row outside start and end"
    for event in _events(scenario, "outage"):
        if any(event["on"] <= day <= event["until"] for day in days):
            yield f"a row during the outage from {event['on']} to {event['until']}"


def _shape(output: Row) -> Iterator[str]:
    if set(output) != {"timeline", "invoices", "findings"}:
        yield f"unexpected parts: {sorted(output)}"
    for row in output["timeline"]:
        if row["action"] != "thank" and not row.get("why"):
            yield f"a row without a reason: {row}"
        if row["action"] == "hold" and row["code"] in NEVER_A_ROW:
            yield f"a row that should not be: {row}"
        if row["action"] in ("send", "thank"):
            if len(row["amounts"]) != 1:
                yield f"not one currency: {row}"
            for currency, text in row["amounts"].items():
                if -int(Decimal(text).as_tuple().exponent) != get_currency_precision(currency):
                    yield f"decimals of {currency}: {text}"
                if Decimal(text) <= 0:
                    yield f"asked or thanked for nothing: {row}"
    for finding in output["findings"]:
        if not finding.get("why"):
            yield f"a finding without a reason: {finding}"
    for invoice in output["invoices"]:
        if Decimal(invoice["balance"]) < 0:
            yield f"a negative balance: {invoice}"


def _distance(scenario: Row, output: Row) -> Iterator[str]:
    """One contact per customer and day, and never inside the gap of the schedule in force."""
    for customer in (row["ref"] for row in scenario["customers"]):
        spoken = {e["on"] for e in _events(scenario, "contact_made") if e["customer"] == customer}
        ours = [row["on"] for row in output["timeline"] if row["customer"] == customer and _is_contact(row)]
        if len(ours) != len(set(ours)):
            yield f"two contacts with {customer} on one day: {ours}"
        for day in ours:
            gap = max(1, int(_schedule_on(scenario, day).get("min_days_between_contacts", 5)))
            for other in {*ours, *spoken} - {day}:
                if 0 < (date.fromisoformat(day) - date.fromisoformat(other)).days < gap:
                    yield f"{customer} was contacted on {other} and again on {day}"
            if day in spoken:
                yield f"staff spoke to {customer} on {day} and we wrote as well"


def _quiet_days(scenario: Row, output: Row) -> Iterator[str]:
    countries = {c["ref"]: c.get("country", scenario["organization"]["country"]) for c in scenario["customers"]}
    for row in output["timeline"]:
        if row["action"] != "send" or not _schedule_on(scenario, row["on"]).get("working_days_only", True):
            continue
        day = date.fromisoformat(row["on"])
        if day.weekday() >= 5 or day in holidays.country_holidays(countries[row["customer"]], years=day.year):
            yield f"sent on a quiet day: {row}"


def _silence_and_amounts(scenario: Row, output: Row) -> Iterator[str]:
    """Day by day: nobody silent is written to, and nobody is asked for more than is owed."""
    world = _World(scenario)
    day, end = date.fromisoformat(scenario["start"]), date.fromisoformat(scenario["end"])
    while day <= end:
        world.take(day.isoformat())
        for row in output["timeline"]:
            if row["on"] != day.isoformat() or row["action"] != "send":
                continue
            if world.approval or world.stale >= row["on"]:
                yield f"sent without approval or on old bank data: {row}"
            for ref in row["invoices"]:
                if world.is_silent(ref, row["on"]):
                    yield f"{ref} is silent: {row}"
                if world.balance[ref] == 0:
                    yield f"{ref} is settled: {row}"
            (asked,) = row["amounts"].values()
            if Decimal(asked) > sum(world.balance[ref] for ref in row["invoices"]):
                yield f"asked for more than is owed: {row}"
        day += timedelta(days=1)
    for invoice in output["invoices"]:
        if invoice["state"] != "void" and Decimal(invoice["balance"]) != world.balance[invoice["ref"]]:
            yield f"the events leave {world.balance[invoice['ref']]}, the output says {invoice}"


def _reminders(scenario: Row, output: Row) -> Iterator[str]:
    """Without bounces and calls, the count of reminders is the number of rows that name the invoice."""
    schedules = [scenario["schedule"], *(e["schedule"] for e in _events(scenario, "schedule_changed"))]
    channels = {step["channel"] for schedule in schedules for step in schedule["steps"]}
    if _events(scenario, "bounce") or "phone" in channels:
        return
    for invoice in output["invoices"]:
        rows = [r for r in output["timeline"] if r["action"] == "send" and invoice["ref"] in r["invoices"]]
        if len(rows) != invoice["reminders"]:
            yield f"{len(rows)} messages named it: {invoice}"


class _World:
    """Who owes what and who is silent, from the events alone. Plans are left out: they name invoices."""

    def __init__(self, scenario: Row) -> None:
        self._scenario = scenario
        self._grace = int(scenario["schedule"].get("promise_grace_days", 1))
        self.balance: dict[str, Decimal] = {}
        self.owner: dict[str, str] = {}
        self.approval, self.stale = False, ""
        self._pending: dict[str, Decimal] = {}
        self._credited: dict[str, Decimal] = {}
        self._written_off: dict[str, Decimal] = {}
        self._silent: dict[tuple[str, str], str] = {}  # (kind, customer or invoice) -> last silent day
        for invoice in scenario["invoices"]:
            self._invoice(invoice)

    def is_silent(self, ref: str, day: str) -> bool:
        names = (ref, self.owner[ref])
        return any(last >= day for (_, name), last in self._silent.items() if name in names)

    def take(self, day: str) -> None:
        for event in self._scenario.get("events", ()):
            if event["on"] == day and hasattr(self, "_" + event["type"]):
                getattr(self, "_" + event["type"])(event)

    def _invoice(self, e: Row) -> None:
        self.balance[e["ref"]], self.owner[e["ref"]] = Decimal(e["amount"]), e["customer"]

    def _lower(self, ref: str, amount: Decimal) -> None:
        self.balance[ref] = max(Decimal(0), self.balance[ref] - amount)

    def _payment(self, e: Row) -> None:
        if e.get("pending"):
            self._pending[e["invoice"]] = Decimal(e["amount"])
            self._silent["pending", e["invoice"]] = "9999"
        elif "invoice" in e:
            self._lower(e["invoice"], Decimal(e["amount"]))

    def _payment_settled(self, e: Row) -> None:
        self._lower(e["invoice"], self._pending[e["invoice"]])
        self._payment_failed(e)

    def _payment_failed(self, e: Row) -> None:
        del self._pending[e["invoice"]], self._silent["pending", e["invoice"]]

    def _payment_reversed(self, e: Row) -> None:
        self.balance[e["invoice"]] += Decimal(e["amount"])

    def _credit_note(self, e: Row) -> None:
        self._credited[e["invoice"]] = Decimal(e["amount"])
        self._lower(e["invoice"], Decimal(e["amount"]))

    def _credit_note_cancelled(self, e: Row) -> None:
        self.balance[e["invoice"]] += self._credited[e["invoice"]]

    def _void(self, e: Row) -> None:
        self.balance[e["invoice"]] = Decimal(0)

    def _write_off(self, e: Row) -> None:
        self._written_off[e["invoice"]] = self.balance[e["invoice"]]
        self.balance[e["invoice"]] = Decimal(0)

    def _write_off_undone(self, e: Row) -> None:
        self.balance[e["invoice"]] = self._written_off[e["invoice"]]

    def _promise(self, e: Row) -> None:
        last = (date.fromisoformat(e["pay_on"]) + timedelta(days=self._grace)).isoformat()
        mine = [r for r in self.balance if self.owner[r] == e["customer"] and self.balance[r] > 0]
        for ref in e.get("invoices", mine):
            self._silent["promise", ref] = last

    def _promise_withdrawn(self, e: Row) -> None:
        for ref, owner in self.owner.items():
            if owner == e["customer"]:
                self._silent.pop(("promise", ref), None)

    def _hold(self, e: Row) -> None:
        self._silent["hold", e.get("customer") or e["invoice"]] = e.get("until", "9999")

    def _hold_released(self, e: Row) -> None:
        self._silent.pop(("hold", e.get("customer") or e["invoice"]), None)

    def _exclude(self, e: Row) -> None:
        self._silent["exclude", e["customer"]] = "9999"

    def _include(self, e: Row) -> None:
        self._silent.pop(("exclude", e["customer"]), None)

    def _reply(self, e: Row) -> None:
        self._silent["reply", e["customer"]] = "9999"

    def _reply_answered(self, e: Row) -> None:
        self._silent.pop(("reply", e["customer"]), None)

    def _dispute(self, e: Row) -> None:
        if "amount" not in e:
            self._silent["dispute", e["invoice"]] = "9999"

    def _dispute_resolved(self, e: Row) -> None:
        self._silent.pop(("dispute", e["invoice"]), None)

    def _approval(self, e: Row) -> None:
        self.approval = e["required"]

    def _bank_data_stale(self, e: Row) -> None:
        self.stale = e["until"]


def _is_contact(row: Row) -> bool:
    return bool(row["action"] == "send" or row.get("code") == "call")


def _events(scenario: Row, kind: str) -> list[Row]:
    return [event for event in scenario.get("events", ()) if event["type"] == kind]


def _schedule_on(scenario: Row, day: str) -> Row:
    schedule: Row = scenario["schedule"]
    for event in _events(scenario, "schedule_changed"):
        if event["on"] <= day:
            schedule = event["schedule"]
    return schedule
