# SPDX-License-Identifier: AGPL-3.0-or-later
"""Issuing a document of our own: its number, without gaps, and its facts are settled in one transaction with the claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from purring.core import references
from purring.core.errors import Refused
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import record_invoice
from purring.facts.invoices.models import Invoice, Issued, Series
from purring.facts.journal.actions import write
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.payment_reference import payment_reference, scheme_of
from purring.papers.totals import Totals, totals, unit_price_minor

PREFIXES = {"invoice": "", "payment_request": "R-", "credit_note": "C-"}
AGREED_WITH_BANK = frozenset(("kid10", "kid11", "bankgiro_ocr", "fik"))
"""Kinds of references that only go with an agreement between seller and bank."""


def series_of(entity: LegalEntity, kind: str) -> Series:
    """The entity's first series for a kind of document; made when there is none yet."""
    found = Series.objects.of(entity.organization_id).filter(entity=entity, kind=kind).order_by("id").first()
    if found:
        return found
    row, _ = Series.objects.of(entity.organization_id).get_or_create(
        organization_id=entity.organization_id, entity=entity, kind=kind, prefix=PREFIXES[kind]
    )
    return row


@transaction.atomic
def issue_invoice(
    customer: Customer,
    entity: LegalEntity,
    lines: Sequence[Mapping[str, Any]],
    *,
    issued: date,
    due: date,
    currency: str,
    now: datetime,
    actor: str,
    series: Series | None = None,
    kind: str = "invoice",
    key: str = "",
    known_on: date | None = None,
    **facts: Any,
) -> Invoice:
    """Number a document and record it as a claim. `lines` and `facts` are those of the invoice facts, as JSON has them.

    Numbers of a series rise by one with the date, and none is lost when anything fails. Refuses what `record_invoice` and
    `read_invoice` refuse, a date before the last document's, and lines that add up to nothing. The same `key` again gives
    the invoice that was issued with it. The paper is printed afterwards (`papers.paper_of`), outside of this transaction.
    """
    lock_account(customer)
    if there := issued_with(customer.organization_id, key):
        assert there.invoice
        return there.invoice
    numbering = Numbering(series or series_of(entity, kind), issued)
    document = draft_facts(
        customer, entity, lines, number=numbering.number, kind=kind, issued=issued, due=due, currency=currency, **facts
    )
    read = read_invoice(document)
    sums = totals(read)
    invoice = record_invoice(
        customer,
        number=numbering.number,
        issued=issued,
        due=due,
        amount=sums.gross,
        currency=currency,
        now=now,
        actor=actor,
        lines=_lines(read, sums),
        known_on=known_on,
        kind=kind,
        entity=entity,
        description="; ".join(dict.fromkeys(line.description for line in read.lines)),
        po_number=read.buyer.reference or read.order,
        reference=read.reference,
        pay_link=read.payment_link,
        purchased_on=read.delivered,
    )
    numbering.keep(document, key=key, invoice=invoice)
    write(
        customer.organization_id,
        "invoice.issued",
        at=now,
        actor=actor,
        customer_id=customer.pk,
        invoice_id=invoice.pk,
        series=numbering.series.pk,
        number=numbering.number,
    )
    return invoice


def lock_account(customer: Customer) -> None:
    """The account before the series: everybody locks in this order, so that two never wait for each other."""
    list(Customer.objects.of(customer.organization_id).select_for_update().filter(pk=customer.pk).values_list("id"))


def issued_with(organization_id: int, key: str) -> Issued | None:
    """What was issued from the form with this key."""
    return Issued.objects.of(organization_id).filter(key=key).first() if key else None


class Numbering:
    """The next number of a series, locked until the transaction ends; `keep` takes it."""

    def __init__(self, series: Series, issued: date) -> None:
        self.series = Series.objects.of(series.organization_id).select_for_update().get(pk=series.pk)
        self.issued = issued
        self.position = _next(self.series, issued)
        self.number = number_text(self.series, issued.year, self.position)

    def keep(self, document: dict[str, Any], **of: Any) -> Issued:
        """The document has the number now."""
        made = Issued(
            organization_id=self.series.organization_id,
            series=self.series,
            position=self.position,
            year=self.issued.year if self.series.with_year else 0,
            facts=document,
            **of,
        )
        made.save(force_insert=True)
        self.series.last, self.series.last_on = self.position, self.issued
        self.series.save(update_fields=["last", "last_on"])
        return made


def draft_facts(
    customer: Customer,
    entity: LegalEntity,
    lines: Sequence[Mapping[str, Any]],
    *,
    number: str,
    kind: str,
    issued: date,
    due: date,
    currency: str,
    **facts: Any,
) -> dict[str, Any]:
    """The facts of a document as it would be issued: seller and buyer as they are now, the letterhead's text below the
    note, and the payment reference made when none is given. Refuses what `read_invoice` refuses."""
    letterhead = letterhead_of(entity)
    document: dict[str, Any] = {
        **facts,
        "kind": kind,
        "seller": seller_facts(entity),
        "buyer": {**buyer_facts(customer), **facts.get("buyer", {})},
        "number": number,
        "issued": issued.isoformat(),
        "due": due.isoformat(),
        "currency": currency,
        "lines": [dict(line) for line in lines],
    }
    if letterhead.footer:
        document["note"] = "\n\n".join(part for part in (facts.get("note"), letterhead.footer) if part)
    if kind != "credit_note" and not facts.get("reference"):
        document["reference"] = reference_for(read_invoice(document), bank_references=letterhead.bank_references)
    return document


def reference_for(read: InvoiceFacts, *, bank_references: bool) -> str:
    """The payment reference for a document's number. Without an agreement with the bank its own kinds (KID, OCR, FIK)
    are not made, as the bank would send the money back; a short one that tells typing errors takes their place."""
    accounts = read.seller.accounts
    if accounts and not bank_references and scheme_of(accounts[0]) in AGREED_WITH_BANK:
        return references.printed("short", references.make("short", read.number))
    return payment_reference(read).bare


def next_number(series: Series, issued: date) -> str:
    """The number a document of that day would get now; nothing is taken. Refuses a date before the last document's."""
    return number_text(series, issued.year, _next(series, issued))


def number_text(series: Series, year: int, position: int) -> str:
    """`F-2026-0001`, or `F-0001` without the year."""
    return f"{series.prefix}{f'{year}-' if series.with_year else ''}{position:0{series.width}}"


def seller_facts(entity: LegalEntity) -> dict[str, Any]:
    """A legal entity as the seller of a document."""
    accounts = [
        {name: account[name] for name in ("scheme", "number", "bic", "city") if account.get(name)}
        for account in entity.accounts
    ]
    return {
        "name": entity.name,
        "address": _address(entity),
        "country": entity.country,
        "vat_id": entity.vat_id or None,
        "registration": entity.registration or None,
        "accounts": accounts,
        "email": entity.email or None,
        "phone": entity.phone or None,
    }


def buyer_facts(customer: Customer) -> dict[str, Any]:
    """A customer as the buyer of a document."""
    person = customer.contacts.order_by("position", "id").first()
    return {
        "name": customer.name,
        "contact": (person.name or None) if person else None,
        "address": _address(customer),
        "country": customer.country,
        "language": customer.language,
        "vat_id": customer.vat_id or None,
        "email": (person.email or None) if person else None,
    }


def _address(party: LegalEntity | Customer) -> dict[str, Any]:
    return {"lines": party.address_lines.splitlines(), "postcode": party.postcode, "city": party.city}


def _next(series: Series, issued: date) -> int:
    if series.last_on and issued < series.last_on:
        raise Refused(
            "bad_date",
            f"the last document of this series is dated {series.last_on}; numbers follow the dates, so choose that day or later",
            field="issued",
        )
    fresh = series.with_year and series.last_on is not None and issued.year != series.last_on.year
    return 1 if fresh else series.last + 1


def _lines(read: InvoiceFacts, sums: Totals) -> list[dict[str, Any]]:
    return [
        {
            "description": line.description[:500],
            "quantity": line.quantity,
            "unit_price": unit_price_minor(line, read.currency),
            "tax_rate": line.tax_rate,
            "total": total,
        }
        for line, total in zip(read.lines, sums.lines, strict=True)
    ]
