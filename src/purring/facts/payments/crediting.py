# SPDX-License-Identifier: AGPL-3.0-or-later
"""A credit note of our own for an invoice of our own: numbered in its series, its facts kept, the claim lowered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.facts.invoices.issuing import Numbering, draft_facts, issued_with, lock_account, series_of
from purring.facts.invoices.models import CreditNote, Invoice, Issued
from purring.facts.invoices.papers import entity_of, facts_of
from purring.facts.invoices.telling import tell
from purring.facts.payments.settling import credit_note
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.totals import TAX_FREE, totals


@transaction.atomic
def issue_credit_note(
    invoice: Invoice, amount: int, *, on: date, now: datetime, actor: str, reason: str = "", key: str = ""
) -> CreditNote:
    """Credit a part of an invoice of ours, or all of it. `amount` is gross, in minor units.

    All of it repeats the invoice's lines; a part is one line at the invoice's tax rate, and refused where an invoice has
    several rates (`several_rates`) or no net amount comes to it (`bad_amount`). Refuses what `settling.credit_note` refuses
    and an invoice that was not issued here (`not_issued_here`). The same `key` again gives the same credit note.
    """
    lock_account(invoice.customer)
    if there := issued_with(invoice.organization_id, key):
        assert there.credit_note
        return there.credit_note
    original = Issued.objects.of(invoice.organization_id).filter(invoice=invoice).first()
    if original is None:
        raise Refused(
            "not_issued_here", f"invoice {invoice.number} was not issued here; record its credit note instead"
        )
    entity, facts = entity_of(original), facts_of(original)
    numbering = Numbering(series_of(entity, "credit_note"), on)
    document = draft_facts(
        invoice.customer,
        entity,
        credited_lines(facts, original.facts["lines"], amount, reason),
        number=numbering.number,
        kind="credit_note",
        issued=on,
        due=on,
        currency=invoice.currency,
        corrects=invoice.number,
        note=reason or None,
        **({"order": facts.order} if facts.order else {}),
        buyer=original.facts["buyer"],
    )
    read = read_invoice(document)
    note = credit_note(invoice, totals(read).gross, on=on, now=now, actor=actor, number=read.number, reason=reason)
    numbering.keep(document, key=key, credit_note=note)
    tell(invoice, "credit_note.issued", now, actor, number=read.number, series=numbering.series.pk)
    return note


def credited_lines(
    facts: InvoiceFacts, lines: Sequence[Mapping[str, Any]], amount: int, reason: str
) -> list[dict[str, Any]]:
    """The lines of a credit note over `amount` of an invoice."""
    sums = totals(facts)
    if amount == sums.gross:
        return [dict(line) for line in lines]
    if len(sums.taxes) > 1:
        raise Refused(
            "several_rates",
            f"invoice {facts.number} has several tax rates; credit all of it, and issue what is still owed anew",
            field="amount",
        )
    tax = sums.taxes[0]
    net = _net_of(amount, tax.rate, taxed=tax.category not in TAX_FREE)
    if net is None:
        raise Refused(
            "bad_amount",
            f"no net amount with {tax.rate.normalize():f} % tax comes to {to_text(amount, facts.currency)}; "
            "a cent more or less does",
            field="amount",
        )
    line = {
        "description": reason or facts.lines[0].description,
        "unit_price": to_text(net, facts.currency),
        "tax_rate": f"{tax.rate:f}",
        "tax_category": tax.category,
    }
    return [line | ({"exemption_reason": tax.exemption_reason} if tax.exemption_reason else {})]


def _net_of(gross: int, rate: Decimal, *, taxed: bool) -> int | None:
    """The net amount that comes to `gross` with its tax, rounded half up as an invoice's tax is."""
    if not taxed:
        return gross
    near = int(gross / (1 + rate / 100))
    for net in (near, near + 1, near - 1):
        if net > 0 and net + int(net * rate / 100 + Decimal("0.5")) == gross:
            return net
    return None
