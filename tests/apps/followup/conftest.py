# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from purring.kit import mailsink

if TYPE_CHECKING:
    from tests.apps.cast import Studio


@pytest.fixture
def studio(db: None) -> Studio:
    from tests.apps.cast import found_studio  # the settings are there only now

    return found_studio()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[mailsink.Sink]:
    """A mail server of good manners."""
    with mailsink.start(tmp_path / "mail") as started:
        yield started
