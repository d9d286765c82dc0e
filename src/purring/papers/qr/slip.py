# SPDX-License-Identifier: Apache-2.0
"""The payment part and receipt of the Swiss QR-bill as SVG: 210 x 105 mm, for the foot of an A4 page.

Measures are those of the Style Guide QR-bill (SIX): receipt 62 mm, payment part 148 mm, code 46 mm, margins 5 mm, fonts
Helvetica and its kin. One unit of the drawing is a millimetre.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

from purring.papers.qr.swiss import LARGEST_VERSION, SwissBill
from purring.papers.qr.symbol import cross_svg, escaped, path, symbol

LANGUAGES = ("de", "fr", "it", "en")
FONTS = "Arial, Helvetica, 'Liberation Sans', Frutiger, 'Nimbus Sans', sans-serif"
"""What the style guide allows, and Helvetica's double."""

_POINT = 25.4 / 72
_SCISSORS = (
    '<g transform="translate({x} {y}) rotate({turn})" fill="none" stroke="#000" stroke-width=".2">'
    '<circle cx="-1.6" cy="-.8" r=".6"/><circle cx="-1.6" cy=".8" r=".6"/><path d="M-1.1 -.5L2 .8M-1.1 .5L2 -.8"/></g>'
)
# Widths of Helvetica (Adobe font metrics), thousandths of the font size, from the blank to the tilde.
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)


@lru_cache(1)
def _headings() -> dict[str, dict[str, str]]:
    text = files("purring.papers.qr").joinpath("data/swiss.json").read_text("utf-8")
    return {language: words for language, words in json.loads(text).items() if language != "source"}


def headings(language: str) -> dict[str, str]:
    """The prescribed headings in the language when it is one of `LANGUAGES`, else in English."""
    return _headings().get(language.split("-")[0], _headings()["en"])


def slip_svg(bill: SwissBill, language: str, *, fonts: str = FONTS) -> str:
    """The whole slip. `fonts` is a CSS font family list, for a renderer that has others."""
    words = headings(language)
    code = symbol(bill.payload, largest_version=LARGEST_VERSION)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="105mm" viewBox="0 0 210 105" role="img"'
        f' aria-label="{escaped(words["payment_part"])}: {bill.currency} {bill.amount}" font-family="{escaped(fonts)}">'
        '<rect width="210" height="105" fill="#fff"/>'
        '<path d="M0 .1H210M62 0V105" fill="none" stroke="#000" stroke-width=".2"/>',
        _SCISSORS.format(x=6, y=1.7, turn=0) + _SCISSORS.format(x=62, y=12, turn=90),
        *_receipt(bill, words),
        *_payment_part(bill, words),
        f'<g transform="translate(67 17) scale({46 / code.size:.6f})" shape-rendering="crispEdges">'
        f'<path d="{path(code)}"/></g><g transform="translate(67 17)">{cross_svg(46)}</g></svg>',
    ]
    return "".join(parts)


def _receipt(bill: SwissBill, words: dict[str, str]) -> list[str]:
    out = [_text(5, 8.5, 11, words["receipt"], bold=True)]
    column = _Column(5, 14.3, 52, heading=6, value=8, leading=9)
    # 56 mm are all there is: what is long loses its streets here, the payment part keeps them
    streets = column.rows_needed(bill) * 9 * _POINT <= 54
    column.party(words["account"], (bill.iban_printed, *_lines(bill.creditor.lines, streets)))
    if bill.reference:
        column.party(words["reference"], (bill.reference_printed,))
    if bill.debtor:
        column.party(words["payable_by"], _lines(bill.debtor.lines, streets))
    else:
        column.blank(words["payable_by_blank"], 52, 20)
    out += column.out
    out += _amount(bill, words, 5, 70.3, 6, 8, 13)
    out.append(_text(57, 84.5, 6, words["acceptance_point"], bold=True, end=True))
    return out


def _payment_part(bill: SwissBill, words: dict[str, str]) -> list[str]:
    out = [_text(67, 8.5, 11, words["payment_part"], bold=True)]
    out += _amount(bill, words, 67, 71, 8, 10, 17)
    column = _Column(118, 8.1, 87, heading=8, value=10, leading=11)
    column.party(words["account"], (bill.iban_printed, *bill.creditor.lines))
    if bill.reference:
        column.party(words["reference"], (bill.reference_printed,))
    if bill.message:
        column.party(words["information"], (bill.message,))
    if bill.debtor:
        column.party(words["payable_by"], bill.debtor.lines)
    else:
        column.blank(words["payable_by_blank"], 65, 25)
    return out + column.out


def _lines(lines: tuple[str, ...], streets: bool) -> tuple[str, ...]:
    return lines if streets or len(lines) < 3 else (lines[0], lines[-1])


def _amount(
    bill: SwissBill, words: dict[str, str], x: float, y: float, heading: float, value: float, gap: float
) -> list[str]:
    below = y + (value + 1) * _POINT
    return [
        _text(x, y, heading, words["currency"], bold=True),
        _text(x + gap, y, heading, words["amount"], bold=True),
        _text(x, below, value, bill.currency),
        _text(x + gap, below, value, bill.amount_printed),
    ]


class _Column:
    """Headings and values from top to bottom, long values on several lines."""

    def __init__(self, x: float, y: float, width: float, *, heading: float, value: float, leading: float) -> None:
        self.x, self.y, self.width = x, y, width
        self.heading, self.value, self.step = heading, value, leading * _POINT
        self.out: list[str] = []

    def rows_needed(self, bill: SwissBill) -> float:
        rows = 2 + sum(len(self._wrapped(line)) for line in bill.creditor.lines) + (3 if bill.reference else 0)
        return rows + (2 + sum(len(self._wrapped(line)) for line in bill.debtor.lines) if bill.debtor else 9)

    def party(self, title: str, lines: tuple[str, ...]) -> None:
        self._put(self.heading, title, bold=True)
        for line in lines:
            for row in self._wrapped(line):
                self._put(self.value, row)
        self.y += self.step

    def blank(self, title: str, width: float, height: float) -> None:
        """Corner marks around a field that is filled in by hand."""
        self._put(self.heading, title, bold=True)
        x, y = self.x, self.y - self.step + 1.2
        corners = (
            f"M{x + 3} {y}H{x}V{y + 2}M{x + width - 3} {y}h3v2"
            f"M{x} {y + height - 2}v2h3M{x + width} {y + height - 2}v2h-3"
        )
        self.out.append(f'<path d="{corners}" fill="none" stroke="#000" stroke-width="{0.75 * _POINT:.3f}"/>')
        self.y += height

    def _put(self, size: float, text: str, *, bold: bool = False) -> None:
        self.out.append(_text(self.x, self.y, size, text, bold=bold))
        self.y += self.step

    def _wrapped(self, text: str) -> list[str]:
        rows, row = [], ""
        for word in text.split(" "):
            longer = f"{row} {word}" if row else word
            if self._wide(longer) <= self.width:
                row = longer
                continue
            if row:
                rows.append(row)
            while self._wide(word) > self.width:
                fits = next(n for n in range(len(word) - 1, 0, -1) if self._wide(word[:n]) <= self.width)
                rows.append(word[:fits])
                word = word[fits:]
            row = word
        return [*rows, row]

    def _wide(self, text: str) -> float:
        """Millimetres; a letter with an accent is as wide as one without, or nearly."""
        units = sum(_WIDTHS[ord(sign) - 32] if " " <= sign <= "~" else 667 for sign in text)
        return units / 1000 * self.value * _POINT


def _text(x: float, y: float, size: float, text: str, *, bold: bool = False, end: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size * _POINT:.3f}"{weight}{anchor}>{escaped(text)}</text>'
