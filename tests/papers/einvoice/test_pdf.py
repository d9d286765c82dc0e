# SPDX-License-Identifier: AGPL-3.0-or-later
"""E-invoices in a PDF: found again, and named in the metadata so that the file is a Factur-X document."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest
import typst
from lxml import etree

from purring.core.errors import Refused
from purring.papers.einvoice import factur_x_xmp, read_einvoice, write_cii, write_ubl
from tests.papers.einvoice.invoices import line, made

FACTS = made(lines=[line("100.00")])
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
STANDARDS = [["a-3a", "ua-1"], ["a-3b"], ["a-3u"]]


def typeset(xml: bytes, name: str = "factur-x.xml", standards: Any = None, pages: int = 1) -> bytes:
    text = xml.decode().replace("\\", "\\\\").replace('"', '\\"')
    source = (
        '#set document(title: "Invoice", author: "Brandt")\n#set text(lang: "en")\n'
        f'#pdf.attach("{name}", bytes("{text}"), relationship: "alternative", mime-type: "text/xml", '
        'description: "Factur-X invoice")\n= Invoice\n' + "#pagebreak()\nmore\n" * (pages - 1)
    )
    made_pdf = typst.Compiler().compile(source.encode(), format="pdf", pdf_standards=standards or ["a-3b"])
    assert isinstance(made_pdf, bytes)
    return made_pdf


def metadata(pdf: bytes) -> etree._Element:
    packet = pdf[pdf.index(b"<?xpacket begin") : pdf.index(b"<?xpacket end")]
    return etree.fromstring(packet.partition(b"?>")[2].strip())


def objects_are_where_the_table_says(pdf: bytes) -> int:
    table = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    assert pdf[table : table + 5] == b"xref\n"
    first, count = map(int, pdf[table + 5 :].split(b"\n", 1)[0].split())
    at, right = pdf.index(b"\n", table + 5) + 1, 0
    for number in range(first, first + count):
        entry = pdf[at : at + 20]
        if entry[17:18] == b"n":
            assert pdf[int(entry[:10]) :].startswith(b"%d 0 obj" % number)
            right += 1
        at += 20
    return right


@pytest.mark.parametrize("standards", STANDARDS, ids=lambda one: "+".join(one))
@pytest.mark.parametrize(
    ("profile", "level", "name"),
    [
        ("en16931", "EN 16931", "factur-x.xml"),
        ("basic", "BASIC", "factur-x.xml"),
        ("xrechnung", "XRECHNUNG", "xrechnung.xml"),
    ],
)
def test_metadata_names_the_profile_and_every_object_is_found(
    standards: list[str], profile: str, level: str, name: str
) -> None:
    xml = write_cii(FACTS, profile)
    before = typeset(xml, name, standards, pages=3)
    pdf = factur_x_xmp(before, profile)
    root = metadata(pdf)
    told = {
        one: [element.text for element in root.iter(f"{FX}{one}")]
        for one in ("DocumentType", "DocumentFileName", "ConformanceLevel")
    }
    assert told == {"DocumentType": ["INVOICE"], "DocumentFileName": [name], "ConformanceLevel": [level]}
    assert objects_are_where_the_table_says(pdf) == objects_are_where_the_table_says(before) > 20
    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    assert len(reader.pages) == 3
    assert [str(one) for one in reader.attachments] == [name]
    catalog: Any = reader.trailer["/Root"]
    stream = catalog["/Metadata"].get_object()
    assert (
        stream.get_data()
        == pdf[pdf.index(b"<?xpacket begin") : pdf.index(b"endstream", pdf.index(b"<?xpacket begin"))].rstrip()
    )


def test_the_schema_pdf_a_wants_is_there_once_with_all_properties() -> None:
    root = metadata(factur_x_xmp(typeset(write_cii(FACTS))))
    spaces = {"p": "http://www.aiim.org/pdfa/ns/property#", "s": "http://www.aiim.org/pdfa/ns/schema#"}
    schema: Any = root.xpath("//*[s:prefix='fx']", namespaces=spaces)
    assert len(schema) == 1
    names = {name.text for name in schema[0].iter("{http://www.aiim.org/pdfa/ns/property#}name")}
    assert names == {"DocumentFileName", "DocumentType", "Version", "ConformanceLevel"}


def test_another_program_finds_invoice_and_level() -> None:
    import facturx  # type: ignore[import-untyped]

    pdf = factur_x_xmp(typeset(write_cii(FACTS)))
    name, xml = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=True)
    assert name == "factur-x.xml"
    assert facturx.get_level(etree.fromstring(xml)) == "en16931"


def test_only_metadata_and_table_change() -> None:
    before = typeset(write_cii(FACTS))
    after = factur_x_xmp(before)
    start = before.index(b"<?xpacket begin")
    assert re.sub(rb"/Length \d+", b"", before[:start]) == re.sub(rb"/Length \d+", b"", after[:start])
    assert after != before


@pytest.mark.parametrize("write", [write_cii, write_ubl], ids=["CII", "UBL"])
@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml", "rechnung 17.xml"])
def test_the_invoice_in_a_pdf_is_read(write: object, name: str) -> None:
    xml = write_cii(FACTS) if write is write_cii else write_ubl(FACTS)
    read = read_einvoice(typeset(xml, name))
    assert (read.attachment, read.xml) == (name, xml)
    assert read.facts is not None
    assert read.facts.number == FACTS.number


def test_the_invoice_of_another_library_is_found() -> None:
    import facturx

    plain = typst.Compiler().compile(b'#set document(title: "x")\nHello', format="pdf", pdf_standards=["a-3b"])
    assert isinstance(plain, bytes)
    hybrid = facturx.generate_from_binary(plain, write_cii(FACTS), level="en16931", flavor="factur-x", check_xsd=False)
    assert read_einvoice(hybrid).facts == read_einvoice(write_cii(FACTS)).facts


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (b"%PDF-1.7\nrubbish", "pdf_unreadable"),
        (typeset(b"<note/>", "note.xml"), "no_einvoice"),
        (typeset(b"a,b", "table.csv"), "no_einvoice"),
    ],
    ids=["damaged", "another attachment", "no XML"],
)
def test_a_pdf_without_an_invoice_is_refused(pdf: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_einvoice(pdf)
    assert refused.value.code == code


def _outcome(pdf: bytes) -> str:
    try:
        return "read" if read_einvoice(pdf).facts else "nothing"
    except Refused as refused:
        return refused.code


def test_a_pdf_cut_off_anywhere_is_refused_and_never_breaks() -> None:
    pdf = typeset(write_cii(FACTS))
    outcomes = set()
    for at in range(10, len(pdf), len(pdf) // 40):
        outcomes.add(_outcome(pdf[:at]))
    assert outcomes <= {"read", "pdf_unreadable", "no_einvoice", "not_xml", "not_an_einvoice"}


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", b"no pdf at all startxref 5"], ids=["empty", "short", "text"])
def test_what_is_no_pdf_of_ours_is_refused(pdf: bytes) -> None:
    with pytest.raises(Refused) as refused:
        factur_x_xmp(pdf)
    assert refused.value.code == "pdf_layout"


def test_a_pdf_is_named_once_and_only_as_it_was_made() -> None:
    pdf = factur_x_xmp(typeset(write_cii(FACTS)))
    with pytest.raises(Refused, match="already"):
        factur_x_xmp(pdf)
    later = b"xref\n0 0\ntrailer\n<< /Prev 5 >>\n"
    original = typeset(write_cii(FACTS))
    with pytest.raises(Refused, match="changed after it was made"):
        factur_x_xmp(original + later + b"startxref\n%d\n%%%%EOF" % len(original))
