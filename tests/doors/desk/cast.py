# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who plays in the tests of the desk: a small joinery in Norway, its people, customers and invoices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from purring.facts.customers.actions import add_customer
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import record_invoice
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.actions import add_member, found_organization
from purring.facts.organizations.models import Organization, User
from purring.followup.schedules import default_schedule

ACTOR = "cli"
_numbers = count(1)


@dataclass
class House:
    """One organization and short ways to fill it."""

    organization: Organization
    users: dict[str, User] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.organization.today(timezone.now())

    @property
    def told(self) -> dict[str, Any]:
        return {"now": timezone.now(), "actor": ACTOR}

    def user(self, role: str) -> User:
        if role not in self.users:
            user = User.objects.create_user(
                f"{role}@{self.organization.slug}.example", "a quiet morning", name=role.title()
            )
            add_member(self.organization, user, role, **self.told)
            self.users[role] = user
        return self.users[role]

    def client(self, role: str = "owner") -> Client:
        client = Client()
        client.force_login(self.user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def customer(self, name: str = "Kaffebrenneriet AS", **fields: Any) -> Customer:
        number = next(_numbers)
        person = {"name": "Ane Lie", "email": f"ane{number}@kunde.example", "phone": "+47 22 00 00 00"}
        return add_customer(
            self.organization, ref=fields.pop("ref", f"K{number}"), name=name, contacts=[person], **self.told, **fields
        )

    def invoice(self, customer: Customer, amount: int = 125_000, late: int = 4, **fields: Any) -> Invoice:
        """An invoice that is `late` days over its due date today (negative: not due yet)."""
        due = fields.pop("due", self.today - timedelta(days=late))
        issued = fields.pop("issued", min(due, self.today) - timedelta(days=14))
        return record_invoice(
            customer,
            number=fields.pop("number", f"2026-{next(_numbers):03d}"),
            issued=issued,
            due=due,
            amount=amount,
            currency=fields.pop("currency", "NOK"),
            **self.told,
            **fields,
        )


def found_house(slug: str = "snekker", name: str = "Snekker Solberg") -> House:
    organization, _ = found_organization(
        slug, name, "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=timezone.now(), actor=ACTOR
    )
    default_schedule(organization)
    return House(organization)
