# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from purring.__main__ import Program
from purring.doors.cli.entrance import main
from tests.doors.cli.shell import Done, Shell

Inside = Callable[..., Done]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """An empty place."""
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one organization, made once and copied for each test."""
    place = Shell(tmp_path_factory.mktemp("founded"))
    place.init()
    return place.data


@pytest.fixture
def fjord(shell: Shell, founded: Path) -> Shell:
    """A place with one organization."""
    shutil.copytree(founded, shell.data)
    return shell


@pytest.fixture
def inside(db: None, capsys: pytest.CaptureFixture[str]) -> Inside:
    """Run a command in this process, on the tests' database: the same words in, the same answers out, only faster."""

    def run(*arguments: str | Path) -> Done:
        capsys.readouterr()
        code = main([str(one) for one in arguments], Program())
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return run
