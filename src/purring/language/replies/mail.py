# SPDX-License-Identifier: Apache-2.0
"""A mail as it came over the wire, opened: its headers that matter here, its text, what a mail server reported in it.

Real mail breaks every rule: wrong charsets, halves of quoted-printable, parts without a type. Nothing here raises for
that; what cannot be read is read as well as it can be.
"""

from __future__ import annotations

import binascii
import email
import email.errors
import email.header
import email.message
import quopri
import re
from dataclasses import dataclass

from purring.language.replies.markup import plain_text

MOST_BYTES = 4_000_000
"""Of a mail looked at; what is beyond are attachments."""
MOST_PARTS = 60


@dataclass(frozen=True)
class Mail:
    """What of a mail is read. Header names are lower case; a header may come several times."""

    headers: tuple[tuple[str, str], ...]
    text: str
    """The body for reading: plain text, or HTML turned into it, quoted parts marked with ">"."""
    every_text: str
    """All text parts, delivery reports and returned headers too: for telling bounces."""
    report_type: str
    """Of a multipart/report: delivery-status, disposition-notification, feedback-report; else empty."""
    actions: tuple[str, ...]
    """The actions of a delivery report: failed, delayed, delivered, relayed, expanded."""

    def header(self, name: str) -> str:
        """The first header of this name, or ""."""
        return next((value for known, value in self.headers if known == name), "")

    def has(self, name: str) -> bool:
        """Whether there is such a header at all."""
        return any(known == name for known, _ in self.headers)


def opened(raw: bytes) -> Mail:
    """Read a mail from its bytes."""
    raw = raw[:MOST_BYTES]
    if raw.startswith((b"From ", b">From ")):
        raw = raw[raw.find(b"\n") + 1 :]
    message = email.message_from_bytes(raw.lstrip(b"\r\n"))
    headers = tuple((name.lower(), _decoded(str(value))) for name, value in message.items())
    plains: list[str] = []
    pages: list[str] = []
    every: list[str] = []
    actions: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            report = _report(part)
            actions += [one.lower() for one in re.findall(r"(?im)^action:\s*([a-z]+)", report)]
            every.append(report)
        elif kind.startswith("text/") and kind not in ("text/calendar", "text/x-vcard", "text/vcard", "text/directory"):
            text = _text(part)
            every.append(text if kind != "text/html" else plain_text(text))
            if kind == "text/rfc822-headers" or _attached(part):
                continue
            (pages if kind == "text/html" else plains).append(text)
    text = "\n".join(plains).strip("\n")
    if pages and len(text.split()) < 3:
        text = plain_text(pages[0]) or text
    report_type = (
        str(message.get_param("report-type") or "").lower() if message.get_content_maintype() == "multipart" else ""
    )
    return Mail(headers, text, "\n".join(every), report_type, tuple(actions))


def mended(text: str) -> str:
    """Text in which quoted-printable was left undecoded by somebody, decoded."""
    if "=\n" not in text or not re.search(r"=[0-9A-F]{2}", text):
        return text
    try:
        return quopri.decodestring(text.encode("utf-8")).decode("utf-8")
    except UnicodeDecodeError:
        return text


def _parts(message: email.message.Message) -> list[email.message.Message]:
    """The parts on the way, without those of a mail that is attached whole, besides its returned headers."""
    found: list[email.message.Message] = []
    waiting = [message]
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop(0)
        if part.get_content_type() == "message/rfc822" and part is not message:
            continue
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            found.append(part)
        elif part.is_multipart():
            payload = part.get_payload()
            waiting[:0] = [one for one in payload if isinstance(one, email.message.Message)]
        else:
            found.append(part)
    return found


def _attached(part: email.message.Message) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _report(part: email.message.Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(str(one) for one in payload)
    return _text(part)


def _text(part: email.message.Message) -> str:
    try:
        payload = part.get_payload(decode=True)
    except (binascii.Error, ValueError, AssertionError):
        payload = None
    if not isinstance(payload, bytes):
        payload = str(part.get_payload()).encode("utf-8", "surrogateescape")
    text = _decoded_bytes(payload, str(part.get_param("charset") or ""))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if str(part.get_param("format") or "").lower() == "flowed":
        text = _unflowed(text, str(part.get_param("delsp") or "").lower() == "yes")
    return text


def _decoded_bytes(payload: bytes, charset: str) -> str:
    """As UTF-8 when it is (whatever was declared), else as declared, else as western European."""
    declared = charset.strip("'\" ").lower()
    if not declared.startswith(("iso-2022", "utf-7", "utf-16", "hz")):
        try:
            return payload.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if declared in ("iso-8859-1", "latin1", "us-ascii", "ascii", "ansi_x3.4-1968", ""):
        declared = "cp1252"
    try:
        return payload.decode(declared)
    except (LookupError, UnicodeDecodeError, ValueError):
        return payload.decode("cp1252", "replace")


def _unflowed(text: str, delete_space: bool) -> str:
    """Lines that were broken softly (RFC 3676), joined again."""
    joined: list[str] = []
    depth_before, open_line = -1, False
    for line in text.split("\n"):
        marks = re.match(r">*", line)
        depth = len(marks[0]) if marks else 0
        body = line[depth:]
        if body.startswith(" "):
            body = body[1:]
        soft = body.endswith(" ") and body != "-- "
        piece = body[:-1] if soft and delete_space else body
        if open_line and depth == depth_before and body != "-- ":
            joined[-1] += piece
        else:
            joined.append((">" * depth + " " if depth else "") + piece)
        open_line, depth_before = soft, depth
    return "\n".join(joined)


def _decoded(value: str) -> str:
    """A header without its encoding and line breaks."""
    flat = " ".join(value.split())
    if "=?" not in flat:
        return flat
    try:
        return " ".join(str(email.header.make_header(email.header.decode_header(flat))).split())
    except (LookupError, ValueError, UnicodeError, email.errors.HeaderParseError):
        return flat
