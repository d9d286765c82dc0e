# SPDX-License-Identifier: AGPL-3.0-or-later
"""A very small PDF writer: one A4 page of text and lines, in Helvetica, which every reader has built in.

For the sample invoices only; real invoices come from `purring.papers`. Texts are Western European (WinAnsi); what
that cannot write becomes a question mark. The same calls give the same bytes.
"""

from __future__ import annotations

import unicodedata

WIDTH, HEIGHT = 595, 842
"""A4 in points; x counts from the left, y from the bottom."""

_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
"""Helvetica's widths from space to tilde, in thousandths (Adobe's Core 14 metrics)."""


_BOLDER = 40
"""How much wider a bold letter is, on average."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text in points; accented letters are as wide as their base."""
    total = 0
    for char in text:
        base = unicodedata.normalize("NFD", char)[0].replace("\xa0", " ")
        total += _WIDTHS[ord(base) - 32] if 32 <= ord(base) < 127 else 556
        total += _BOLDER if bold and base.isalpha() else 0
    return total * size / 1000


class Page:
    """One page; `bytes()` gives the finished file."""

    def __init__(self, title: str, language: str) -> None:
        self.title, self.language = title, language
        self._drawn: list[str] = []

    def text(self, x: float, y: float, text: str, size: float = 10, *, bold: bool = False, right: bool = False) -> None:
        """A line of text beginning at x, or ending there."""
        text = " ".join(text.replace("\u202f", "\xa0").split(" "))
        if right:
            x -= width(text, size, bold=bold)
        self._drawn.append(f"BT /F{2 if bold else 1} {size:g} Tf {x:.2f} {y:.2f} Td {_string(text)} Tj ET")

    def line(self, x: float, y: float, until: float) -> None:
        """A thin horizontal line."""
        self._drawn.append(f"0.6 w {x:.2f} {y:.2f} m {until:.2f} {y:.2f} l S")

    def __bytes__(self) -> bytes:
        content = "\n".join(self._drawn).encode("latin-1")
        objects = [
            f"<< /Type /Catalog /Pages 2 0 R /Lang {_string(self.language)} >>".encode("latin-1"),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>".encode("latin-1"),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            _font("Helvetica"),
            _font("Helvetica-Bold"),
            f"<< /Title {_string(self.title)} >>".encode("latin-1"),
        ]
        out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        table = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
        return bytes(out)


def _font(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode("latin-1")


def _string(text: str) -> str:
    """A PDF string in WinAnsi, with everything outside ASCII as an octal escape."""
    shown = []
    for code in text.encode("cp1252", "replace"):
        char = chr(code)
        shown.append(f"\\{char}" if char in "()\\" else char if 32 <= code < 127 else f"\\{code:03o}")
    return f"({''.join(shown)})"
