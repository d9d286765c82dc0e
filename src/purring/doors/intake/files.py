# SPDX-License-Identifier: AGPL-3.0-or-later
"""What kind of file this is, by its content and never by its name. Opens nothing; see the `*_table` modules.

Whatever is not a list, an e-invoice or a PDF is refused (`unreadable`) with what to do instead.
"""

from __future__ import annotations

from typing import Literal

from purring.doors.intake.source import Source, unreadable

FileType = Literal["csv", "json", "xlsx", "pdf", "xml"]

_AS_LIST = "export the list as CSV or XLSX"
_NOT_OURS: tuple[tuple[bytes, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0",
        "this is an old Excel file (.xls) or one with a password; open it and save it as XLSX",
    ),
    (b"\x89PNG", f"this is a picture; {_AS_LIST}"),
    (b"\xff\xd8\xff", f"this is a picture; {_AS_LIST}"),
    (b"GIF8", f"this is a picture; {_AS_LIST}"),
    (b"BM", f"this is a picture; {_AS_LIST}"),
    (b"II*\x00", f"this is a picture; {_AS_LIST}"),
    (b"MM\x00*", f"this is a picture; {_AS_LIST}"),
    (b"\x1f\x8b", "this file is packed (gzip); unpack it first"),
    (b"7z\xbc\xaf", "this file is packed (7z); unpack it first"),
    (b"Rar!", "this file is packed (rar); unpack it first"),
    (b"BZh", "this file is packed (bzip2); unpack it first"),
    (b"\xfd7zXZ", "this file is packed (xz); unpack it first"),
    (b"{\\rtf", f"this is a text document (RTF); {_AS_LIST}"),
    (b"SQLite format 3", f"this is a database; {_AS_LIST}"),
)
_HTML = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta")


def file_type(source: Source) -> FileType:
    """The kind of file; refuses empty files and every kind that holds no list."""
    head = source.head(4096)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise unreadable("the file is empty; export it again")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "xlsx"
    if b"%PDF-" in head[:1024]:
        if b"%%EOF" not in source.tail(2048):
            raise unreadable("the PDF is incomplete; save or download it again")
        return "pdf"
    for magic, message in _NOT_OURS:
        # two letters alone may begin an honest header, so a bitmap must also have its zero bytes
        if head.startswith(magic) and (magic != b"BM" or b"\0" in head[:32]):
            raise unreadable(message)
    start = _ascii_start(head)
    if start.startswith(_HTML):
        raise unreadable(f"this is a web page, whatever its name says; {_AS_LIST}")
    if start.startswith(b"<"):
        return "xml"
    if start.startswith((b"[", b"{")):
        return "json"
    return "csv"


def _ascii_start(head: bytes) -> bytes:
    """The first visible characters in small letters, whatever the encoding."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip()[:64].lower()
