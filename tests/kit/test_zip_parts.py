# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ZIP of many parts is one that everybody can open, wherever its parts begin and end."""

from __future__ import annotations

import io
import json
import random
import zipfile
from datetime import datetime
from typing import Any

import pytest

from purring.kit import zip_parts
from purring.kit.zip_parts import ZipPart, fresh

AT = datetime(2026, 11, 22, 14, 30, 10)


class Several:
    """Makes it in parts, as if each came from another process."""

    def __init__(self) -> None:
        self.files, self.directory, self.parts = b"", b"", 0
        self.now = ZipPart(fresh(), AT)

    def turn(self) -> None:
        self.now.pause()
        self.files += self.now.files
        self.directory += self.now.directory
        state: dict[str, Any] = json.loads(json.dumps(self.now.state))
        self.now, self.parts = ZipPart(state, AT), self.parts + 1

    def opened(self) -> zipfile.ZipFile:
        size = self.now.close()
        self.turn()
        assert size == len(self.files + self.directory)
        return zipfile.ZipFile(io.BytesIO(self.files + self.directory))


def test_members_over_several_parts(rng: random.Random) -> None:
    made, wanted = Several(), {}
    for number in range(30):
        name = f"{rng.choice(['a', 'Übersicht', 'søknad'])}/{number}.csv"
        lines = [rng.randbytes(rng.randrange(60)) * rng.randrange(4) for _ in range(rng.randrange(12))]
        wanted[name] = b"".join(lines)
        if rng.random() < 0.4:
            made.now.whole(name, wanted[name], packed=rng.random() < 0.5)
        else:
            made.now.begin(name)
            for line in lines:
                if rng.random() < 0.3:
                    made.turn()
                made.now.add(line)
            if rng.random() < 0.3:
                made.turn()
            assert made.now.member_size == len(wanted[name])
            made.now.end()
        if rng.random() < 0.3:
            made.turn()
    with made.opened() as book:
        assert book.testzip() is None
        assert {one.filename: book.read(one) for one in book.infolist()} == wanted
        assert book.infolist()[0].date_time == (2026, 11, 22, 14, 30, 10)
    assert made.parts > 5


def test_nothing_in_it_is_a_zip_too() -> None:
    assert Several().opened().namelist() == []


def test_more_members_than_the_old_format_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small limits stand for large files: whatever lies behind them is said in the longer form."""
    monkeypatch.setattr(zip_parts, "MOST_MEMBERS", 3)
    made = Several()
    for number in range(9):
        made.now.whole(f"{number}", b"x" * number)
    made.now.close()
    assert made.now.directory.count(b"PK\x06\x06") == 1
    made.turn()
    end = made.directory[-22:]
    made.directory = made.directory[:-22] + end[:8] + b"\xff\xff\xff\xff" + b"\xff" * 8 + end[20:]
    with zipfile.ZipFile(io.BytesIO(made.files + made.directory)) as book:
        assert book.testzip() is None
        assert len(book.namelist()) == 9


def test_more_than_four_gigabytes() -> None:
    """What comes after them is found: the state says where, so no such file has to be written here."""
    part = ZipPart({**fresh(), "written": 5 << 30}, AT)
    part.whole("far", b"away")
    part.close()
    lying = io.BytesIO(bytes(part.files + part.directory))
    with zipfile.ZipFile(Behind(lying, 5 << 30)) as book:
        assert book.read("far") == b"away"


class Behind:
    """A file that begins with so many bytes nobody reads."""

    def __init__(self, file: io.BytesIO, before: int) -> None:
        self.file, self.before, self.at = file, before, 0

    def seek(self, to: int, whence: int = 0) -> int:
        end = self.before + len(self.file.getvalue())
        self.at = to if whence == 0 else self.at + to if whence == 1 else end + to
        return self.at

    def tell(self) -> int:
        return self.at

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.file.seek(self.at - self.before)
        found = self.file.read(size)
        self.at += len(found)
        return found
