# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backup, restore, migrate: everything comes back, taken under load, and nothing is written over."""

from __future__ import annotations

import sqlite3
import stat
import tarfile
import threading
from pathlib import Path

import pytest

from tests.doors.cli.shell import CUSTOMERS_BILL, Shell


@pytest.fixture
def owed(fjord: Shell) -> Shell:
    rows = CUSTOMERS_BILL.format(issued="2026-01-05", due="2026-02-04")
    assert fjord.run("import", fjord.write("a.csv", rows), fjord.write("1001.pdf", "%PDF-1.4\n%%EOF\n")).code == 0
    return fjord


def balance(shell: Shell) -> str:
    return str(shell.run("why", "1001", "--json").json["balance"])


def test_into_an_empty_folder_everything_comes_back(owed: Shell, tmp_path: Path) -> None:
    (owed.data / ".env").write_text("PURRING_MAIL_FROM=ola@fjord.example\n")
    target = tmp_path / "b.purring"
    done = owed.run("backup", target, "--json")
    assert done.code == 0, done.err
    assert done.json["bytes"] == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    elsewhere = Shell(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    assert elsewhere.run("restore", target).code == 0
    for name in ("secret-key", ".env"):
        assert (elsewhere.data / name).read_bytes() == (owed.data / name).read_bytes()
        assert stat.S_IMODE((elsewhere.data / name).stat().st_mode) == 0o600
    assert balance(elsewhere) == "1250.50"
    assert elsewhere.run("doctor").code == 0


def test_back_to_where_it_was_and_what_was_there_is_kept(owed: Shell, tmp_path: Path) -> None:
    owed.run("backup", tmp_path / "b.purring")
    owed.run("record", "payment", "1001", "--amount", "50.50")
    done = owed.run("restore", tmp_path / "b.purring", "--json")
    assert done.code == 0, done.err
    assert balance(owed) == "1250.50"
    assert owed.run("restore", done.json["kept"]).code == 0
    assert balance(owed) == "1200.00"


def test_settings_of_the_place_stay(owed: Shell, tmp_path: Path) -> None:
    (owed.data / ".env").write_text("PURRING_MAIL_FROM=ola@fjord.example\n")
    owed.run("backup", tmp_path / "b.purring")
    (owed.data / ".env").write_text("PURRING_MAIL_FROM=kari@fjord.example\n")
    owed.run("restore", tmp_path / "b.purring")
    assert "kari" in (owed.data / ".env").read_text()
    assert "ola" in (owed.data / ".env.from-backup").read_text()


def test_never_over_a_file(owed: Shell) -> None:
    there = owed.write("precious.txt", "mine")
    assert owed.run("backup", there, "--json").error == "exists"
    assert there.read_text() == "mine"
    assert owed.run("backup", owed.folder / "nowhere" / "b.purring", "--json").error == "no_folder"


@pytest.mark.parametrize("damage", ["half", "flipped", "garbled", "garbled later", "text", "empty", "missing"])
def test_a_damaged_backup_changes_nothing(damage: str, owed: Shell, tmp_path: Path) -> None:
    path = tmp_path / "b.purring"
    owed.run("backup", path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    broken = {
        "half": path.read_bytes()[: len(content) // 2],
        "flipped": bytes(content),
        "garbled": content[:10] + b"\xff" * 500,
        "garbled later": content[: len(content) // 2] + b"\xff" * 500,
        "text": b"hello",
        "empty": b"",
        "missing": None,
    }[damage]
    path.unlink()
    if broken is not None:
        path.write_bytes(broken)
    owed.run("record", "payment", "1001", "--amount", "50.50")
    done = owed.run("restore", path, "--json")
    assert done.code == 1
    assert done.error in ("damaged", "not_a_backup", "not_found")
    assert balance(owed) == "1200.00"
    assert owed.run("doctor").code == 0


def test_a_backup_with_other_files_in_it_puts_none_of_them_anywhere(owed: Shell, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.purring", tmp_path / "bad.purring"
    owed.run("backup", good)
    with tarfile.open(good) as source, tarfile.open(bad, "w:gz") as target:
        for member in source:
            target.addfile(member, source.extractfile(member))
        target.add(__file__, "../outside.py")
        link = tarfile.TarInfo("secret-key")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        target.addfile(link)
    assert owed.run("restore", bad).code == 0
    assert not (tmp_path / "outside.py").exists()
    assert not (owed.data / "secret-key").is_symlink()


@pytest.mark.slow
@pytest.mark.scales
def test_taken_under_load_all_invariants_hold(owed: Shell, tmp_path: Path) -> None:
    """Payments go on while backups are made; each one restores to a state in which every number is right."""
    stop = threading.Event()
    paid = []

    def pay() -> None:
        while not stop.is_set():
            paid.append(owed.run("record", "payment", "1001", "--amount", "0.50").code)

    people = [threading.Thread(target=pay) for _ in range(2)]
    for person in people:
        person.start()
    try:
        for number in range(5):
            done = owed.run("backup", tmp_path / f"{number}.purring")
            assert done.code == 0, done.err
    finally:
        stop.set()
        for person in people:
            person.join()
    assert set(paid) == {0}
    for number in range(5):
        place = Shell(tmp_path / f"place{number}")
        place.folder.mkdir()
        assert place.run("restore", tmp_path / f"{number}.purring").code == 0
        done = place.run("doctor", "--json")
        assert done.code == 0, done.out
    print(f"{len(paid)} payments during 5 backups")


class TestMigrate:
    def test_a_backup_first(self, owed: Shell) -> None:
        done = owed.run("migrate", "--json")
        assert done.code == 0
        assert done.json["applied"] == []
        assert Path(done.json["backup"]).is_file()

    def test_of_an_older_database(self, owed: Shell) -> None:
        with sqlite3.connect(owed.data / "purring.sqlite3") as database:
            database.execute("DROP TRIGGER journal_never_deleted")
            database.execute("DROP TRIGGER journal_sealed_once")
            database.execute("DROP INDEX journal_of_leaving")
            database.execute("DELETE FROM django_migrations WHERE app = 'journal' AND name > '0002'")
        database.close()
        assert owed.run("run", "--json").error == "not_migrated"
        done = owed.run("migrate", "--json")
        assert done.json["applied"] == ["journal.0002_guard", "journal.0003_who_left"]
        assert balance(owed) == "1250.50"

    def test_of_a_later_version(self, owed: Shell) -> None:
        """The program was set back, the data was not: better no work than work on what it does not know."""
        with sqlite3.connect(owed.data / "purring.sqlite3") as database:
            database.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('journal', '0999_later', '2026-01-01')"
            )
        database.close()
        assert owed.run("run", "--json").error == "newer_database"
        assert owed.run("backup", "later.purring").code == 0
        assert owed.run("restore", "later.purring", "--json").error == "newer_backup"

    def test_not_before_there_is_something(self, shell: Shell) -> None:
        assert shell.run("migrate", "--json").error == "not_initialised"
        assert shell.run("backup", "b.purring", "--json").error == "not_initialised"
