# SPDX-License-Identifier: AGPL-3.0-or-later
"""What settles an invoice: allocations, credit notes, closures. The only writer of an invoice's sums.

Every function works on a locked invoice inside the caller's transaction, keeps `allocated`, `credited`, `forgiven`
and `settled_on` in step with their rows, and never lets a balance go below zero: what is over becomes money on account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.actions import touch
from purring.facts.invoices.models import Closure, CreditNote, Invoice
from purring.facts.invoices.telling import tell
from purring.facts.payments.filling import Beside
from purring.facts.payments.models import Allocation, ChargeAllocation, Credit, Payment
from purring.kit.batches import insert_rows, update_rows

SUMS = ("allocated", "credited", "forgiven", "settled_on")
VOID = "void"
WRITE_OFF = "write_off"


def locked(invoice: Invoice) -> Invoice:
    """The invoice as it is now, locked until the transaction ends. Lock the account first (`touch`): one order for all."""
    return Invoice.objects.of(invoice.organization_id).select_for_update(no_key=True).get(pk=invoice.pk)


def locked_many(organization_id: int, ids: Sequence[int]) -> dict[int, Invoice]:
    """The same for many, by id, locked in the order of their ids."""
    rows = Invoice.objects.of(organization_id).filter(id__any_of=ids).order_by("id").select_for_update(no_key=True)
    return {invoice.pk: invoice for invoice in rows}


def _begin(invoice: Invoice) -> Invoice:
    """Touch the account, then lock the invoice."""
    touch(invoice.organization_id, [invoice.customer_id])
    return locked(invoice)


def save_sums(invoice: Invoice, on: date) -> None:
    """Store the sums, and whether the invoice is settled."""
    _mark_settled(invoice, on)
    invoice.save(update_fields=SUMS)


def _mark_settled(invoice: Invoice, on: date) -> None:
    invoice.settled_on = (invoice.settled_on or on) if invoice.balance == 0 else None


def closed_as(invoice: Invoice) -> str:
    """`void`, `write_off` or nothing."""
    return invoice.closures.filter(undone_at=None).values_list("kind", flat=True).first() or ""


def refuse_unless_open(invoice: Invoice, what: str) -> None:
    if invoice.balance == 0:
        raise Refused("settled", f"{what} cannot happen to invoice {invoice.number}: nothing of it is open")


def allocate(payment: Payment, invoice: Invoice, amount: int, on: date) -> int:
    """Set up to `amount` of a settled payment against a locked invoice; what was set."""
    part = min(amount, invoice.balance)
    if part:
        Allocation(organization_id=invoice.organization_id, payment=payment, invoice=invoice, amount=part, on=on).save(
            force_insert=True
        )
        invoice.allocated += part
        save_sums(invoice, on)
    return part


def allocate_beside(payment: Payment, invoice: Invoice, beside: Beside, on: date, *, now: datetime, actor: str) -> None:
    """Set a part of a settled payment against the charges beside a locked invoice, whose sums it does not touch."""
    if not beside.amount:
        return
    organization_id = invoice.organization_id
    row = ChargeAllocation(
        organization_id=organization_id, payment=payment, invoice=invoice, amount=beside.amount, on=on
    )
    row.save(force_insert=True)
    tell(
        invoice,
        f"charges.{'paid' if beside.amount > 0 else 'freed'}",
        now,
        actor,
        currency=invoice.currency,
        payment=payment.pk,
        amount=payment.amount,
        charges=beside.amount,
        **({"rule": beside.rule} if beside.rule else {}),
    )


def allocate_many(pairs: Sequence[tuple[Payment, Invoice]], beside: Mapping[int, int]) -> dict[int, int]:
    """Set each settled payment against its locked invoice, in order; what was set, by payment. An invoice that several
    payments name is one object in all pairs. `beside`: what of a payment is set against charges, by payment."""
    parts: dict[int, int] = {}
    rows = []
    for payment, invoice in pairs:
        parts[payment.pk] = part = min(payment.amount - beside.get(payment.pk, 0), invoice.balance)
        if part:
            rows.append((invoice.organization_id, payment.pk, invoice.pk, part, payment.on))
            invoice.allocated += part
            _mark_settled(invoice, payment.on)
    insert_rows(Allocation, ("organization", "payment", "invoice", "amount", "on"), rows)
    changed = {invoice.pk: invoice for payment, invoice in pairs if parts[payment.pk]}
    update_rows(Invoice, SUMS, [(*(getattr(one, name) for name in SUMS), key) for key, one in changed.items()])
    return parts


def take_back(payment: Payment, invoice: Invoice, amount: int, on: date, *, now: datetime, actor: str) -> None:
    """Free `amount` of what the payment had set against a locked invoice. A closed invoice stays closed: what opens
    again is given up with the rest, until the write-off is undone."""
    Allocation(organization_id=invoice.organization_id, payment=payment, invoice=invoice, amount=-amount, on=on).save(
        force_insert=True
    )
    invoice.allocated -= amount
    tell(
        invoice,
        "payment.unallocated",
        now,
        actor,
        currency=invoice.currency,
        payment=payment.pk,
        amount=payment.amount,
        allocated=-amount,
    )
    closure = invoice.closures.filter(undone_at=None).first()
    if closure:
        closure.amount += amount
        closure.save(update_fields=["amount"])
        invoice.forgiven += amount
        tell(invoice, "invoice.closed", now, actor, currency=invoice.currency, closure=closure.kind, amount=amount)
    save_sums(invoice, on)


def change_credit(organization_id: int, customer_id: int, currency: str, by: int) -> None:
    """Raise or lower money on account."""
    if not by:
        return
    credit, _ = Credit.objects.of(organization_id).get_or_create(
        organization_id=organization_id, customer_id=customer_id, currency=currency
    )
    credit = Credit.objects.of(organization_id).select_for_update().get(pk=credit.pk)
    credit.amount += by
    credit.save(update_fields=["amount"])


def _free(invoice: Invoice, amount: int, on: date, now: datetime, actor: str) -> None:
    """Make room on a locked invoice: money allocated to it goes back on account, the latest payment first."""
    left = amount
    for payment_id, given in _given(invoice):
        part = min(given, left)
        if part > 0:
            payment = Payment.objects.of(invoice.organization_id).get(pk=payment_id)
            take_back(payment, invoice, part, on, now=now, actor=actor)
            left -= part
    change_credit(invoice.organization_id, invoice.customer_id, invoice.currency, amount - left)


def _given(invoice: Invoice) -> list[tuple[int, int]]:
    sums: dict[int, int] = {}
    rows = Allocation.objects.of(invoice.organization_id).filter(invoice=invoice).order_by("-id")
    for payment_id, amount in rows.values_list("payment_id", "amount"):
        sums[payment_id] = sums.get(payment_id, 0) + amount
    return list(sums.items())


@transaction.atomic
def credit_note(
    invoice: Invoice, amount: int, *, on: date, now: datetime, actor: str, number: str = "", reason: str = ""
) -> CreditNote:
    """Lower what is asked for by a credit note. Money already paid beyond it goes on account."""
    invoice = _begin(invoice)
    refuse_if_closed(invoice)
    if not 0 < amount <= invoice.amount - invoice.credited:
        raise Refused("bad_amount", "a credit note is more than zero and at most the invoice", field="amount")
    refuse_if_paid(invoice, "a credit note")
    over = amount - invoice.balance
    if over > 0:
        _free(invoice, over, on, now, actor)
    note = CreditNote(
        organization_id=invoice.organization_id, invoice=invoice, number=number, amount=amount, issued=on, reason=reason
    )
    note.save(force_insert=True)
    invoice.credited += amount
    save_sums(invoice, on)
    tell(invoice, "invoice.credited", now, actor, currency=invoice.currency, amount=amount, credit_note=note.pk)
    return note


def refuse_if_closed(invoice: Invoice) -> None:
    if closed_as(invoice):
        raise Refused("settled", f"invoice {invoice.number} is closed")


def refuse_if_paid(invoice: Invoice, what: str) -> None:
    if invoice.balance == 0 and invoice.allocated:
        raise Refused("settled", f"{what} cannot happen to invoice {invoice.number}, which is paid")


@transaction.atomic
def cancel_credit_note(note: CreditNote, *, on: date, now: datetime, actor: str) -> None:
    """Ask for it again. Refuses when the invoice is void or written off."""
    invoice = _begin(note.invoice)
    note = CreditNote.objects.of(invoice.organization_id).select_for_update().get(pk=note.pk)
    if note.cancelled_at:
        return
    refuse_if_closed(invoice)
    note.cancelled_at = now
    note.save(update_fields=["cancelled_at"])
    invoice.credited -= note.amount
    save_sums(invoice, on)
    tell(
        invoice,
        "invoice.credit_cancelled",
        now,
        actor,
        currency=invoice.currency,
        amount=note.amount,
        credit_note=note.pk,
    )


@transaction.atomic
def close(invoice: Invoice, kind: str, *, on: date, now: datetime, actor: str, reason: str = "") -> Closure:
    """Stop asking for the rest: `void` (it should not exist) or `write_off` (given up)."""
    invoice = _begin(invoice)
    refuse_unless_open(invoice, kind.replace("_", " "))
    closure = Closure(
        organization_id=invoice.organization_id,
        invoice=invoice,
        kind=kind,
        amount=invoice.balance,
        on=on,
        reason=reason,
    )
    closure.save(force_insert=True)
    invoice.forgiven += closure.amount
    save_sums(invoice, on)
    tell(invoice, "invoice.closed", now, actor, currency=invoice.currency, closure=kind, amount=closure.amount)
    return closure


@transaction.atomic
def reopen(invoice: Invoice, *, on: date, now: datetime, actor: str) -> None:
    """Undo a write-off."""
    invoice = _begin(invoice)
    closure = invoice.closures.filter(undone_at=None, kind=WRITE_OFF).first()
    if closure is None:
        raise Refused("not_written_off", f"invoice {invoice.number} is not written off")
    closure.undone_at = now
    closure.save(update_fields=["undone_at"])
    invoice.forgiven -= closure.amount
    save_sums(invoice, on)
    tell(invoice, "invoice.reopened", now, actor, currency=invoice.currency, amount=closure.amount)
