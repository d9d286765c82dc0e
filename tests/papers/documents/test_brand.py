# SPDX-License-Identifier: AGPL-3.0-or-later
"""Colour, typeface and logo; and logos that are more than a logo."""

from __future__ import annotations

import time
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from purring.core.errors import Refused
from purring.papers.documents import Brand, Printer
from purring.papers.documents.brand import FACES
from purring.papers.documents.logo import MAX_HEIGHT_MM, MAX_WIDTH_MM
from tests.papers.documents.cast import Seen, invoice

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 120 40">'
RED = '<rect width="120" height="40" fill="#e00000"/>'


def svg(inside: str) -> bytes:
    return f"{HEAD}{inside}</svg>".encode()


def picture(kind: str, size: tuple[int, int] = (300, 100), mode: str = "RGB") -> bytes:
    made = BytesIO()
    Image.new(mode, size, "#e00000" if mode != "CMYK" else (0, 255, 255, 0)).save(made, kind)
    return made.getvalue()


@pytest.mark.parametrize(
    "logo",
    [
        svg(RED),
        picture("PNG"),
        picture("PNG", mode="RGBA"),
        picture("PNG", mode="P"),
        picture("JPEG"),
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">' + svg(RED),
        svg(
            f'<style>rect {{ fill: url(#a) }}</style><defs><linearGradient id="a"><stop stop-color="#e00000"/></linearGradient></defs>{RED}'
        ),
    ],
    ids=["svg", "png", "png-alpha", "png-palette", "jpeg", "doctype", "style"],
)
def test_a_logo_stands_at_the_top_left(logo: bytes) -> None:
    seen = Seen(Printer(Brand(logo=logo), fonts=()).pdf(invoice()))
    shown = seen.picture().convert("RGB")
    scale = shown.width / 210
    spot = shown.getpixel((int((25 + 20) * scale), int((17 + 6) * scale)))
    assert isinstance(spot, tuple)
    assert spot[:3] != (255, 255, 255)
    assert "Tischlerei Brandt GmbH" in seen.text


@pytest.mark.parametrize("size", [(20, 20), (2000, 100), (100, 1500)])
def test_a_logo_keeps_its_shape_in_its_place(size: tuple[int, int]) -> None:
    logo = Brand(logo=picture("PNG", size)).drawn_logo
    assert logo
    assert logo.width <= MAX_WIDTH_MM
    assert logo.height <= MAX_HEIGHT_MM
    assert logo.width / logo.height == pytest.approx(size[0] / size[1], rel=0.02)


BOMB = "<defs>" + '<g id="a0"><rect width="1" height="1"/></g>'
BOMB += (
    "".join(f'<g id="a{at}">' + f'<use href="#a{at - 1}"/>' * 10 + "</g>" for at in range(1, 12))
    + '</defs><use href="#a11"/>'
)
ENTITIES = (
    b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>&b;</text></svg>'
)


@pytest.mark.parametrize(
    ("logo", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100_000_000), "100.0 MB"),
        (svg("<script>alert(1)</script>"), "<script>"),
        (svg('<rect onload="alert(1)"/>'), "script"),
        (svg('<image href="https://x.example/a.png"/>'), "<image>"),
        (svg('<image href="file:///etc/passwd"/>'), "<image>"),
        (svg('<use href="https://x.example/a.svg#b"/>'), "outside"),
        (svg('<use xlink:href="/etc/passwd#b"/>'), "outside"),
        (svg('<a href="javascript:alert(1)"><rect/></a>'), "outside"),
        (svg('<rect style="fill:url(https://x.example/a)"/>'), "outside"),
        (svg("<style>@import 'https://x.example/a.css';</style>"), "outside"),
        (svg("<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>"), "<foreignObject>"),
        (svg('<filter id="f"><feGaussianBlur stdDeviation="99"/></filter>'), "<filter>"),
        (svg(BOMB), "shapes"),
        (svg('<g id="a"><use href="#a"/></g>'), "shapes"),
        (svg("<g>" * 300 + "</g>" * 300), "SVG"),
        (ENTITIES, "entities"),
        (svg("<rect"), "broken SVG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>', "size"),
        (svg("").replace(b"120 40", b"120 0"), "picture"),
        (b"<html><svg></svg></html>", "not an SVG"),
        (picture("JPEG", mode="CMYK"), "CMYK"),
        (picture("PNG")[:60], "broken PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "broken JPEG"),
        (picture("GIF", mode="P"), "neither"),
        (b"", "neither"),
    ],
)
def test_more_than_a_logo_is_refused(logo: bytes, says: str) -> None:
    start = time.monotonic()
    with pytest.raises(Refused) as refused:
        Printer(Brand(logo=logo), fonts=())
    assert refused.value.code == "bad_logo"
    assert says in refused.value.message
    assert time.monotonic() - start < 2


def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused() -> None:
    head = (40_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(Refused, match="pixels"):
        Brand(logo=bomb)


def test_a_picture_with_a_broken_inside_is_refused() -> None:
    good = bytearray(picture("PNG"))
    at = good.index(b"IDAT") + 8
    good[at : at + 12] = bytes(12)
    with pytest.raises(Refused) as refused:
        Printer(Brand(logo=bytes(good)), fonts=())
    assert refused.value.code == "bad_logo"


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@given(st.from_regex("#[0-9a-f]{6}", fullmatch=True))
def test_any_colour_can_be_read(colour: str) -> None:
    brand = Brand(colour=colour)
    assert _contrast(brand.accent, brand.tint) > 4.4
    assert _contrast(brand.accent, "#ffffff") > 4.4


@pytest.mark.parametrize("font", sorted(FACES))
def test_the_typeface_that_was_chosen(font: str) -> None:
    seen = Seen(Printer(Brand(font=font), fonts=()).pdf(invoice()))
    name = {"inter": "Inter", "source-sans": "SourceSans3", "source-serif": "SourceSerif4"}[font]
    assert f"+{name}-Regular" in seen.document.pdf.decode("latin-1")


def test_what_is_no_colour_and_no_typeface() -> None:
    with pytest.raises(Refused, match="is not a colour"):
        Brand(colour='#fff"; evil')
    with pytest.raises(Refused, match="is not carried here"):
        Brand(font="Comic Sans")
