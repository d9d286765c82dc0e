# SPDX-License-Identifier: AGPL-3.0-or-later
"""The HTML of a message as a part of a page of ours: its content without head, styles and addresses, so that the page's
policy (nothing inline) holds and nothing in it can be followed by accident."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from lxml import html

TAGS = frozenset({"p", "br", "img", "ul", "li", "table", "tbody", "tr", "td", "span", "a", "strong", "em"})
CLASSES = frozenset({"go", "quiet", "line"})
_DATA = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")


@lru_cache(64)
def mail_view(source: str) -> SafeString:
    """The readable part of a mail's HTML, made anew of a few tags; everything else in it is text. Of pictures only a logo
    that lies in the HTML itself (`Logos.put_into`)."""
    if not source:
        return SafeString("")
    document = html.document_fromstring(source)
    card = document.find(".//td[@class='card']")
    if card is None:
        card = document.find("body")
    return SafeString("") if card is None else mark_safe("".join(_inner(card)))  # every text in it is escaped below


def _inner(element: html.HtmlElement) -> list[str]:
    found: list[str] = [escape(element.text or "")]
    for child in element:
        if isinstance(child.tag, str):
            found += _outer(child)
        found.append(escape(child.tail or ""))
    return found


def _outer(element: html.HtmlElement) -> list[str]:
    tag = str(element.tag)
    if tag in ("script", "style"):
        return []
    if tag not in TAGS:
        return _inner(element)
    if tag == "br":
        return ["<br>"]
    if tag == "img":
        return _logo(element)
    shown = "span" if tag == "a" else tag
    names = [name for name in (element.get("class") or "").split() if name in CLASSES]
    names += ["link"] if tag == "a" and "go" not in names else []
    role = ' role="presentation"' if tag == "table" else ""
    opened = f'<{shown}{role} class="{" ".join(names)}">' if names else f"<{shown}{role}>"
    return [opened, *_inner(element), f"</{shown}>"]


def _logo(element: html.HtmlElement) -> list[str]:
    source, name = element.get("src") or "", element.get("alt") or ""
    size = [element.get(side) or "" for side in ("width", "height")]
    if not _DATA.fullmatch(source) or not all(side.isdecimal() for side in size):
        return []
    return [f'<img class="logo" src="{source}" width="{size[0]}" height="{size[1]}" alt="{escape(name)}">']
