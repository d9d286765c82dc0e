# SPDX-License-Identifier: AGPL-3.0-or-later
"""No message stays in the air, and none in doubt for more than a day without a person deciding."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from purring.followup.models import Reminder, State

NAME = "messages in doubt"

PATIENCE = timedelta(days=1)
IN_THE_AIR = timedelta(hours=1)


def broken(now: datetime) -> Iterator[str]:
    rows = Reminder.objects.everywhere("invariants")
    for key in rows.filter(state=State.UNCONFIRMED, released_at__lt=now - PATIENCE).values_list("id", flat=True):
        yield f"reminder {key} may or may not have arrived, for more than a day: say at the desk which it is"
    for key in rows.filter(state=State.RELEASED, lease_until__lt=now - IN_THE_AIR).values_list("id", flat=True):
        yield f"reminder {key} was released and nobody noted what became of it: the rounds stand still"
