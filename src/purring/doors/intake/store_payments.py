# SPDX-License-Identifier: AGPL-3.0-or-later
"""Books rows of a payment list, each once: to the invoice it names, else on account of the customer it names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from purring.core.errors import Refused
from purring.doors.intake.rows import PaymentRow, Refusal
from purring.doors.intake.store_people import People
from purring.doors.intake.store_rows import Counts
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import Organization
from purring.facts.payments.actions import record_payment
from purring.facts.payments.models import Payment
from purring.kit.tenancy import reach

SOURCE = "file"


class Payments:
    """Takes chunks of rows inside the caller's transaction."""

    def __init__(self, organization: Organization, people: People, now: datetime, actor: str) -> None:
        self._org = organization
        self._people = people
        self._now = now
        self._actor = actor

    def take(self, rows: Sequence[PaymentRow], told: Counts) -> None:
        refs = {row.line: self._ref(row) for row in rows}
        booked = (
            Payment.objects.of(self._org).filter(source=SOURCE, external_ref__in=refs.values()).exclude(external_ref="")
        )
        known = set(booked.values_list("external_ref", flat=True))
        for row in rows:
            if refs[row.line] in known:
                told.unchanged += 1
                continue
            try:
                with transaction.atomic():
                    self._book(row, refs[row.line])
            except Refused as refused:
                field = str(refused.params.get("field", ""))
                told.refused.append(Refusal(row.line, field, refused.message, refused.code))
            else:
                told.created += 1

    def _ref(self, row: PaymentRow) -> str:
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
        self._people.payments_seen[digest] += 1
        return f"{digest}:{self._people.payments_seen[digest]}"

    def _book(self, row: PaymentRow, ref: str) -> None:
        if row.date > self._org.today(self._now):
            raise Refused("bad_date", f"{row.date} has not come yet; a payment lies on a day that has", field="date")
        invoice = self._invoice(row)
        customer = invoice.customer if invoice else self._customer(row)
        record_payment(
            customer,
            row.amount_minor,
            row.currency,
            on=row.date,
            now=self._now,
            actor=self._actor,
            invoice=invoice,
            method=row.method[:20],
            source=SOURCE,
            external_ref=ref,
            note=" · ".join(filter(None, (row.payer, row.description)))[:300],
        )

    def _invoice(self, row: PaymentRow) -> Invoice | None:
        """The invoice named, or the one whose number or payment reference the reference is."""
        person = self._people.find(ref=row.customer_ref, name=row.customer or row.payer)
        for name, text in (("invoice", row.invoice), ("reference", row.reference)):
            if not text:
                continue
            found = list(Invoice.objects.of(self._org).filter(number=text).select_related("customer")[:20])
            if not found and name == "reference":
                found = list(Invoice.objects.of(self._org).filter(reference=text).select_related("customer")[:20])
            if len(found) > 1 and person:
                found = [invoice for invoice in found if invoice.customer_id == person.id]
            if len(found) > 1:
                raise Refused("ambiguous", f"several customers have an invoice {text}; add the customer", field=name)
            if found:
                return found[0]
            if name == "invoice":
                raise Refused("not_found", f"there is no invoice {text}; import it first", field=name)
        return None

    def _customer(self, row: PaymentRow) -> Customer:
        person = self._people.find(ref=row.customer_ref, name=row.customer) or self._people.find(name=row.payer)
        if person is None:
            who = row.customer_ref or row.customer or row.payer or row.reference
            raise Refused(
                "not_found", f"no invoice and no customer is called {who!r}; give the invoice", field="invoice"
            )
        return reach(Customer, self._org, pk=person.id)
