# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real mail sink in a process of its own, and scripts that run in processes of theirs on a database of theirs."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from purring.config.environment import SETTINGS

ROOT = Path(__file__).parents[2]


class Ground:
    """A folder with a sink that syncs to disk, and an environment for programs that use it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.mail = folder, folder / "mail"
        self.environ = {name: value for name, value in os.environ.items() if name not in {s.name for s in SETTINGS}}
        self.environ |= {
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "PURRING_DATA": str(folder / "data"),
            "PURRING_SECRET_KEY": secrets.token_urlsafe(48),
        }
        (folder / "data").mkdir()
        self.sink = subprocess.Popen(
            [sys.executable, "-m", "purring.kit.mailsink", str(self.mail)],
            env=self.environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.sink.stdout
        self.url = self.sink.stdout.readline().removeprefix("mailsink: ").strip()

    @property
    def on_postgresql(self) -> bool:
        return "PURRING_DATABASE_URL" in self.environ

    def use(self, database_url: str) -> None:
        self.environ["PURRING_DATABASE_URL"] = database_url

    def send_through(self, url: str, sender: str) -> None:
        self.environ |= {"PURRING_SMTP_URL": url, "PURRING_MAIL_FROM": sender}

    def play(self, script: str, *options: object) -> dict[str, Any]:
        """Run a script of this folder to its end; what it found."""
        command = [sys.executable, "-m", f"tests.endurance.{script}", self.url, str(self.mail), *map(str, options)]
        ended = subprocess.run(command, env=self.environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert ended.returncode == 0, ended.stdout
        result: dict[str, Any] = json.loads(ended.stdout)
        return result

    def leave(self) -> None:
        self.sink.terminate()
        self.sink.wait()
        assert self.sink.stdout
        self.sink.stdout.close()


@pytest.fixture
def ground() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(prefix="purring-endurance-") as folder:
        made = Ground(Path(folder))
        yield made
        made.leave()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def grounds(request: pytest.FixtureRequest, ground: Ground) -> Ground:
    """The same on each database, whatever the database of the run is."""
    if request.param == "postgres":
        ground.use(request.getfixturevalue("postgres_url"))
    return ground
