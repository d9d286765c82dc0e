# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on the people of a customer, one at a time: somebody came, changed, has left, is written to first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.customers.models import AddressTrouble, Contact, Customer
from purring.facts.journal.actions import write

FIELDS = Contact.SAID
LEFT = "left"
"""Why an address is not used: whom it belongs to has left."""


@transaction.atomic
def add_contact(customer: Customer, *, now: datetime, actor: str, **fields: Any) -> Contact:
    """One more person, written to after the others. The same person twice is one."""
    touch(customer.organization_id, [customer.pk])
    there = list(customer.contacts.all())
    wanted = _checked(fields)
    if known := next((one for one in there if all(getattr(one, name) == wanted[name] for name in wanted)), None):
        return known
    position = max((one.position for one in there), default=-1) + 1
    contact = Contact(organization_id=customer.organization_id, customer=customer, position=position, **wanted)
    contact.save(force_insert=True)
    _tell(contact, "contact.added", now, actor, wanted)
    return contact


@transaction.atomic
def change_contact(contact: Contact, *, now: datetime, actor: str, stamp: str = "", **fields: Any) -> None:
    """Only what differs is written. Refuses (`changed_meanwhile`) when the person is not as the form with this `stamp` was
    made from; `contact` is then as it is stored now."""
    touch(contact.organization_id, [contact.customer_id])
    try:
        contact.refresh_from_db()
    except Contact.DoesNotExist:
        raise Refused("not_there", "this person was taken out meanwhile") from None
    if stamp and stamp != contact.stamp:
        raise Refused("changed_meanwhile", "somebody else changed this person meanwhile")
    changed = {name: value for name, value in _checked(fields).items() if getattr(contact, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(contact, name, value)
    contact.save(update_fields=list(changed))
    _tell(contact, "contact.changed", now, actor, changed)


@transaction.atomic
def put_first(contact: Contact, *, now: datetime, actor: str) -> None:
    """From now on this person is written to before the others."""
    touch(contact.organization_id, [contact.customer_id])
    others = list(contact.customer.contacts.exclude(pk=contact.pk).order_by("position", "id"))
    if not others or (contact.position, contact.pk) < (others[0].position, others[0].pk):
        return
    for position, one in enumerate([contact, *others]):
        Contact.objects.of(contact.organization_id).filter(pk=one.pk).update(position=position)
    _tell(contact, "contact.put_first", now, actor)


@transaction.atomic
def remove_contact(contact: Contact, *, now: datetime, actor: str) -> None:
    """Entered by mistake: the person is gone from here; messages they had stay."""
    touch(contact.organization_id, [contact.customer_id])
    if Contact.objects.of(contact.organization_id).filter(pk=contact.pk).delete()[0]:
        _tell(contact, "contact.removed", now, actor)


@transaction.atomic
def has_left(contact: Contact, *, now: datetime, actor: str) -> None:
    """The person does not work there any more: their addresses are never used again. They stay in the list, as left."""
    touch(contact.organization_id, [contact.customer_id])
    org, fresh = contact.organization_id, False
    for address in filter(None, (contact.email, contact.phone)):
        _, new = AddressTrouble.objects.of(org).update_or_create(
            organization_id=org, customer_id=contact.customer_id, address=address, defaults={"why": LEFT, "at": now}
        )
        fresh = fresh or new
    if fresh:
        _tell(contact, "contact.left", now, actor)


@transaction.atomic
def is_back(contact: Contact, *, now: datetime, actor: str) -> None:
    """It was a mistake, or the address works again: it may be used."""
    touch(contact.organization_id, [contact.customer_id])
    org = contact.organization_id
    wrong = AddressTrouble.objects.of(org).filter(customer_id=contact.customer_id)
    if wrong.filter(address__in=[one for one in (contact.email, contact.phone) if one]).delete()[0]:
        _tell(contact, "address.restored", now, actor)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: value.strip() for name, value in fields.items() if name in FIELDS}
    if not wanted.get("name") and (wanted.get("given_name") or wanted.get("family_name")):
        wanted["name"] = f"{wanted.get('given_name', '')} {wanted.get('family_name', '')}".strip()
    if not any(wanted.get(name) for name in ("name", "email", "phone")):
        raise Refused("empty", "a person needs a name, an e-mail address or a phone number", field="name")
    return wanted


def _tell(contact: Contact, kind: str, now: datetime, actor: str, fields: dict[str, Any] | None = None) -> None:
    data: dict[str, Any] = {"fields": sorted(name for name, value in fields.items() if value)} if fields else {}
    write(
        contact.organization_id,
        kind,
        at=now,
        actor=actor,
        customer_id=contact.customer_id,
        text=contact.name or contact.email or contact.phone,
        **data,
    )
