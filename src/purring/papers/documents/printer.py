# SPDX-License-Identifier: Apache-2.0
"""From facts to a PDF: tagged (PDF/UA-1), archival (PDF/A-3a), on demand with the invoice's data inside (Factur-X).

The typesetter (typst) runs inside this process. Text reaches it as JSON and can never be read as its code. It must
not be forked after its first use: start worker processes with `spawn`.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from purring.core.errors import Refused
from purring.papers.documents.blocks import Block, notes
from purring.papers.documents.brand import Brand
from purring.papers.documents.codes import Code, code_for, next_instalment, whole_balance
from purring.papers.documents.glyphs import carried, is_allowed
from purring.papers.documents.house import sheet_of, supported
from purring.papers.documents.invoice import invoice_page
from purring.papers.documents.letter import Words, reminder_page
from purring.papers.documents.letterhead import Page
from purring.papers.documents.pen import Finding, Pen
from purring.papers.documents.receipt import plan_page, receipt_page
from purring.papers.documents.statement import statement_page
from purring.papers.documents.timeline import TimelineFacts, timeline_page
from purring.papers.facts import Facts, InvoiceFacts, PlanFacts, ReceiptFacts, ReminderFacts, StatementFacts

if TYPE_CHECKING:
    import typst

SYSTEM_FOLDERS = tuple(
    map(
        Path,
        ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts"),
    )
)
"""Where fonts for other scripts are looked for when a text needs them."""

_NOTO = ("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai")
_ATTEMPTS = 20
_UNDRAWN = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_COUNT = re.compile(rb"/Type/Pages/Count (\d+)")
"""In the first object of the file, before any text of ours."""
_HAN_OF = {"JP": "JP", "KR": "KR", "TW": "TC", "HK": "HK", "MO": "HK"}
"""Which drawing of the Han characters a country reads; elsewhere the simplified one."""


class _NoGlyph(Exception):
    """Signs that have a glyph each, but not in the company they keep."""

    def __init__(self, signs: frozenset[str]) -> None:
        super().__init__()
        self.signs = signs


@dataclass(frozen=True, slots=True)
class Document:
    pdf: bytes
    pages: int
    findings: tuple[Finding, ...]


class Printer:
    """Prints papers in one brand. Safe to share between threads; making one is cheap, and its fonts stay loaded."""

    def __init__(self, brand: Brand | None = None, fonts: Sequence[Path] = SYSTEM_FOLDERS) -> None:
        self.brand = brand or Brand()
        self._folders = tuple(fonts)
        self._own = threading.local()
        self._logo = self.brand.drawn_logo
        if self._logo:
            self._prove_logo(self._logo.svg)

    def pdf(
        self,
        facts: Facts | TimelineFacts,
        *,
        language: str = "",
        words: Words | None = None,
        e_invoice: str = "",
    ) -> Document:
        """The paper in a language (BCP 47; else the buyer's, else English). Refuses `unknown_language`.

        `words` is the text of a reminder letter (else that of the language library for its stage). `e_invoice` names the Factur-X profile whose data
        an invoice or credit note carries inside (`basic`, `en16931`, `xrechnung`); see `purring.papers.einvoice` for
        what it refuses.
        """
        about = facts if isinstance(facts, InvoiceFacts | StatementFacts) else facts.invoice
        asked = facts.language if isinstance(facts, ReminderFacts | StatementFacts) else ""
        spoken = supported(language or asked or about.buyer.language or "en")
        if isinstance(facts, ReminderFacts) and words is None:
            from purring.papers.documents.wording import letter_words  # the language library: only for letters

            words = letter_words(facts, spoken)
        code = _code(facts, spoken)
        attached = _attachment(facts, e_invoice) if e_invoice else ""
        undrawn: frozenset[str] = frozenset()
        for _ in range(_ATTEMPTS):
            pen = self._pen(spoken, about.buyer.country or about.seller.country, about.seller.country, undrawn)
            page = self._dressed(_page(pen, facts, code, words), pen, about.buyer.country)
            page["sheet"] = sheet_of(about.seller.country, self.brand.window).as_json()
            _add_footer(page, self._footer(pen, about.note if about is facts else ""))
            try:
                pdf = self._compile(page, code.svg if code else "", attached, wide=pen.uncommon)
            except _NoGlyph as found:
                undrawn |= found.signs
                continue
            if page["single"] and _pages(pdf) > 1:
                pdf = self._compile(page | {"single": False}, code.svg if code else "", attached, wide=pen.uncommon)
            if e_invoice:
                from purring.papers.einvoice import factur_x_xmp

                pdf = factur_x_xmp(pdf, e_invoice)
            return Document(pdf, _pages(pdf), tuple(pen.findings))
        raise Refused("missing_glyph", "this paper holds characters that no font here can draw together")

    def logo_png(self, width: int, height: int, ppi: int) -> bytes:
        """The logo on white paper of this size in points, as PNG. Only for a brand that has one."""
        assert self._logo
        source = (
            f"#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: white)\n"
            f'#image(bytes({_literal(self._logo.svg)}), format: "svg", width: 100%, height: 100%)'
        )
        made = self._compiler(wide=False).compile(source.encode(), format="png", ppi=ppi)
        assert isinstance(made, bytes)
        return made

    def _pen(self, language: str, country: str, home: str, undrawn: frozenset[str]) -> Pen:
        return Pen(
            language,
            country,
            home,
            lambda signs: self._printable(signs) - undrawn,
            plain=carried(self.brand.files) - undrawn,
        )

    def _dressed(self, page: Page, pen: Pen, country: str) -> Page:
        """The page with the brand's look and the fonts it needs."""
        fonts = [self.brand.family, "Inter", *_NOTO]
        if pen.uncommon:
            fonts += _other_families(self._folders, country)
        page["look"] = {"accent": self.brand.accent, "tint": self.brand.tint, "fonts": fonts}
        page["logo"] = {"width": self._logo.width, "height": self._logo.height} if self._logo else None
        return page

    def _footer(self, pen: Pen, said: str) -> list[Block]:
        """The brand's own words, unless the paper's note says them already."""
        footer = self.brand.footer.strip()
        return [notes([pen.text(footer, "footer")])] if footer and footer not in said else []

    def _compile(self, page: Page, qr: str, attached: str, *, wide: bool) -> bytes:
        logo = f"bytes({_literal(self._logo.svg)})" if self._logo else "none"
        source = (
            f'#import "paper.typ": paper\n{attached}'
            f"#paper(json(bytes({_literal(json.dumps(page, ensure_ascii=False))})), "
            f"qr: {_literal(qr)}, logo: {logo})"
        )
        year, month, day = page["date"]
        return self._typeset(source, wide=wide, made_at=datetime(year, month, day, 12, tzinfo=UTC))

    def _typeset(self, source: str, *, wide: bool, made_at: datetime | None = None) -> bytes:
        import typst

        try:
            made = self._compiler(wide).compile(
                source.encode(), format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=made_at
            )
        except typst.TypstError as error:
            if signs := _undrawn(error.message):
                raise _NoGlyph(signs) from None
            raise
        assert isinstance(made, bytes)
        return made

    def _compiler(self, wide: bool) -> typst.Compiler:
        """One per thread, as typst wants it; the wide one also knows the fonts of the system."""
        name = "wide" if wide else "usual"
        found: typst.Compiler | None = getattr(self._own, name, None)
        if found is None:
            import typst

            found = typst.Compiler(
                root=_folder("documents/templates"), font_paths=_fonts(self._folders if wide else ())
            )
            setattr(self._own, name, found)
        return found

    def _printable(self, signs: frozenset[str]) -> frozenset[str]:
        """Which characters the fonts of the system have."""
        return frozenset(sign for sign in signs if is_allowed(sign) and _has_glyph(sign, self._folders))

    def _prove_logo(self, svg: str) -> None:
        import typst

        source = (
            f'#set document(title: "logo")\n#image(bytes({_literal(svg)}), format: "svg", width: 40mm, alt: "logo")'
        )
        try:
            self._typeset(source, wide=False)
        except _NoGlyph:
            raise Refused("bad_logo", "logo: its text has characters that no font here has", path="logo") from None
        except typst.TypstError as error:
            raise Refused("bad_logo", f"logo: cannot be printed ({error.message})", path="logo") from None


def _add_footer(page: Page, footer: list[Block]) -> None:
    """Below what the paper says, above the way to pay."""
    blocks: list[Block] = page["blocks"]
    at = next((place for place, one in enumerate(blocks) if one["kind"] in ("low", "pay", "slip")), len(blocks))
    blocks[at:at] = footer


def _undrawn(message: str) -> frozenset[str]:
    """The signs that a complaint of the typesetter cites, escaped or not. Every font has ASCII."""
    found = _UNDRAWN.search(message)
    text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    return frozenset(sign for sign in text if not sign.isascii())


def _pages(pdf: bytes) -> int:
    count = _COUNT.search(pdf)
    assert count
    return int(count[1])


def _attachment(facts: Facts | TimelineFacts, profile: str) -> str:
    """The line of typst that puts the invoice's data into the PDF."""
    from purring.papers.einvoice import write_cii

    if not isinstance(facts, InvoiceFacts):
        raise Refused("not_an_invoice", "only an invoice or a credit note carries invoice data inside")
    name = "xrechnung.xml" if profile == "xrechnung" else "factur-x.xml"
    xml = _literal(write_cii(facts, profile).decode())
    about = 'relationship: "alternative", mime-type: "text/xml", description: "Factur-X"'
    return f'#pdf.attach("{name}", bytes({xml}), {about})\n'


def _code(facts: Facts | TimelineFacts, language: str) -> Code | None:
    if isinstance(facts, InvoiceFacts):
        return code_for(facts, language)
    if isinstance(facts, ReminderFacts):
        return code_for(facts.invoice, language)
    if isinstance(facts, PlanFacts):
        return code_for(next_instalment(facts), language)
    if isinstance(facts, StatementFacts):
        code = code_for(whole_balance(facts), language)
        return code if code and (facts.reference or code.kind == "link") else None
    return None


def _page(pen: Pen, facts: Facts | TimelineFacts, code: Code | None, words: Words | None) -> Page:
    if isinstance(facts, InvoiceFacts):
        return invoice_page(pen, facts, code)
    if isinstance(facts, ReminderFacts):
        assert words
        return reminder_page(pen, facts, code, words)
    if isinstance(facts, ReceiptFacts):
        return receipt_page(pen, facts)
    if isinstance(facts, PlanFacts):
        return plan_page(pen, facts, code)
    if isinstance(facts, TimelineFacts):
        return timeline_page(pen, facts)
    return statement_page(pen, facts, code)


def _literal(text: str) -> str:
    """A string literal of typst; only these two characters mean something inside."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _folder(name: str) -> str:
    return str(resources.files("purring.papers").joinpath(*name.split("/")))


@lru_cache(8)
def _fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    import typst

    paths = [_folder("fonts"), *(str(one) for one in folders if one.is_dir())]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)


@lru_cache(4096)
def _has_glyph(sign: str, folders: tuple[Path, ...]) -> bool:
    """Asks the typesetter itself: under PDF/A a character without a glyph is an error."""
    import typst

    source = f'#set document(title: "x")\n#set text(font: "Inter")\n#text({_literal(sign)})'
    try:
        typst.Compiler(font_paths=_fonts(folders)).compile(source.encode(), format="pdf", pdf_standards=["a-3b"])
    except typst.TypstError:
        return False
    return True


@lru_cache(64)
def _other_families(folders: tuple[Path, ...], country: str) -> list[str]:
    """Families of the system in the order they are tried: the reader's drawing of Han first, then any from Noto."""
    there = _fonts(folders).families()
    han = f"Noto Sans CJK {_HAN_OF.get(country, 'SC')}"
    noto = sorted(name for name in there if name.startswith("Noto Sans") and name not in _NOTO and name != han)
    return ([han] if han in there else []) + noto


__all__ = ["SYSTEM_FOLDERS", "Document", "Printer", "Words"]
