# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.doors.desk.cast import House


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path
    settings.SMTP_URL = "smtp://127.0.0.1:2525"


@pytest.fixture(autouse=True)
def _a_tuesday_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Working days differ from the others, so the tests always play on the same one: 5 May 2026, 08:00 in Oslo."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 5, 6, tzinfo=UTC))


@pytest.fixture
def house(db: None) -> House:
    from tests.doors.desk.cast import found_house  # the settings are there only now

    return found_house()


@pytest.fixture
def client(house: House) -> Client:
    """The owner's browser."""
    return house.client()
