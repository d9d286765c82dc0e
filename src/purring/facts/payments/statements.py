# SPDX-License-Identifier: AGPL-3.0-or-later
"""A customer's statement of account as it stands on a day: what is open, credit notes, what came in lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from purring.core.money import to_text
from purring.facts.customers.models import Customer
from purring.facts.invoices.issuing import buyer_facts, seller_facts
from purring.facts.invoices.models import CreditNote, Invoice
from purring.facts.invoices.papers import paper_language, printer_of
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity, Letterhead
from purring.facts.payments.models import Credit, Payment
from purring.papers.documents import Document
from purring.papers.documents.house import labels
from purring.papers.facts import StatementFacts, read_facts

LATELY = timedelta(days=90)
"""Payments that are told on a statement."""
MOST_INVOICES = 2_000
MOST_PAYMENTS = 500


def currencies_of(customer: Customer) -> list[str]:
    """The currencies of the account, the one with most open invoices first; the organization's when there is nothing."""
    open_ones = Count("id", filter=Q(settled_on=None))
    rows = customer.invoices.values("currency").annotate(open_ones=open_ones).order_by("-open_ones", "currency")
    return [row["currency"] for row in rows] or [customer.organization.currency]


class Line(NamedTuple):
    """Something owed beside the invoices, a row of its own; amounts in minor units of the statement's currency."""

    number: str
    on: date
    amount: int
    paid: int


def statement_facts(customer: Customer, on: date, currency: str, beside: Sequence[Line] = ()) -> StatementFacts:
    """What a statement says. A credit note is a row of its own with a negative amount, and so is money on account, so that
    the rows add up to what is owed. `beside`: late charges, each a row of its own too."""
    return _statement(customer, on, currency, beside)[0]


def _statement(
    customer: Customer, on: date, currency: str, beside: Sequence[Line]
) -> tuple[StatementFacts, Letterhead]:
    """What it says, and the letterhead of whoever is owed."""
    org = customer.organization_id
    mine = Invoice.objects.of(org).filter(customer=customer, currency=currency, settled_on=None, issued__lte=on)
    rows = list(mine.order_by("due", "id")[:MOST_INVOICES])
    notes = CreditNote.objects.of(org).filter(invoice__in=rows, cancelled_at=None).order_by("issued", "id")
    lately = Payment.objects.of(org).filter(
        customer=customer, currency=currency, on__gt=on - LATELY, on__lte=on, settled_on__isnull=False, reversals=None
    )
    entity = _entity(rows, org)
    letterhead = letterhead_of(entity)
    credit = Credit.objects.of(org).filter(customer=customer, currency=currency).first()

    def row(number: str, issued: date, due: date, amount: int, paid: int) -> dict[str, str]:
        return {
            "number": number,
            "issued": issued.isoformat(),
            "due": due.isoformat(),
            "amount": to_text(amount, currency),
            "paid": to_text(paid, currency),
        }

    told = [row(one.number, one.issued, one.due, one.amount, one.allocated) for one in rows]
    told += [row(one.number or f"−{one.invoice.number}", one.issued, one.issued, -one.amount, 0) for one in notes]
    told += [row(one.number, one.on, one.on, one.amount, one.paid) for one in beside]
    language = paper_language(customer.language, customer.organization)
    if credit and credit.amount:
        told.append(row(labels(language)["credited"], on, on, -credit.amount, 0))
    document = {
        "seller": seller_facts(entity),
        "buyer": buyer_facts(customer) | {"language": language},
        "as_of": on.isoformat(),
        "currency": currency,
        "invoices": told,
        "payments": [
            {"on": one.on.isoformat(), "amount": to_text(one.amount, currency), "method": one.method}
            for one in lately.order_by("on", "id")[:MOST_PAYMENTS]
        ],
        "note": letterhead.footer or None,
    }
    facts = read_facts("statement", document)
    assert isinstance(facts, StatementFacts)
    return facts, letterhead


def statement_pdf(customer: Customer, on: date, currency: str, beside: Sequence[Line] = ()) -> Document:
    """The statement as PDF, on the letterhead of whoever is owed."""
    facts, letterhead = _statement(customer, on, currency, beside)
    return printer_of(letterhead).pdf(facts)


def _entity(rows: list[Invoice], organization_id: int) -> LegalEntity:
    """Who is owed: the entity of the first invoice, else the default one."""
    entities = LegalEntity.objects.of(organization_id)
    wanted = next((one.entity_id for one in rows if one.entity_id), None)
    return (entities.filter(pk=wanted).first() if wanted else None) or entities.order_by("-is_default", "id")[0]
