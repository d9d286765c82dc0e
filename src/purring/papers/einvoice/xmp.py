# SPDX-License-Identifier: Apache-2.0
"""Naming a PDF/A-3 a Factur-X document: the block of XMP metadata that a typesetter does not write.

Typst attaches the XML and writes valid PDF/A-3, but not `fx:DocumentType` and its companions, nor the extension schema
that PDF/A wants for them. They are put into the metadata of the finished file, and the table of objects is shifted
accordingly. That takes a tenth of a millisecond; rewriting the file with a PDF library takes three hundred times that.
"""

from __future__ import annotations

import re

from purring.core.errors import Refused
from purring.papers.einvoice.profiles import find_profile

FILE_NAME = "factur-x.xml"
"""The name the XML must be attached under (`xrechnung.xml` for profile xrechnung)."""

_FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": "The name of the embedded XML document",
    "DocumentType": "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER",
    "Version": "The version of the standard that the embedded XML document follows",
    "ConformanceLevel": "The conformance level of the embedded XML document",
}
_SCHEMA = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
    f"<pdfaSchema:namespaceURI>{_FX}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>"
    + "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{told}</pdfaProperty:description></rdf:li>"
        for name, told in _PROPERTIES.items()
    )
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_BAG_END = "</rdf:Bag></pdfaExtension:schemas>"
_OWN_BAG = (
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    f"<pdfaExtension:schemas><rdf:Bag>{_SCHEMA}{_BAG_END}</rdf:Description>"
)
_LENGTH = re.compile(rb"/Length (\d+)(?! \d+ R)")
_SECTION = re.compile(rb"(\d+) (\d+)\s+(?=\d{10} \d{5} [nf])")
_ENTRY = 20
"""Bytes of one line of the table of objects; the format fixes it."""


def factur_x_xmp(pdf: bytes, profile: str = "en16931") -> bytes:
    """The PDF with the Factur-X metadata of a profile (`basic`, `en16931`, `xrechnung`).

    For PDFs as typst writes them: one classic table of objects, metadata not compressed. Refuses `unknown_profile`,
    and `pdf_layout` for any other PDF, also for one that names itself Factur-X already.
    """
    level = find_profile("cii", profile).conformance_level
    table_at, start, end, objects_at = _layout(pdf)
    metadata = pdf[start:end].decode("utf-8")
    if _FX in metadata:
        raise Refused("pdf_layout", "the PDF has Factur-X metadata already")
    length = _LENGTH.search(pdf, objects_at, start)
    if length is None or b"/Filter" in pdf[objects_at:start]:
        raise Refused("pdf_layout", "the metadata of the PDF is compressed; Factur-X metadata cannot be added")
    spliced = _spliced(metadata, level).encode("utf-8")
    new_length = b"%d" % (int(length[1]) + len(spliced) - (end - start))
    grown = len(spliced) - (end - start) + len(new_length) - len(length[1])
    head = pdf[: length.start(1)] + new_length + pdf[length.end(1) : start] + spliced + pdf[end:table_at]
    startxref = pdf.rindex(b"startxref")
    table = _shifted(pdf[table_at:startxref], objects_at, grown)
    return head + table + b"startxref\n%d\n%%%%EOF" % (table_at + grown)


def _layout(pdf: bytes) -> tuple[int, int, int, int]:
    """Where the table of objects begins, where the XMP packet's content begins and ends, and its object."""
    try:
        table_at = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
        start = pdf.index(b"<?xpacket begin")
        end = pdf.index(b"<?xpacket end", start)
        object_at = pdf.rindex(b" obj", 0, start)
    except (ValueError, IndexError):
        raise Refused("pdf_layout", "the PDF has no XMP metadata; make it as PDF/A-3") from None
    if pdf[table_at : table_at + 4] != b"xref" or b"/Prev" in pdf[table_at:] or end > table_at:
        raise Refused("pdf_layout", "the PDF was changed after it was made, or packs its objects; take the original")
    return table_at, start, end, object_at


def _spliced(metadata: str, level: str) -> str:
    values = {"DocumentType": "INVOICE", "DocumentFileName": FILE_NAME, "Version": "1.0", "ConformanceLevel": level}
    if level == "XRECHNUNG":
        values |= {"DocumentFileName": "xrechnung.xml", "Version": "3.0"}
    inner = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value in values.items())
    block = f'<rdf:Description rdf:about="" xmlns:fx="{_FX}">{inner}</rdf:Description>'
    if _BAG_END in metadata:
        at = metadata.rindex(_BAG_END)
        metadata = metadata[:at] + _SCHEMA + metadata[at:]
    else:
        block += _OWN_BAG
    end = metadata.rindex("</rdf:RDF>")
    return metadata[:end] + block + metadata[end:]


def _shifted(table: bytes, after: int, grown: int) -> bytes:
    """The table of objects with every object that stands behind a place moved on."""
    made, at = [], 0
    while section := _SECTION.search(table, at):
        made.append(table[at : section.end()])
        at = section.end()
        for _ in range(int(section[2])):
            entry = table[at : at + _ENTRY]
            offset = int(entry[:10])
            if entry[17:18] == b"n" and offset > after:
                entry = b"%010d" % (offset + grown) + entry[10:]
            made.append(entry)
            at += _ENTRY
    return b"".join(made) + table[at:]
