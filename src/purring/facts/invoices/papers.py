# SPDX-License-Identifier: AGPL-3.0-or-later
"""The paper of a document of ours: printed once from the facts that were issued, and kept with the invoice.

Printing follows the numbering in a moment of its own, so that nobody waits for a typesetter to get a number. Whoever
needs the paper and finds none (a process died in between) prints it then.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.invoices.actions import attach
from purring.facts.invoices.issuing import lock_account
from purring.facts.invoices.models import Attachment, Invoice, Issued
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity, Letterhead, Organization
from purring.papers.documents import Brand, Document, Printer
from purring.papers.facts import InvoiceFacts, read_invoice

log = logging.getLogger("purring.papers")
WITH_DATA = ("invoice", "credit_note")
"""Kinds that can carry their data as an e-invoice; a payment request is no invoice."""


def paper_of(issued: Issued, *, now: datetime, actor: str) -> Attachment:
    """The kept paper of a document of ours; printed and kept when there is none yet. Call it outside of transactions
    that hold a series or an account: it takes the account for a moment at the end only."""
    if issued.paper:
        return issued.paper
    made = printed(issued)
    with transaction.atomic():
        invoice = invoice_of(issued)
        lock_account(invoice.customer)
        mine = Issued.objects.of(issued.organization_id).select_for_update().get(pk=issued.pk)
        if mine.paper is None:  # two that print at once: the first one's is kept
            mine.paper = attach(invoice, filename_of(issued), made.pdf, "application/pdf", now=now, actor=actor)
            mine.save(update_fields=["paper"])
    issued.paper = mine.paper
    return mine.paper


def print_missing(organization: Organization, customer_ids: Iterable[int], *, now: datetime, actor: str) -> int:
    """Print what these customers' open invoices of ours still lack; how many. What cannot be printed is logged: the
    words go out without it, as they would for an invoice that came without a PDF."""
    missing = Issued.objects.of(organization).filter(
        paper=None, invoice__customer_id__any_of=list(customer_ids), invoice__settled_on=None
    )
    made = 0
    for issued in missing.order_by("id"):
        try:
            paper_of(issued, now=now, actor=actor)
            made += 1
        except Exception:  # a paper that cannot be printed must not keep the others from being sent
            log.exception("%s of %s cannot be printed", issued.facts["number"], organization.slug)
    return made


def printed(issued: Issued) -> Document:
    """The paper as it would be printed now. With its data inside when the letterhead says so and the facts suffice."""
    facts, entity = facts_of(issued), entity_of(issued)
    letterhead = letterhead_of(entity)
    language = paper_language(facts.buyer.language, entity.organization)
    printer = printer_of(letterhead)
    if letterhead.e_invoice and facts.kind in WITH_DATA:
        try:
            return printer.pdf(facts, language=language, e_invoice=letterhead.e_invoice)
        except Refused as refused:
            log.warning("%s carries no invoice data: %s", facts.number, refused.message)
    return printer.pdf(facts, language=language)


def ubl_of(issued: Issued) -> bytes:
    """The document as UBL: XRechnung where the letterhead says so, else plain EN 16931. Refuses what no e-invoice can say."""
    from purring.papers.einvoice import write_ubl

    profile = "xrechnung" if letterhead_of(entity_of(issued)).e_invoice == "xrechnung" else "en16931"
    return write_ubl(facts_of(issued), profile)


def facts_of(issued: Issued) -> InvoiceFacts:
    """The facts as they stood when it was issued."""
    return read_invoice(issued.facts)


def invoice_of(issued: Issued) -> Invoice:
    """The invoice a document is kept with: itself, or the one that a credit note corrects."""
    rows = Invoice.objects.of(issued.organization_id).select_related("customer")
    if issued.credit_note:
        return rows.get(pk=issued.credit_note.invoice_id)
    return rows.get(issued_here=issued)


def entity_of(issued: Issued) -> LegalEntity:
    """Who issued it."""
    rows = LegalEntity.objects.of(issued.organization_id).select_related("organization")
    return rows.get(series__pk=issued.series_id)


def filename_of(issued: Issued) -> str:
    """`2026-0001.pdf`; what no file system takes becomes a dash when it is sent or saved."""
    return f"{issued.facts['number']}.pdf"


def paper_language(wanted: str, organization: Organization) -> str:
    """A language papers are printed in: the customer's, else the organization's, else English."""
    from purring.papers.documents.house import supported

    for tag in (wanted, organization.language):
        try:
            return supported(tag)
        except Refused:
            continue
    return "en"


def printer_of(letterhead: Letterhead) -> Printer:
    """A printer in the entity's look. One for each look is kept: its logo is proven once."""
    logo = bytes(letterhead.logo) if letterhead.logo else None
    return _printer(Brand(letterhead.colour, letterhead.font, logo, letterhead.window, letterhead.footer))


@lru_cache(16)
def _printer(brand: Brand) -> Printer:
    return Printer(brand)
