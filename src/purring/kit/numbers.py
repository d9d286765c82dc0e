# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whole numbers in what a browser, a server or a file sends: ids, cursors, counts.

`str.isdigit` is true of "²", for which `int` raises, and of digits that no database takes; here is the one reading of such
a text. Amounts and dates that people write have readers of their own (`doors/intake`).
"""

from __future__ import annotations

MOST_DIGITS = 18
"""What always fits an id of the database."""


def whole(said: object) -> int | None:
    """The number that a text of up to 18 plain digits says; None for everything else: no sign, no space, no other script."""
    text = said if isinstance(said, str) else "" if said is None else str(said)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
