# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on invoices that do not change what is open: recording, a new due date, documents, the check before reminding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from purring.core.errors import Refused
from purring.core.money import MAX_MINOR, exponent
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Attachment, Invoice, InvoiceLine, Issued, Repeat
from purring.facts.invoices.telling import tell
from purring.facts.journal.actions import write

MAX_ATTACHMENT_BYTES = 10_000_000


@transaction.atomic
def record_invoice(
    customer: Customer,
    *,
    number: str,
    issued: date,
    due: date,
    amount: int,
    currency: str,
    now: datetime,
    actor: str,
    known_on: date | None = None,
    lines: Sequence[dict[str, Any]] = (),
    **fields: Any,
) -> Invoice:
    """A new invoice or payment request of a customer. Refuses a number the customer has already (`duplicate`),
    an amount that is not positive or absurd, a due date before the issue date."""
    exponent(currency)
    if not 0 < amount <= MAX_MINOR:
        raise Refused("bad_amount", "an invoice asks for more than zero", field="amount")
    if due < issued:
        raise Refused("bad_date", f"the due date {due} is before the issue date {issued}", field="due")
    organization_id = customer.organization_id
    if Invoice.objects.of(organization_id).filter(customer=customer, number=number).exists():
        raise Refused("duplicate", f"{customer.name} has an invoice {number} already", field="number")
    invoice = Invoice(
        organization_id=organization_id,
        customer=customer,
        number=number,
        issued=issued,
        due=due,
        amount=amount,
        currency=currency,
        known_on=known_on or issued,
        **fields,
    )
    invoice.save(force_insert=True)
    for position, line in enumerate(lines):
        InvoiceLine(organization_id=organization_id, invoice=invoice, position=position, **line).save(force_insert=True)
    touch(organization_id, [customer.pk])
    tell(
        invoice,
        "invoice.recorded",
        now,
        actor,
        number=number,
        amount=amount,
        currency=currency,
        due=due.isoformat(),
    )
    return invoice


@transaction.atomic
def change_due_date(invoice: Invoice, due: date, *, today: date, now: datetime, actor: str) -> None:
    """A new due date starts the invoice's ladder afresh. Refuses a past day and an invoice that is settled."""
    if due < today:
        raise Refused("bad_date", f"{due} is past; a new due date lies today or later", field="due")
    if invoice.settled_on:
        raise Refused("settled", f"invoice {invoice.number} is settled; its due date stays as it is")
    touch(invoice.organization_id, [invoice.customer_id])  # first: everybody locks the account before its invoices
    before = invoice.due
    Invoice.objects.of(invoice.organization_id).filter(pk=invoice.pk).update(
        due=due, known_on=today, generation=F("generation") + 1
    )
    invoice.refresh_from_db()
    tell(
        invoice,
        "invoice.due_date_changed",
        now,
        actor,
        before=before.isoformat(),
        due=due.isoformat(),
    )


@transaction.atomic
def change_invoice(invoice: Invoice, *, now: datetime, actor: str, **fields: Any) -> None:
    """Complete what does not change the claim: purchase order, description, order status, link, reference."""
    allowed = {"po_number", "description", "order_status", "pay_link", "reference", "purchased_on", "checked_at"}
    if not set(fields) <= allowed:
        raise ValueError(f"not to be changed: {set(fields) - allowed}")
    changed = {name: value for name, value in fields.items() if getattr(invoice, name) != value}
    if not changed:
        return
    touch(invoice.organization_id, [invoice.customer_id])
    for name, value in changed.items():
        setattr(invoice, name, value)
    invoice.save(update_fields=list(changed))
    tell(
        invoice,
        "invoice.completed",
        now,
        actor,
        fields=sorted(changed),
    )


@transaction.atomic
def correct_invoice(
    invoice: Invoice, *, number: str, issued: date, due: date, now: datetime, actor: str, reason: str = ""
) -> None:
    """Put right what was taken over wrongly: the number, the days. The amount never changes: a credit note lowers it. Another
    due date starts the ladder afresh. Refuses an invoice that we issued ourselves (`issued`), one that is settled, a number
    the customer has already (`duplicate`), a due date before the issue date."""
    if Issued.objects.of(invoice.organization_id).filter(invoice=invoice).exists():
        raise Refused("issued", f"invoice {invoice.number} is issued and stays as it is; a credit note corrects it")
    if invoice.settled_on:
        raise Refused("settled", f"invoice {invoice.number} is settled; it stays as it is")
    if due < issued:
        raise Refused("bad_date", f"the due date {due} is before the issue date {issued}", field="due")
    touch(invoice.organization_id, [invoice.customer_id])
    same = Invoice.objects.of(invoice.organization_id).filter(customer_id=invoice.customer_id, number=number)
    if not number or same.exclude(pk=invoice.pk).exists():
        raise Refused("duplicate", f"the customer has an invoice {number} already", field="number")
    wanted = {"number": number, "issued": issued, "due": due}
    before = {name: getattr(invoice, name) for name, value in wanted.items() if getattr(invoice, name) != value}
    if not before:
        return
    for name, value in wanted.items():
        setattr(invoice, name, value)
    invoice.known_on = max(invoice.known_on, issued) if "issued" in before else invoice.known_on
    if "due" in before:
        invoice.generation += 1
    invoice.save(update_fields=[*wanted, "known_on", "generation"])
    tell(
        invoice,
        "invoice.corrected",
        now,
        actor,
        reason,
        number=number,
        due=due.isoformat(),
        before={name: str(value) for name, value in before.items()},
    )


def _digest(filename: str, content: bytes) -> str:
    """What tells one document from another. Refuses more than 10 MB."""
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise Refused("too_large", f"{filename} is larger than 10 MB", field="file")
    return hashlib.sha256(content).hexdigest()


def _kept(filename: str, content: bytes, content_type: str, sha256: str, now: datetime, **of: Any) -> Attachment:
    """Stored as `of` says whose it is."""
    kept = Attachment(
        **of,
        filename=filename[-200:],
        content_type=content_type,
        sha256=sha256,
        size=len(content),
        content=content,
        added_at=now,
    )
    kept.save(force_insert=True)
    return kept


@transaction.atomic
def attach(
    invoice: Invoice, filename: str, content: bytes, content_type: str, *, now: datetime, actor: str
) -> Attachment:
    """Keep a document with the invoice; the same bytes twice are kept once. Refuses more than 10 MB."""
    sha256 = _digest(filename, content)
    kept = Attachment.objects.of(invoice.organization_id).filter(invoice=invoice, sha256=sha256).first()
    if kept:
        return kept
    kept = _kept(filename, content, content_type, sha256, now, organization_id=invoice.organization_id, invoice=invoice)
    touch(invoice.organization_id, [invoice.customer_id])
    tell(
        invoice,
        "document.attached",
        now,
        actor,
        sha256=sha256,
        size=len(content),
    )
    return kept


@transaction.atomic
def attach_to_customer(
    customer: Customer, filename: str, content: bytes, content_type: str, *, now: datetime, actor: str
) -> Attachment:
    """Keep a document with the customer, for no invoice; the same bytes twice are kept once. Refuses more than 10 MB."""
    sha256 = _digest(filename, content)
    org = customer.organization_id
    touch(org, [customer.pk])
    if kept := Attachment.objects.of(org).filter(customer=customer, sha256=sha256).first():
        return kept
    kept = _kept(filename, content, content_type, sha256, now, organization_id=org, customer=customer)
    write(org, "document.kept", at=now, actor=actor, customer_id=customer.pk, sha256=sha256, size=len(content))
    return kept


def start_repeat(customer: Customer, *, now: datetime, actor: str, **fields: Any) -> Repeat:
    """Ask for the same again every few months; the first request is made by the round on `next_on`."""
    with transaction.atomic():
        repeat = Repeat(organization_id=customer.organization_id, customer=customer, **fields)
        repeat.save(force_insert=True)
        write(
            customer.organization_id,
            "repeat.started",
            at=now,
            actor=actor,
            customer_id=customer.pk,
            repeat=repeat.pk,
            amount=repeat.amount,
            currency=repeat.currency,
        )
    return repeat
