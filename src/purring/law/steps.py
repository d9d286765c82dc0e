# SPDX-License-Identifier: Apache-2.0
"""May this step be taken now, and what must it say? Each refusal with its rule.

`check_step` judges one contact: a message or call of a stage, a reminder that carries a fee, or a legal notice.
What only custom or the house asks for is advice and forbids nothing. Days are calendar days in the debtor's place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import NamedTuple

from purring.core.calendar import working_days
from purring.core.errors import Refused
from purring.law import book as law_book
from purring.law.book import LawBook
from purring.law.compiled import cited
from purring.law.days import working_day_after
from purring.law.model import Contact, Content, Hours, Kind, Notice

FIRM_STAGES = ("firm", "final")
LIVE_CHANNELS = ("phone", "sms")
"""Channels that ring: hours and days off concern these."""


class Contacted(NamedTuple):
    """One earlier contact about the same claim."""

    on: date
    channel: str


class Step(NamedTuple):
    """What is about to be done."""

    country: str
    """Whose law: the debtor's for conduct towards them."""
    kind: str
    """`business`, `consumer` or `unknown` (protected like a consumer)."""
    stage: str
    channel: str
    on: date
    due: date | None = None
    """Due date of the oldest invoice it carries; None when only the manner of contact is in question."""
    at: time | None = None
    """The hour at the debtor's; None when not settled yet."""
    notice: str | None = None
    """Name of a legal notice, when it is one."""
    by_person: bool = False
    with_fee: bool = False
    earlier: Sequence[Contacted] = ()
    """Earlier contacts about the claim, oldest first."""
    past_due: Sequence[date] = ()
    """Days of reminders past the due date, oldest first."""
    notices_sent: int = 0
    """How often this notice went out for the claim."""


class Verdict(NamedTuple):
    """The answer. `rule` and `why` are empty when the step is allowed."""

    allowed: bool
    rule: str
    why: str
    earliest_on: date | None
    """The first day on which it may be taken, when waiting helps."""
    contents: tuple[Content, ...]
    """What it must say."""
    advice: tuple[str, ...]


def check_step(step: Step, book: LawBook | None = None) -> Verdict:
    """Judge a step. Refuses `unknown_country`, and `unknown_notice` for a notice this country does not have."""
    book = book or law_book.book()
    kind = book.kind(step.country, step.kind)
    country = book.country(step.country).country
    contents = contents_of(kind, step)
    advice = tuple(_advice(kind.contact, step, country))
    for refusal in (_notice, _pause, _hours, _pace):
        if found := refusal(kind, step, country):
            rule, why, earliest = found
            return Verdict(False, rule, why, earliest, contents, advice)
    return Verdict(True, "", "", None, contents, advice)


Refusal = tuple[str, str, date | None]


def find_notice(kind: Kind, name: str) -> Notice:
    """A legal notice by its local name."""
    for notice in kind.notices:
        if notice.name == name:
            return notice
    known = ", ".join(notice.name for notice in kind.notices)
    raise Refused("unknown_notice", f"there is no notice {name!r} here; known: {known}", value=name)


def contents_of(kind: Kind, step: Step) -> tuple[Content, ...]:
    """What the letter must say: a notice its own list, a reminder what this law asks of it."""
    if step.notice:
        return find_notice(kind, step.notice).contents
    late = step.due is not None and step.on > step.due
    asked = {
        "every_reminder": late,
        "first_reminder": late and not step.past_due,
        "fee_letter": step.with_fee,
    }
    return tuple(content for letter in kind.letters if asked[letter.letter] for content in letter.contents)


def _notice(kind: Kind, step: Step, country: str) -> Refusal | None:
    if not step.notice:
        return None
    notice = find_notice(kind, step.notice)
    rule = cited(kind, notice.basis)
    if not step.by_person:
        return rule, f"{notice.name} is a legal notice; a person sends it", None
    if step.due is not None:
        earliest = step.due + timedelta(notice.earliest_days_after_due)
        if step.on < earliest:
            return rule, f"{notice.name} may go out from {earliest} on", earliest
    if notice.most is None or step.notices_sent < notice.most:
        return None
    if notice.most == 1:
        return rule, f"{notice.name} may go out only once for one debt", None
    return rule, f"{notice.name} may go out at most {notice.most} times for one debt", None


def _pause(kind: Kind, step: Step, country: str) -> Refusal | None:
    """After the first reminder to a Belgian consumer nothing firm may follow before the time to pay has run out."""
    pause = kind.pause
    softer = step.stage not in FIRM_STAGES and not step.with_fee and not step.notice
    if pause is None or softer or step.due is None or step.on <= step.due:
        return None
    if step.notice and find_notice(kind, step.notice).basis.rule == pause.basis.rule:
        return None  # the free first reminder itself
    rule = cited(kind, pause.basis)
    if not step.past_due:
        return rule, "a free first reminder with time to pay comes before anything firm", None
    received = working_day_after(working_days(country), min(step.past_due).toordinal(), pause.working_days)
    earliest = date.fromordinal(received + pause.days)
    if step.on < earliest:
        last = earliest - timedelta(1)
        return rule, f"the time to pay after the first reminder runs until {last}", earliest
    return None


def _hours(kind: Kind, step: Step, country: str) -> Refusal | None:
    contact = kind.contact
    if not contact.binding or step.channel not in LIVE_CHANNELS:
        return None
    rule = cited(kind, contact.basis)
    if why := _closed(contact, step.on, country):
        return rule, why, _next_open(contact, step.on, country)
    hours = _hours_on(contact, step.on)
    if step.at and hours and not hours.opens <= step.at < hours.closes:
        return rule, f"calls and text messages only from {hours.opens:%H:%M} to {hours.closes:%H:%M}", step.on
    return None


def hours_for(kind: Kind, channel: str, day: date) -> Hours | None:
    """The hours of a day within which the law lets one call or text; None where it says nothing about that, or where the
    whole day is closed (then `check_step` refuses it)."""
    binds = kind.contact.binding and channel in LIVE_CHANNELS
    return _hours_on(kind.contact, day) if binds else None


def _sets_hours(contact: Contact) -> bool:
    return contact.weekdays is not None


def _hours_on(contact: Contact, day: date) -> Hours | None:
    return (contact.saturday if day.weekday() == 5 else contact.sunday) if day.weekday() > 4 else contact.weekdays


def _closed(contact: Contact, day: date, country: str) -> str:
    """Why nobody may be called on a day, or nothing."""
    if not _sets_hours(contact):
        return ""
    if not _hours_on(contact, day):
        return "no calls and text messages on that day of the week"
    if not contact.on_holidays and day.weekday() < 5 and not working_days(country).is_working(day):
        return "no calls and text messages on public holidays"
    return ""


def _next_open(contact: Contact, day: date, country: str) -> date:
    while _closed(contact, day, country):
        day += timedelta(1)
    return day


def _pace(kind: Kind, step: Step, country: str) -> Refusal | None:
    contact = kind.contact
    if not contact.binding or (contact.counts == "calls" and step.channel != "phone"):
        return None
    days = sorted(one.on for one in step.earlier if contact.counts == "all_contacts" or one.channel == "phone")
    for most, window in ((contact.most_in_7_days, 7), (contact.most_in_30_days, 30)):
        if most is None:
            continue
        within = [day for day in days if step.on - timedelta(window) < day <= step.on]
        if len(within) >= most:
            rule, again = cited(kind, contact.basis), within[-most] + timedelta(window)
            if contact.counts == "calls":
                return rule, f"at most {most} calls in {window} days", again
            return rule, f"at most {most} contacts in {window} days", again
    return None


def _advice(contact: Contact, step: Step, country: str) -> list[str]:
    """What binds others, or is a good rule of the house."""
    if contact.binding or step.channel not in LIVE_CHANNELS or not _sets_hours(contact):
        return []
    hours = _hours_on(contact, step.on)
    late = step.at and hours and not hours.opens <= step.at < hours.closes
    return [contact.note] if _closed(contact, step.on, country) or late else []
