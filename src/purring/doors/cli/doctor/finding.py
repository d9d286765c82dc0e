# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a check found."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["ok", "warn", "fail"]


class Finding(NamedTuple):
    """One line of the doctor's report. A warning is worth a look and does not fail."""

    name: str
    level: Level
    detail: str

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "ok": self.level != "fail", "level": self.level, "detail": self.detail}


def good(name: str, detail: str) -> Finding:
    return Finding(name, "ok", detail)


def warning(name: str, detail: str) -> Finding:
    return Finding(name, "warn", detail)


def failure(name: str, detail: str) -> Finding:
    return Finding(name, "fail", detail)
