# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stores rows of an invoice list. New ones by the thousand; known ones are completed, never re-priced.

The `paid` column is a running total: what it says beyond what is known here becomes a payment, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.doors.intake import words
from purring.doors.intake.fold import fold
from purring.doors.intake.rows import InvoiceRow, Refusal
from purring.doors.intake.store_people import People, Person
from purring.doors.intake.store_rows import JOURNAL_FIELDS, Counts, journal_row, too_long
from purring.facts.customers.actions import NOW, touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import change_due_date, change_invoice
from purring.facts.invoices.models import Invoice, InvoiceLine
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import LegalEntity, Organization
from purring.facts.payments.actions import record_payment
from purring.facts.payments.models import Allocation, Payment
from purring.facts.payments.settling import VOID, close, locked
from purring.kit.batches import insert_rows

SOURCE = "import"
LINE_FIELDS = (
    "organization",
    "invoice",
    "position",
    "description",
    "quantity",
    "unit_price",
    "tax_rate",
    "total",
)

LEDGER_STATES = frozenset(
    fold(word)
    for word in """open|sent|unpaid|overdue|due|outstanding|approved|authorised|authorized|awaiting payment|viewed|partial
    |partially paid|part paid|partpaid|pending|issued|final|late|past due|not paid|oop|gestuur|onbetaald|agterstallig
    |uitstaande|gedeeltelik betaal|ouverte|envoyée|envoyé|impayée|impayé|en retard|échue|partiellement payée|en attente
    |validée|émise|abierta|enviada|pendiente|vencida|impagada|parcial|parcialmente pagada|emitida|åpen|sendt|ubetalt
    |forfalt|delvis betalt|utestående|offen|versendet|unbezahlt|überfällig|fällig|teilbezahlt|openstaand|verzonden|vervallen
    |aberta|enviada|vencida|pendente|aperta|inviata|scaduta|non pagata|öppen|skickad|obetald|förfallen|åben|sendt|forfalden""".replace(
        "\n", ""
    ).split("|")
)
"""What ledgers call an invoice that is not paid: no status of an order, and nothing to tell the customer."""


class Invoices:
    """Takes chunks of rows inside the caller's transaction."""

    def __init__(self, organization: Organization, people: People, now: datetime, actor: str) -> None:
        self._org = organization
        self._people = people
        self._now = now
        self._actor = actor
        self._today = organization.today(now)
        names = LegalEntity.objects.of(organization).values_list("name", flat=True)
        self._own_names = {fold(organization.name), *(fold(name) for name in names)}

    def take(self, rows: Sequence[InvoiceRow], told: Counts) -> None:
        known = self._known({row.number for row in rows})
        owners: dict[str, list[int]] = defaultdict(list)
        for customer_id, number in known:
            owners[number].append(customer_id)
        good: list[InvoiceRow] = []
        for row in rows:
            refusal = too_long(row) or self._wrong(row, known, owners[row.number])
            if refusal:
                told.refused.append(refusal)
            else:
                good.append(row)
        people, changed = self._people.of_rows(good, owners)
        fresh: dict[tuple[int, str], tuple[InvoiceRow, Invoice]] = {}
        again: list[tuple[InvoiceRow, Person]] = []
        for row, person in zip(good, people, strict=True):
            key = (person.id, row.number)
            if key in known or key in fresh:
                again.append((row, person))
            else:
                fresh[key] = (row, self._invoice(row, person.id))
        self._store_new(list(fresh.values()))
        told.created += len(fresh)
        told.made_invoices += [invoice.pk for _, invoice in fresh.values()]
        known |= {key: invoice for key, (_, invoice) in fresh.items()}
        imported = self._imported([known[person.id, row.number].pk for row, person in again])
        for row, person in again:
            self._again(row, known[person.id, row.number], imported, person in changed, told)

    def _known(self, numbers: set[str]) -> dict[tuple[int, str], Invoice]:
        rows = Invoice.objects.of(self._org).filter(number__in=numbers)
        return {(invoice.customer_id, invoice.number): invoice for invoice in rows}

    def _wrong(self, row: InvoiceRow, known: dict[tuple[int, str], Invoice], owners: Sequence[int]) -> Refusal | None:
        """What is wrong with a row that would be a new invoice."""
        if row.lines and fold(row.customer) in self._own_names:
            reason = (
                f"this invoice is to {row.customer}, so somebody asks you; only invoices of your own are asked for here"
            )
            return Refusal(row.line, "buyer.name", reason, "not_ours")
        if row.issued and row.due < row.issued:
            reason = f"the due date {row.due} is before the issue date {row.issued}; which is right?"
            return Refusal(row.line, "due", reason, "bad_date")
        if fold(row.status) not in words.NOT_OWED:
            return None
        person = self._people.find(ref=row.customer_ref, email=row.email, name=row.customer, owners=owners)
        if person and (person.id, row.number) in known:
            return None
        return Refusal(
            row.line, "status", f"the status {row.status!r} says that nothing is owed; leave it out", "not_owed"
        )

    # --- new ------------------------------------------------------------------------------------------------

    def _invoice(self, row: InvoiceRow, customer_id: int) -> Invoice:
        issued = row.issued or min(row.due, self._today)
        paid = row.paid_minor or 0
        return Invoice(
            organization_id=self._org.pk,
            customer_id=customer_id,
            number=row.number,
            description=row.description,
            issued=issued,
            due=row.due,
            amount=row.amount_minor,
            currency=row.currency,
            allocated=paid,
            settled_on=self._today if paid == row.amount_minor else None,
            po_number=row.po_number,
            order_status=order_status(row.status),
            known_on=issued,
            kind=row.asks or "invoice",
            reference=row.reference,
            pay_link=row.pay_link,
            purchased_on=row.delivered,
        )

    def _store_new(self, fresh: Sequence[tuple[InvoiceRow, Invoice]]) -> None:
        """Invoices with what is paid of them, their journal entries, and one touch per customer."""
        org = self._org
        invoices = [invoice for _, invoice in fresh]
        Invoice.objects.of(org).bulk_create(invoices)
        lines = [
            (
                org.pk,
                invoice.pk,
                at,
                line.description,
                line.quantity,
                line.unit_price_minor,
                line.tax_rate,
                line.total_minor,
            )
            for row, invoice in fresh
            for at, line in enumerate(row.lines)
        ]
        insert_rows(InvoiceLine, LINE_FIELDS, lines)
        entries = [
            self._entry(
                "invoice.recorded",
                one,
                number=one.number,
                amount=one.amount,
                currency=one.currency,
                due=one.due.isoformat(),
            )
            for one in invoices
        ]
        paid = [invoice for invoice in invoices if invoice.allocated]
        payments = [
            Payment(
                organization_id=org.pk,
                customer_id=invoice.customer_id,
                invoice_id=invoice.pk,
                amount=invoice.allocated,
                currency=invoice.currency,
                on=self._today,
                method="imported",
                source=SOURCE,
                external_ref=_paid_ref(invoice, invoice.allocated),
                recorded_at=self._now,
                settled_on=self._today,
            )
            for invoice in paid
        ]
        Payment.objects.of(org).bulk_create(payments)
        shares = [(org.pk, money.pk, money.invoice_id, money.amount, self._today) for money in payments]
        insert_rows(Allocation, ("organization", "payment", "invoice", "amount", "on"), shares)
        for money, invoice in zip(payments, paid, strict=True):
            about: dict[str, Any] = {"payment": money.pk, "amount": money.amount, "currency": money.currency}
            entries.append(self._entry("payment.recorded", invoice, **about))
            entries.append(self._entry("payment.allocated", invoice, **about, allocated=money.amount))
        insert_rows(Entry, JOURNAL_FIELDS, entries)
        touched = {invoice.customer_id for invoice in invoices}
        Customer.objects.of(org).filter(id__in=touched).update(version=F("version") + 1, look_on=NOW)

    def _entry(self, kind: str, invoice: Invoice, **data: Any) -> tuple[Any, ...]:
        return journal_row(self._org.pk, kind, self._now, self._actor, invoice.customer_id, invoice.pk, data)

    # --- known ------------------------------------------------------------------------------------------------

    def _imported(self, invoice_ids: list[int]) -> dict[int, int]:
        """What imports have booked as paid, by invoice."""
        booked: dict[int, int] = defaultdict(int)
        rows = Payment.objects.of(self._org).filter(
            invoice_id__in=invoice_ids, source=SOURCE, external_ref__startswith="paid:"
        )
        booked.update(rows.values_list("invoice_id").annotate(Sum("amount")))
        return booked

    def _again(
        self, row: InvoiceRow, invoice: Invoice, imported: dict[int, int], customer_changed: bool, told: Counts
    ) -> None:
        """A row about an invoice that is there: what may change does, or the whole row is refused."""
        refusal = _same_claim(row, invoice)
        if refusal is None and row.paid_minor is not None and row.paid_minor < imported[invoice.pk]:
            before = to_text(imported[invoice.pk], invoice.currency)
            said = to_text(row.paid_minor, invoice.currency)
            reason = f"{said} paid is less than the {before} the file said before; if money went back, record that"
            refusal = Refusal(row.line, "paid", reason, "paid_less")
        if refusal:
            told.refused.append(refusal)
            return
        try:
            with transaction.atomic():
                changed = self._change(row, invoice)
        except Refused as refused:
            told.refused.append(Refusal(row.line, str(refused.params.get("field", "")), refused.message, refused.code))
            return
        if changed or customer_changed:
            told.updated += 1
        else:
            told.unchanged += 1

    def _change(self, row: InvoiceRow, invoice: Invoice) -> bool:
        changed = False
        if row.due != invoice.due:
            change_due_date(invoice, row.due, today=self._today, now=self._now, actor=self._actor)
            changed = True
        said = {"description": row.description, "po_number": row.po_number, "order_status": order_status(row.status)}
        differing = {name: value for name, value in said.items() if value and getattr(invoice, name) != value}
        if differing:
            change_invoice(invoice, now=self._now, actor=self._actor, **differing)
            changed = True
        if row.paid_minor is not None:
            changed |= self._pay(invoice, row.paid_minor)
        if fold(row.status) in words.NOT_OWED and invoice.balance:
            close(
                invoice,
                VOID,
                on=self._today,
                now=self._now,
                actor=self._actor,
                reason=f"{row.status} in the imported list",
            )
            changed = True
        return changed

    def _pay(self, invoice: Invoice, said: int) -> bool:
        """Book what the file knows as paid and we do not: payments, credit notes and write-offs here count as known."""
        if _unknown(invoice, said) <= 0 or self._booked(invoice, said):
            return False
        touch(self._org.pk, [invoice.customer_id])  # as every act does first: then two of them come one by one
        missing = _unknown(locked(invoice), said)
        if missing <= 0:
            return False
        record_payment(
            invoice.customer,
            missing,
            invoice.currency,
            on=self._today,
            now=self._now,
            actor=self._actor,
            invoice=invoice,
            method="imported",
            source=SOURCE,
            external_ref=_paid_ref(invoice, said),
        )
        invoice.refresh_from_db()
        return True

    def _booked(self, invoice: Invoice, said: int) -> bool:
        """True when this very total was booked before, even if the money went back since."""
        ref = _paid_ref(invoice, said)
        booked = Payment.objects.of(self._org).filter(source=SOURCE, external_ref=ref)
        return booked.exclude(external_ref="").exists()  # said again, it lets SQLite use the index


def _unknown(invoice: Invoice, said: int) -> int:
    """How much more the file knows as settled than we do, in minor units."""
    return said - invoice.allocated - invoice.credited - invoice.forgiven


def _same_claim(row: InvoiceRow, invoice: Invoice) -> Refusal | None:
    """What of the row says that it is another claim than the one stored."""
    if row.currency != invoice.currency:
        reason = f"invoice {invoice.number} is in {invoice.currency}; a currency never changes"
        return Refusal(row.line, "currency", reason, "amount_changed")
    if row.amount_minor != invoice.amount:
        there, said = to_text(invoice.amount, invoice.currency), to_text(row.amount_minor, invoice.currency)
        reason = (
            f"invoice {invoice.number} is {there}, the file says {said}; an amount never changes, use a credit note"
        )
        return Refusal(row.line, "amount", reason, "amount_changed")
    if row.issued and row.issued != invoice.issued:
        reason = f"invoice {invoice.number} was issued on {invoice.issued}, the file says {row.issued}"
        return Refusal(row.line, "issued", reason, "issued_changed")
    return None


def order_status(status: str) -> str:
    """The status as something to tell the customer, or nothing when it only speaks of payment."""
    folded = fold(status)
    return "" if folded in LEDGER_STATES or folded in words.PAID or folded in words.NOT_OWED else status


def _paid_ref(invoice: Invoice, total: int) -> str:
    """What makes booking a running total happen once."""
    return f"paid:{invoice.pk}:{total}"
