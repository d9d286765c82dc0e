# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must be true of the stored facts at every moment, one small file each. `purring doctor` and rounds ask them.

An invariant is a module with `NAME` and `broken(now)`, which yields one line per thing that is wrong, with ids and
amounts but no names: the lines may be sent to somebody for help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from purring.followup.invariants import (
    balances_from_journal,
    credit_on_account,
    journal_chain,
    left_in_doubt,
    payments_used_up,
    settled_marks,
    sums_of_invoices,
    words_kept,
)


class Invariant(NamedTuple):
    name: str
    broken: Callable[[datetime], Iterator[str]]


INVARIANTS = tuple(
    Invariant(module.NAME, module.broken)
    for module in (
        sums_of_invoices,
        settled_marks,
        payments_used_up,
        credit_on_account,
        balances_from_journal,
        words_kept,
        left_in_doubt,
        journal_chain,
    )
)
