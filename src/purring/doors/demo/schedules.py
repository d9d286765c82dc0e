# SPDX-License-Identifier: AGPL-3.0-or-later
"""The schedules of the sample businesses: the gentle one, and one for each group of customers that is special.

Hotels, restaurants and shops work at weekends: they are written to on any day, so that something waits in the demo on
a Sunday too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from purring.doors.demo.cast import CALLED, COUNTER, EVERY_DAY
from purring.facts.customers.models import Group
from purring.facts.organizations.models import Organization
from purring.followup.models import Schedule
from purring.followup.schedules import GENTLE_STEPS, assign, change_schedule, default_schedule

MINIMUM = "20.00"

SPECIAL: dict[str, dict[str, Any]] = {
    EVERY_DAY: {"name": "Gentle, any day of the week", "steps": GENTLE_STEPS, "working_days_only": False},
    COUNTER: {
        "name": "Short terms",
        "steps": [
            {"stage": "due_today", "days": 0, "channel": "email"},
            {"stage": "friendly", "days": 2, "channel": "email"},
            {"stage": "follow_up", "days": 8, "channel": "email"},
            {"stage": "firm", "days": 16, "channel": "email"},
            {"stage": "final", "days": 28, "channel": "email"},
        ],
        "min_days_between_contacts": 2,
        "working_days_only": False,
    },
    CALLED: {
        "name": "With a telephone call",
        "steps": [
            {"stage": "friendly", "days": 3, "channel": "email"},
            {"stage": "follow_up", "days": 10, "channel": "email"},
            {"stage": "firm", "days": 18, "channel": "phone"},
            {"stage": "final", "days": 32, "channel": "email"},
        ],
    },
}


def set_up(organization: Organization, names: set[str], now: datetime) -> dict[str, Group]:
    """The default schedule, and the groups named with theirs; groups by name."""
    change_schedule(default_schedule(organization), minimum_balance=MINIMUM)
    groups = {}
    for name in sorted(names):
        group = Group(organization=organization, name=name)
        group.save(force_insert=True)
        schedule = Schedule(organization=organization, minimum_balance=MINIMUM, **SPECIAL[name])
        schedule.save(force_insert=True)
        assign(schedule, group=group, now=now, actor="demo")
        groups[name] = group
    return groups
