# SPDX-License-Identifier: AGPL-3.0-or-later
"""The refusals of one row, gathered so that a person can mend them all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from purring.core.errors import Refused
from purring.doors.intake.rows import Refusal

_T = TypeVar("_T")


@dataclass(slots=True)
class Problems:
    """What is wrong with the row on `line`; empty `found` means nothing is."""

    line: int
    found: list[Refusal] = field(default_factory=list)

    def add(self, name: str, refusal: Refused) -> None:
        """Notes a problem of one field."""
        self.found.append(Refusal(self.line, name, refusal.message, refusal.code))

    def get(self, name: str, read: Callable[..., _T], *arguments: object) -> _T | None:
        """What `read` answers, or None with its refusal noted."""
        try:
            return read(*arguments)
        except Refused as refusal:
            self.add(name, refusal)
            return None

    def has(self, name: str) -> bool:
        """True when this field has a problem already."""
        return any(refusal.field == name for refusal in self.found)
