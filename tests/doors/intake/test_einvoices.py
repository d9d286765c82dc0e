# SPDX-License-Identifier: AGPL-3.0-or-later
"""E-invoices in: UBL, CII and a PDF with its data inside become invoices with lines; the PDF is kept with its invoice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.doors.intake.locale import LocaleFacts
from purring.doors.intake.reading import Reading, read
from purring.doors.intake.rows import InvoiceRow, Refusal
from purring.doors.intake.storing import FileResult, store
from purring.facts.invoices.models import Attachment, Invoice
from purring.facts.organizations.models import LegalEntity
from purring.papers.documents import Printer
from purring.papers.einvoice import write_cii, write_ubl
from purring.papers.facts import InvoiceFacts, read_invoice
from tests.apps.facts.cast import NOW, fjord
from tests.papers.sample import changed, invoice

GERMAN = LocaleFacts("de", "DE", "EUR")


def facts(**more: Any) -> InvoiceFacts:
    return invoice(**more)


def pdf(one: InvoiceFacts) -> bytes:
    return Printer().pdf(one, e_invoice="en16931").pdf


WRITERS: dict[str, Callable[[InvoiceFacts], bytes]] = {"ubl": write_ubl, "cii": write_cii, "pdf": pdf}


def reading(content: bytes, name: str = "invoice") -> Reading:
    return read(content, locale=GERMAN, name=name)


@pytest.mark.parametrize("form", WRITERS)
def test_it_is_one_invoice_with_its_lines(form: str) -> None:
    one = facts()
    found = reading(WRITERS[form](one))
    (row,) = found.rows()
    assert isinstance(row, InvoiceRow)
    assert (found.kind, found.total, found.columns) == ("invoices", 1, None)
    assert (row.number, row.customer, row.due, row.currency) == (one.number, one.buyer.name, one.due, one.currency)
    assert len(row.lines) == len(one.lines)
    assert bool(found.document) == (form == "pdf")


def test_what_the_document_asks_for_counts() -> None:
    """A rounding of the amount due stands in no line; it is told."""
    xml = write_ubl(facts())
    stated = xml.partition(b"<cbc:PayableAmount")[2].partition(b">")[2].partition(b"<")[0]
    rounded = xml.replace(
        b"<cbc:PayableAmount",
        b'<cbc:PayableRoundingAmount currencyID="EUR">0.01</cbc:PayableRoundingAmount><cbc:PayableAmount',
    )
    before, mark, after = rounded.rpartition(b">" + stated + b"</cbc:PayableAmount>")
    more = f"{float(stated) + 0.01:.2f}".encode()
    found = reading(before + mark.replace(stated, more) + after)
    (row,) = found.rows()
    (plain,) = reading(xml).rows()
    assert isinstance(row, InvoiceRow)
    assert isinstance(plain, InvoiceRow)
    assert row.amount_minor == plain.amount_minor + 1
    assert "rounded" in {note.code for note in found.notes}


def test_a_credit_note_is_a_refused_row() -> None:
    (refusal,) = reading(write_ubl(facts(kind="credit_note", corrects="1"))).rows()
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_an_invoice"


@pytest.mark.parametrize(
    "xml", [b"<a/>", b"<?xml version='1.0'?><Invoice/>", b"<rsm:CrossIndustryInvoice>", b"<!DOCTYPE a []><a/>"]
)
def test_other_xml_is_refused(xml: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        reading(xml)
    assert refusal.value.code == "unreadable"
    assert "no e-invoice" in refusal.value.message


def test_a_pdf_without_data_is_a_document_like_any_other() -> None:
    assert reading(Printer().pdf(facts()).pdf).kind == "attachment"


@pytest.mark.django_db
class TestStored:
    def stored(self, content: bytes, **options: Any) -> tuple[Any, FileResult]:
        organization = fjord(country="DE")
        result = store(organization, reading(content, "4711.pdf"), now=NOW, actor="import", **options)
        return organization, result

    def test_the_pdf_is_kept_with_its_invoice(self) -> None:
        content = pdf(facts())
        organization, result = self.stored(content)
        invoice = Invoice.objects.of(organization).get()
        assert (result.created, result.refused, invoice.number) == (1, [], facts().number)
        assert invoice.lines.count() == len(facts().lines)
        assert bytes(Attachment.objects.of(organization).get(invoice=invoice).content) == content
        again = store(organization, reading(content, "4711.pdf"), now=NOW, actor="import")
        assert (again.created, again.unchanged) == (0, 1)
        assert Attachment.objects.of(organization).count() == 1

    def test_a_dry_run_keeps_nothing(self) -> None:
        organization, result = self.stored(pdf(facts()), dry_run=True)
        assert result.created == 1
        assert not Attachment.objects.of(organization).exists()

    def test_an_invoice_to_us_is_not_asked_for(self) -> None:
        organization = fjord(country="DE")
        LegalEntity.objects.of(organization).update(name="Café Zürich & Söhne")
        document = changed() | {"buyer": {"name": "CAFÉ ZÜRICH & SÖHNE", "country": "DE"}}
        result = store(organization, reading(write_ubl(read_invoice(document))), now=NOW, actor="import")
        assert [one.code for one in result.refused] == ["not_ours"]
        assert not Invoice.objects.of(organization).exists()

    def test_the_day_is_that_of_the_document(self) -> None:
        organization, _ = self.stored(write_cii(facts(issued="2026-02-02", due="2026-02-16", delivered=None)))
        assert Invoice.objects.of(organization).get().issued == date(2026, 2, 2)
