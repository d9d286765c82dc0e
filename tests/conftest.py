# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prepares a test run: its own settings, its database, its seed. Shared fixtures come from tests/support.

`pytest` runs on SQLite; `pytest --database postgres` starts a PostgreSQL of its own and runs on that.
No setting of the user's environment reaches the tests, and no test reaches the user's data.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

import django
import pytest

from purring.config.environment import SETTINGS
from tests.support import absent, postgres, seeds
from tests.support.browser import artefacts, browser, chromium
from tests.support.data import test_data
from tests.support.flush import journal_can_be_emptied
from tests.support.postgres import mortal_postgres_server, postgres_server, postgres_url
from tests.support.seeds import rng, seed

# The shared fixtures: being named here makes them known to every test.
__all__ = [
    "artefacts",
    "browser",
    "chromium",
    "journal_can_be_emptied",
    "mortal_postgres_server",
    "postgres_server",
    "postgres_url",
    "rng",
    "seed",
    "test_data",
]

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}

folder_key = pytest.StashKey[Path]()
server_key = pytest.StashKey[postgres.Server]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="the database of the application's tests (default: sqlite)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before pytest-django reads the settings. xdist's workers inherit all this from the main process."""
    seeds.prepare(config)
    if hasattr(config, "workerinput"):
        return
    for setting in SETTINGS:
        os.environ.pop(setting.name, None)
    folder = config.stash[folder_key] = Path(tempfile.mkdtemp(prefix="purring-tests-"))
    os.environ["PURRING_DATA"] = str(folder / "main")
    os.environ["PURRING_VAULT_KEY"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    os.environ["PURRING_SECRET_KEY"] = secrets.token_urlsafe(48)
    if config.getoption("--database") == "postgres":
        if postgres.programs() is None:
            line = f"no PostgreSQL on this machine ({postgres.HOW_TO_GET_IT}): nothing runs on it"
            if absent.on_build_server():
                raise pytest.UsageError(line)
            pytest.exit(f"skipped: {line}", returncode=0)
        server = config.stash[server_key] = postgres.Server.create()
        os.environ["PURRING_DATABASE_URL"] = server.url()
    os.environ["DJANGO_SETTINGS_MODULE"] = "purring.config.settings"
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(server_key, None):
        server.destroy()
    if folder := config.stash.get(folder_key, None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give each xdist worker a data folder of its own, before it reads the settings."""
    folder = str(node.config.stash[folder_key] / node.gateway.id)
    node.gateway.remote_exec(f"import os; os.environ['PURRING_DATA'] = {folder!r}").waitclose()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Find out who touches the database, and keep the browser's tests on one worker."""
    for item in items:
        uses_database = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
        if uses_database or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}; {seeds.described()}"


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say the seed again where it is needed: below the failures, above pytest's own last line."""
    if terminalreporter.stats.get("failed") or terminalreporter.stats.get("error"):
        terminalreporter.write_line(f"to repeat this run's chance: {seeds.described()}")
