# SPDX-License-Identifier: AGPL-3.0-or-later
"""The schedules that the law data offers ready-made: lawful and customary.

Terms longer than a week: the first reminder on the eighth day after the due date, so that three bank days of
transit have passed whatever the weekday and at Easter. Terms up to a week: on the third, as is the custom. A call
comes after two unanswered messages, before the last one. A legal notice is a task for a person, two weeks after the
last message.
"""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

PLANS = {
    "business": {
        "standard": [["courtesy", -3, "email"], ["friendly", 8, "email"], ["follow_up", 15, "email"], ["firm", 24, "phone"], ["final", 35, "email"]],
        "short": [["friendly", 3, "email"], ["follow_up", 9, "email"], ["firm", 16, "phone"], ["final", 30, "email"]],
    },
    "consumer": {
        "standard": [["courtesy", -3, "email"], ["friendly", 8, "email"], ["follow_up", 17, "email"], ["firm", 27, "phone"], ["final", 43, "email"]],
        "short": [["friendly", 3, "email"], ["follow_up", 10, "email"], ["firm", 20, "phone"], ["final", 35, "email"]],
    },
}  # fmt: skip
WAIT_BEFORE_NOTICE_DAYS = 14


def presets(name: str, reading: Facts, contact: Facts, notices: list[Facts]) -> list[Facts]:
    plans = PLANS["consumer" if name == "consumer" else "business"]
    made = []
    for plan, most_term_days in (("standard", None), ("short", 7)):
        steps = reading.get(plan, plans[plan])
        if name == "consumer" and not contact.get("calls_known"):
            steps = [[stage, days, "email" if channel == "phone" else channel] for stage, days, channel in steps]
        last = steps[-1][1] + WAIT_BEFORE_NOTICE_DAYS
        tasks = reading.get("notices") or [[notices[0]["name"], last]]
        made.append(
            {
                "name": plan,
                "most_term_days": most_term_days,
                "steps": [{"stage": stage, "days": days, "channel": channel} for stage, days, channel in steps],
                "min_days_between_contacts": 5,
                "notices": [{"notice": notice, "days": days} for notice, days in tasks],
            }
        )
    return made
