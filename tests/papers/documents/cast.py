# SPDX-License-Identifier: AGPL-3.0-or-later
"""One joinery and its customers, in every language; and eyes for a PDF: its text, its pictures, its metadata."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdfium2  # type: ignore[import-untyped]
from pypdf import PdfReader

from purring.papers.documents import Document, Event, Printer, TimelineFacts
from purring.papers.facts import Facts, InvoiceFacts, read_facts

if TYPE_CHECKING:
    from PIL.Image import Image

MILLIMETRES = 72 / 25.4
DPI = 150

HOMES: dict[str, tuple[str, str, dict[str, str]]] = {
    "en": ("GB", "GBP", {"scheme": "gb", "number": "20-00-00 55779911"}),
    "af": ("ZA", "ZAR", {"scheme": "za", "number": "62001234567"}),
    "fr": ("FR", "EUR", {"scheme": "iban", "number": "FR1420041010050500013M02606"}),
    "es": ("ES", "EUR", {"scheme": "iban", "number": "ES9121000418450200051332"}),
    "nb": ("NO", "NOK", {"scheme": "no", "number": "86011117947"}),
    "de": ("DE", "EUR", {"scheme": "iban", "number": "DE89370400440532013000", "bic": "COBADEFFXXX"}),
    "nl": ("NL", "EUR", {"scheme": "iban", "number": "NL91ABNA0417164300"}),
    "pt-PT": ("PT", "EUR", {"scheme": "iban", "number": "PT50000201231234567890154"}),
    "pt-BR": ("BR", "BRL", {"scheme": "pix", "number": "chave@studio.example", "city": "Recife"}),
    "it": ("IT", "EUR", {"scheme": "iban", "number": "IT60X0542811101000000123456"}),
    "sv": ("SE", "SEK", {"scheme": "bankgiro", "number": "5050-1055"}),
    "da": ("DK", "DKK", {"scheme": "iban", "number": "DK5000400440116243"}),
}
"""Language -> country, currency and account of the joinery there."""

INVOICE: dict[str, Any] = {
    "seller": {
        "name": "Tischlerei Brandt GmbH",
        "address": {"lines": ["Lindenweg 4"], "postcode": "20095", "city": "Hamburg"},
        "email": "rechnung@brandt.example",
        "phone": "+49 40 555 010",
    },
    "buyer": {
        "name": "Café Zürich & Söhne",
        "contact": "Ana Sörensen",
        "address": {"lines": ["Hauptstraße 1"], "postcode": "10115", "city": "Berlin"},
        "reference": "PO-77",
    },
    "number": "2026-0417",
    "issued": "2026-05-04",
    "due": "2026-05-18",
    "delivered": "2026-04-30",
    "payment_link": "https://pay.brandt.example/i/8Fk2",
    "lines": [
        {"description": "Tresen aus Eiche\nMassiv, geölt", "unit_price": "1100.00", "tax_rate": "19"},
        {
            "description": "Montage",
            "quantity": "6.5",
            "unit": "HUR",
            "unit_price": "62.00",
            "discount": "20.00",
            "tax_rate": "19",
        },
        {"description": "Fachbuch", "quantity": "2", "unit_price": "18.50", "tax_rate": "7"},
    ],
    "paid": "200.00",
}
"""Net 1520.00, tax 284.36, gross 1804.36, payable 1604.36."""

REMINDERS = tuple(f"reminder {stage}" for stage in ("courtesy", "due_today", "friendly", "follow_up", "firm", "final"))
PAPERS = ("invoice", "credit_note", "payment_request", *REMINDERS, "statement", "receipt", "plan", "timeline")
_DAYS = {"courtesy": -3, "due_today": 0, "friendly": 1, "follow_up": 12, "firm": 30, "final": 45}


def invoice_object(language: str = "de", **changes: Any) -> dict[str, Any]:
    """The joinery's invoice as if it were at home where the language is spoken."""
    country, currency, account = HOMES[language]
    made = copy.deepcopy(INVOICE) | {"currency": currency}
    made["seller"] |= {"country": country, "accounts": [account]}
    made["buyer"] |= {"country": country, "language": language}
    return made | changes


def invoice(language: str = "de", **changes: Any) -> InvoiceFacts:
    facts = read_facts("invoice", invoice_object(language, **changes))
    assert isinstance(facts, InvoiceFacts)
    return facts


def paper_facts(paper: str, language: str = "de") -> Facts | TimelineFacts:
    """The facts of one of `PAPERS`."""
    name, _, stage = paper.partition(" ")
    made = invoice_object(language)
    if name == "timeline":
        at = datetime(2026, 5, 4, 9, 12, tzinfo=UTC)
        return TimelineFacts(invoice(language), [Event(at, "2026-0417 ✓", "Jana", ("a@b.example",), "ab12" * 16)] * 5)
    if name == "credit_note":
        made |= {"corrects": "2026-0411", "paid": "0.00"}
        made["lines"][2] |= {"tax_rate": "0", "tax_category": "AE"}
    if name == "reminder":
        made |= {"stage": stage, "language": language, "days_overdue": _DAYS[stage]}
    if name == "receipt":
        made |= {"payment": {"on": "2026-05-12", "amount": "1604.36", "method": "card"}, "paid": "1804.36"}
    if name == "plan":
        made["instalments"] = [{"due": "2026-06-01", "amount": "804.36"}, {"due": "2026-07-01", "amount": "800.00"}]
    if name == "statement":
        made = {key: made[key] for key in ("seller", "buyer", "currency", "payment_link")} | {
            "as_of": "2026-06-30",
            "reference": "K-10077",
            "invoices": [
                {"number": "2026-0391", "issued": "2026-02-02", "due": "2026-03-04", "amount": "880.00"},
                {
                    "number": "2026-0417",
                    "issued": "2026-05-04",
                    "due": "2026-05-18",
                    "amount": "1804.36",
                    "paid": "200.00",
                },
                {"number": "2026-0466", "issued": "2026-06-20", "due": "2026-07-04", "amount": "92.00"},
            ],
            "payments": [{"on": "2026-05-12", "amount": "200.00", "method": "transfer"}],
        }
    return read_facts(name, made)


@lru_cache(1)
def plain_printer() -> Printer:
    """Without a logo, and with no other fonts than our own."""
    return Printer(fonts=())


@dataclass(frozen=True)
class Seen:
    """A document, looked at."""

    document: Document

    @cached_property
    def pdf(self) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(self.document.pdf)

    @cached_property
    def texts(self) -> list[str]:
        """The text of each page; every kind of blank is one blank."""
        return [_flat(page.get_textpage().get_text_bounded()) for page in self.pdf]

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def picture(self, page: int = 0) -> Image:
        picture: Image = self.pdf[page].render(scale=DPI / 72).to_pil()
        return picture

    def place(self, words: str, page: int = 0) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the first place where the words stand, in millimetres from the top left."""
        found = self.pdf[page].get_textpage().search(words).get_next()
        assert found is not None, words
        text = self.pdf[page].get_textpage()
        boxes = [text.get_charbox(found[0] + at) for at in range(found[1])]
        height = self.pdf[page].get_height()
        return (
            min(box[0] for box in boxes) / MILLIMETRES,
            (height - max(box[3] for box in boxes)) / MILLIMETRES,
            max(box[2] for box in boxes) / MILLIMETRES,
            (height - min(box[1] for box in boxes)) / MILLIMETRES,
        )

    @cached_property
    def reader(self) -> PdfReader:
        return PdfReader(BytesIO(self.document.pdf))

    @property
    def links(self) -> list[str]:
        """Where the links of all pages lead."""
        marks = [mark.get_object() for page in self.reader.pages for mark in page.get("/Annots", [])]
        return [str(mark["/A"]["/URI"]) for mark in marks if "/A" in mark]

    @cached_property
    def metadata(self) -> str:
        """The XMP packet."""
        stream = self.reader.trailer["/Root"]["/Metadata"]  # type: ignore[index]
        return str(stream.get_data().decode())


def flat(text: str) -> str:
    return _flat(text)


def _flat(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\u2000-\u200f\u2066-\u2069\ufffe\x02]+", " ", text)
