# SPDX-License-Identifier: AGPL-3.0-or-later
"""The letterhead's logo in mails: drawn small once, when it is kept, and sent along with each mail that shows it.

A mail names it as `cid:NAME@logo.purring` (RFC 2392); NAME is that of a `MailLogo`, which stays as it is for ever. So a
mail can be put together again, byte for byte, from the words that are kept of it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from datetime import datetime
from typing import Any

from purring.facts.organizations.models import Letterhead, MailLogo
from purring.kit.mime import Attachment, base64_lines

WIDTH, HEIGHT = 160, 48
"""CSS pixels it is fitted into: small beside the words."""
DENSITIES = (144, 108, 72)
"""Pixels per inch at 72 points: twice as fine as CSS pixels for today's screens, less where the file would be large."""
MOST_BYTES = 16_000
"""Of the file; a mail carries a third more, as base64."""
COLOURS = 64

_NAME = r"([0-9a-f]{24}-[0-9]{1,3}x[0-9]{1,3})"
_SHOWN = re.compile(rf'<img class="logo" src="cid:{_NAME}@logo\.purring"')
"""As the layout of mails writes it; in words that people wrote, quotation marks are escaped."""


def keep_mail_logo(letterhead: Letterhead, drawn: bytes, size: tuple[int, int], now: datetime) -> str:
    """Keep the drawing, once, and answer its name. In the caller's transaction."""
    name = f"{hashlib.sha256(drawn).hexdigest()[:24]}-{size[0]}x{size[1]}"
    rows = MailLogo.objects.of(letterhead.organization_id)
    rows.get_or_create(
        name=name, defaults={"organization_id": letterhead.organization_id, "content": drawn, "made_at": now}
    )
    return name


def address_of(name: str) -> str:
    """What the HTML of a mail shows: `cid:…`."""
    return f"cid:{name}@logo.purring"


def size_of(name: str) -> tuple[int, int]:
    """Width and height in CSS pixels."""
    width, _, height = name.rpartition("-")[2].partition("x")
    return int(width), int(height)


class Logos:
    """The pictures of one organization's mails, each read once."""

    def __init__(self, organization_id: int) -> None:
        self._organization_id = organization_id
        self._read: dict[str, Attachment | None] = {}

    def shown_by(self, html: str) -> tuple[Attachment, ...]:
        """What the HTML of a mail shows, to go along with it."""
        found = _SHOWN.search(html) if "@logo.purring" in html else None
        logo = self._logo(found[1]) if found else None
        return (logo,) if logo else ()

    def put_into(self, html: str) -> str:
        """The HTML with its pictures inside, for a page that shows a mail."""
        for logo in self.shown_by(html):
            address = f"data:{logo.content_type};base64,{base64.b64encode(logo.data()).decode()}"
            html = html.replace(f"cid:{logo.content_id}", address)
        return html

    def _logo(self, name: str) -> Attachment | None:
        if name not in self._read:
            row = MailLogo.objects.of(self._organization_id).filter(name=name).values_list("content").first()
            self._read[name] = row and Attachment(
                "logo.png",
                content_type="image/png",
                encoded=base64_lines(bytes(row[0])),
                content_id=address_of(name)[4:],
            )
        return self._read[name]


def draw(printer: Any, ratio: float) -> tuple[bytes, tuple[int, int]]:
    """The brand's logo as a small PNG on white, and its size in CSS pixels; `ratio` is width to height."""
    from PIL import Image  # slow to import: only when a logo is kept

    width, height = (WIDTH, WIDTH / ratio) if ratio >= WIDTH / HEIGHT else (HEIGHT * ratio, HEIGHT)
    size = max(1, round(width)), max(1, round(height))
    made = b""
    for density in DENSITIES:
        picture: Any = Image.open(io.BytesIO(printer.logo_png(*size, density)), formats=["PNG"]).convert("RGB")
        for drawn in (picture, picture.quantize(COLOURS)):
            out = io.BytesIO()
            drawn.save(out, "PNG", optimize=True)
            made = out.getvalue()
            if len(made) <= MOST_BYTES:
                return made, size
    return made, size
