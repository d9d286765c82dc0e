# SPDX-License-Identifier: AGPL-3.0-or-later
"""The system's own Chromium, driven by Playwright, and a folder for the pictures it takes.

Playwright's own browser downloads are not used. Screenshots are kept as artefacts of the run, in
`test-artefacts/` or the folder named by PURRING_TEST_ARTEFACTS.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.absent import absent
from tests.support.data import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """The folder for what a run leaves to look at (screenshots, mails)."""
    folder = ROOT / os.environ.get("PURRING_TEST_ARTEFACTS", "test-artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    absent("no Chromium on this machine", "apt install chromium")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless browser; open a context of your own in it. Mark the test with `browser`.

    Playwright keeps an event loop in this thread while it lives, and Django refuses database calls where
    one runs. Hence one browser per module, and in such a module the server is a process of its own, as a
    user would start it, or DJANGO_ALLOW_ASYNC_UNSAFE is set.
    """
    from playwright.sync_api import sync_playwright  # slow to import: only for those who drive a browser

    # Chromium's sandbox does not start as root, nor in most containers.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield launched
        launched.close()
