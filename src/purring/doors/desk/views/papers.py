# SPDX-License-Identifier: AGPL-3.0-or-later
"""Papers: how they look (with a picture of one), an invoice's PDF and UBL, a statement, an evidence pack."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.doors.desk.choices import OWN_NAMES
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import sentence
from purring.doors.desk.letterhead_forms import LetterheadForm
from purring.doors.desk.pictures import picture
from purring.doors.desk.views.settings import kept, show
from purring.facts.charges.stated import charge_lines
from purring.facts.customers.models import Customer
from purring.facts.invoices.issuing import reference_for, seller_facts
from purring.facts.invoices.models import Invoice, Issued
from purring.facts.invoices.papers import paper_language, printed, printer_of, ubl_of
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity, Letterhead
from purring.facts.payments.models import Payment
from purring.facts.payments.receipts import receipt_pdf
from purring.facts.payments.statements import currencies_of, statement_pdf
from purring.followup.evidence import evidence_pack
from purring.kit.tenancy import reach
from purring.papers.documents.house import LANGUAGES
from purring.papers.facts import InvoiceFacts, read_invoice


def letterhead(request: HttpRequest, desk: Desk, entity_id: int) -> HttpResponse:
    """The designer: what is kept is seen at once, on a sample invoice in any language."""
    entity = reach(LegalEntity, desk.organization, pk=entity_id)
    look = letterhead_of(entity)
    form = LetterheadForm(request.POST or None, request.FILES or None, desk=desk, letterhead=look)
    if request.method == "POST" and form.run():
        return kept(request, "desk:letterhead", entity.pk)
    status = 422 if request.method == "POST" else 200
    shown = letterhead_of(entity)  # as it is kept: a refused form changes nothing
    language = paper_language(request.GET.get("language", ""), desk.organization)
    sample = printer_of(shown).pdf(_sample(entity, shown, desk), language=language)
    context: dict[str, Any] = {
        "form": form,
        "entity": entity,
        "entities": list(LegalEntity.objects.of(desk.organization).order_by("-is_default", "name")),
        "languages": [(tag, OWN_NAMES.get(tag, tag)) for tag in LANGUAGES],
        "shown_in": language,
        "picture": picture(sample.pdf),
    }
    return show(request, "letterhead", "letterhead", status, **context)


def letterheads(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The default entity's page."""
    found = LegalEntity.objects.of(desk.organization).order_by("-is_default", "id").first()
    return go_on(request, reverse("desk:letterhead", args=[found.pk]) if found else reverse("desk:settings"))


def _sample(entity: LegalEntity, look: Letterhead, desk: Desk) -> InvoiceFacts:
    """An invoice as the entity would issue one today."""
    currency = desk.organization.currency
    document = {
        "seller": seller_facts(entity),
        "buyer": {
            "name": "Morgenstern & Sons",
            "contact": "Ada Morgenstern",
            "address": {"lines": ["12 Harbour Street"], "postcode": "1000", "city": "Seaton"},
            "country": entity.country,
            "reference": "PO-77",
        },
        "number": f"{desk.today.year}-0001",
        "issued": desk.today.isoformat(),
        "due": (desk.today + timedelta(14)).isoformat(),
        "currency": currency,
        "note": look.footer or None,
        "lines": [
            {"description": "Oak table, oiled", "unit_price": to_text(124_000, currency), "tax_rate": "20"},
            {"description": "Chairs", "quantity": "4", "unit_price": to_text(18_500, currency), "tax_rate": "20"},
        ],
    }
    document["reference"] = reference_for(read_invoice(document), bank_references=look.bank_references)
    return read_invoice(document)


def paper(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    """The PDF of an invoice of ours. One that is not kept yet is printed for this reader and not kept: looking
    changes nothing."""
    issued = _issued(desk, invoice_id)
    content = bytes(issued.paper.content) if issued.paper else printed(issued).pdf
    return download(content, f"{issued.facts['number']}.pdf", "application/pdf")


def ubl(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    """The invoice as UBL, to be uploaded elsewhere; what no e-invoice can say is told on the invoice's page."""
    issued = _issued(desk, invoice_id)
    try:
        content = ubl_of(issued)
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
        return go_on(request, reverse("desk:invoice", args=[invoice_id]))
    return download(content, f"{issued.facts['number']}.xml", "application/xml")


def _issued(desk: Desk, invoice_id: int) -> Issued:
    invoice = reach(Invoice, desk.organization, pk=invoice_id)
    return reach(Issued, desk.organization, invoice=invoice)


def evidence(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    """The evidence pack of an invoice; the journal notes that it was made."""
    invoice = reach(Invoice, desk.organization, pk=invoice_id)
    pack = evidence_pack(invoice, now=desk.now, actor=desk.actor)
    return download(pack.content, f"evidence-{invoice.number}.zip", "application/zip")


def statement(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """The customer's account as it stands now, in `currency`, else in the one that most invoices are in."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    customer.organization = desk.organization
    there = currencies_of(customer)
    currency = request.GET.get("currency", "")
    currency = currency if currency in there else there[0]
    made = statement_pdf(customer, desk.today, currency, charge_lines(customer, desk.today, currency))
    name = f"{slugify(customer.name) or 'statement'}-{desk.today}-{currency}.pdf"
    return download(made.pdf, name, "application/pdf")


def receipt(request: HttpRequest, desk: Desk, payment_id: int) -> HttpResponse:
    """The receipt of a payment, in the customer's language; of money that has paid nothing there is none."""
    payment = reach(Payment, desk.organization, pk=payment_id)
    try:
        made = receipt_pdf(payment)
    except Refused as refused:
        messages.warning(request, sentence(refused.message))
        return go_on(request, reverse("desk:payment", args=[payment.pk]))
    return download(
        made.pdf, f"receipt-{slugify(payment.customer.name) or 'payment'}-{payment.on}.pdf", "application/pdf"
    )


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to be saved; never shown inside our own pages."""
    response = HttpResponse(content, content_type=content_type)
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._- ") else "_" for sign in name)
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
