# SPDX-License-Identifier: AGPL-3.0-or-later
"""Late charges as a statement of account tells them: rows of their own, beside the invoices they belong to."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from purring.facts.charges.accruing import law_book
from purring.facts.charges.asked import standing
from purring.facts.charges.models import Choice
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.invoices.papers import paper_language
from purring.facts.payments.statements import Line
from purring.law.conventions import PART_OF
from purring.papers.documents.house import labels


def charge_lines(customer: Customer, on: date, currency: str) -> list[Line]:
    """What was asked beside the customer's invoices and is owed on a day: one row for each kind beside each invoice. What
    falls away when the invoice is paid in time is not owed yet; beside a paid invoice only what a person pursues is."""
    mine = Invoice.objects.of(customer.organization_id).filter(
        Q(settled_on=None) | Q(charge_handling__choice=Choice.PURSUE), customer=customer, currency=currency
    )
    invoices = list(mine.filter(asked_charges__isnull=False).distinct().order_by("due", "id"))
    language = paper_language(customer.language, customer.organization)
    law = law_book()
    lines = []
    for invoice, beside in zip(invoices, standing(invoices, on).values(), strict=True):
        if beside.waived_by or not beside.open:
            continue
        left = beside.paid
        for charge in sorted(beside.asked, key=lambda one: PART_OF[one.kind] != "costs"):  # money fills cost first
            paid = min(left, charge.whole)
            left -= paid
            name = law.charge_name(customer.country, customer.kind, charge.kind, language)
            name = name or labels(language)[charge.kind]
            lines.append(Line(f"{name[:1].upper()}{name[1:]} · {invoice.number}", charge.on, charge.whole, paid))
    return lines
