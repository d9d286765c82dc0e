# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever was let go has its words kept: no message is said to have left without a record of what it said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from purring.followup.models import GONE, Reminder, State

NAME = "words of what left"


def broken(now: datetime) -> Iterator[str]:
    gone = Reminder.objects.everywhere("invariants").filter(state__in=(*GONE, State.BOUNCED), message=None)
    for key, state in gone.exclude(channel="phone").values_list("id", "state").iterator():
        yield f"reminder {key} is {state} and has no message"
