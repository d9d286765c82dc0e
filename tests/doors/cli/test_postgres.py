# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same commands on PostgreSQL: init, import, backup and restore, and a worker that ends when told."""

from __future__ import annotations

import shutil
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


def test_a_backup_of_another_kind_of_database(owed: Shell, founded: Path, tmp_path: Path) -> None:
    other = Shell(tmp_path / "other")
    other.folder.mkdir()
    shutil.copytree(founded, other.data)
    assert other.run("backup", tmp_path / "b.purring").code == 0
    assert owed.run("restore", tmp_path / "b.purring", "--json").error == "other_database"
    assert balance(owed) == "1250.50"


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
