# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts around messages: an answer came in, we answered, the staff spoke to someone."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.journal.actions import write
from purring.facts.messages.models import Conversation, Message, Outcome


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
def mark_answered(customer: Customer, *, now: datetime, actor: str, up_to: int | None = None) -> int:
    """Every message of the customer (up to the one with this id) has its answer; how many were waiting."""
    waiting = customer.messages.filter(needs_answer=True, answered_at=None)
    if up_to is not None:
        waiting = waiting.filter(pk__lte=up_to)
    changed = int(waiting.update(answered_at=now))
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


@transaction.atomic
def log_call(
    customer: Customer,
    outcome: str,
    *,
    on: date,
    now: datetime,
    actor: str,
    person: str = "",
    number: str = "",
    note: str = "",
    again_on: date | None = None,
    key: str = "",
) -> Conversation:
    """A call to the customer and what came of it; the same `key` twice is one call. Refuses (`bad_date`) to call again
    before it."""
    if key and (known := Conversation.objects.of(customer.organization_id).filter(key=key).first()):
        return known
    if again_on and again_on < on:
        raise Refused("bad_date", "the day to call again is before the call", field="again_on")
    called = Conversation(
        organization_id=customer.organization_id,
        customer=customer,
        on=on,
        note=note,
        outcome=Outcome(outcome),
        person=person[:200],
        number=number[:40],
        again_on=again_on,
        key=key,
    )
    called.save(force_insert=True)
    touch(customer.organization_id, [customer.pk])
    write(
        customer.organization_id,
        "call.logged",
        at=now,
        actor=actor,
        customer_id=customer.pk,
        text=note,
        outcome=str(called.outcome),
        again_on=again_on and again_on.isoformat(),
    )
    return called
