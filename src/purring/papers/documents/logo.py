# SPDX-License-Identifier: Apache-2.0
"""Taking a logo from a stranger: PNG, JPEG or SVG that is small, complete in itself and does nothing but draw.

An SVG may hold shapes and text, no script, no event handler, no reference to anything outside itself, no filter, and
no nest of copies that unfolds into millions of shapes. A picture is put into an SVG, so that the page sees one kind.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from purring.core.errors import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 1_000_000
MAX_PIXELS = 4_000_000
MAX_SHAPES = 20_000
MAX_WIDTH_MM, MAX_HEIGHT_MM = 52.0, 18.0

_SVG = "http://www.w3.org/2000/svg"
_FORBIDDEN = frozenset(("script", "foreignObject", "filter", "iframe", "audio", "video", "image", "feImage"))
_OUTSIDE = re.compile(r"@import|url\(\s*['\"]?\s*(?!['\"]?#)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(?:px|pt|mm|cm|in|pc)?\s*")


@dataclass(frozen=True, slots=True)
class Logo:
    """The drawing as SVG text, and its size on the paper in millimetres."""

    svg: str
    width: float
    height: float


def read_logo(data: bytes) -> Logo:
    """Refuses with `bad_logo`: too large, not one of the three kinds, broken, or more than a drawing."""
    if len(data) > MAX_BYTES:
        _refuse(f"{len(data) / 1e6:,.1f} MB; at most {MAX_BYTES / 1e6:.0f} MB are taken, and 50 kB are plenty")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture(data, "image/png", _png_size(data))
    if data.startswith(b"\xff\xd8\xff"):
        return _picture(data, "image/jpeg", _jpeg_size(data))
    if b"<svg" in data[:4096] or b":svg" in data[:4096]:
        return _drawing(data)
    _refuse("is neither PNG, JPEG nor SVG")


def _refuse(why: str) -> NoReturn:
    raise Refused("bad_logo", f"logo: {why}", path="logo")


def _fitted(svg: str, width: float, height: float) -> Logo:
    if not (width > 0 and height > 0 and 0.05 < width / height < 40):
        _refuse("its width and height do not make a picture")
    scale = min(MAX_WIDTH_MM / width, MAX_HEIGHT_MM / height)
    return Logo(svg, round(width * scale, 2), round(height * scale, 2))


def _picture(data: bytes, kind: str, size: tuple[int, int]) -> Logo:
    width, height = size
    if width * height > MAX_PIXELS:
        _refuse(f"{width} by {height} pixels; at most {MAX_PIXELS / 1e6:.0f} million are taken")
    if not (width and height):
        _refuse("has no size")
    coded = base64.b64encode(data).decode()
    svg = (
        f'<svg xmlns="{_SVG}" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" xlink:href="data:{kind};base64,{coded}"/></svg>'
    )
    return _fitted(svg, width, height)


def _png_size(data: bytes) -> tuple[int, int]:
    if len(data) < 33 or data[12:16] != b"IHDR" or b"IEND" not in data[-16:]:
        _refuse("is a broken PNG")
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """From the start-of-frame segment (ITU T.81, B.2.2)."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if data[at + 9] == 4:
                _refuse("is a JPEG in printer's colours (CMYK); save it as RGB")
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + length
    _refuse("is a broken JPEG")


def _drawing(data: bytes) -> Logo:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        _refuse(f"is a broken SVG ({error.msg})")
    if root.tag != f"{{{_SVG}}}svg":
        _refuse("is not an SVG drawing")
    for element in root.iter():
        _check(element)
    if _shapes(root) > MAX_SHAPES:
        _refuse(f"draws more than {MAX_SHAPES:,} shapes")
    width, height = _size(root)
    return _fitted(etree.tostring(root, encoding="unicode"), width, height)


def _check(element: _Element) -> None:
    if not isinstance(element.tag, str):
        _refuse("uses entities; save it as plain SVG")
    name = element.tag.rpartition("}")[2]
    if name in _FORBIDDEN:
        _refuse(f"holds <{name}>; only shapes and text are taken")
    if name == "style" and _OUTSIDE.search(element.text or ""):
        _refuse("its style refers to something outside")
    for key, value in element.attrib.items():
        attribute = str(key).rpartition("}")[2]
        if attribute.lower().startswith("on"):
            _refuse(f"holds a script ({attribute})")
        if attribute in ("href", "src") and not str(value).startswith("#"):
            _refuse("refers to something outside itself")
        if _OUTSIDE.search(str(value)):
            _refuse("refers to something outside itself")


def _shapes(root: _Element) -> int:
    """How many elements it draws when every <use> is unfolded; more than allowed when it unfolds into itself."""
    by_id = {str(one.get("id")): one for one in root.iter() if one.get("id")}
    known: dict[_Element, int] = {}

    def count(element: _Element, above: frozenset[_Element]) -> int:
        if element in above or len(above) > 64:
            return MAX_SHAPES + 1
        if element not in known:
            inside = above | {element}
            total = 1 + sum(count(child, inside) for child in element)
            target = by_id.get(_reference(element))
            if target is not None:
                total += count(target, inside)
            known[element] = min(total, MAX_SHAPES + 1)
        return known[element]

    return count(root, frozenset())


def _reference(element: _Element) -> str:
    target = element.get("href") or element.get("{http://www.w3.org/1999/xlink}href") or ""
    return str(target)[1:]


def _size(root: _Element) -> tuple[float, float]:
    box = re.split(r"[\s,]+", str(root.get("viewBox", "")).strip())
    try:
        if len(box) == 4:
            return float(box[2]), float(box[3])
    except ValueError:
        _refuse("its viewBox is not four numbers")
    sides = [_LENGTH.fullmatch(str(root.get(side, ""))) for side in ("width", "height")]
    if sides[0] is None or sides[1] is None:
        _refuse("says no size; give it a viewBox")
    return float(sides[0][1]), float(sides[1][1])
