# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second reader of QR codes, of other people than zxing's: pyzbar, which drives the system's own zbar library."""

from __future__ import annotations

from PIL import Image

from tests.support.absent import absent


def read_by_zbar(picture: Image.Image) -> list[bytes]:
    """The content of every code in a picture."""
    try:
        from pyzbar import pyzbar  # type: ignore[import-untyped]  # fails where the system has no zbar
    except ImportError:
        absent("no zbar on this machine", "apt install libzbar0")
    return [found.data for found in pyzbar.decode(picture)]
