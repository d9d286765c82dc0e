# SPDX-License-Identifier: AGPL-3.0-or-later
"""The cast of the tests of facts and of histories: a small business, its customers and invoices, and a postbox instead of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from purring.facts.customers.actions import add_customer
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import record_invoice
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.actions import approve_first_day, found_organization
from purring.facts.organizations.models import Organization
from purring.followup.drafting import Sender
from purring.plugins.channel import Delivery, Outgoing, Permit, Prepared, Report

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
TOLD: dict[str, Any] = {"now": NOW, "actor": "test"}


def fjord(slug: str = "fjord", *, now: datetime = NOW, country: str = "NO", currency: str = "EUR") -> Organization:
    """A business that has approved its first day."""
    organization, _ = found_organization(
        slug,
        "Fjord Design",
        country,
        language="en",
        currency=currency,
        timezone="Europe/Oslo",
        now=now,
        actor="test",
    )
    approve_first_day(organization, now=now, actor="test")
    return organization


def ana(organization: Organization, ref: str = "C1", **fields: Any) -> Customer:
    """A customer with one contact, Ana."""
    contacts = fields.pop("contacts", [{"name": "Ana Berg", "email": f"ana@{ref.lower()}.example"}])
    told = {"now": NOW, "actor": "test", **fields}
    return add_customer(organization, ref=ref, name=f"Ana {ref}", contacts=contacts, **told)


def bill(customer: Customer, number: str = "1", amount: int = 10_000, due: date = TODAY, **fields: Any) -> Invoice:
    """An invoice of 100.00 in the organization's currency, due today."""
    told = {"currency": customer.organization.currency, "issued": due - timedelta(14), "now": NOW, "actor": "test"}
    return record_invoice(customer, number=number, amount=amount, due=due, **{**told, **fields})


@dataclass
class Postbox:
    """A channel in memory: it keeps what was released, and behaves badly when told to."""

    name: str = "email"
    idempotent: bool = False
    released: list[Prepared] = field(default_factory=list)
    trouble: Callable[[Outgoing], Delivery | None] = lambda outgoing: None
    """What it answers instead of taking the message."""

    def prepare(self, outgoing: Outgoing) -> Prepared:
        return Prepared(outgoing, outgoing.text.encode(), outgoing.sender.email, outgoing.to.email)

    def open(self) -> Line:
        return Line(self)

    def collect(self, since: datetime) -> Iterable[Report]:
        return ()


@dataclass
class Line:
    """An open line to the postbox."""

    postbox: Postbox

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def release(self, prepared: Prepared, permit: Permit) -> Delivery:
        answer = self.postbox.trouble(prepared.outgoing)
        if answer is not None:
            return answer
        if not permit():
            return Delivery("withdrawn", "not permitted any more")
        self.postbox.released.append(prepared)
        return Delivery("sent", "taken")


def sender(*names: str) -> tuple[Sender, dict[str, Postbox]]:
    """A sender with a postbox per channel (e-mail only when none is named)."""
    boxes = {name: Postbox(name) for name in names or ("email",)}
    return Sender("post@fjord.example", dict(boxes)), boxes
