# SPDX-License-Identifier: Apache-2.0
"""What happens next if nobody does anything: the decision, asked about the days to come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from purring.core.answers import Contact
from purring.core.calendar import Calendar
from purring.core.decide import decide
from purring.core.facts import Account, Counted
from purring.core.lawful import Law
from purring.core.schedule import Schedule

HORIZON_DAYS = 400
MOST_LOOKS = 200


class Next(NamedTuple):
    """The next contact and its day."""

    on: date
    contact: Contact


def foresee(
    account: Account,
    schedule: Schedule,
    law: Law,
    calendar: Calendar,
    today: date,
    *,
    invoice: str | None = None,
    horizon_days: int = HORIZON_DAYS,
) -> Next | None:
    """The next contact from today on (for `invoice`: the next that carries it), or None within the horizon.

    Contacts before it are taken as gone and not answered: what really comes after them depends on what people do.
    """
    day, last = today, today + timedelta(horizon_days)
    account = account._replace(approval_required=False, delivery_trouble=False)
    for _ in range(MOST_LOOKS):
        decision = decide(account, schedule, law, calendar, day)
        contact = decision.contact
        if contact and (invoice is None or invoice in contact.invoices):
            return Next(day, contact)
        if contact:  # another invoice, in another currency, goes first
            account = after(account, contact, day)
            day += timedelta(1)
        elif decision.look_again_on is None or decision.look_again_on > last:
            return None
        else:
            day = decision.look_again_on
    return None


def after(account: Account, contact: Contact, day: date) -> Account:
    """The account once the contact has gone out: its day, and what it counted for."""
    said = {
        (count.plan, count.instalment) if count.plan else count.invoices[0]: (Counted(count.stage, day),)
        for count in contact.counts
    }
    return account._replace(
        last_contact_on=day,
        invoices=tuple(
            invoice._replace(counted=invoice.counted + said.get(invoice.ref, ())) for invoice in account.invoices
        ),
        plans=tuple(
            plan._replace(
                instalments=tuple(
                    instalment._replace(counted=instalment.counted + said.get((plan.ref, number), ()))
                    for number, instalment in enumerate(plan.instalments)
                )
            )
            for plan in account.plans
        ),
    )
