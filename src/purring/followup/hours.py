# SPDX-License-Identifier: AGPL-3.0-or-later
"""When on its day a message leaves: in the sending hours of the customer's place, spread as a person would. Pure."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from purring.law.model import Hours

LATE_UNTIL = time(17)
"""After an outage in the morning, messages may still leave until this local hour; later they wait for a new day."""


def send_after(day: date, zone: ZoneInfo, opens: time, closes: time, who: str) -> datetime:
    """The moment of a message: the same for the same customer and day, evenly spread over the sending hours."""
    start = datetime.combine(day, opens, zone)
    end = datetime.combine(day, closes, zone)
    window_seconds = max(int((end - start).total_seconds()), 1)
    number = int.from_bytes(hashlib.sha256(f"{who} {day}".encode()).digest()[:8], "big")
    return start + timedelta(seconds=number % window_seconds)


def within(lawful: Hours | None, opens: time, closes: time) -> tuple[time, time]:
    """The sending hours as far as the law allows them; the lawful ones where they have nothing in common."""
    if lawful is None:
        return opens, closes
    first, last = max(opens, lawful.opens), min(closes, lawful.closes)
    return (first, last) if first < last else (lawful.opens, lawful.closes)


def may_leave(now: datetime, day: date, zone: ZoneInfo, closes: time, lawful: Hours | None = None) -> bool:
    """True while it is still a decent and lawful hour of that day in that place."""
    local = now.astimezone(zone)
    if lawful and not lawful.opens <= local.time() < lawful.closes:
        return False
    return local.date() == day and local.time() <= max(closes, LATE_UNTIL)


def may_begin(
    now: datetime, day: date, zone: ZoneInfo, hours: tuple[time, time] | None, lawful: Hours | None = None
) -> datetime | None:
    """The first moment from now on in which it may leave that day, by the sending hours (none: whenever the law allows);
    None when its hours are over."""
    first, last = time(0), time.max
    if hours:
        first, last = within(lawful, *hours)
        last = max(last, LATE_UNTIL)
    if lawful:
        first, last = max(first, lawful.opens), min(last, lawful.closes)
    start, end = datetime.combine(day, first, zone), datetime.combine(day, last, zone)
    return max(now, start) if now < end else None
