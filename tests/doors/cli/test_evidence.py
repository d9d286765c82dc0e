# SPDX-License-Identifier: AGPL-3.0-or-later
"""An evidence pack from the command line: made with the database, checked anywhere without one."""

from __future__ import annotations

import shutil

import pytest

from tests.doors.cli.shell import CUSTOMERS_BILL, Shell


@pytest.fixture
def packed(fjord: Shell) -> Shell:
    """A place with an invoice and its pack."""
    fjord.write("list.csv", CUSTOMERS_BILL.format(issued="2026-04-01", due="2026-04-15"))
    assert fjord.run("import", "list.csv").code == 0
    fjord.run("record", "promise", "1001", "--pay-on", "2099-01-01")
    made = fjord.run("document", "evidence", "1001", "-o", "pack.zip", "--json")
    assert made.code == 0, made.err
    assert made.json["messages"] == 0
    checked = fjord.run("doctor", "--verify", "pack.zip", "--json")
    assert made.json["manifest"] in str(checked.json["checks"])
    return fjord


def test_it_is_checked_without_a_database(packed: Shell) -> None:
    shutil.rmtree(packed.data)
    done = packed.run("doctor", "--verify", "pack.zip", "--json")
    assert done.code == 0, done.err
    assert [(one["name"], one["ok"]) for one in done.json["checks"]] == [
        ("pack", True),
        ("files", True),
        ("journal", True),
        ("manifest", True),
    ]
    assert not packed.data.exists(), "checking makes nothing"


def test_one_byte_that_changed_fails_in_one_line(packed: Shell) -> None:
    path = packed.folder / "pack.zip"
    content = bytearray(path.read_bytes())
    content[content.index(b"promise.recorded")] ^= 1
    path.write_bytes(content)
    done = packed.run("doctor", "--verify", "pack.zip")
    assert done.code == 1
    assert done.err.splitlines() == ["purring: pack: journal.json was changed (and 1 more)"]


def test_what_cannot_be_made_or_read(fjord: Shell) -> None:
    assert fjord.run("document", "evidence", "404", "-o", "pack.zip", "--json").error == "not_found"
    assert fjord.run("document", "evidence", "-o", "pack.zip", "--json").error == "wrong_usage"
    assert fjord.run("doctor", "--verify", "nothing.zip", "--json").error == "unreadable"
    fjord.write("nothing.zip", "hello")
    assert fjord.run("doctor", "--verify", "nothing.zip", "--json").error == "not_a_pack"
    assert not (fjord.folder / "pack.zip").exists()
