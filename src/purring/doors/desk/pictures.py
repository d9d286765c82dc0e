# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first page of a paper as a picture in a page: everybody sees it, also where a browser shows no PDF."""

from __future__ import annotations

import base64
import struct
import threading
import zlib

WIDTH_PIXELS = 1000
_ONE_AT_A_TIME = threading.Lock()
"""The library that draws pages is not made for several threads."""


def picture(pdf: bytes) -> str:
    """A `data:` address of the first page as PNG."""
    import pypdfium2  # type: ignore[import-untyped]

    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            drawn = page.render(scale=WIDTH_PIXELS / page.get_width(), rev_byteorder=True, prefer_bgrx=False)
            rows = memoryview(bytes(drawn.buffer))
            width, height, stride, channels = drawn.width, drawn.height, drawn.stride, drawn.n_channels
        finally:
            document.close()
    lines = [rows[at * stride : at * stride + width * channels] for at in range(height)]
    return f"data:image/png;base64,{base64.b64encode(_png(lines, width, height, channels)).decode()}"


def _png(rows: list[memoryview], width: int, height: int, channels: int) -> bytes:
    """Three channels are red, green, blue; four have how much of it covers the ground."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 6, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    parts = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
