# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoices as PDF per second on one core, beside WeasyPrint in the same run: `python -m bench.papers`.

Both make the same invoice from the same texts: letterhead, address, table, taxes, payment box with a QR code, footer and
page numbers, in the same typeface. Ours is tagged and PDF/A-3, WeasyPrint's is plain. The two take turns, and CPU time is counted, so that the
ratio does not depend on how busy the machine is. Then memory over many documents: PURRING_BENCH_PAPERS (2,000).
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from html import escape
from importlib import resources
from typing import Any

from purring.papers.documents import Brand, Printer
from purring.papers.documents.codes import code_for
from purring.papers.documents.glyphs import carried
from purring.papers.documents.invoice import invoice_page
from purring.papers.documents.pen import Pen
from purring.papers.facts import InvoiceFacts, read_invoice

COUNT = int(os.environ.get("PURRING_BENCH_PAPERS", "2000"))
SIZES = {3: 24, 8: 24, 60: 9}
"""Lines of the invoice -> documents made of each kind."""
GOALS = {1: 10, 3: 8}
"""Pages -> how many times faster than WeasyPrint."""

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 36" width="150" height="36"><circle cx="18" cy="18" r="16" '
    'fill="#14594d"/><path d="M10 24L18 8l8 16z" fill="#fff"/><rect x="44" y="8" width="90" height="8" rx="2"/></svg>'
)
STYLE = """
@font-face { font-family: Inter; src: url(%s) } @font-face { font-family: Inter; font-weight: 600; src: url(%s) }
@page { size: A4; margin: 17mm 20mm 24mm 25mm; @bottom-left { content: element(foot); width: 80%% }
@bottom-right { content: "Seite " counter(page) " von " counter(pages); font: 7pt Inter; color: #5f6670 } }
@page :not(:first) { @top-left { content: element(running) } }
body { font: 9.5pt Inter; color: #1a1d21; margin: 0 } p { margin: 0 0 1.3mm } .small { color: #5f6670; font-size: 8pt }
h1 { font: 600 18pt Inter; margin: 0 0 3mm } h2 { font: 600 10.5pt Inter; margin: 0 0 3mm } b { font-weight: 600 }
table { width: 100%%; border-collapse: collapse } thead { display: table-header-group; border-bottom: .7pt solid #1a1d21 }
td, th { padding: 1.7mm 2.4mm; text-align: left; vertical-align: top } th { font-weight: 400; font-size: 8pt; color: #5f6670 }
.lines tbody tr { border-bottom: .5pt solid #dde0e4; break-inside: avoid } .n { text-align: right; font-variant-numeric: tabular-nums }
.accent { color: #14594d; font-weight: 600; font-size: 13pt } .sums td { padding: .9mm } .sums { margin: 6mm 0 6mm auto; width: 92mm; break-inside: avoid }
.total { border-top: .7pt solid #1a1d21 } .pairs td { padding: 0 4mm 1.5mm 0; font-size: 8.5pt; font-variant-numeric: tabular-nums }
.letterhead { display: flex; justify-content: space-between; min-height: 80mm } .letterhead > div { width: 66mm }
.box { background: #f2f5f4; padding: 5mm; border-radius: 2mm; display: flex; gap: 7mm; break-inside: avoid }
#foot { position: running(foot); display: flex; gap: 8mm; font-size: 7pt; color: #5f6670; border-top: .5pt solid #dde0e4 }
#running { position: running(running) }
"""


def invoice(number: int, lines: int) -> InvoiceFacts:
    return read_invoice(
        {
            "seller": {
                "name": "Tischlerei Brandt GmbH",
                "address": {"lines": ["Lindenweg 4"], "postcode": "20095", "city": "Hamburg"},
                "country": "DE",
                "vat_id": "DE136695976",
                "accounts": [{"scheme": "iban", "number": "DE89370400440532013000", "bic": "COBADEFFXXX"}],
                "email": "rechnung@brandt.example",
            },
            "buyer": {
                "name": f"Café Zürich & Söhne {number}",
                "address": {"lines": [f"Hauptstraße {number}"], "postcode": "10115", "city": "Berlin"},
                "country": "DE",
                "language": "de",
            },
            "number": f"2026-{number:05}",
            "issued": "2026-05-04",
            "due": "2026-05-18",
            "currency": "EUR",
            "payment_link": f"https://pay.brandt.example/i/{number}",
            "lines": [
                {
                    "description": f"Position {at}: Lieferung und Montage {number}",
                    "quantity": str(at % 5 + 1),
                    "unit_price": f"{37 + at * 3}.{(number + at) % 100:02}",
                    "tax_rate": ("19", "7")[at % 2],
                }
                for at in range(lines)
            ],
        }
    )


class Html:
    """The same invoice by WeasyPrint, used as its manual shows: a page with its style in it."""

    def __init__(self) -> None:
        from weasyprint import HTML  # type: ignore[import-untyped]

        fonts = resources.files("purring.papers") / "fonts"
        faces = tuple(f"file://{fonts / f'Inter-{weight}.ttf'}" for weight in ("Regular", "SemiBold"))
        self._html, self._style = HTML, STYLE % faces

    def pdf(self, facts: InvoiceFacts) -> bytes:
        made: bytes = self._html(string=self._page(facts)).write_pdf()
        return made

    def _page(self, facts: InvoiceFacts) -> str:
        """The same texts in the same places: the page as our template gets it, as HTML."""
        code = code_for(facts, "de")
        assert code
        pen = Pen("de", "DE", "DE", frozenset, plain=carried("Inter"))
        page = invoice_page(pen, facts, code)
        lines, sums, _, box = page["blocks"]
        ways = f"<p><a href='{box['link']['url']}'><b>{box['link']['text']}</b></a> <span class=small>{box['link']['shown']}"
        return (
            f"<html lang=de><title>{escape(page['title'])}</title><style>{self._style}</style><div id=running class=small>{escape(page['heading'])}</div>"
            f"<div id=foot>{''.join(f'<div>{_lines(part)}</div>' for part in page['footer'])}</div>"
            f"<div class=letterhead><div>{_picture(LOGO, '52mm')}<p class=small>{escape(page['return_line'])}"
            f"{_lines(page['address'])}</div><div><div class=small>{_lines(page['sender'])}</div>{_pairs(page['meta'])}</div></div>"
            f"<h1>{page['heading']}</h1><p><span class=accent>{page['lead']['amount']}</span> {page['lead']['words']}"
            f"<table class=lines><thead>{_row(lines['cols'], [one['label'] for one in lines['cols']], 'th')}</thead><tbody>"
            f"{''.join(_row(lines['cols'], row, 'td') for row in lines['rows'])}</table><table class=sums>"
            + "".join(
                f"<tr class={'total' if one['total'] else 'small'}><td>{one['label']}"
                f"<td class='n{' accent' if one['total'] else ''}'>{one['value']}"
                for one in sums["rows"]
            )
            + f"</table><div class=box><div>{_picture(code.svg, '29mm')}<p class=small>{box['scan']}</div><div>"
            f"<h2>{box['head']}</h2>{_pairs(box['rows'])}{ways}</div></div>"
        )


def _lines(lines: list[str]) -> str:
    return "".join(f"<p>{escape(line)}" for line in lines)


def _pairs(rows: list[list[str]]) -> str:
    cells = "".join(f"<tr><td class=small>{escape(label)}<td>{escape(value)}" for label, value in rows)
    return f"<table class=pairs>{cells}</table>"


def _row(columns: list[dict[str, Any]], cells: list[str], tag: str) -> str:
    kinds = (" class=n" if one["number"] else "" for one in columns)
    return "<tr>" + "".join(f"<{tag}{kind}>{escape(cell)}" for kind, cell in zip(kinds, cells, strict=True))


def _picture(svg: str, width: str) -> str:
    return f"<img style='width:{width}' src='data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}'>"


def compare(makers: dict[str, Callable[[InvoiceFacts], Any]], lines: int, count: int) -> dict[str, float]:
    """CPU milliseconds per document, the median of a run in which the makers take turns."""
    took: dict[str, list[float]] = {name: [] for name in makers}
    number = 0
    for _ in range(count + 1):
        for name, make in makers.items():
            number += 1  # never the same invoice twice: typst remembers
            start = time.process_time()
            make(invoice(number, lines))
            took[name].append((time.process_time() - start) * 1000)
    return {name: sorted(times[1:])[count // 2] for name, times in took.items()}


def memory_mb() -> float:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    printer, html = Printer(Brand(logo=LOGO.encode()), fonts=()), Html()
    makers: dict[str, Callable[[InvoiceFacts], Any]] = {
        "Purring": printer.pdf,
        "Purring, with e-invoice": lambda facts: printer.pdf(facts, e_invoice="en16931"),
        "WeasyPrint": html.pdf,
    }
    for lines, count in SIZES.items():
        pages = printer.pdf(invoice(1, lines)).pages
        took = compare(makers, lines, count)
        print(f"{lines} lines, {pages} page{'s' if pages > 1 else ''}, facts read and PDF made:")
        for name, milliseconds in took.items():
            print(f"  {name:24} {milliseconds:7.1f} ms   {1000 / milliseconds:6.1f} per CPU second")
        ratio = took["WeasyPrint"] / took["Purring"]
        print(f"  WeasyPrint / Purring = {ratio:.1f}   (goal {GOALS[pages]})")
    first, seen = 0.0, []
    for number in range(COUNT):
        printer.pdf(invoice(number, 3))
        if number == COUNT // 5:
            first = memory_mb()
        if number % 100 == 0:
            seen.append(memory_mb())
    print(
        f"memory over {COUNT:,} documents: {first:.0f} MB after a fifth, {memory_mb():.0f} MB at the end, most {max(seen):.0f} MB"
    )


if __name__ == "__main__":
    main()
