# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts around what customers want corrected themselves: it is proposed, and a person accepts or declines it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from purring.facts.customers.actions import touch
from purring.facts.customers.models import Contact, Customer, DetailProposal
from purring.facts.journal.actions import write

CONTACT = ("name", "email", "phone")
CUSTOMER = ("address_lines", "postcode", "city")
FIELDS = (*(f"contact.{name}" for name in CONTACT), *CUSTOMER)
"""What can be proposed: all of it changes to whom or where we write."""


def details_of(customer: Customer, contact: Contact | None) -> dict[str, str]:
    """How these fields stand now."""
    person = {f"contact.{name}": getattr(contact, name) if contact else "" for name in CONTACT}
    return person | {name: getattr(customer, name) for name in CUSTOMER}


def open_proposal(customer: Customer) -> DetailProposal | None:
    """The one that waits for a person."""
    rows = DetailProposal.objects.of(customer.organization_id).filter(customer=customer, outcome="")
    return rows.select_related("contact").first()


@transaction.atomic
def propose_details(
    customer: Customer,
    contact: Contact | None,
    wanted: Mapping[str, str],
    *,
    key: str,
    now: datetime,
    actor: str,
    address: str = "",
    agent: str = "",
) -> DetailProposal | None:
    """What the customer wants corrected; nothing changes yet. It takes the place of an earlier one that waits. None when
    all of it stands so already. The same form twice is one proposal."""
    org = customer.organization_id
    touch(org, [customer.pk])  # first: it locks the account, so that two presses come one by one
    mine = DetailProposal.objects.of(org)
    if known := mine.filter(key=key).first():
        return known
    now_there = details_of(customer, contact)
    new = {name: wanted[name] for name in FIELDS if name in wanted and wanted[name] != now_there[name]}
    if not new:
        return None
    mine.filter(customer=customer, outcome="").update(outcome="replaced", decided_at=now)
    proposal = DetailProposal(
        organization_id=org,
        customer=customer,
        contact=contact,
        old={name: now_there[name] for name in new},
        new=new,
        key=key,
        at=now,
        address=address[:45],
        agent=agent[:300],
    )
    proposal.save(force_insert=True)
    write(
        org, "details.proposed", at=now, actor=actor, customer_id=customer.pk, proposal=proposal.pk, fields=_said(new)
    )
    return proposal


@transaction.atomic
def accept_details(proposal: DetailProposal, *, now: datetime, actor: str, user_id: int | None = None) -> bool:
    """A person agrees: from now on it stands so. False when it was decided already."""
    if not _decide(proposal, "accepted", now, actor, user_id):
        return False
    customer, org = proposal.customer, proposal.organization_id
    of_person = {name: proposal.new[f"contact.{name}"] for name in CONTACT if f"contact.{name}" in proposal.new}
    if of_person:
        contact = proposal.contact or Contact(organization_id=org, customer=customer)
        if of_person.get("name", contact.name) != contact.name:  # somebody else: greeted by what we know of them
            contact.given_name = contact.family_name = contact.title = contact.gender = ""
        for name, value in of_person.items():
            setattr(contact, name, value)
        contact.save()
    of_customer = {name: proposal.new[name] for name in CUSTOMER if name in proposal.new}
    if of_customer:
        Customer.objects.of(org).filter(pk=customer.pk).update(**of_customer)
    return True


@transaction.atomic
def decline_details(proposal: DetailProposal, *, now: datetime, actor: str, user_id: int | None = None) -> bool:
    """A person says no: everything stays as it is. False when it was decided already."""
    return _decide(proposal, "declined", now, actor, user_id)


def _decide(proposal: DetailProposal, outcome: str, now: datetime, actor: str, user_id: int | None) -> bool:
    org = proposal.organization_id
    touch(org, [proposal.customer_id])
    mine = DetailProposal.objects.of(org).filter(pk=proposal.pk, outcome="")
    if not mine.update(outcome=outcome, decided_at=now, decided_by_id=user_id):
        return False
    write(
        org,
        f"details.{outcome}",
        at=now,
        actor=actor,
        customer_id=proposal.customer_id,
        proposal=proposal.pk,
        fields=_said(proposal.new),
    )
    return True


def _said(fields: Mapping[str, str]) -> list[str]:
    """The names alone: what stands in them is the customer's own and can be erased with the row."""
    return [name.removeprefix("contact.") for name in fields]
