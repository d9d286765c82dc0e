# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ZIP file made in parts, of which each may be made by another process: what has to be known between two parts is a
small dictionary of numbers and texts, never a library's inner state.

That rests on two properties of the format (APPNOTE.TXT 6.3.10, RFC 1951): a member's compressed bytes may be any number
of deflate streams that end with a full flush, one after the other, and the last one closed; and the directory stands at
the end. Names are UTF-8. A member begun by `begin` must stay below 2 GiB, whoever writes it looks at `member_size`.
"""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from typing import Any

STORED, DEFLATED = 0, 8
UTF8, LATER = 0x800, 0x8
"""Flags: names are UTF-8; sizes stand behind the member."""
MOST_MEMBERS, MOST_BYTES = 0xFFFF, 0xFFFFFFFF
LEVEL = 6
UNIX_FILE = 0o100600 << 16


def fresh() -> dict[str, Any]:
    """The state before the first part."""
    return {"written": 0, "members": 0, "directory": 0, "open": None}


class ZipPart:
    """The next part: `files` and `directory` are its bytes, `state` what the part after it needs."""

    def __init__(self, state: dict[str, Any], made_at: datetime) -> None:
        self.state: dict[str, Any] = {**state, "open": dict(state["open"]) if state["open"] else None}
        self.files, self.directory = bytearray(), bytearray()
        self._stamp = _stamp(made_at)
        self._packing: Any = None

    @property
    def member_size(self) -> int:
        """Bytes so far of the member that is open, not compressed."""
        return int(self.state["open"]["size"]) if self.state["open"] else 0

    def whole(self, name: str, content: bytes, *, packed: bool = True) -> None:
        """A member at once. `packed`: False for what is compressed already."""
        body = _deflated(content) if packed else content
        method = DEFLATED if packed else STORED
        at, crc = self.state["written"], zlib.crc32(content)
        self._write(_local(name, UTF8, method, self._stamp, crc, len(body), len(content)))
        self._write(body)
        self._list(name, UTF8, method, crc, len(body), len(content), at)

    def begin(self, name: str) -> None:
        """A member that grows by `add`, over several parts."""
        assert self.state["open"] is None
        self.state["open"] = {"name": name, "at": self.state["written"], "crc": 0, "size": 0, "packed": 0}
        self._write(_local(name, UTF8 | LATER, DEFLATED, self._stamp, 0, 0, 0))

    def add(self, content: bytes) -> None:
        member = self.state["open"]
        self._packing = self._packing or zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        self._pack(self._packing.compress(content))
        member["crc"] = zlib.crc32(content, member["crc"])
        member["size"] += len(content)

    def end(self) -> None:
        """The open member is complete."""
        packing = self._packing or zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        self._pack(packing.flush(zlib.Z_FINISH))
        self._packing = None
        member, self.state["open"] = self.state["open"], None
        self._write(struct.pack("<4sLLL", b"PK\x07\x08", member["crc"], member["packed"], member["size"]))
        self._list(
            member["name"], UTF8 | LATER, DEFLATED, member["crc"], member["packed"], member["size"], member["at"]
        )

    def pause(self) -> None:
        """This part is over; an open member goes on in the next one."""
        if self._packing:
            self._pack(self._packing.flush(zlib.Z_FULL_FLUSH))
            self._packing = None

    def close(self) -> int:
        """The last part: the end of the directory. How many bytes the whole file has."""
        listed = len(self.directory)
        members, size, at = self.state["members"], self.state["directory"], self.state["written"]
        if members >= MOST_MEMBERS or at + size >= MOST_BYTES:
            self.directory += struct.pack(
                "<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45 | 3 << 8, 45, 0, 0, members, members, size, at
            )
            self.directory += struct.pack("<4sLQL", b"PK\x06\x07", 0, at + size, 1)
        few = min(members, MOST_MEMBERS)
        self.directory += struct.pack(
            "<4sHHHHLLH", b"PK\x05\x06", 0, 0, few, few, min(size, MOST_BYTES), min(at, MOST_BYTES), 0
        )
        return int(at) + int(size) + len(self.directory) - listed

    def _pack(self, content: bytes) -> None:
        self.state["open"]["packed"] += len(content)
        self._write(content)

    def _write(self, content: bytes) -> None:
        self.files += content
        self.state["written"] += len(content)

    def _list(self, name: str, flags: int, method: int, crc: int, packed: int, size: int, at: int) -> None:
        far = at >= MOST_BYTES
        extra = struct.pack("<HHQ", 1, 8, at) if far else b""
        called = name.encode()
        entry = struct.pack(
            "<4sHHHH2HLLLHHHHHLL", b"PK\x01\x02", 45 | 3 << 8, 45 if far else 20, flags, method, *self._stamp, crc,
            packed, size, len(called), len(extra), 0, 0, 0, UNIX_FILE, MOST_BYTES if far else at,
        )  # fmt: skip
        entry += called + extra
        self.directory += entry
        self.state["directory"] += len(entry)
        self.state["members"] += 1


def _local(name: str, flags: int, method: int, stamp: tuple[int, int], crc: int, packed: int, size: int) -> bytes:
    called = name.encode()
    head = struct.pack("<4sHHH2HLLLHH", b"PK\x03\x04", 20, flags, method, *stamp, crc, packed, size, len(called), 0)
    return head + called


def _deflated(content: bytes) -> bytes:
    packing = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    return packing.compress(content) + packing.flush()


def _stamp(at: datetime) -> tuple[int, int]:
    """Time and day as MS-DOS wrote them, in steps of two seconds."""
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (at.year - 1980) << 9 | at.month << 5 | at.day
