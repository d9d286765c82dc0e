# SPDX-License-Identifier: AGPL-3.0-or-later
"""Issuing a document of our own: its number, without gaps, and its facts are settled in one transaction with the claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import record_invoice
from purring.facts.invoices.models import Invoice, Issued, Series
from purring.facts.journal.actions import write
from purring.facts.organizations.models import LegalEntity
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.totals import Totals, totals, unit_price_minor

PREFIXES = {"invoice": "", "payment_request": "R-", "credit_note": "C-"}


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
    **facts: Any,
) -> Invoice:
    """Number a document and record it as a claim. `lines` and `facts` are those of the invoice facts, as JSON has them.

    Numbers of a series rise by one with the date, and none is lost when anything fails. Refuses what `record_invoice` and
    `read_invoice` refuse, a date before the last document's, and lines that add up to nothing.
    """
    series = series or series_of(entity, kind)
    locked = Series.objects.of(customer.organization_id).select_for_update().get(pk=series.pk)
    position = _next(locked, issued)
    number = number_text(locked, issued.year, position)
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
    read = read_invoice(document)
    sums = totals(read)
    invoice = record_invoice(
        customer,
        number=number,
        issued=issued,
        due=due,
        amount=sums.gross,
        currency=currency,
        now=now,
        actor=actor,
        lines=_lines(read, sums),
        kind=kind,
        entity=entity,
        description="; ".join(dict.fromkeys(line.description for line in read.lines)),
        po_number=read.buyer.reference or read.order,
        reference=read.reference,
        pay_link=read.payment_link,
        purchased_on=read.delivered,
    )
    Issued(
        organization_id=customer.organization_id,
        invoice=invoice,
        series=locked,
        position=position,
        year=issued.year if locked.with_year else 0,
        facts=document,
    ).save(force_insert=True)
    locked.last, locked.last_on = position, issued
    locked.save(update_fields=["last", "last_on"])
    write(
        customer.organization_id,
        "invoice.issued",
        at=now,
        actor=actor,
        customer_id=customer.pk,
        invoice_id=invoice.pk,
        series=locked.pk,
        number=number,
    )
    return invoice


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
