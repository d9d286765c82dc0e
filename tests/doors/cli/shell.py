# SPDX-License-Identifier: AGPL-3.0-or-later
"""Running `purring` as a process of its own, with settings of its own and nothing else of ours."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
TIMEOUT_SECONDS = 120

CUSTOMERS_BILL = (
    "number,customer,customer_ref,email,country,issued,due,amount,currency,description\n"
    "1001,Nordlys Kafé,C1,ingrid@nordlys.example,NO,{issued},{due},1250.50,NOK,Logo\n"
)


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The code of its error; the line on standard error is one line."""
        assert len(self.err.splitlines()) == 1, self.err
        return str(self.json["error"]["code"])


@dataclass
class Shell:
    """A place with a data folder and settings."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PURRING_", "DJANGO_"))}
        return kept | {"PYTHONPATH": str(ROOT / "src"), "PURRING_DATA": str(self.data)} | self.settings

    def run(self, *arguments: str | Path, given: str = "") -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "purring", *map(str, arguments)],
            input=given,
            capture_output=True,
            encoding="utf-8",
            cwd=self.folder,
            env=self.environment(),
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A process that stays; end it with `end`."""
        return subprocess.Popen(
            [sys.executable, "-m", "purring", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=self.folder,
            env=self.environment(),
        )

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def init(self, slug: str = "fjord", country: str = "NO") -> None:
        done = self.run("init", "--organization", slug, "--name", "Fjord Design", "--country", country)
        assert done.code == 0, done.err


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """SIGTERM, and what it left: exit code, standard output and error."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=TIMEOUT_SECONDS)
    return process.returncode, out, err
