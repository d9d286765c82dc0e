# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doors.desk.cast import House


@pytest.fixture(autouse=True)
def _nobody_has_tried_wrong_links(db: None) -> None:
    from purring.doors.portal.opening import WRONG_LINKS

    WRONG_LINKS.clear()


@pytest.fixture(autouse=True)
def _a_tuesday_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 5, 6, tzinfo=UTC))


@pytest.fixture
def house(db: None) -> House:
    from tests.doors.desk.cast import found_house  # the settings are there only now

    return found_house()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Time passes: `later(days=8)`."""

    def pass_by(**much: float) -> None:
        now = datetime(2026, 5, 5, 6, tzinfo=UTC) + timedelta(**much)
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    return pass_by
