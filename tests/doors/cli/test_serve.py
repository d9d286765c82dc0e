# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring serve` and `work`: one process on SQLite, reachable from this machine only, ended cleanly."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.doors.cli.shell import Shell, end


@pytest.fixture
def served(fjord: Shell) -> Iterator[tuple[Shell, subprocess.Popen[str], str]]:
    process = fjord.start("serve", "--port", "0")
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield fjord, process, line.removeprefix("serving: ").strip()
    finally:
        process.kill()
        process.wait()


def test_it_answers_and_ends_cleanly(served: tuple[Shell, subprocess.Popen[str], str]) -> None:
    _, process, url = served
    assert url.startswith("http://127.0.0.1:")
    try:
        status = urllib.request.urlopen(url, timeout=30).status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status < 500
    code, _, err = end(process)
    assert code == 0
    assert "Traceback" not in err


def test_a_second_one_is_refused_other_commands_are_not(served: tuple[Shell, subprocess.Popen[str], str]) -> None:
    shell, _, _ = served
    for command in (("serve", "--port", "0"), ("migrate",), ("restore", "b.purring")):
        if command[0] == "restore":
            assert shell.run("backup", "b.purring").code == 0
        done = shell.run(*command)
        assert done.code == 1
        assert len(done.err.splitlines()) == 1
        assert "another" in done.err
    assert shell.run("approve").code == 0
    assert shell.run("doctor").code == 0


def test_a_port_that_is_taken(
    served: tuple[Shell, subprocess.Popen[str], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    _, _, url = served
    other = Shell(tmp_path_factory.mktemp("other"))
    other.init()
    done = other.run("serve", "--port", url.rstrip("/").rsplit(":", 1)[1])
    assert done.code == 1
    assert "--port" in done.err


def test_workers_need_postgresql(fjord: Shell) -> None:
    done = fjord.run("work")
    assert done.code == 1
    assert "PostgreSQL" in done.err
