# SPDX-License-Identifier: AGPL-3.0-or-later
"""The hours of a message: the sending hours, as far as the law of the place allows them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from purring.followup.hours import may_leave, within
from purring.law.model import Hours

LAWFUL = Hours(time(9), time(17))


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        (time(8), time(11), (time(9), time(11))),
        (time(10), time(20), (time(10), time(17))),
        (time(10), time(11), (time(10), time(11))),
        (time(18), time(20), (time(9), time(17))),
    ],
)
def test_sending_hours_keep_to_the_lawful_ones(opens: time, closes: time, expected: tuple[time, time]) -> None:
    assert within(LAWFUL, opens, closes) == expected
    assert within(None, opens, closes) == (opens, closes)


@pytest.mark.parametrize(
    ("hour", "free", "bound"), [(8, True, False), (12, True, True), (17, True, False), (19, False, False)]
)
def test_what_is_late_leaves_only_in_lawful_hours(hour: int, free: bool, bound: bool) -> None:
    day, zone = date(2026, 3, 4), ZoneInfo("UTC")
    now = datetime(2026, 3, 4, hour, tzinfo=UTC)
    assert may_leave(now, day, zone, time(11)) == free
    assert may_leave(now, day, zone, time(11), LAWFUL) == bound
