# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files from outside (bank statements, mails, e-invoices, ...) that the project does not carry itself.

They lie in the folder named by PURRING_TEST_DATA, else in `../shared/data` beside the checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.absent import absent

ROOT = Path(__file__).resolve().parents[2]


def data_folder() -> Path | None:
    """The folder of outside test data, or None when this machine has none."""
    folder = (ROOT / os.environ.get("PURRING_TEST_DATA", "../shared/data")).resolve()
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of outside test data; without it the test fails (build server) or is skipped."""
    folder = data_folder()
    if folder is None:
        absent("no outside test data", "name the folder in PURRING_TEST_DATA")
    return folder
