# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is foreseen is what happens when the days are played one by one and nobody does anything."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from purring.core.answers import Contact
from purring.core.decide import decide
from purring.core.facts import Account, Counted
from purring.core.foresee import foresee, foresee_each
from purring.core.lawful import NO_LAW
from tests.core.histories import history
from tests.core.playing import Decided, Played, richer, unchanged
from tests.support import seeds

HORIZON_DAYS = 60


@pytest.mark.slow
@pytest.mark.scales
def test_as_played_day_by_day(rng: random.Random) -> None:
    for _ in range(seeds.count("foreseen", normal=600, endurance=50_000)):
        scenario = history(rng)
        played = Played(scenario, rng.choice((unchanged, richer)))
        day = rng.choice(played.days)
        refs = [invoice.ref for invoice in day.account.invoices]
        given = day.account, day.schedule, NO_LAW, day.calendar, day.on
        each = foresee_each(*given, refs, horizon_days=HORIZON_DAYS)
        for ref in [None, *(invoice.ref for invoice in day.account.invoices)]:
            expected = played_on(day, ref)
            found = foresee(
                day.account, day.schedule, NO_LAW, day.calendar, day.on, invoice=ref, horizon_days=HORIZON_DAYS
            )
            assert ref is None or found == each.get(ref), "one walk for all of them tells the same"
            assert (found and found.on) == expected, f"{ref} from {day.on}\n{scenario}\n{day.account}"


def played_on(day: Decided, ref: str | None) -> date | None:
    """Every day is decided, every contact recorded by hand."""
    account = day.account._replace(approval_required=False, delivery_trouble=False)
    for offset in range(HORIZON_DAYS + 1):
        today = day.on + timedelta(offset)
        contact = decide(account, day.schedule, NO_LAW, day.calendar, today).contact
        if contact and (ref is None or ref in contact.invoices):
            return today
        if contact:
            account = recorded(account, contact, today)
    return None


def recorded(account: Account, contact: Contact, today: date) -> Account:
    for count in contact.counts:
        new = (Counted(count.stage, today),)
        if count.plan is None:
            account = account._replace(
                invoices=tuple(
                    invoice._replace(counted=invoice.counted + new) if invoice.ref in count.invoices else invoice
                    for invoice in account.invoices
                )
            )
            continue
        plans = []
        for plan in account.plans:
            instalments = list(plan.instalments)
            if plan.ref == count.plan and count.instalment is not None:
                old = instalments[count.instalment]
                instalments[count.instalment] = old._replace(counted=old.counted + new)
            plans.append(plan._replace(instalments=tuple(instalments)))
        account = account._replace(plans=tuple(plans))
    return account._replace(last_contact_on=today)
