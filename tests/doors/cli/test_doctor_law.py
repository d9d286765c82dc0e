# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring doctor` on the law data: fine while rates reach beyond the fortnight, a warning when not or unreadable."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from purring.doors.cli.doctor import law
from purring.doors.cli.doctor.finding import Finding
from purring.law.rate_file import OVERLAY
from purring.law.update import WARN_DAYS, data_age


def found(folder: Path, today: date) -> Finding:
    (finding,) = law.checks(folder, today)
    return finding


def test_rates_that_reach_far_enough_are_fine(tmp_path: Path) -> None:
    last = data_age(date(2026, 1, 1)).known_until
    assert found(tmp_path, last - timedelta(WARN_DAYS)).level == "ok"
    late = found(tmp_path, last - timedelta(WARN_DAYS - 1))
    assert late.level == "warn"
    assert "purring law update" in late.detail


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / OVERLAY
    file.parent.mkdir(parents=True)
    file.write_text("nonsense")
    told = found(tmp_path, date(2026, 1, 1))
    assert (told.level, str(file) in told.detail) == ("warn", True)
