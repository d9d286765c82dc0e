# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring demo`: ready by itself, in its own folder, reaching nobody; what it prints is what others read."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import urllib.request
from pathlib import Path

import pytest

from purring.doors.cli.demo import demo_folder
from tests.doors.cli.shell import Shell, end

LINES = (
    r"desk: http://127\.0\.0\.1:\d+/",
    r"portal: http://127\.0\.0\.1:\d+/\S+",
    r"mailbox: http://127\.0\.0\.1:\d+/\S*",
    r"sign-in: \S+@\S+ \S{10,}",
)


def ready(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().rstrip("\n") for _ in LINES]


def leave_another_version(shell: Shell, founded: Path) -> None:
    """What a demo of a later version left behind."""
    shutil.copytree(founded, shell.data)
    (shell.data / "demo.json").write_text('{"password": "of-another-version"}')
    (shell.data / "demo.json").chmod(0o600)
    with sqlite3.connect(shell.data / "purring.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('journal', '0999_later', '2026-01-01')"
        )
    database.close()


@pytest.mark.slow
def test_four_lines_three_pages_and_a_clean_end(shell: Shell, founded: Path) -> None:
    leave_another_version(shell, founded)
    shell.settings |= {
        "PURRING_SMTP_URL": "smtp://127.0.0.1:1",
        "PURRING_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
        "PURRING_SECRET_KEY": "weak",
    }
    first = shell.start("demo", "--port", "0")
    try:
        lines = ready(first)
        for line, shape in zip(lines, LINES, strict=True):
            assert re.fullmatch(shape, line), line
        for line in lines[:3]:
            with urllib.request.urlopen(line.split(" ", 1)[1], timeout=60) as answer:
                assert answer.status == 200
        code, out, err = end(first)
    finally:
        first.kill()
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    assert "it is made anew" in err
    assert (shell.data / "demo.json").stat().st_mode & 0o077 == 0

    second = shell.start("demo", "--port", "0")
    try:
        again = ready(second)
        assert again[3] == lines[3], "the sign-in stays"
        assert end(second)[0] == 0
    finally:
        second.kill()

    outside = Shell(shell.folder, {"PURRING_BASE_URL": "https://pay.studio.example"})
    done = outside.run("doctor", "--json")
    assert done.code == 1
    assert not next(one for one in done.json["checks"] if one["name"] == "demo account")["ok"]
    assert Shell(shell.folder).run("doctor").code == 0


class TestFolder:
    def test_of_its_own_below_the_usual_one(self, tmp_path: Path) -> None:
        assert demo_folder("", tmp_path) == tmp_path / "demo"

    def test_the_one_that_was_named(self, tmp_path: Path) -> None:
        assert demo_folder(str(tmp_path), tmp_path) == tmp_path

    def test_never_one_with_real_data(self, tmp_path: Path) -> None:
        (tmp_path / "purring.sqlite3").touch()
        assert demo_folder(str(tmp_path), tmp_path) == tmp_path / "demo"
        (tmp_path / "demo.json").touch()
        assert demo_folder(str(tmp_path), tmp_path) == tmp_path
