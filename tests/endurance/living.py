# SPDX-License-Identifier: AGPL-3.0-or-later
"""A business that lives now, for engines that go by the real clock: `python -m tests.endurance.living URL FOLDER ACT`.

`found` migrates and founds it, `owe` adds customers with an overdue invoice each, `run` lets the embedded engine work
until all of them were written to, `tell` only tells. All of them print how things stand as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import time as time_of_day
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.endurance.stage import ACTOR

if TYPE_CHECKING:
    from purring.facts.organizations.models import Organization

SLUG = "studio"
PATIENCE_SECONDS = 60


def noon_zone(utc_hour: int) -> str:
    """A zone in which it is past twelve now: messages may leave for the next hours, at whatever time the tests run."""
    east = 12 - utc_hour
    return f"Etc/GMT{-east:+d}"


def found() -> None:
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from purring.facts.organizations.actions import approve_first_day, change_organization, found_organization
    from purring.followup.schedules import change_schedule, default_schedule

    now = timezone.now()
    organization, _ = found_organization(
        SLUG, "Studio Nord", "NO", language="nb", currency="NOK", timezone=noon_zone(now.hour), now=now, actor=ACTOR
    )
    change_organization(
        organization, sending_from=time_of_day(0), sending_until=time_of_day(0, 0, 1), now=now, actor=ACTOR
    )
    change_schedule(default_schedule(organization), working_days_only=False)
    approve_first_day(organization, now=now, actor=ACTOR)


def owe(customers: int) -> None:
    from django.utils import timezone

    from purring.facts.customers.actions import add_customer
    from purring.facts.customers.models import Customer
    from purring.facts.invoices.actions import record_invoice

    studio = organization()
    now = timezone.now()
    today = studio.today(now)
    known = Customer.objects.of(studio).count()
    for number in range(known, known + customers):
        customer = add_customer(
            studio, ref=f"C{number}", name=f"Kunde {number}", contacts=[{"email": f"kari{number}@customer.example"}],
            timezone=studio.timezone, now=now, actor=ACTOR,
        )  # fmt: skip
        record_invoice(
            customer, number=f"I{number}", issued=today - timedelta(days=30), due=today - timedelta(days=4),
            amount=125_000, currency="NOK", now=now, actor=ACTOR,
        )  # fmt: skip


def run() -> dict[str, Any]:
    """Start the engine, wait until nobody is left to be written to and every round has run, and stop it."""
    from purring.config.engine import Embedded
    from purring.config.rounds import ROUNDS
    from purring.facts.customers.models import Customer
    from purring.followup.models import Beat, Reminder

    def all_done() -> bool:
        written = Reminder.objects.of(organization()).filter(state="sent").count() == everyone
        return written and Beat.objects.exclude(finished_at=None).count() == len(ROUNDS)

    engine = Embedded()
    engine.start()
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    everyone = Customer.objects.of(organization()).count()
    while not all_done() and time.monotonic() < give_up_at:
        time.sleep(0.1)
    stopping = time.monotonic()
    engine.stop()
    return {"stopped": not engine.is_alive(), "seconds to stop": round(time.monotonic() - stopping, 1)}


def tell() -> dict[str, Any]:
    from purring.followup.models import Beat, Reminder

    return {
        "states": Counter(Reminder.objects.of(organization()).values_list("state", flat=True)),
        "beats": {beat.round: beat.error or bool(beat.finished_at) for beat in Beat.objects.all()},
    }


def organization() -> Organization:
    from purring.facts.organizations.models import Organization

    return Organization.objects.get(slug=SLUG)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="of the sink")
    parser.add_argument("folder", help="where the sink keeps its mail")
    parser.add_argument("act", choices=("found", "owe", "run", "tell"))
    parser.add_argument("--customers", type=int, default=0)
    options = parser.parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "purring.config.settings"
    import django

    django.setup()
    more: dict[str, Any] = {}
    if options.act == "found":
        found()
    if options.customers:
        owe(options.customers)
    if options.act == "run":
        more = run()
    print(json.dumps({**tell(), **more}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
