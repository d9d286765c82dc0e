# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks a finished mail the way a strict receiver would. For tests and `doctor`, not for the daily round.

It knows nothing of how the mail was written: it reads the bytes, and what the standard library's parser
makes of them. It does not judge the words (that is the tone guard's work) nor the signature (DKIM).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from urllib.parse import urlsplit

ONCE = (
    *("From", "To", "Subject", "Date", "Message-ID"),
    *("MIME-Version", "Content-Language", "Content-Type"),
)
AT_MOST_ONCE = ("Sender", "Reply-To", "In-Reply-To", "References", "Auto-Submitted")
# Gmail cuts a message text at 102 kB and hides the rest.
TEXT_LIMIT_BYTES = 100_000
_LOADED = frozenset(("src", "srcset", "background", "poster", "data"))
_STYLE_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", re.I)


def lint(raw: bytes, *, hosts: Collection[str] = ()) -> list[str]:
    """What is wrong with this mail, one sentence each; empty when nothing is.

    `hosts` are the host names the HTML may link to (ours); nothing may be loaded from anywhere.
    """
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return [*_lines(raw), *_headers(message), *_parts(message, frozenset(hosts))]


def _lines(raw: bytes) -> list[str]:
    found = []
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        found.append("bare CR or LF")
    if b"\0" in raw:
        found.append("NUL byte")
    if not raw.endswith(b"\r\n"):
        found.append("last line does not end")
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        found.append("line longer than 998 bytes")
    if not raw.isascii():
        found.append("8-bit bytes")
    head = raw.partition(b"\r\n\r\n")[0]
    for line in head.split(b"\r\n"):
        if b"=?" in line and len(line) > 76:
            found.append(f"encoded word on a line of {len(line)} columns")
        if not line.strip():
            found.append("blank folded line")
    return found


def _headers(message: EmailMessage) -> list[str]:
    found = []
    for name in ONCE:
        if (count := len(message.get_all(name, []))) != 1:
            found.append(f"{count} fields {name}")
    for name in AT_MOST_ONCE:
        if len(message.get_all(name, [])) > 1:
            found.append(f"several fields {name}")
    for name, value in message.items():
        found.extend(f"{name}: {defect!r}" for defect in getattr(value, "defects", ()))
    for name in ("From", "To"):
        field = message.get(name)
        if field is not None and len(field.addresses) != 1:
            found.append(f"{name} holds {len(field.addresses)} addresses")
    date = message.get("Date")
    if date is not None and (date.datetime is None or date.datetime.tzinfo is None):
        found.append("Date without an offset")
    return found


def _parts(message: EmailMessage, hosts: frozenset[str]) -> list[str]:
    found: list[str] = []
    text_bytes = 0
    for part in message.walk():
        found.extend(f"{part.get_content_type()}: {defect!r}" for defect in part.defects)
        if part.is_multipart():
            continue
        payload = part.get_payload()
        encoding = part["Content-Transfer-Encoding"]
        if encoding in ("base64", "quoted-printable") and any(len(line) > 76 for line in str(payload).splitlines()):
            found.append(f"{encoding} line longer than 76 columns")
        if part.get_content_maintype() == "text" and not part.is_attachment():
            text_bytes += len(str(payload))
    plain = message.get_body(("plain",))
    if plain is None or not plain.get_content().strip():
        found.append("no plain text")
    if text_bytes > TEXT_LIMIT_BYTES:
        found.append(f"texts of {text_bytes} bytes: receivers cut them")
    html = message.get_body(("html",))
    if html is not None:
        reader = _Links(hosts)
        reader.feed(html.get_content())
        reader.close()
        found.extend(reader.found)
    return found


class _Links(HTMLParser):
    def __init__(self, hosts: frozenset[str]) -> None:
        super().__init__()
        self.hosts = hosts
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "form", "link", "base"):
            self.found.append(f"HTML element <{tag}>")
        for name, value in attrs:
            value = (value or "").strip()
            if name.startswith("on"):
                self.found.append(f"HTML attribute {name}")
            elif name in _LOADED:
                self._loads(value)
            elif name == "style":
                self._style(value)
            elif name == "href":
                self._links(value)

    def handle_data(self, data: str) -> None:
        # Style sheets arrive as data too; a url() in running text is reported as well, which is harmless.
        self._style(data)

    def _style(self, css: str) -> None:
        for first, second in _STYLE_URL.findall(css):
            self._loads(first or second)

    def _loads(self, url: str) -> None:
        if not url.startswith(("cid:", "data:image/")):
            self.found.append(f"HTML loads {url[:80]}")

    def _links(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https"):
            if parts.hostname not in self.hosts:
                self.found.append(f"HTML links to {parts.hostname}")
        elif parts.scheme not in ("mailto", "tel", "sms") and not url.startswith("#"):
            self.found.append(f"HTML link with scheme {parts.scheme or 'none'}")
