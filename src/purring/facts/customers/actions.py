# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on customers. Every act on an account, here or above, calls `touch` in its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from purring.core.errors import Refused
from purring.facts.customers.models import AddressTrouble, Contact, Customer
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization

NOW = date(2000, 1, 1)
"""`look_on` of an account that is to be looked at in the next round."""


def touch(organization_id: int, customer_ids: Iterable[int]) -> None:
    """A fact about these accounts changed: nothing decided before may leave, and the next round looks at them."""
    Customer.objects.of(organization_id).filter(id__any_of=list(customer_ids)).update(
        version=F("version") + 1, look_on=NOW
    )


@transaction.atomic
def add_customer(
    organization: Organization,
    *,
    ref: str,
    name: str,
    now: datetime,
    actor: str,
    contacts: Iterable[dict[str, Any]] = (),
    **fields: Any,
) -> Customer:
    """A new customer; `ref` is unique in the organization. Country and language default to the organization's."""
    if Customer.objects.of(organization).filter(ref=ref).exists():
        raise Refused("duplicate", f"there is a customer {ref} already", field="ref")
    fields = {"country": organization.country, "language": organization.language, **fields}
    customer = Customer(organization=organization, ref=ref, name=name, created_at=now, look_on=NOW, **fields)
    customer.save(force_insert=True)
    for position, contact in enumerate(contacts):
        Contact(organization=organization, customer=customer, position=position, **contact).save(force_insert=True)
    write(organization.pk, "customer.added", at=now, actor=actor, customer_id=customer.pk, ref=ref)
    return customer


@transaction.atomic
def change_customer(customer: Customer, *, now: datetime, actor: str, **fields: Any) -> None:
    """Change rules or data of a customer; only what differs is written."""
    changed = {name: value for name, value in fields.items() if getattr(customer, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(customer, name, value)
    customer.save(update_fields=list(changed))
    touch(customer.organization_id, [customer.pk])
    write(
        customer.organization_id,
        "customer.changed",
        at=now,
        actor=actor,
        customer_id=customer.pk,
        fields=sorted(changed),
    )


@transaction.atomic
def replace_contacts(customer: Customer, contacts: Iterable[dict[str, Any]], *, now: datetime, actor: str) -> None:
    """The customer named new people: the list is replaced."""
    customer.contacts.all().delete()
    for position, contact in enumerate(contacts):
        Contact(organization_id=customer.organization_id, customer=customer, position=position, **contact).save(
            force_insert=True
        )
    touch(customer.organization_id, [customer.pk])
    write(customer.organization_id, "contacts.replaced", at=now, actor=actor, customer_id=customer.pk)


@transaction.atomic
def spoil_address(customer: Customer, address: str, why: str, *, now: datetime, actor: str) -> None:
    """Never use this address again: it `bounced` for good or is the `wrong_person`'s."""
    _, new = AddressTrouble.objects.of(customer.organization_id).get_or_create(
        organization_id=customer.organization_id, customer=customer, address=address, defaults={"why": why, "at": now}
    )
    if new:
        touch(customer.organization_id, [customer.pk])
        write(
            customer.organization_id,
            "address.spoiled",
            at=now,
            actor=actor,
            customer_id=customer.pk,
            text=address,
            why=why,
        )
