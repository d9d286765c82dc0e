# SPDX-License-Identifier: AGPL-3.0-or-later
"""The cast of the application's tests: a small studio, its customers and invoices, and a day that passes when told to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from purring.facts.customers.actions import add_customer
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import record_invoice
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.actions import approve_first_day, found_organization
from purring.facts.organizations.models import Organization
from purring.facts.payments.actions import record_payment
from purring.facts.payments.models import Payment
from purring.followup.deliveries import carry_over_notices, plan_thanks
from purring.followup.drafting import Sender
from purring.followup.models import Reminder, Task
from purring.followup.planning import Planned, plan
from purring.followup.writing import Outcome, write
from purring.kit.mailsink import Sink
from purring.plugins.channel import Channel
from purring.plugins.channel.smtp import SmtpChannel
from purring.plugins.channel.smtp.server import MailServer

ACTOR = "test"
OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 3, 4, 11, tzinfo=UTC)
"""A Wednesday, twelve o'clock in Oslo: after the sending hours have opened, long before they close."""
FIRST_DAY = NOON.date()


def at(hour: int, minute: int = 0, *, day: date = FIRST_DAY) -> datetime:
    """A moment of a day in Oslo."""
    return datetime.combine(day, time(hour, minute), OSLO)


def mail_channel(port: int, timeout_seconds: float = 10.0) -> SmtpChannel:
    """The real mail channel, to a sink on this machine."""
    return SmtpChannel(MailServer("127.0.0.1", port, tls="none", timeout_seconds=timeout_seconds))


@dataclass
class Studio:
    """A business in Norway with a clock of its own."""

    organization: Organization
    now: datetime = NOON
    customers: int = 0
    invoices: int = 0

    @property
    def today(self) -> date:
        return self.organization.today(self.now)

    @property
    def told(self) -> dict[str, Any]:
        """Who does it, and when: what every act asks."""
        return {"now": self.now, "actor": ACTOR}

    def later(self, **much: float) -> None:
        """Time passes: `days`, `seconds`, ..."""
        self.now += timedelta(**much)

    # --- facts ----------------------------------------------------------------------------------------------

    def customer(self, **fields: Any) -> Customer:
        """A customer with one contact: Ane, ane1@kunde.example for the first."""
        self.customers += 1
        number = self.customers
        people = fields.pop("contacts", [{"name": "Ane Lie", "email": f"ane{number}@kunde.example"}])
        return add_customer(
            self.organization, ref=f"C{number}", name=f"Kunde {number}", contacts=people, **self.told, **fields
        )

    def invoice(self, customer: Customer | None = None, *, late: int = 4, number: str = "", **fields: Any) -> Invoice:
        """An invoice of 1,250.00 kroner, due `late` days ago (negative: in the days to come), of a new customer if none
        is named."""
        self.invoices += 1
        due = self.today - timedelta(days=late)
        return record_invoice(
            customer or self.customer(),
            number=number or f"I{self.invoices}",
            **{
                "issued": min(due, self.today) - timedelta(days=14),
                "due": due,
                "amount": 125_000,
                "currency": "NOK",
                "description": f"Brochure {self.invoices}",
                **self.told,
                **fields,
            },
        )

    def pay(self, invoice: Invoice, amount: int | None = None, **fields: Any) -> Payment:
        """Money for an invoice: the whole balance, or that much."""
        money = invoice.balance if amount is None else amount
        return record_payment(
            invoice.customer, money, invoice.currency, on=self.today, invoice=invoice, **self.told, **fields
        )

    # --- rounds ---------------------------------------------------------------------------------------------

    def plan(self) -> Planned:
        return plan(self.organization, self.now)

    def plan_notices(self) -> int:
        """The thank-yous of the day; how many are new."""
        carry_over_notices(self.organization, self.now)
        return plan_thanks(self.organization, self.now)

    def write(self, to: Sink | Channel, *, any_hour: bool = False, timeout_seconds: float = 10.0) -> list[Outcome]:
        """Let leave what may, to a mail server or through a channel."""
        channel = mail_channel(to.port, timeout_seconds) if isinstance(to, Sink) else to
        sender = Sender("post@studio.example", {"email": channel})
        return write(self.organization, self.now, sender, any_hour=any_hour)

    # --- what came of it ------------------------------------------------------------------------------------

    def reminders(self, **which: Any) -> list[Reminder]:
        """As they stand now, oldest first."""
        rows = Reminder.objects.of(self.organization).filter(**which).select_related("customer", "message")
        return list(rows.order_by("id"))

    def states(self) -> list[str]:
        return [str(reminder.state) for reminder in self.reminders()]

    def tasks(self) -> list[str]:
        """Codes of all tasks."""
        return list(Task.objects.of(self.organization).order_by("id").values_list("code", flat=True))


def found_studio(*, approved: bool = True) -> Studio:
    """Studio Nord; a person has approved its first day unless told otherwise."""
    organization, _ = found_organization(
        "studio", "Studio Nord", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=NOON, actor=ACTOR
    )
    if approved:
        approve_first_day(organization, now=NOON, actor=ACTOR)
    return Studio(organization)
