# SPDX-License-Identifier: AGPL-3.0-or-later
"""A credit note of our own for an invoice of our own: numbered in its series, its facts kept, the claim lowered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.core.money import split, to_text
from purring.facts.invoices.issuing import Numbering, draft_facts, issued_with, lock_account, series_of
from purring.facts.invoices.models import CreditNote, Invoice, Issued
from purring.facts.invoices.papers import entity_of, facts_of
from purring.facts.invoices.telling import tell
from purring.facts.payments.settling import credit_note
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.totals import TAX_FREE, TaxTotal, totals


@transaction.atomic
def issue_credit_note(
    invoice: Invoice,
    amount: int,
    *,
    on: date,
    now: datetime,
    actor: str,
    reason: str = "",
    key: str = "",
    shared: bool = False,
) -> CreditNote:
    """Credit a part of an invoice of ours, or all of it. `amount` is gross, in minor units.

    All of it repeats the invoice's lines; a part is one line at the invoice's tax rate, and refused where an invoice has
    several rates (`several_rates`) or no net amount comes to it (`bad_amount`). With `shared` the part is one of the
    whole invoice, such as a discount: it has a line for each rate, in the invoice's proportion. Refuses what `settling.credit_note` refuses
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
        credited_lines(facts, original.facts["lines"], amount, reason, shared=shared),
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
    facts: InvoiceFacts, lines: Sequence[Mapping[str, Any]], amount: int, reason: str, *, shared: bool = False
) -> list[dict[str, Any]]:
    """The lines of a credit note over `amount` of an invoice."""
    sums = totals(facts)
    if amount == sums.gross:
        return [dict(line) for line in lines]
    if len(sums.taxes) > 1 and not shared:
        raise Refused(
            "several_rates",
            f"invoice {facts.number} has several tax rates; credit all of it, and issue what is still owed anew",
            field="amount",
        )
    nets = _nets_of(amount, sums.taxes)
    if nets is None:
        rates = ", ".join(f"{tax.rate.normalize():f} %" for tax in sums.taxes)
        raise Refused(
            "bad_amount",
            f"no net amount with {rates} tax comes to {to_text(amount, facts.currency)}; a cent more or less does",
            field="amount",
        )
    return [
        {
            "description": reason or facts.lines[0].description,
            "unit_price": to_text(net, facts.currency),
            "tax_rate": f"{tax.rate:f}",
            "tax_category": tax.category,
        }
        | ({"exemption_reason": tax.exemption_reason} if tax.exemption_reason else {})
        for net, tax in zip(nets, sums.taxes, strict=True)
        if net
    ]


MOST_RATES = 4
MOVED = (0, 1, -1, 2, -2)
"""Minor units by which the share of a tax rate may differ from its exact part, so that all shares add up."""


def _nets_of(amount: int, taxes: Sequence[TaxTotal]) -> list[int] | None:
    """Net amounts, one for each rate, that come to `amount` with their taxes; shared in the proportion of the invoice."""
    shares = split(amount, [max(tax.basis + tax.tax, 0) for tax in taxes])
    reach = [MOVED if len(taxes) > 1 else (0,)] * len(taxes[:MOST_RATES])
    for moved in sorted(product(*reach), key=lambda by: sum(map(abs, by))):
        by = [*moved, *[0] * (len(taxes) - len(moved))]
        if sum(by):
            continue
        wanted = [share + one for share, one in zip(shares, by, strict=True)]
        nets = [
            _net_of(gross, tax.rate, taxed=tax.category not in TAX_FREE) if gross > 0 else (0 if not gross else None)
            for gross, tax in zip(wanted, taxes, strict=True)
        ]
        if all(net is not None for net in nets):
            return [net for net in nets if net is not None]
    return None


def _net_of(gross: int, rate: Decimal, *, taxed: bool) -> int | None:
    """The net amount that comes to `gross` with its tax, rounded half up as an invoice's tax is."""
    if not taxed:
        return gross
    near = int(gross / (1 + rate / 100))
    for net in (near, near + 1, near - 1):
        if net > 0 and net + int(net * rate / 100 + Decimal("0.5")) == gross:
            return net
    return None
