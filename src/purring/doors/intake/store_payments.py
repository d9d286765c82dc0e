# SPDX-License-Identifier: AGPL-3.0-or-later
"""Books rows of a payment list, each once: to the invoice it names, else on account of the customer it names."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from purring.core.errors import Refused
from purring.doors.intake.rows import PaymentRow, Refusal
from purring.doors.intake.store_people import People
from purring.doors.intake.store_rows import Counts
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.many import NewPayment, record_payments, refuse_wrong
from purring.facts.payments.models import Payment

SOURCE = "file"


def booking_ref(row: PaymentRow, people: People) -> str:
    """The same row of the same list again has the same one; a second equal row of one list has its own."""
    said = "\0".join(
        (
            row.date.isoformat(),
            str(row.amount_minor),
            row.currency,
            row.reference,
            row.invoice,
            row.payer,
            row.customer,
            row.customer_ref,
            row.method,
            row.description,
        )
    )
    digest = hashlib.sha256(said.encode()).hexdigest()[:40]
    people.payments_seen[digest] += 1
    return f"{digest}:{people.payments_seen[digest]}"


class Payments:
    """Takes chunks of rows inside the caller's transaction."""

    def __init__(self, organization: Organization, people: People, now: datetime, actor: str) -> None:
        self._org = organization
        self._people = people
        self._now = now
        self._actor = actor
        self._today = organization.today(now)

    def take(self, rows: Sequence[PaymentRow], told: Counts) -> None:
        refs = {row.line: booking_ref(row, self._people) for row in rows}
        booked = (
            Payment.objects.of(self._org).filter(source=SOURCE, external_ref__in=refs.values()).exclude(external_ref="")
        )
        known = set(booked.values_list("external_ref", flat=True))
        new = [row for row in rows if refs[row.line] not in known]
        told.unchanged += len(rows) - len(new)
        invoices = self._named(new)
        good: list[NewPayment] = []
        for row in new:
            try:
                good.append(self._payment(row, refs[row.line], invoices))
            except Refused as refused:
                field = str(refused.params.get("field", ""))
                told.refused.append(Refusal(row.line, field, refused.message, refused.code))
        record_payments(self._org, good, now=self._now, actor=self._actor)
        told.created += len(good)

    def _named(self, rows: Sequence[PaymentRow]) -> dict[str, list[Invoice]]:
        """The invoices that rows may mean: by number, else by payment reference."""
        texts = {text for row in rows for text in (row.invoice, row.reference) if text}
        named: dict[str, list[Invoice]] = defaultdict(list)
        for invoice in Invoice.objects.of(self._org).filter(number__in=texts):
            named[invoice.number].append(invoice)
        unnamed = texts - named.keys()
        if unnamed:
            for invoice in Invoice.objects.of(self._org).filter(reference__in=unnamed):
                named[invoice.reference].append(invoice)
        return named

    def _payment(self, row: PaymentRow, ref: str, invoices: dict[str, list[Invoice]]) -> NewPayment:
        if row.date > self._today:
            raise Refused("bad_date", f"{row.date} has not come yet; a payment lies on a day that has", field="date")
        invoice = self._invoice(row, invoices)
        customer_id = invoice.customer_id if invoice else self._customer_id(row)
        refuse_wrong(row.amount_minor, row.currency, invoice, customer_id)
        return NewPayment(
            customer_id,
            invoice,
            row.amount_minor,
            row.currency,
            row.date,
            row.method[:20],
            SOURCE,
            ref,
            " · ".join(filter(None, (row.payer, row.description)))[:300],
        )

    def _invoice(self, row: PaymentRow, invoices: dict[str, list[Invoice]]) -> Invoice | None:
        """The invoice named, or the one whose number or payment reference the reference is."""
        for name, text in (("invoice", row.invoice), ("reference", row.reference)):
            found = invoices.get(text, []) if text else []
            if name == "invoice":
                found = [invoice for invoice in found if invoice.number == text]
            if len(found) > 1:
                person = self._people.find(ref=row.customer_ref, name=row.customer or row.payer)
                found = [invoice for invoice in found if not person or invoice.customer_id == person.id]
            if len(found) > 1:
                raise Refused("ambiguous", f"several customers have an invoice {text}; add the customer", field=name)
            if found:
                return found[0]
            if text and name == "invoice":
                raise Refused("not_found", f"there is no invoice {text}; import it first", field=name)
        return None

    def _customer_id(self, row: PaymentRow) -> int:
        person = self._people.find(ref=row.customer_ref, name=row.customer) or self._people.find(name=row.payer)
        if person is None:
            who = row.customer_ref or row.customer or row.payer or row.reference
            raise Refused(
                "not_found", f"no invoice and no customer is called {who!r}; give the invoice", field="invoice"
            )
        return person.id
