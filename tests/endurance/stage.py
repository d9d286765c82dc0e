# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the scripts of this folder share: a business on a database of its own, a clock of its own, and the final audit.

Runs in a process of its own, started by the tests: it sets Django up for the database that its environment names.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from purring.facts.organizations.models import Organization
    from purring.followup.models import Reminder
    from purring.plugins.channel import Channel

SENDER = "post@studio.example"
FIRST_DAY = date(2026, 3, 4)
DAYS_APART = 7
"""From one playing day to the next: the last step of the schedule repeats after as many."""
ACTOR = "test"


class Clock:
    """A moment shared by all forked processes: noon of a playing day, and real time from there on."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 16)
        self.begin(0)

    def begin(self, day: int) -> None:
        self._memory[:] = struct.pack("=qd", day, time.monotonic())

    @property
    def day(self) -> int:
        return int(struct.unpack("=qd", self._memory[:])[0])

    def __call__(self) -> datetime:
        day, started = struct.unpack("=qd", self._memory[:])
        noon = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 11, tzinfo=UTC)
        return noon + timedelta(days=day * DAYS_APART, seconds=time.monotonic() - started)


def found(customers: int, *, amount: int) -> Organization:
    """Migrate the database, and found a business whose customers owe one invoice each, overdue on the first day."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "purring.config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    from purring.facts.customers.actions import add_customer
    from purring.facts.invoices.actions import record_invoice
    from purring.facts.organizations.actions import approve_first_day, found_organization
    from purring.followup.schedules import change_schedule, default_schedule

    told: dict[str, Any] = {"now": datetime(2026, 3, 1, tzinfo=UTC), "actor": ACTOR}
    with transaction.atomic():
        organization, _ = found_organization(
            "studio", "Studio Nord", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", **told
        )
        steps = [
            {"stage": "friendly", "days": 1, "channel": "email"},
            {"stage": "follow_up", "days": 1 + DAYS_APART, "channel": "email", "repeat_every": DAYS_APART},
        ]
        change_schedule(default_schedule(organization), steps=steps, working_days_only=False)
        approve_first_day(organization, **told)
        languages = ("nb", "en", "fr", "es", "af")
        for number in range(customers):
            person = {"name": f"Kari Berg {number}", "email": f"kari{number}@customer.example"}
            customer = add_customer(
                organization,
                ref=f"C{number}",
                name=f"Kunde {number}",
                contacts=[person],
                language=languages[number % len(languages)],
                **told,
            )
            record_invoice(
                customer,
                number=f"I{number}",
                issued=FIRST_DAY - timedelta(days=20),
                due=FIRST_DAY - timedelta(days=2),
                amount=amount,
                currency="NOK",
                description="Brochure",
                **told,
            )
    return organization


def channel(url: str) -> Channel:
    from purring.plugins.channel.smtp import SmtpChannel
    from purring.plugins.channel.smtp.server import from_url

    return SmtpChannel(from_url(url))


def audit(organization: Organization, mail: Path, days: int, now: datetime) -> dict[str, Any]:
    """What is wrong, after everything was brought to its end: the records against the mail that arrived.

    Every list is empty when all is well. `days`: how many days were played to their end.
    """
    from purring.facts.journal.actions import broken_links, seal
    from purring.facts.journal.models import Entry
    from purring.followup.deliveries import doubtful
    from purring.followup.invariants import INVARIANTS
    from purring.followup.models import GONE, Reminder, State
    from purring.kit.mailsink import messages, read

    while seal(organization.pk):
        pass
    reminders = list(Reminder.objects.of(organization).select_related("message", "customer").order_by("id"))
    gone = [reminder for reminder in reminders if reminder.state in GONE]
    of_message = {f"<{one.message.message_id}>": one for one in gone if one.message}
    arrived = messages(mail)
    ids = Counter(kept.message_id for kept in arrived)
    days_asked: Counter[str] = Counter()
    for kept in arrived:
        known = of_message.get(kept.message_id)
        if known is None or known.payment_id is None:
            sent_at = parsedate_to_datetime(str(message_from_bytes(read(mail, kept.id))["Date"]))
            days_asked[f"{kept.rcpt_to[0]} on {sent_at:%Y-%m-%d}"] += 1
    stages = Counter((one.customer_id, one.on, one.stage, one.payment_id) for one in gone)
    asked: dict[int, set[date]] = defaultdict(set)
    for one in gone:
        if one.payment_id is None:
            asked[one.customer_id].add(one.on)
    playing = {FIRST_DAY + timedelta(days=DAYS_APART * day) for day in range(days)}
    in_doubt = set(doubtful(organization).values_list("id", flat=True))
    unconfirmed = [one for one in gone if one.state == State.UNCONFIRMED]
    released = Counter(
        Entry.objects.of(organization).filter(kind="reminder.released").values_list("data__reminder", flat=True)
    )
    endings = Counter(
        Entry.objects.of(organization)
        .filter(kind__in=("reminder.sent", "reminder.unconfirmed"))
        .values_list("data__reminder", "kind")
    )
    return {
        "arrived": len(arrived),
        "states": Counter(str(one.state) for one in reminders),
        "unconfirmed": len(unconfirmed),
        "unconfirmed that arrived": sum(_id(one) in ids for one in unconfirmed),
        "wrong": {
            "same message twice": [key for key, times in ids.items() if times > 1],
            "customer asked twice on a day": [key for key, times in days_asked.items() if times > 1],
            "stage said twice": [str(key) for key, times in stages.items() if times > 1],
            "arrived without a record": [kept.message_id for kept in arrived if kept.message_id not in of_message],
            "sent but never arrived": [one.pk for one in gone if one.state == State.SENT and _id(one) not in ids],
            "left in the air": [one.pk for one in reminders if one.state == State.RELEASED or one.lease],
            "never asked": [
                f"{key}: {sorted(map(str, playing - asked[key]))}"
                for key in _customers(organization)
                if asked[key] != playing
            ],
            "in doubt but not shown": [one.pk for one in unconfirmed if one.pk not in in_doubt],
            "released and not journaled once": [one.pk for one in gone if released[one.pk] != 1],
            "ended and not journaled once": [one.pk for one in gone if endings[one.pk, f"reminder.{one.state}"] != 1],
            "journal": list(broken_links(organization.pk)),
            "invariants": [
                f"{one.name}: {line}"
                for one in INVARIANTS
                if one.name != "messages in doubt"
                for line in one.broken(now)
            ],
        },
    }


def _id(reminder: Reminder) -> str:
    return f"<{reminder.message.message_id}>" if reminder.message else ""


def _customers(organization: Organization) -> list[int]:
    from purring.facts.customers.models import Customer

    return list(Customer.objects.of(organization).order_by("id").values_list("id", flat=True))
