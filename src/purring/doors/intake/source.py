# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bytes to read: a file on disk or an upload in memory, opened afresh for every pass. Knows no format."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from purring.core.errors import Refused


def unreadable(message: str, *, code: str = "unreadable", line: int | None = None) -> Refused:
    """The refusal of a whole file: `message` says what is wrong and what to do; `line` where, if known."""
    where = "" if line is None else f"line {line}: "
    return Refused(code, where + message, **({} if line is None else {"line": line}))


@dataclass(frozen=True, slots=True)
class Source:
    """`name` is only for people; what the file is, its bytes say."""

    name: str
    data: Path | bytes

    @property
    def size(self) -> int:
        """Length in bytes."""
        if isinstance(self.data, bytes):
            return len(self.data)
        try:
            return self.data.stat().st_size
        except OSError as error:
            raise unreadable(f"{self.name} cannot be opened: {error.strerror}") from None

    def open(self) -> BinaryIO:
        """A fresh stream at the start of the file; the caller closes it."""
        if isinstance(self.data, bytes):
            return io.BytesIO(self.data)
        try:
            return self.data.open("rb")
        except OSError as error:
            raise unreadable(f"{self.name} cannot be opened: {error.strerror}") from None

    def head(self, count: int) -> bytes:
        """The first bytes, at most `count`."""
        with self.open() as stream:
            return stream.read(count)

    def tail(self, count: int) -> bytes:
        """The last bytes, at most `count`."""
        with self.open() as stream:
            stream.seek(max(0, self.size - count))
            return stream.read(count)
