# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doors.desk.cast import House


@pytest.fixture(autouse=True)
def _a_tuesday_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 5, 6, tzinfo=UTC))


@pytest.fixture
def house(db: None) -> House:
    from tests.doors.desk.cast import found_house  # the settings are there only now

    return found_house()
