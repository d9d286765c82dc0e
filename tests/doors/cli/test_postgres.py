# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same commands on PostgreSQL: init, import, backup and restore, and a worker that ends when told."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from tests.doors.cli.shell import CUSTOMERS_BILL, Shell, end
from tests.support.postgres import Server

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def owed(shell: Shell, postgres_url: str) -> Shell:
    shell.settings["PURRING_DATABASE_URL"] = postgres_url
    shell.init()
    rows = CUSTOMERS_BILL.format(issued="2026-01-05", due="2026-02-04")
    assert shell.run("import", shell.write("a.csv", rows)).code == 0
    return shell


def balance(shell: Shell) -> str:
    return str(shell.run("why", "1001", "--json").json["balance"])


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="needs postgresql-client")
def test_backup_and_restore(owed: Shell, postgres_server: Server, tmp_path: Path) -> None:
    assert owed.run("doctor").code == 0
    target = tmp_path / "b.purring"
    done = owed.run("backup", target)
    assert done.code == 0, done.err
    owed.run("record", "payment", "1001", "--amount", "50.50")

    url = postgres_server.create_database()
    try:
        elsewhere = Shell(tmp_path / "elsewhere", {"PURRING_DATABASE_URL": url})
        elsewhere.folder.mkdir()
        done = elsewhere.run("restore", target, "--json")
        assert done.code == 0, done.err
        assert (done.json["kept"], balance(elsewhere)) == (None, "1250.50")
        assert elsewhere.run("doctor").code == 0
    finally:
        postgres_server.drop_database(url)

    done = owed.run("restore", target, "--json")
    assert done.code == 0, done.err
    assert balance(owed) == "1250.50"
    assert owed.run("restore", done.json["kept"]).code == 0
    assert balance(owed) == "1200.00"
    assert owed.run("doctor").code == 0


def test_without_postgresqls_own_programs(owed: Shell, tmp_path: Path) -> None:
    owed.settings["PATH"] = str(tmp_path)
    done = owed.run("backup", tmp_path / "b.purring", "--json")
    assert (done.code, done.error) == (1, "no_client")
    assert not (tmp_path / "b.purring").exists()


class TestMoving:
    """A business that began on SQLite moves to PostgreSQL, with its history, and goes on."""

    @pytest.fixture
    def small(self, founded: Path, tmp_path: Path) -> Shell:
        began = Shell(tmp_path / "small")
        began.folder.mkdir()
        shutil.copytree(founded, began.data)
        rows = CUSTOMERS_BILL.format(issued="2026-01-05", due="2026-02-04")
        paper = began.write("1001.pdf", "%PDF-1.4\n%%EOF\n")
        assert began.run("import", began.write("a.csv", rows), paper).code == 0
        assert began.run("record", "payment", "1001", "--amount", "50.50").code == 0
        assert began.run("run", "--on", "2026-03-02", "--dry-run").code == 0
        return began

    def test_everything_comes_along(self, small: Shell, postgres_url: str, tmp_path: Path) -> None:
        assert small.run("backup", tmp_path / "b.purring").code == 0
        told = small.run("why", "1001", "--json").json
        new = Shell(tmp_path / "new", {"PURRING_DATABASE_URL": postgres_url})
        new.folder.mkdir()
        done = new.run("restore", tmp_path / "b.purring", "--json")
        assert done.code == 0, done.err
        assert new.run("why", "1001", "--json").json == told
        assert (new.data / "secret-key").read_bytes() == (small.data / "secret-key").read_bytes()
        assert new.run("doctor").code == 0
        assert new.run("record", "payment", "1001", "--amount", "200").code == 0, "ids go on behind those that came"
        assert balance(new) == "1000.00"
        assert small.run("backup", tmp_path / "c.purring").code == 0
        assert new.run("restore", tmp_path / "c.purring", "--json").error == "not_empty"
        assert balance(new) == "1000.00"

    def test_not_into_a_house_that_is_lived_in(self, owed: Shell, small: Shell, tmp_path: Path) -> None:
        assert small.run("backup", tmp_path / "b.purring").code == 0
        assert owed.run("restore", tmp_path / "b.purring", "--json").error == "not_empty"
        assert balance(owed) == "1250.50"

    def test_what_postgresql_cannot_hold_is_told_and_nothing_is_moved(
        self, small: Shell, postgres_url: str, tmp_path: Path
    ) -> None:
        with sqlite3.connect(small.data / "purring.sqlite3") as there:
            there.execute("UPDATE customers_customer SET city = ?", ["Å" * 300])
        assert small.run("backup", tmp_path / "b.purring").code == 0
        new = Shell(tmp_path / "new", {"PURRING_DATABASE_URL": postgres_url})
        new.folder.mkdir()
        done = new.run("restore", tmp_path / "b.purring", "--json")
        assert (done.code, done.error) == (1, "does_not_fit")
        assert "customers_customer" in done.err
        assert new.run("why", "1001", "--json").error in {"not_found", "not_initialised"}

    def test_not_back_to_sqlite(self, owed: Shell, tmp_path: Path) -> None:
        if shutil.which("pg_dump") is None:
            pytest.skip("needs postgresql-client")
        assert owed.run("backup", tmp_path / "b.purring").code == 0
        small = Shell(tmp_path / "small")
        small.folder.mkdir()
        assert small.run("restore", tmp_path / "b.purring", "--json").error == "other_database"


def test_a_worker_ends_when_told(owed: Shell) -> None:
    worker = owed.start("work")
    try:
        for _ in range(60):
            rounds = next(one for one in owed.run("doctor", "--json").json["checks"] if one["name"] == "rounds")
            if rounds["level"] == "ok":
                break
            time.sleep(1)
        assert rounds["level"] == "ok", rounds
        code, _, err = end(worker)
    finally:
        worker.kill()
    assert code == 0, err
