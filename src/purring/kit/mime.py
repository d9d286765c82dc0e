# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes one mail as bytes: text, HTML beside it, attachments. Nothing here sends or reads mail.

Own writer because the standard library's loses or doubles spaces when it folds a subject that is not
ASCII (Python 3.11), and because it costs a hundred times more CPU. What comes out is 7-bit with CRLF line
ends (only an address whose local part is not ASCII makes the header UTF-8, RFC 6532), folded at 76
columns where a fold is possible, and reads back unchanged. `purring.kit.mime_lint` checks the result.

Everything that came from people is checked here once more: control characters, over-long values and
malformed addresses are `Refused`, so no header can be smuggled in through a name or a subject.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import Final
from urllib.parse import quote

import pybase64

from purring.core.errors import Refused

LINE: Final = 76
SUBJECT_LIMIT: Final = 400
NAME_LIMIT: Final = 200
ADDRESS_LIMIT: Final = 254
VALUE_LIMIT: Final = 900
FILENAME_LIMIT: Final = 160
REFERENCES_KEPT: Final = 20

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LOCAL: Final = re.compile(r"[^\s\"(),.:;<>@\[\]\\]+(?:\.[^\s\"(),.:;<>@\[\]\\]+)*")
_DOMAIN: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_FIELD_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_CONTENT_TYPE: Final = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*", re.ASCII)
_FILENAME_UNFIT: Final = re.compile(r'[\\/:*?"<>|]')
_USUAL: Final = b"\t\r\n" + bytes(range(32, 127))
_HIGH: Final = bytes(range(128, 256))
_OURS: Final = frozenset(
    {"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "in-reply-to"}
    | {"references", "mime-version", "received", "return-path", "auto-submitted", "dkim-signature"}
    | {"content-type", "content-transfer-encoding", "content-disposition", "content-language"}
)


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: `name` as people read it (may be empty), `email` as `local@domain`."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along. Give `content`, or `encoded`: the same as `base64_lines` made it, kept
    beside a stored file so that it is not encoded again for every mail."""

    filename: str
    content: bytes = b""
    content_type: str = "application/pdf"
    encoded: bytes = b""
    content_id: str = ""
    """`left@right` of a picture that the HTML shows as `cid:left@right` (RFC 2392); empty: a file of its own."""

    def data(self) -> bytes:
        """The file itself, whichever form was given."""
        return self.content or pybase64.b64decode(self.encoded)


def compose(
    *,
    sender: Address,
    to: Address,
    subject: str,
    text: str,
    message_id: str,
    date: datetime,
    language: str,
    html: str = "",
    reply_to: Address | None = None,
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
    attachments: Sequence[Attachment] = (),
    pictures: Sequence[Attachment] = (),
    extra: Sequence[tuple[str, str]] = (),
    automatic: bool = True,
) -> bytes:
    """The whole mail, RFC 5322 and MIME, CRLF line ends, not yet dot-stuffed.

    `date` is aware; `message_id`, `in_reply_to`, `references` are `<left@right>`; `language` is BCP 47.
    `pictures` are shown by the HTML and travel beside it (multipart/related, RFC 2387); without HTML there is no place for any.
    `automatic` writes `Auto-Submitted: auto-generated` (RFC 3834), for whatever no person typed.
    Raises `Refused` for anything that cannot be written safely; the code says which part.
    """
    if date.tzinfo is None:
        raise ValueError("date must be aware")
    head = [
        b"From: " + _mailbox(sender, "from", 6),
        b"To: " + _mailbox(to, "to", 4),
        b"Subject: " + _unstructured("subject", subject, 9, SUBJECT_LIMIT),
        b"Date: " + _dated(date.replace(microsecond=0)),
        b"Message-ID: " + _message_id(message_id),
    ]
    if reply_to is not None:
        head.append(b"Reply-To: " + _mailbox(reply_to, "reply_to", 10))
    thread = list(references)
    if in_reply_to:
        head.append(b"In-Reply-To: " + _message_id(in_reply_to))
        if in_reply_to not in thread:
            thread.append(in_reply_to)
    if thread:
        # The first says which conversation, the last ones where in it (RFC 5322 leaves trimming to us).
        kept = thread if len(thread) <= REFERENCES_KEPT else [thread[0], *thread[1 - REFERENCES_KEPT :]]
        head.append(b"References: " + b"\r\n ".join(map(_message_id, kept)))
    if automatic:
        head.append(b"Auto-Submitted: auto-generated")
    if not _LANGUAGE.fullmatch(language):
        raise Refused("bad_language", f"“{_shown(language, 20)}” is not a language tag.", field="language")
    head.append(b"Content-Language: " + language.encode())
    head.extend(_extra_field(name, value) for name, value in extra)
    head.append(b"MIME-Version: 1.0")

    # `=_` cannot occur in base64 or quoted-printable, and _text_part quotes a text that contains it.
    mark = b"=_" + blake2b(message_id.encode(), digest_size=12).hexdigest().encode()
    body = [_text_part("plain", text)]
    if html:
        shown = [_text_part("html", html)]
        if pictures:
            shown = _multipart(
                b"related", mark + b"r", [shown, *map(_picture_part, pictures)], b';\r\n type="text/html"'
            )
        body = _multipart(b"alternative", mark + b"a", [body, shown])
    if attachments:
        body = _multipart(b"mixed", mark + b"m", [body, *map(_attachment_part, attachments)])
    return b"".join((b"\r\n".join(head), b"\r\n", *body))


@lru_cache(maxsize=64)
def _dated(date: datetime) -> bytes:
    """The many mails of one second carry the same date."""
    return format_datetime(date).encode()


def base64_lines(content: bytes) -> bytes:
    """Base64 in lines of 76 with CRLF between them (none at the end)."""
    code = pybase64.b64encode(content)
    return b"\r\n".join(_cutter(len(code)).unpack(code))


@lru_cache(maxsize=64)
def _cutter(length: int) -> Struct:
    lines, rest = divmod(length, LINE)
    return Struct(f"{LINE}s" * lines + (f"{rest}s" if rest or not lines else ""))


def encoded_words(value: str, column: int = 0) -> bytes:
    """RFC 2047 B-words over several folded lines, never splitting a character.

    `column` is how much of the first line is taken. Words hold at most 45 bytes, so that a line with its
    leading space stays within 76 columns.
    """
    data = value.encode()
    words: list[bytes] = []
    start = 0
    room = max(6, min(45, (LINE - 12 - column) // 4 * 3))
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        words.append(b"=?utf-8?b?" + pybase64.b64encode(data[start:end]) + b"?=")
        start, room = end, 45
    return b"\r\n ".join(words)


def envelope_address(email: str, field: str = "to") -> str:
    """The address as SMTP wants it: domain in ASCII (IDNA 2008), local part as given.

    `Refused` (`bad_address`) if malformed; quoted local parts count as malformed.
    """
    local, at, domain = email.rpartition("@")
    if not at or len(email) > ADDRESS_LIMIT or _CONTROL.search(email) or not _LOCAL.fullmatch(local):
        raise _bad_address(email, field)
    if not domain.isascii():
        # Late import: its tables take 20 ms to load and few addresses need them. The standard library's
        # own codec is IDNA 2003 and would write straße.de as strasse.de, which belongs to someone else.
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError as error:
            raise _bad_address(email, field) from error
    if len(local.encode()) > 64 or not _DOMAIN.fullmatch(domain):
        raise _bad_address(email, field)
    return f"{local}@{domain}"


def _bad_address(email: str, field: str) -> Refused:
    return Refused("bad_address", f"“{_shown(email, 80)}” is not an e-mail address we can write to.", field=field)


def _shown(value: str, length: int) -> str:
    return _CONTROL.sub("�", value[:length])


def _checked(field: str, value: str, limit: int) -> str:
    if len(value) > limit:
        message = f"The {field} is {len(value)} characters long; at most {limit} fit."
        raise Refused("too_long", message, field=field)
    if found := _CONTROL.search(value):
        message = f"The {field} contains a character that may not stand there (U+{ord(found[0]):04X})."
        raise Refused("bad_character", message, field=field)
    return value


def _mailbox(address: Address, field: str, column: int) -> bytes:
    email = envelope_address(address.email, field).encode()
    name = _checked(field, address.name, NAME_LIMIT).strip()
    if not name:
        return email
    if name.isascii() and len(name) <= 60 and "=?" not in name:
        shown = b'"' + name.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
    else:
        shown = encoded_words(name, column)
    last = len(shown.rpartition(b"\n")[2]) + (0 if b"\n" in shown else column)
    return shown + (b" <" if last + len(email) + 3 <= LINE else b"\r\n <") + email + b">"


def _unstructured(field: str, value: str, column: int, limit: int) -> bytes:
    _checked(field, value, limit)
    # Encoded when ASCII could be misread: "=?" looks like an encoded word, outer spaces get lost.
    if not value.isascii() or "=?" in value or value != value.strip():
        return encoded_words(value, column)
    if column + len(value) <= LINE:
        return value.encode()
    if "  " in value or any(len(word) >= LINE for word in value.split(" ")):
        return encoded_words(value, column)
    return _folded(value, column)


def _folded(value: str, column: int) -> bytes:
    """ASCII words on lines of at most 76 columns; a longer single word keeps a line of its own."""
    lines = [""]
    for word in value.split(" "):
        line = lines[-1]
        if line and column + len(line) + 1 + len(word) > LINE:
            lines.append(word)
            column = 1
        else:
            lines[-1] = f"{line} {word}" if line else word
    return "\r\n ".join(lines).encode()


def _extra_field(name: str, value: str) -> bytes:
    if not _FIELD_NAME.fullmatch(name) or name.lower() in _OURS:
        shown = _shown(name, 40)
        raise Refused("bad_header", f"“{shown}” cannot be set as an extra header.", field=shown)
    column = len(name) + 2
    if value.isascii() and value == value.strip() and "  " not in value and "=?" not in value:
        # Not _unstructured: these often hold links (List-Unsubscribe), which no client decodes.
        return name.encode() + b": " + _folded(_checked(name, value, VALUE_LIMIT), column)
    return name.encode() + b": " + _unstructured(name, value, column, VALUE_LIMIT)


def _message_id(value: str) -> bytes:
    if len(value) > 250 or not _MESSAGE_ID.fullmatch(value):
        raise Refused("bad_message_id", f"“{_shown(value, 80)}” is not a message id.", field="message_id")
    return value.encode()


def _text_part(subtype: str, text: str) -> bytes:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        text += "\n"
    try:
        data = text.replace("\n", "\r\n").encode()
    except UnicodeEncodeError as error:
        raise _bad_text(subtype) from error
    # One pass over the whole text; what is left over is short and tells the rest.
    unusual = data.translate(None, _USUAL)
    if unusual.translate(None, _HIGH):
        raise _bad_text(subtype)
    kind = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: ".encode()
    if not unusual and max(map(len, data.split(b"\r\n"))) <= LINE and b"=_" not in data:
        return kind + b"7bit\r\n\r\n" + data
    # Quoted-printable keeps mostly-ASCII text readable in its source and is the shorter of the two then.
    if len(unusual) * 6 <= len(data):
        quoted = b2a_qp(data)
        # b2a_qp makes a line up to 78 long when it has to encode a blank at its end: rare, then base64.
        blank_at_end = b" \r\n" in data or b"\t\r\n" in data
        if not blank_at_end or max(map(len, quoted.split(b"\r\n"))) <= LINE:
            return kind + b"quoted-printable\r\n\r\n" + quoted
    return kind + b"base64\r\n\r\n" + base64_lines(data) + b"\r\n"


def _bad_text(subtype: str) -> Refused:
    message = f"The {subtype} text contains a control character or half a character."
    return Refused("bad_character", message, field="text" if subtype == "plain" else "html")


def _attachment_part(attachment: Attachment) -> list[bytes]:
    if not _CONTENT_TYPE.fullmatch(attachment.content_type):
        raise Refused("bad_content_type", "The attachment's content type is malformed.", field="attachment")
    head = f"Content-Type: {attachment.content_type}\r\nContent-Transfer-Encoding: base64\r\n"
    name = _filename(safe_filename(attachment.filename))
    return [
        head.encode() + b"Content-Disposition: attachment" + name + b"\r\n\r\n",
        attachment.encoded or base64_lines(attachment.content),
    ]


def _picture_part(picture: Attachment) -> list[bytes]:
    head, encoded = _attachment_part(picture)
    name = b"Content-ID: " + _message_id(f"<{picture.content_id}>") + b"\r\n"
    return [name + head.replace(b"Content-Disposition: attachment", b"Content-Disposition: inline", 1), encoded]


def safe_filename(name: str) -> str:
    """The name with whatever a file system would not take turned into `-` (invoice 2026/17 is common)."""
    cleaned = _FILENAME_UNFIT.sub("-", _checked("file name", name, FILENAME_LIMIT)).strip(" .")
    return cleaned or "attachment"


def _filename(name: str) -> bytes:
    """The `filename` parameter: quoted when ASCII, else RFC 2231 in numbered pieces."""
    if name.isascii() and len(name) <= 60:
        return b';\r\n filename="' + name.encode() + b'"'
    pieces = [""]
    for character in name:
        code = quote(character, safe="")
        if len(pieces[-1]) + len(code) > 50:
            pieces.append("")
        pieces[-1] += code
    if len(pieces) == 1:
        return f";\r\n filename*=utf-8''{pieces[0]}".encode()
    pieces[0] = "utf-8''" + pieces[0]
    return "".join(f";\r\n filename*{n}*={piece}" for n, piece in enumerate(pieces)).encode()


def _multipart(subtype: bytes, mark: bytes, parts: Sequence[list[bytes]], more: bytes = b"") -> list[bytes]:
    """The pieces of a multipart; they are joined once, at the end, because attachments are large."""
    pieces = [b"Content-Type: multipart/" + subtype + b';\r\n boundary="' + mark + b'"' + more + b"\r\n"]
    for part in parts:
        pieces.append(b"\r\n--" + mark + b"\r\n")
        pieces.extend(part)
    pieces.append(b"\r\n--" + mark + b"--\r\n")
    return pieces
