# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts around messages: an answer came in, we answered, the staff spoke to someone."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.journal.actions import write
from purring.facts.messages.models import Conversation, Message


@transaction.atomic
def record_reply(
    customer: Customer, text: str, *, now: datetime, actor: str, channel: str = "email", address: str = ""
) -> Message:
    """The customer wrote. Chasing holds while an answer is owed."""
    message = Message(
        organization_id=customer.organization_id,
        customer=customer,
        direction="in",
        channel=channel,
        kind="reply",
        address=address,
        text=text,
        at=now,
        needs_answer=True,
    )
    message.save(force_insert=True)
    touch(customer.organization_id, [customer.pk])
    write(
        customer.organization_id,
        "reply.received",
        at=now,
        actor=actor,
        customer_id=customer.pk,
        text=text,
        message=message.pk,
    )
    return message


@transaction.atomic
def mark_answered(customer: Customer, *, now: datetime, actor: str) -> int:
    """Every message of the customer has its answer; how many were waiting."""
    changed = int(customer.messages.filter(needs_answer=True, answered_at=None).update(answered_at=now))
    if changed:
        touch(customer.organization_id, [customer.pk])
        write(customer.organization_id, "reply.answered", at=now, actor=actor, customer_id=customer.pk, count=changed)
    return changed


@transaction.atomic
def record_conversation(customer: Customer, *, on: date, now: datetime, actor: str, note: str = "") -> Conversation:
    """The staff spoke to the customer: counts for the contact budget."""
    spoke = Conversation(organization_id=customer.organization_id, customer=customer, on=on, note=note)
    spoke.save(force_insert=True)
    touch(customer.organization_id, [customer.pk])
    write(customer.organization_id, "conversation.held", at=now, actor=actor, customer_id=customer.pk, text=note)
    return spoke
