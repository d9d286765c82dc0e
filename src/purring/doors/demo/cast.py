# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shapes of the sample businesses: who asks, who owes, what was made for them. Data classes only.

Every person, company and address is invented; mail goes to `.example` domains, which can never exist.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EVERY_DAY = "Open every day"
CALLED = "We call them"
COUNTER = "Over the counter"
"""Groups of customers with a schedule of their own; see `schedules.py`."""


def plain(name: str) -> str:
    """A name as it stands in a mail address: small letters without accents, dots for blanks."""
    folded = name.replace("ø", "o").replace("Ø", "O").replace("æ", "ae").replace("Æ", "Ae").replace("ß", "ss")
    folded = unicodedata.normalize("NFD", folded).encode("ascii", "ignore").decode().lower()
    return ".".join("".join(char if char.isalnum() else " " for char in folded).split())


@dataclass(frozen=True)
class Person:
    """Someone at the customer. `gender` is `f`, `m` or not known; names may be missing: an office has none."""

    given: str = ""
    family: str = ""
    gender: str = ""
    title: str = ""
    role: str = "billing"
    mailbox: str = ""
    phone: str = ""

    def fields(self, domain: str) -> dict[str, Any]:
        """As the act that adds a customer takes it; no domain, no address."""
        name = f"{self.given} {self.family}".strip()
        return {
            "name": name,
            "given_name": self.given,
            "family_name": self.family,
            "title": self.title,
            "gender": self.gender,
            "email": f"{self.mailbox or plain(name)}@{domain}" if domain else "",
            "phone": self.phone,
            "role": self.role,
        }


@dataclass(frozen=True)
class Home:
    """Where a customer is at home, and what is spoken and paid with there."""

    country: str
    language: str
    currency: str


@dataclass(frozen=True)
class Client:
    """A customer of a sample business, how it pays as a rule, and the situation it is in today."""

    name: str
    place: tuple[str, str, str]
    """Street, postcode, city."""
    domain: str
    people: tuple[Person, ...]
    situation: str = "well"
    """Key of `situations.SITUATIONS`."""
    also: tuple[str, ...] = ()
    """Keys of `situations.PAST`: what happened earlier."""
    pays: str = "on_time"
    """`early`, `on_time`, `late` or `in_parts`."""
    home: Home | None = None
    """None: as the business."""
    kind: str = "business"
    group: str = ""
    terms: int = 14
    closeness: str = "regular"
    formality: str = ""
    po_required: bool = False
    pay_run_days: tuple[int, ...] = ()
    vat_id: str = ""


@dataclass(frozen=True)
class Sold:
    """One line that is often sold: text, net price of one in minor units, and how many at least and at most."""

    text: str
    price: int
    least: int = 1
    most: int = 1


@dataclass(frozen=True)
class Job:
    """Something that was made or delivered, with its lines."""

    what: str
    lines: tuple[Sold, ...]


@dataclass(frozen=True)
class Business:
    """One organization of the demo. `accounts` as in the invoice facts, the preferred one first."""

    slug: str
    name: str
    country: str
    language: str
    currency: str
    timezone: str
    place: tuple[str, str, str]
    email: str
    phone: str
    sender: str
    sender_title: str
    accounts: tuple[dict[str, str], ...]
    tax_percent: int
    prefix: str
    """Begins every invoice number."""
    jobs: Mapping[str, tuple[Job, ...]]
    """By language, so that an invoice speaks the customer's."""
    clients: tuple[Client, ...]
    invoices: int
    """How many in two years."""
    colour: str
    """#rrggbb, of their papers and pages."""

    def home(self, client: Client) -> Home:
        return client.home or Home(self.country, self.language, self.currency)

    def ref(self, client: Client) -> str:
        """Customer number."""
        return f"{101 + self.clients.index(client)}"
