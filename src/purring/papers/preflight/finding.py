# SPDX-License-Identifier: Apache-2.0
"""One thing a person should see before money is asked for."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    field: str
    """The place in the facts, such as `seller.accounts[0].number`."""
    code: str
    """Stable, for programs."""
    why: str
    """What is wrong; an English sentence."""
    remedy: str
    """What to do; an English sentence."""
