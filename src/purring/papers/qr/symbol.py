# SPDX-License-Identifier: Apache-2.0
"""A payload as a QR symbol (ISO/IEC 18004), and the symbol as SVG or PNG. The encoding is zxing-cpp's."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

from purring.core.errors import Refused

QUIET = 4
"""Modules of white around a symbol that the standard asks for."""

_CROSS_WHITE, _CROSS_BLACK, _CROSS_ARM, _CROSS_WIDTH = 7 / 46, 6 / 46, 3.89 / 46, 1.167 / 46
"""The Swiss cross in parts of the symbol's side: 7 mm of white and a 6 mm square on 46 mm, with its arms."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A square of modules without its quiet zone."""

    size: int
    rows: tuple[bytes, ...]
    """One byte per module: 1 is dark."""


def symbol(payload: str, *, largest_version: int = 40) -> Symbol:
    """The symbol of a payload, as UTF-8, error correction M.

    Raises `Refused` (`too_long`) when it needs a larger symbol than `largest_version` (1-40; 17 + 4 x version modules a
    side).
    """
    import zxingcpp

    try:
        # Bytes, because of a text zxing-cpp chooses the encoding itself. What is not ASCII says that it is UTF-8 (ECI 26):
        # else zbar takes one European name in eight for Chinese, and a Swiss bank's scanner garbles umlauts. What is
        # ASCII says nothing, since a few old scanners print the mark.
        eci = "0" if payload.isascii() else "26"
        made = zxingcpp.create_barcode(payload.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M", eci=eci)
    except ValueError:
        raise Refused("too_long", f"{len(payload):,} characters are too many for a QR code") from None
    picture: Any = made.to_image(scale=1, add_quiet_zones=False)  # a buffer, though its types do not say so
    size = int(picture.shape[0])
    if size > 17 + 4 * largest_version:
        raise Refused("too_long", f"{len(payload):,} characters are too many for this kind of QR code")
    light = memoryview(picture).tobytes()
    rows = tuple(bytes(not value for value in light[at : at + size]) for at in range(0, size * size, size))
    return Symbol(size, rows)


def path(symbol: Symbol) -> str:
    """The dark modules as one SVG path, a module being one unit, the top left corner at 0,0."""
    parts = []
    for y, row in enumerate(symbol.rows):
        x = row.find(1)
        while x >= 0:
            end = row.find(0, x)
            end = symbol.size if end < 0 else end
            parts.append(f"M{x} {y}h{end - x}v1h{x - end}z")
            x = row.find(1, end)
    return "".join(parts)


def cross_svg(side: float) -> str:
    """The Swiss cross for the middle of a symbol of this side, as SVG, its top left corner at 0,0."""
    middle = side / 2

    def box(width: float, height: float, colour: str) -> str:
        x, y = middle - width / 2, middle - height / 2
        return f'<rect x="{x:.3f}" y="{y:.3f}" width="{width:.3f}" height="{height:.3f}" fill="{colour}"/>'

    white, black, arm, thick = (side * one for one in (_CROSS_WHITE, _CROSS_BLACK, _CROSS_ARM, _CROSS_WIDTH))
    return box(white, white, "#fff") + box(black, black, "#000") + box(arm, thick, "#fff") + box(thick, arm, "#fff")


def svg(symbol: Symbol, *, label: str, cross: bool = False, quiet: int = QUIET) -> str:
    """A picture that scales, white behind it so that it scans on any page. `label` is read out (plain text)."""
    side = symbol.size + 2 * quiet
    inner = f'<path d="{path(symbol)}" fill="#000"/>' + (cross_svg(symbol.size) if cross else "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side * 4}" height="{side * 4}"'
        f' shape-rendering="crispEdges" role="img" aria-label="{escaped(label)}"><rect width="{side}" height="{side}"'
        f' fill="#fff"/><g transform="translate({quiet} {quiet})">{inner}</g></svg>'
    )


def png(symbol: Symbol, *, scale: int = 8, cross: bool = False, quiet: int = QUIET) -> bytes:
    """Black and white, `scale` pixels per module (1-40)."""
    if not 1 <= scale <= 40:
        raise Refused("bad_scale", f"{scale} pixels per module cannot be drawn; use 1 to 40")
    side = (symbol.size + 2 * quiet) * scale
    margin = b"1" * (quiet * scale)
    lines = [b"1" * side] * (quiet * scale)
    for row in symbol.rows:
        lines += [margin + b"".join((b"0" if dark else b"1") * scale for dark in row) + margin] * scale
    lines += [b"1" * side] * (quiet * scale)
    if cross:
        _draw_cross(lines, symbol.size * scale)
    packed = {line: b"\x00" + _bits(line) for line in set(lines)}
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(packed[line] for line in lines))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _draw_cross(lines: list[bytes], side: int) -> None:
    """Into the middle of a picture whose symbol has this side, in pixels."""
    middle = len(lines) // 2
    for across, down, colour in (
        (_CROSS_WHITE, _CROSS_WHITE, b"1"),
        (_CROSS_BLACK, _CROSS_BLACK, b"0"),
        (_CROSS_ARM, _CROSS_WIDTH, b"1"),
        (_CROSS_WIDTH, _CROSS_ARM, b"1"),
    ):
        half_x, half_y = round(side * across / 2), round(side * down / 2)
        for y in range(middle - half_y, middle + half_y):
            lines[y] = lines[y][: middle - half_x] + colour * (2 * half_x) + lines[y][middle + half_x :]


def _bits(line: bytes) -> bytes:
    """Eight pixels (`0` black, `1` white) to a byte, the first in the highest bit."""
    size = (len(line) + 7) // 8
    return int(line.ljust(size * 8, b"0"), 2).to_bytes(size, "big")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def escaped(text: str) -> str:
    """For SVG: text or a quoted attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
