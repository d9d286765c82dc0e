# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the page looks: the colour of the house, dark or light enough to be read wherever it stands, and its logo, small
enough for a phone on the road. The colour comes as a stylesheet of its own, since pages carry no style inside."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from purring.doors.portal.opening import visit
from purring.facts.organizations.models import LegalEntity, Letterhead, Organization

READABLE = 4.5
"""Contrast of text to its ground (WCAG 2.2, 1.4.3)."""
LIGHT, DARK = "#ffffff", "#191714"
MUTED = {LIGHT: "#655f56", DARK: "#aca498"}
"""Paper and quiet text of portal.css, which stand beside the colour."""
MOST_SVG = 12_000
MOST_PICTURE = 12_000
SIZES = ((480, 144), (360, 108), (240, 72), (160, 48), (80, 24))
"""Tried until the file is small enough."""
USUAL = str(Letterhead._meta.get_field("colour").default)

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """What the head of a page needs: addresses of the stylesheet and of the logo, or nothing."""

    colour: str
    logo: str


def look_of(organization: Organization, token: str, entity: LegalEntity | None = None) -> Look:
    """As the default legal entity has it on its papers; without reading the logo itself. `entity`: where it is at hand
    with its letterhead and `logo_size`."""
    if entity:
        kept = getattr(entity, "letterhead", None)
        found = (kept.colour, kept.logo_type, entity.logo_size) if kept else None  # type: ignore[attr-defined]
    else:
        rows = Letterhead.objects.of(organization).filter(entity__is_default=True)
        found = rows.annotate(size=Length("logo")).values_list("colour", "logo_type", "size").first()
    colour, kind, size = found or (USUAL, "", 0)
    shown = bool(size) and (kind != "image/svg+xml" or size <= MOST_SVG)
    return Look(
        colour=reverse("portal:colour", args=[colour.lstrip("#").lower()]) if colour.lower() != USUAL else "",
        logo=reverse("portal:logo", args=[token]) if shown else "",
    )


@require_safe
def colour_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The accent of one colour, in light and dark."""
    if len(code) != 6 or not set(code) <= set("0123456789abcdef"):
        raise Http404
    response = HttpResponse(sheet(f"#{code}"), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=604800, immutable"
    return response


@lru_cache(256)
def sheet(colour: str) -> str:
    light, dark = shades(colour, LIGHT), shades(colour, DARK)
    said = [f"--accent: {accent}; --accent-soft: {soft};" for accent, soft in (light, dark)]
    return f":root {{ {said[0]} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {said[1]} }} }}\n"


def shades(colour: str, paper: str) -> tuple[str, str]:
    """The colour as text and button on this paper, and a breath of it as a ground for text; both can be read."""
    ground, quiet, text = _parts(paper), _parts(MUTED[paper]), _parts(colour)
    soft = ground
    for share in (0.16, 0.12, 0.09, 0.06, 0.03):
        soft = _mixed(ground, text, share)
        if contrast(quiet, soft) >= READABLE:
            break
    else:
        soft = ground
    end = (0.0, 0.0, 0.0) if paper == LIGHT else (255.0, 255.0, 255.0)
    steps = 0
    while min(contrast(text, ground), contrast(text, soft)) < READABLE and steps < 40:
        text, steps = _mixed(_parts(colour), end, (steps + 1) / 40), steps + 1
    return _hex(text), _hex(soft)


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(parts: Sequence[float]) -> float:
    linear = [part / 255 / 12.92 if part <= 10.31 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Rounded as it will be written, so that what is measured is what is shown."""
    parts = [round(a + (b - a) * share) for a, b in zip(one, other, strict=True)]
    return float(parts[0]), float(parts[1]), float(parts[2])


def _parts(colour: str) -> Colour:
    return float(int(colour[1:3], 16)), float(int(colour[3:5], 16)), float(int(colour[5:7], 16))


def _hex(parts: Colour) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in parts)


@require_safe
def logo(request: HttpRequest, token: str) -> HttpResponse:
    """The logo of whose page this is."""
    found = visit(request, token)
    kept = found and Letterhead.objects.of(found.organization).filter(entity__is_default=True).first()
    if not kept or not kept.logo:
        raise Http404
    content = bytes(kept.logo)
    if kept.logo_type == "image/svg+xml":
        if len(content) > MOST_SVG:
            raise Http404
        response = HttpResponse(content, content_type="image/svg+xml")
    else:
        response = HttpResponse(_small(content), content_type="image/png")
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    response["X-Robots-Tag"] = "noindex"
    return response


@lru_cache(32)
def _small(content: bytes) -> bytes:
    """The picture as a small PNG: drawn anew, on its own ground."""
    from PIL import Image  # slow to import: only for houses with a picture

    picture: Any = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]).convert("RGBA")
    out = io.BytesIO()
    for size in SIZES:
        smaller = picture.copy()
        smaller.thumbnail(size)
        for drawn in (smaller, smaller.quantize(64, method=Image.Quantize.FASTOCTREE)):
            out = io.BytesIO()
            drawn.save(out, "PNG", optimize=True)
            if out.tell() <= MOST_PICTURE:
                return out.getvalue()
    return out.getvalue()
