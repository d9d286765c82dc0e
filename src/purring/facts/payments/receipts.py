# SPDX-License-Identifier: AGPL-3.0-or-later
"""The receipt of a payment: what came in, what it paid, on the letterhead of whoever was paid. A payment of several
invoices has one receipt that names them all. Money that paid nothing yet has none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.facts.invoices.issuing import buyer_facts, seller_facts
from purring.facts.invoices.models import Invoice, Issued
from purring.facts.invoices.papers import paper_language, printer_of
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.actions import unapplied
from purring.facts.payments.models import Allocation, ChargeAllocation, Payment
from purring.papers.documents import Document
from purring.papers.documents.house import labels
from purring.papers.facts import ReceiptFacts, read_facts

MOST_NUMBER = 60
"""Characters of a document's number (see `purring.papers.facts`)."""


def receipt_facts(payment: Payment, language: str) -> ReceiptFacts:
    """What the receipt says, as things stood right after the payment. Refuses (`not_found`) when it paid nothing, or all of
    it went back."""
    paid, beside = _given(payment, Allocation), _given(payment, ChargeAllocation)
    keys = [key for key in {**paid, **beside} if paid.get(key, 0) + beside.get(key, 0) > 0]
    if not payment.settled_on or not keys:
        raise Refused("not_found", "this payment has paid nothing, so there is no receipt")
    org, currency = payment.organization_id, payment.currency
    invoices = list(Invoice.objects.of(org).filter(pk__in=keys).select_related("entity").order_by("due", "id"))
    document = (_single(payment, invoices[0]) if len(invoices) == 1 else None) or _document(payment, invoices, language)
    lines = document["lines"]
    said = labels(language)
    if charges := sum(beside[key] for key in keys if key in beside):
        lines.append({"description": said["charges"], "unit_price": to_text(charges, currency)})
    if left := unapplied(payment):
        lines.append({"description": said["credited"], "unit_price": to_text(left, currency)})
    now = sum(paid.get(key, 0) for key in keys) + charges + left
    before = Allocation.objects.of(org).filter(invoice__in=invoices, payment_id__lt=payment.pk)
    document["paid"] = to_text(now + max(0, sum(before.values_list("amount", flat=True))), currency)
    document["payment"] = {
        "on": payment.settled_on.isoformat(),
        "amount": to_text(now, currency),
        "method": payment.method,
    }
    facts = read_facts("receipt", document)
    assert isinstance(facts, ReceiptFacts)
    return facts


def receipt_pdf(payment: Payment, language: str = "") -> Document:
    """The receipt as PDF, in a language papers are printed in: this one, else the customer's. Refuses as `receipt_facts`."""
    spoken = paper_language(language or payment.customer.language, payment.customer.organization)
    facts = receipt_facts(payment, spoken)
    return printer_of(letterhead_of(_entity(payment))).pdf(facts, language=spoken)


def _given(payment: Payment, model: type[Allocation] | type[ChargeAllocation]) -> dict[int, int]:
    """What a payment gave, by invoice id, less what went back."""
    given: dict[int, int] = {}
    rows = model.objects.of(payment.organization_id).filter(payment=payment).order_by("id")
    for key, amount in rows.values_list("invoice_id", "amount"):
        given[key] = given.get(key, 0) + amount
    return given


def _single(payment: Payment, invoice: Invoice) -> dict[str, Any] | None:
    """One invoice of our own as it was issued; None for any other, and for one that was credited since."""
    issued = Issued.objects.of(payment.organization_id).filter(invoice=invoice).first()
    if issued is None or invoice.credited or invoice.forgiven:
        return None
    kept = {name: value for name, value in issued.facts.items() if name not in ("payment_link", "early_payment")}
    return kept | {"lines": [dict(line) for line in issued.facts["lines"]]}


def _document(payment: Payment, invoices: Sequence[Invoice], language: str) -> dict[str, Any]:
    """A line for each invoice with what it asks."""
    first, said = invoices[0], labels(language)
    numbers = ", ".join(one.number for one in invoices)
    if len(numbers) > MOST_NUMBER:
        more = f" +{len(invoices) - 1}"
        numbers = first.number[: MOST_NUMBER - len(more)] + more
    lines = []
    for one in invoices:
        name = f"{said['payment_request' if one.kind == 'payment_request' else 'invoice']} {one.number}"
        asked = one.amount - one.credited - one.forgiven
        lines.append(
            {
                "description": f"{name}: {one.description}" if one.description else name,
                "unit_price": to_text(asked, one.currency),
            }
        )
    return {
        "seller": seller_facts(_entity(payment, first)),
        "buyer": buyer_facts(payment.customer) | {"reference": first.po_number or None if len(invoices) == 1 else None},
        "kind": first.kind,
        "number": numbers,
        "issued": first.issued.isoformat(),
        "due": first.due.isoformat(),
        "currency": first.currency,
        "lines": lines,
    }


def _entity(payment: Payment, invoice: Invoice | None = None) -> LegalEntity:
    """Who was paid: the entity of the invoice, else the default one."""
    if invoice is None:
        keys = [key for key, amount in _given(payment, Allocation).items() if amount > 0]
        invoice = Invoice.objects.of(payment.organization_id).filter(pk__in=keys).order_by("due", "id").first()
    if invoice and invoice.entity:
        return invoice.entity
    return LegalEntity.objects.of(payment.organization_id).order_by("-is_default", "id")[0]
