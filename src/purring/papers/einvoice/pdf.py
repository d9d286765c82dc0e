# SPDX-License-Identifier: Apache-2.0
"""Finding the e-invoice that is attached to a PDF (Factur-X, ZUGFeRD, XRechnung in a PDF, and others)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from purring.core.errors import Refused

MAX_PDF_BYTES = 64 * 1024 * 1024
MOST_FILES = 200

_KNOWN = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
"""Names the standards give to the invoice, in capitals or not; looked for first."""
_MARKS = (
    b"CrossIndustryInvoice",
    b"CrossIndustryDocument",
    b"ubl:schema:xsd:Invoice-2",
    b"ubl:schema:xsd:CreditNote-2",
)


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    xml: bytes


def is_pdf(data: bytes) -> bool:
    """By how the file begins; some programs put blanks before it."""
    return data[:1024].lstrip().startswith(b"%PDF-")


def attached_xml(data: bytes) -> Attached:
    """The e-invoice in a PDF. Refuses `too_large`, `pdf_unreadable`, `no_einvoice`."""
    if len(data) > MAX_PDF_BYTES:
        raise Refused("too_large", f"the PDF has {len(data):,} bytes; at most {MAX_PDF_BYTES:,} are read")
    from pypdf import PdfReader

    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # a damaged PDF makes it talk; what it says helps nobody who sent an invoice
    try:
        files = list(_files(PdfReader(BytesIO(data))))
    except Exception:  # the library raises a dozen kinds for a broken or locked file, some of them builtin
        raise Refused("pdf_unreadable", "the PDF is damaged or locked; its attachments cannot be read") from None
    finally:
        logger.setLevel(level)
    named = {one.name.lower(): one for one in reversed(files)}
    for name in _KNOWN:
        if name in named:
            return named[name]
    for one in files:
        if any(mark in one.xml[:4_000] for mark in _MARKS):
            return one
    names = ", ".join(one.name for one in files[:5])
    told = f"the PDF holds no e-invoice, only {names}" if names else "the PDF holds no e-invoice, only pages"
    raise Refused("no_einvoice", told)


def _files(reader: Any) -> Iterator[Attached]:
    """Embedded files, by the name tree first, then by the associated files of the catalog."""
    catalog = reader.trailer["/Root"].get_object()
    seen: set[int] = set()
    for spec in (*_name_tree(catalog), *_list(catalog.get("/AF"))):
        spec = spec.get_object()
        embedded = spec.get("/EF")
        if embedded is None or id(spec) in seen or len(seen) >= MOST_FILES:
            continue
        seen.add(id(spec))
        embedded = embedded.get_object()
        stream = (embedded.get("/UF") or embedded["/F"]).get_object()
        name = str(spec.get("/UF") or spec.get("/F") or "")
        if name.lower().endswith(".xml"):
            yield Attached(name, stream.get_data())


def _name_tree(catalog: Any) -> Iterator[Any]:
    names = catalog.get("/Names")
    tree = names.get_object().get("/EmbeddedFiles") if names is not None else None
    todo = [] if tree is None else [tree.get_object()]
    for _ in range(MOST_FILES):  # a tree may point at itself
        if not todo:
            return
        node = todo.pop()
        yield from _list(node.get("/Names"))[1::2]
        todo += [kid.get_object() for kid in _list(node.get("/Kids"))]


def _list(value: Any) -> list[Any]:
    return [] if value is None else list(value.get_object())
