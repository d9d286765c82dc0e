# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which encoding a text file is in, and that it is one text file: one encoding, lines of sane length, no NUL.

UTF-8 and UTF-16 prove themselves. A file that is neither is an old single-byte file; Windows-1252 is taken when its
letters make sense in Western Europe, else the one other encoding in which they do. Between several charset-normalizer
must be clearly for one. Where letters cannot be told, and where half a file is UTF-8 and half is something else, the
file is refused with the line: guessing would spoil somebody's name.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import BinaryIO

from charset_normalizer import from_bytes

from purring.doors.intake.limits import Limits
from purring.doors.intake.source import Source, unreadable

_CHUNK = 1 << 20
_SAMPLE = 32 * 1024
_UTF8_LETTER = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\xbf]{2}|\xf0\x9f[\x80-\xbf]{2}")
_MARKS = frozenset("«»‹›‘’‚“”„–—…•·€£¥¢¤§©®™ªº°´¨¯¸¹²³¼½¾×÷±¡¿†‡‰\xa0\xad")
_WESTERN = frozenset("àâäáãåæçèéêëìíîïñòóôöõøùúûüÿßœÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØÙÚÛÜŸŒ")
_ICELANDIC = _WESTERN | frozenset("ðÐþÞýÝ")
_CENTRAL = frozenset("áäâăąčćçďđéěęëíîľĺłňńóôöőřŕšśşťţúůüűýžźż")
_BALTIC = frozenset("āäąåčćēėęģīįķļłńņóōõöśšūųüźžż")
_CLEARLY = 0.15
_ALPHABETS: dict[str, Callable[[str], bool]] = {
    "cp1252": lambda letter: letter in _ICELANDIC,
    "cp1250": lambda letter: letter.lower() in _CENTRAL or letter == "ß",
    "cp1251": lambda letter: "\u0400" <= letter <= "\u04ff",
    "cp1253": lambda letter: "\u0370" <= letter <= "\u03ff",
    "cp1254": lambda letter: letter in _WESTERN or letter in "ğĞıİşŞ",
    "cp1257": lambda letter: letter.lower() in _BALTIC or letter == "ß",
    "koi8_r": lambda letter: "\u0400" <= letter <= "\u04ff",
    "cp866": lambda letter: "\u0400" <= letter <= "\u04ff",
    "mac_roman": lambda letter: letter in _WESTERN,
    "cp850": lambda letter: letter in _WESTERN,
}
"""Old encodings, and the letters that a text in each of them may hold."""
_LATIN_RUN = re.compile(r"[^\W\d_a-zA-Z]{3,}")


def text_encoding(source: Source, limits: Limits) -> str:
    """The codec to read the whole file with; refuses (`unreadable`, `mixed_encodings`, with `line`) what is
    no text.

    Goes through the file once in pieces, and stops at the first line that is too long.
    """
    if source.size > limits.file_bytes:
        _LineGauge(limits).take(source.head(limits.line_chars + 2 * _CHUNK))
        raise unreadable(f"the file is larger than {limits.file_bytes >> 20} MB; split it")
    head = source.head(4096)
    wide = _wide_encoding(head)
    if wide:
        _check_wide(source, wide, limits)
        return wide
    if _looks_binary(head):
        raise unreadable("this is not a text, spreadsheet or JSON file; export the invoices as CSV or XLSX")
    if _is_utf8(source, limits):
        return "utf-8-sig"
    return _legacy_encoding(source)


def _wide_encoding(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0::2], head[1::2]
    if len(odd) >= 4:
        if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.05 * len(even):
            return "utf-16-le"
        if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.05 * len(odd):
            return "utf-16-be"
    return None


def _looks_binary(head: bytes) -> bool:
    odd_ones = sum(1 for byte in head if byte < 9 or 14 <= byte < 26 or 28 <= byte < 32)
    return odd_ones > max(1, len(head) // 20)


class _LineGauge:
    """Counts lines over pieces of text and refuses a line that is too long or has a NUL in it."""

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.line_chars
        self._open = 0
        self.line = 1

    def take(self, piece: bytes | str) -> None:
        text = piece.decode("latin-1") if isinstance(piece, bytes) else piece
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in text:
            line = self.line + text.count("\n", 0, text.index("\0"))
            raise unreadable("there is a NUL character here; the file is damaged, export it again", line=line)
        if len(text) + self._open <= self._limit and "\n" not in text:
            self._open += len(text)
            return
        lengths = [len(part) for part in text.split("\n")]
        lengths[0] += self._open
        for offset, length in enumerate(lengths):
            if length > self._limit:
                raise unreadable(
                    f"this line is longer than {self._limit:,} characters; this is not a list of invoices, "
                    "or its line ends are lost: export it again",
                    line=self.line + offset,
                )
        self.line += len(lengths) - 1
        self._open = lengths[-1]


def _pieces(source: Source) -> Iterator[bytes]:
    """The file in pieces that never part a carriage return from its line feed."""
    with source.open() as stream:
        while piece := stream.read(_CHUNK):
            while piece.endswith(b"\r") and (more := stream.read(1)):
                piece += more
            yield piece


def _is_utf8(source: Source, limits: Limits) -> bool:
    gauge = _LineGauge(limits)
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid = True
    for piece in _pieces(source):
        gauge.take(piece)
        if valid:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                valid = False
    if not valid:
        return False
    unfinished = decoder.getstate()[0]
    if not unfinished:
        return True
    if source.size <= _CHUNK and _UTF8_LETTER.search(source.head(_CHUNK)) is None:
        return False
    raise unreadable("the file ends in the middle of a letter, so a part is missing; export it again", line=gauge.line)


def _check_wide(source: Source, encoding: str, limits: Limits) -> None:
    gauge = _LineGauge(limits)
    decoder = codecs.getincrementaldecoder(encoding)()
    with source.open() as stream:
        try:
            while piece := stream.read(_CHUNK):
                gauge.take(decoder.decode(piece))
            gauge.take(decoder.decode(b"", final=True))
        except UnicodeDecodeError:
            raise unreadable("the text breaks off or is damaged here; export the file again", line=gauge.line) from None


def _legacy_encoding(source: Source) -> str:
    has_bom = source.head(3) == codecs.BOM_UTF8
    utf8_line = other_line = 0
    sample = bytearray()
    with source.open() as stream:
        for number, line in enumerate(_physical_lines(stream), 1):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                utf8_line = utf8_line or number
            except UnicodeDecodeError:
                other_line = other_line or number
                if _UTF8_LETTER.search(line):
                    utf8_line = utf8_line or number
                if len(sample) < _SAMPLE:
                    sample += line
            if (utf8_line and other_line) or (has_bom and other_line):
                raise unreadable(
                    "from here on the letters are in another encoding than before; "
                    "save the file as UTF-8 and import it again",
                    code="mixed_encodings",
                    line=other_line if has_bom else max(utf8_line, other_line),
                )
    return _single_byte(bytes(sample), other_line)


def _physical_lines(stream: BinaryIO) -> Iterator[bytes]:
    for piece in stream:
        yield from piece.splitlines() if piece.count(b"\r") > 1 else (piece,)


def _single_byte(sample: bytes, line: int) -> str:
    """The old encoding in which the sample makes sense; Western Europe first, then the only other one, if one."""
    if _makes_sense(sample, "cp1252", lambda letter: letter in _WESTERN):
        return "iso8859_15" if b"\xa4" in sample and b"\x80" not in sample else "cp1252"
    fitting = {encoding for encoding, fits in _ALPHABETS.items() if _makes_sense(sample, encoding, fits)}
    readings = {sample.decode(encoding) for encoding in fitting}
    if len(readings) == 1:
        return min(fitting)
    if readings:
        scored = sorted((match.coherence, match.encoding) for match in from_bytes(sample, cp_isolation=sorted(fitting)))
        (second, _), (best, encoding) = [(0.0, ""), (0.0, ""), *scored][-2:]
        if best - second >= _CLEARLY:
            return encoding
    raise unreadable("the letters of this file cannot be told; save it as UTF-8 (CSV UTF-8 in Excel)", line=line)


def _makes_sense(sample: bytes, encoding: str, fits: Callable[[str], bool]) -> bool:
    """True when nearly all letters belong there, none stands in a strange place, and all signs are usual ones."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    beyond = [char for char in text if ord(char) > 127 and char not in _MARKS]
    if not all(char.isalpha() for char in beyond) or sum(map(fits, beyond)) < 0.95 * len(beyond):
        return False
    is_latin = not any("\u0370" <= char <= "\u04ff" for char in beyond)
    if is_latin and any(_LATIN_RUN.search(word) for word in text.split()):
        return False
    return not any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairwise(text))
