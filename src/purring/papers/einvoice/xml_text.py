# SPDX-License-Identifier: Apache-2.0
"""Texts and numbers as they stand in an XML document."""

from __future__ import annotations

import re
from decimal import Decimal

# XML 1.0 cannot hold these at all; facts from `read_facts` have none, facts made by hand might.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("[^\n\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\t": "&#9;"})


def escape(text: str) -> str:
    """A text for the content or an attribute of an element; what XML cannot hold is left out."""
    return _NOT_XML.sub("", text).translate(_ESCAPES) if _SPECIAL.search(text) else text


def number_text(number: Decimal) -> str:
    """A decimal without exponent and without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
