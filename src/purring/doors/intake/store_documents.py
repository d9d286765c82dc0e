# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps a PDF with its invoice: the one whose number its file name holds (`1001.pdf`, `Invoice 1001 Nordlys.pdf`), or the
one whose data it carries inside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from purring.core.errors import Refused
from purring.doors.intake.fold import fold
from purring.doors.intake.rows import CustomerRow, InvoiceRow, PaymentRow
from purring.facts.invoices.actions import MAX_ATTACHMENT_BYTES, attach
from purring.facts.invoices.models import Attachment, Invoice
from purring.facts.organizations.models import Organization

_WORDS = re.compile(r"[^\W_]+")
MOST_WORDS = 12


def store_document(organization: Organization, filename: str, content: bytes, *, now: datetime, actor: str) -> bool:
    """Keep the document; True when it was not there yet. Refuses a name that fits no invoice, or several."""
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise Refused("too_large", f"{filename} is larger than 10 MB; save a smaller PDF", field="file")
    invoice = invoice_named(organization, filename)
    before = Attachment.objects.of(organization).filter(invoice=invoice).count()
    attach(invoice, PurePath(filename).name, content, "application/pdf", now=now, actor=actor)
    return Attachment.objects.of(organization).filter(invoice=invoice).count() > before


def keep_with_invoice(
    organization: Organization,
    rows: Sequence[InvoiceRow | CustomerRow | PaymentRow],
    filename: str,
    content: bytes,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Keep the PDF an e-invoice came in with that invoice; one that is too large is left out, as its data are there."""
    for row in rows:
        if not isinstance(row, InvoiceRow) or len(content) > MAX_ATTACHMENT_BYTES:
            continue
        found = Invoice.objects.of(organization).filter(number=row.number).order_by("-id")
        invoice = found.filter(customer__name=row.customer).first() or found.first()
        if invoice:
            attach(invoice, PurePath(filename).name, content, "application/pdf", now=now, actor=actor)


def invoice_named(organization: Organization, filename: str) -> Invoice:
    """The invoice whose number stands in the name; the longest number wins. Spelling of separators does not matter."""
    words = _WORDS.findall(PurePath(filename).stem)[:MOST_WORDS]
    runs = ["".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)]
    wanted = {fold(run) for run in runs} - {""}
    # As written first, by index; only then every number of the organization in its plainest spelling.
    found = list(Invoice.objects.of(organization).filter(number=PurePath(filename).stem)[:2])
    if not found and wanted:
        rows = Invoice.objects.of(organization).values_list("id", "number").iterator(5000)
        fitting = [(len(plain), key) for key, number in rows if (plain := fold(number)) in wanted]
        longest = max((length for length, _ in fitting), default=0)
        keys = [key for length, key in fitting if length == longest]
        found = list(Invoice.objects.of(organization).filter(id__in=keys[:2]))
    if not found:
        raise Refused("not_found", f"{filename}: no invoice has its number in this name; rename the file", field="file")
    if len(found) > 1:
        raise Refused("ambiguous", f"{filename}: several invoices fit this name; rename the file", field="file")
    return found[0]
