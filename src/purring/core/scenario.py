# SPDX-License-Identifier: Apache-2.0
"""Reading a scenario file: shapes and values, each refusal with its place in the file (`events[3].amount`).

What can only be judged while the days are played (an event on a paid invoice, instalments that do not add up)
is refused by `world.py`, with the same kind of place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import available_timezones

from babel.core import get_global

from purring.core.errors import Refused
from purring.core.money import is_currency, threshold_minor, to_minor
from purring.core.schedule import Schedule, Step

T = TypeVar("T")

LONGEST_DAYS = 366 * 30
_known_timezones = lru_cache(1)(available_timezones)  # it reads the disk each time


@dataclass(frozen=True)
class Organization:
    name: str
    country: str
    language: str
    timezone: str
    currency: str


@dataclass(frozen=True)
class Contact:
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Customer:
    ref: str
    name: str
    country: str
    language: str
    kind: str
    letter_address: str
    """In one line, or empty."""
    contacts: tuple[Contact, ...]


@dataclass(frozen=True)
class NewInvoice:
    ref: str
    customer: str
    issued: date
    due: date
    amount: int
    currency: str


@dataclass(frozen=True)
class Event:
    """One event; `fields` holds exactly the fields its type has, read but not yet judged."""

    on: date
    type: str
    path: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    start: date
    end: date
    organization: Organization
    schedule: Schedule
    customers: tuple[Customer, ...]
    invoices: tuple[NewInvoice, ...]
    events: tuple[Event, ...]
    """In the order in which they take effect."""


def bad(path: str, message: str, code: str = "bad_scenario") -> Refused:
    return Refused(code, message, path=path)


class Node:
    """One value of the file with its path; the readers refuse what does not fit."""

    __slots__ = ("path", "value")

    def __init__(self, value: object, path: str) -> None:
        self.value = value
        self.path = path

    def keys(self, required: Iterable[str], optional: Iterable[str] = ()) -> Node:
        """An object with exactly these keys."""
        if not isinstance(self.value, dict):
            raise bad(self.path or "file", "must be an object")
        required, allowed = list(required), {*required, *optional}
        for key in self.value:
            if key not in allowed:
                raise bad(self._at(key), f"unknown key; known here: {', '.join(sorted(allowed))}")
        for key in required:
            if key not in self.value:
                raise bad(self._at(key), "is missing")
        return self

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __getitem__(self, key: str) -> Node:
        assert isinstance(self.value, dict)
        return Node(self.value[key], self._at(key))

    def items(self) -> Iterator[Node]:
        if not isinstance(self.value, list):
            raise bad(self.path, "must be a list")
        for at, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{at}]")

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise bad(self.path, "must be a text that is not empty")
        return self.value

    def whole(self, least: int | None = None, most: int = 3660) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise bad(self.path, "must be a whole number")
        if (least is not None and self.value < least) or abs(self.value) > most:
            raise bad(self.path, f"must be between {-most if least is None else least} and {most}")
        return self.value

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            raise bad(self.path, "must be true or false")
        return self.value

    def day(self) -> date:
        text = self.text()
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise bad(self.path, f'{text!r} is not a date; write it like "2026-01-31"', "bad_date")
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise bad(self.path, f"{text} does not exist in the calendar", "bad_date") from None

    def one_of(self, values: Iterable[str]) -> str:
        known = list(values)
        text = self.text()
        if text not in known:
            raise bad(self.path, f"{text!r} is not known here; use one of {', '.join(known)}")
        return text

    def amount(self, currency: str) -> int:
        text = self.text()
        try:
            minor = to_minor(text, currency)
        except Refused as refused:
            raise bad(self.path, refused.message, refused.code) from None
        if minor <= 0:
            raise bad(self.path, f"{text} must be more than zero", "bad_amount")
        return minor

    def currency(self) -> str:
        text = self.text()
        if not is_currency(text):
            raise bad(self.path, f"{text!r} is not a currency; use a code such as EUR", "unknown_currency")
        return text

    def country(self) -> str:
        text = self.text()
        if text not in get_global("territory_languages") or not re.fullmatch("[A-Z]{2}", text):
            raise bad(self.path, f"{text!r} is not a country; use a code such as NO", "unknown_country")
        return text

    def language(self) -> str:
        text = self.text()
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
            raise bad(self.path, f"{text!r} is not a language; use a code such as nb or pt-BR")
        return text


def read_scenario(value: object) -> Scenario:
    """Read the parsed JSON of a scenario file. Refuses (`Refused`, with `path`) whatever does not fit the contract."""
    top = Node(value, "").keys(("start", "end", "organization", "schedule", "customers"), ("invoices", "events"))
    start, end = top["start"].day(), top["end"].day()
    if end < start:
        raise bad("end", f"{end} is before the start {start}")
    if (end - start).days > LONGEST_DAYS:
        raise bad("end", "plays at most 30 years")
    organization = _organization(top["organization"])
    schedule = read_schedule(top["schedule"])
    customers = tuple(_customer(node, organization) for node in top["customers"].items())
    _unique(((c.ref, f"customers[{at}].ref") for at, c in enumerate(customers)), "customer")
    nodes = list(top["invoices"].items()) if top.has("invoices") else []
    invoices = tuple(_invoice(node) for node in nodes)
    events = tuple(_event(node, organization) for node in top["events"].items()) if top.has("events") else ()
    refs = {customer.ref for customer in customers}
    for node, invoice in zip(nodes, invoices, strict=True):
        if invoice.customer not in refs:
            raise bad(f"{node.path}.customer", f"there is no customer {invoice.customer!r}", "unknown_ref")
    _unique(
        [(invoice.ref, f"{node.path}.ref") for node, invoice in zip(nodes, invoices, strict=True)]
        + [(event.fields["ref"], f"{event.path}.ref") for event in events if event.type == "invoice"],
        "invoice",
    )
    events = tuple(sorted(events, key=lambda event: event.on))  # stable: file order within a day
    return Scenario(start, end, organization, schedule, customers, invoices, events)


def _unique(refs: Iterable[tuple[str, str]], what: str) -> None:
    seen: set[str] = set()
    for ref, path in refs:
        if ref in seen:
            raise bad(path, f"the {what} {ref!r} stands twice")
        seen.add(ref)


def _organization(node: Node) -> Organization:
    node.keys(("name", "country", "language", "timezone", "currency"))
    timezone = node["timezone"].text()
    if timezone not in _known_timezones():
        raise bad(f"{node.path}.timezone", f"{timezone!r} is not a time zone; use one such as Europe/Oslo")
    return Organization(
        node["name"].text(),
        node["country"].country(),
        node["language"].language(),
        timezone,
        node["currency"].currency(),
    )


def read_schedule(node: Node) -> Schedule:
    """A schedule object, whole, as in `schedule` and in the event `schedule_changed`."""
    node.keys(
        ("steps",),
        ("min_days_between_contacts", "minimum_balance", "promise_grace_days", "working_days_only", "charges"),
    )
    charges = _or(node, "charges", lambda n: n.one_of(("none", "lawful")), "none")
    minimum = node["minimum_balance"].text() if node.has("minimum_balance") else "0.00"
    if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", minimum):
        raise bad(f"{node.path}.minimum_balance", f'{minimum!r} is not an amount; write it like "50.00"', "bad_amount")
    threshold_minor(minimum, "EUR")
    steps = []
    for step in node["steps"].items():
        step.keys(("stage", "days", "channel"), ("repeat_every",))
        repeat = step["repeat_every"].whole(1) if step.has("repeat_every") else None
        steps.append(Step(step["stage"].text(), step["days"].whole(), step["channel"].text(), repeat))
    try:
        return Schedule(
            tuple(steps),
            min_days_between_contacts=_or(node, "min_days_between_contacts", lambda n: n.whole(0), 5),
            minimum_balance=minimum,
            promise_grace_days=_or(node, "promise_grace_days", lambda n: n.whole(0), 1),
            working_days_only=_or(node, "working_days_only", Node.truth, True),
            charges=charges,
        )
    except Refused as refused:
        raise bad(f"{node.path}.{refused.params['path']}", refused.message, refused.code) from None


def _or(node: Node, key: str, read: Callable[[Node], T], default: T) -> T:
    return read(node[key]) if node.has(key) else default


def _customer(node: Node, organization: Organization) -> Customer:
    node.keys(("ref", "name"), ("country", "kind", "language", "address", "contacts"))
    return Customer(
        ref=node["ref"].text(),
        name=node["name"].text(),
        country=_or(node, "country", Node.country, organization.country),
        language=_or(node, "language", Node.language, organization.language),
        kind=_or(node, "kind", lambda n: n.one_of(("business", "consumer", "unknown")), "business"),
        letter_address=_or(node, "address", _address, ""),
        contacts=_or(node, "contacts", read_contacts, ()),
    )


def _address(node: Node) -> str:
    if node.value is None:
        return ""
    node.keys((), ("lines", "postcode", "city"))
    lines = [line.text() for line in node["lines"].items()] if node.has("lines") else []
    place = " ".join(node[key].text() for key in ("postcode", "city") if node.has(key))
    return ", ".join([*lines, place] if place else lines)


def read_contacts(node: Node) -> tuple[Contact, ...]:
    contacts = []
    for item in node.items():
        item.keys((), ("name", "email", "phone"))
        contacts.append(
            Contact(**{key: _optional_text(item[key]) for key in ("name", "email", "phone") if item.has(key)})
        )
    return tuple(contacts)


def _optional_text(node: Node) -> str:
    return "" if node.value is None else node.text()


def _invoice(node: Node) -> NewInvoice:
    node.keys(("ref", "customer", "issued", "due", "amount", "currency"))
    currency = node["currency"].currency()
    return NewInvoice(
        node["ref"].text(),
        node["customer"].text(),
        node["issued"].day(),
        node["due"].day(),
        node["amount"].amount(currency),
        currency,
    )


# --- events: which fields each type has; `?` may be absent, `a|b` means exactly one of the two -------------

EVENT_FIELDS: dict[str, str] = {
    "payment": "invoice|customer amount currency? pending?",
    "payment_settled": "invoice",
    "payment_failed": "invoice",
    "payment_reversed": "invoice amount",
    "credit_note": "invoice amount",
    "credit_note_cancelled": "invoice",
    "void": "invoice",
    "write_off": "invoice",
    "write_off_undone": "invoice",
    "due_date_changed": "invoice due",
    "invoice": "ref customer issued due amount currency",
    "promise": "customer pay_on amount? invoices?",
    "promise_withdrawn": "customer",
    "dispute": "invoice amount? reason?",
    "dispute_resolved": "invoice",
    "hold": "customer|invoice until?",
    "hold_released": "customer|invoice",
    "exclude": "customer",
    "include": "customer",
    "plan": "invoices instalments",
    "plan_cancelled": "invoices",
    "reply": "customer",
    "reply_answered": "customer",
    "bounce": "customer address permanent",
    "contact_changed": "customer contacts",
    "contact_made": "customer",
    "wrong_person": "customer address",
    "schedule_changed": "schedule",
    "outage": "until",
    "bank_data_stale": "until",
    "approval": "required",
    "send_failed": "customer permanent",
    "task_done": "customer code",
}

TASK_CODES = (
    "call", "bad_address", "no_address", "dispute", "promise_broken_twice", "data_stale", "final_reached",
    "unmatched_receipt", "wrong_person",
)  # fmt: skip


def _event(node: Node, organization: Organization) -> Event:
    if not isinstance(node.value, dict):
        raise bad(node.path, "must be an object")
    for key in ("on", "type"):
        if key not in node.value:
            raise bad(f"{node.path}.{key}", "is missing")
    kind = node["type"].text()
    if kind not in EVENT_FIELDS:
        raise bad(f"{node.path}.type", f"{kind!r} is not an event; known: {', '.join(EVENT_FIELDS)}")
    required, optional = ["on", "type"], list[str]()
    either: tuple[str, ...] = ()
    for name in EVENT_FIELDS[kind].split():
        if "|" in name:
            either = tuple(name.split("|"))
        elif name.endswith("?"):
            optional.append(name[:-1])
        else:
            required.append(name)
    node.keys(required, (*optional, *either))
    if either and sum(node.has(name) for name in either) != 1:
        raise bad(node.path, f"needs exactly one of {' and '.join(either)}")
    on = node["on"].day()
    fields = {key: _field(node, key, on) for key in node.value if key not in ("on", "type")}
    if kind == "invoice":
        fields["currency"] = node["currency"].currency()
        fields["amount"] = node["amount"].amount(fields["currency"])
        if fields["issued"] > on:
            raise bad(f"{node.path}.issued", f"{fields['issued']} is later than the day of the event")
    if kind == "payment" and "currency" in fields and "invoice" in fields:
        raise bad(f"{node.path}.currency", "goes with a customer; an invoice has its own currency")
    if kind == "payment" and "customer" in fields:
        currency = fields.setdefault("currency", organization.currency)
        fields["amount"] = node["amount"].amount(currency)
    return Event(on, kind, node.path, fields)


def _field(node: Node, key: str, on: date) -> Any:
    value = node[key]
    if key in ("pay_on", "until"):
        day = value.day()
        if day < on:
            raise bad(value.path, f"{day} is before the day of the event, {on}", "bad_date")
        return day
    if key in ("due", "issued"):
        return value.day()
    if key in ("pending", "permanent", "required"):
        return value.truth()
    if key == "amount":
        return value  # its currency is known only with its invoice
    if key == "currency":
        return value.currency()
    if key == "invoices":
        refs = [item.text() for item in value.items()]
        if not refs or len(set(refs)) != len(refs):
            raise bad(value.path, "must name each invoice once, and at least one")
        return refs
    if key == "instalments":
        return [item.keys(("due", "amount")) for item in value.items()]
    if key == "schedule":
        return read_schedule(value)
    if key == "contacts":
        return read_contacts(value)
    if key == "code":
        return value.one_of(TASK_CODES)
    return value.text()
