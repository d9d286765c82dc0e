# SPDX-License-Identifier: Apache-2.0
"""Parsing XML that strangers send: no entities, no DTD, no network, nothing huge."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from purring.core.errors import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 32 * 1024 * 1024
"""An e-invoice with its embedded documents; more is refused."""
MAX_TAGS = 1_000_000
"""Opening and closing tags together: about 10,000 full lines. A parsed tag takes some 150 bytes of memory."""

_ENCODINGS = frozenset(("utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"))
_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_NAMED = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def parse(data: bytes) -> _Element:
    """The root element of a document. Refuses `too_large`, `unsafe_xml` (DTD, entities) and `not_xml`."""
    from lxml import etree

    if len(data) > MAX_BYTES:
        raise Refused("too_large", f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    text = _decoded(data)
    # Whatever the bytes were, from here on there is one encoding, and no other way to write a DTD than this.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("unsafe_xml", "the file holds a DTD or entities, which no e-invoice may have; it is not read")
    if text.count("<") > MAX_TAGS:
        raise Refused("too_large", f"the file has more than {MAX_TAGS:,} tags; it is not read")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as bad:
        line, _ = bad.position
        raise Refused("not_xml", f"the file is not well-formed XML (line {line}): {bad.msg}", line=line) from None


def _decoded(data: bytes) -> str:
    """The document as text without its declaration; only encodings that invoices come in."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif data.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    else:
        found = _NAMED.match(data.lstrip()[:200])
        name = found.group(1).decode("ascii").lower() if found else "utf-8"
        if name not in _ENCODINGS:
            raise Refused("not_xml", f"the file says it is written in {name}; use UTF-8", value=name)
    try:
        text = data.decode(name)
    except UnicodeDecodeError as bad:
        raise Refused("not_xml", f"byte {bad.start + 1:,} of the file is not {name.upper()}") from None
    text = text.lstrip()
    declared = _DECLARATION.match(text)
    return text[declared.end() :] if declared else text
