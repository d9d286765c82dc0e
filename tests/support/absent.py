# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happens when something a test needs is not on this machine.

On a build server (CI is set) it is a failure, so that nothing goes unchecked unnoticed; at a desk the test
is skipped with one line that says what to do.
"""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def on_build_server() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def absent(what: str, how: str) -> NoReturn:
    """End the running test: `what` is missing, `how` says how to get it."""
    line = f"{what}: {how}"
    if on_build_server():
        pytest.fail(line, pytrace=False)
    pytest.skip(line)
