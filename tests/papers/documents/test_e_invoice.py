# SPDX-License-Identifier: AGPL-3.0-or-later
"""The invoice's data inside its PDF."""

from __future__ import annotations

import facturx  # type: ignore[import-untyped]
import pytest

from purring.core.errors import Refused
from purring.papers.einvoice import read_einvoice, write_cii
from purring.papers.facts import InvoiceFacts
from tests.papers.documents.cast import Seen, invoice, paper_facts, plain_printer


def complete() -> InvoiceFacts:
    facts = paper_facts("invoice", "de")
    assert isinstance(facts, InvoiceFacts)
    return facts


@pytest.mark.parametrize(("profile", "level"), [("basic", "BASIC"), ("en16931", "EN 16931")])
def test_factur_x(profile: str, level: str) -> None:
    facts = complete()
    document = plain_printer().pdf(facts, e_invoice=profile)
    name, xml = facturx.get_facturx_xml_from_pdf(document.pdf, check_xsd=True)
    assert name == "factur-x.xml"
    assert xml == write_cii(facts, profile)
    seen = Seen(document)
    assert f"<fx:ConformanceLevel>{level}</fx:ConformanceLevel>" in seen.metadata
    assert "<pdfaid:part>3</pdfaid:part>" in seen.metadata
    root = seen.reader.trailer["/Root"]
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Alternative"  # type: ignore[index]
    assert "1.604,36 €" in seen.text, "it can still be read"


def test_xrechnung_in_a_pdf() -> None:
    seen = Seen(plain_printer().pdf(complete(), e_invoice="xrechnung"))
    assert list(seen.reader.attachments) == ["xrechnung.xml"]
    assert "<fx:DocumentFileName>xrechnung.xml</fx:DocumentFileName>" in seen.metadata


def test_our_own_reader_gets_the_facts_back() -> None:
    facts = complete()
    read = read_einvoice(plain_printer().pdf(facts, e_invoice="en16931").pdf)
    assert "2026-0417" in str(read)
    assert "Café Zürich & Söhne" in str(read)


def test_only_invoices_carry_data() -> None:
    with pytest.raises(Refused) as refused:
        plain_printer().pdf(paper_facts("statement", "de"), e_invoice="en16931")
    assert refused.value.code == "not_an_invoice"
    with pytest.raises(Refused) as refused:
        plain_printer().pdf(invoice("de"), e_invoice="best")
    assert refused.value.code == "unknown_profile"


def test_text_in_the_data_cannot_leave_it() -> None:
    facts = invoice("de", note='"), relationship: "data") #panic("x") \\')
    _, xml = facturx.get_facturx_xml_from_pdf(plain_printer().pdf(facts, e_invoice="en16931").pdf, check_xsd=True)
    assert xml == write_cii(facts, "en16931")
