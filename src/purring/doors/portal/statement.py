# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a customer may know about what is open: per currency the sum, the invoices, and where to pay. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from purring.facts.charges.asked import Standing, standing
from purring.facts.customers.models import Customer
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.models import Credit

MOST_INVOICES = 500


@dataclass(frozen=True)
class OpenInvoice:
    """One open invoice; amounts in minor units of its section's currency."""

    number: str
    is_request: bool
    issued: date
    due: date
    is_due: bool
    amount: int
    received: int
    balance: int
    reference: str
    po_number: str
    description: str
    disputed: bool
    pay_link: str
    charges: Sequence[tuple[str, int]]
    """Asked beside the invoice, (kind, amount), never part of the balance; empty when nothing of them is open."""
    charges_received: int
    charges_waived_by: date | None
    """Paid by this day, they fall away."""


@dataclass(frozen=True)
class Section:
    """Everything open in one currency, the oldest due first."""

    currency: str
    total: int
    due_now: int
    credit: int
    invoices: Sequence[OpenInvoice]


@dataclass(frozen=True)
class Statement:
    sections: Sequence[Section]
    entities: Sequence[LegalEntity]
    """Who is owed and where to pay: the entities of the open invoices, else the default one."""


def statement(customer: Customer, today: date) -> Statement:
    """What is open for the customer on a day."""
    org = customer.organization_id
    rows = list(
        Invoice.objects.of(org)
        .filter(customer=customer, settled_on=None, issued__lte=today)
        .order_by("due", "id")[:MOST_INVOICES]
    )
    disputed = set(
        Dispute.objects.of(org).filter(invoice__in=rows, resolved_at=None).values_list("invoice_id", flat=True)
    )
    beside = standing(rows, today)
    credits = dict(Credit.objects.of(org).filter(customer=customer, amount__gt=0).values_list("currency", "amount"))
    sections = []
    for currency in dict.fromkeys([*(row.currency for row in rows), *credits]):
        mine = [_open(row, today, row.pk in disputed, beside[row.pk]) for row in rows if row.currency == currency]
        total = sum(invoice.balance for invoice in mine)
        due_now = sum(invoice.balance for invoice in mine if invoice.is_due)
        sections.append(Section(currency, total, due_now, credits.get(currency, 0), mine))
    wanted = {row.entity_id for row in rows}
    entities = list(LegalEntity.objects.of(org).order_by("-is_default", "id"))
    named = [entity for entity in entities if entity.pk in wanted or (entity.is_default and wanted <= {None})]
    return Statement(sections, named or entities[:1])


def _open(row: Invoice, today: date, disputed: bool, beside: Standing) -> OpenInvoice:
    sums: dict[str, int] = {}
    for charge in beside.asked if beside.open else ():
        sums[charge.kind] = sums.get(charge.kind, 0) + charge.amount
    return OpenInvoice(
        number=row.number,
        is_request=row.kind == "payment_request",
        issued=row.issued,
        due=row.due,
        is_due=row.due < today,
        amount=row.amount,
        received=row.allocated,
        balance=row.balance,
        reference=row.reference or row.number,
        po_number=row.po_number,
        description=row.description,
        disputed=disputed,
        pay_link=row.pay_link,
        charges=list(sums.items()),
        charges_received=beside.paid if sums else 0,
        charges_waived_by=beside.waived_by if sums else None,
    )
