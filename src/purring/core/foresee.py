# SPDX-License-Identifier: Apache-2.0
"""What happens next if nobody does anything: the decision, asked about the days to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    coming = _coming(account, schedule, law, calendar, today, horizon_days)
    return next((one for one in coming if invoice is None or invoice in one.contact.invoices), None)


def foresee_each(
    account: Account,
    schedule: Schedule,
    law: Law,
    calendar: Calendar,
    today: date,
    invoices: Iterable[str],
    horizon_days: int = HORIZON_DAYS,
) -> dict[str, Next]:
    """What `foresee` says of each of these invoices, of one walk through the days; one that nothing carries is left out."""
    wanted, found = set(invoices), dict[str, Next]()
    for one in _coming(account, schedule, law, calendar, today, horizon_days) if wanted else ():
        found |= dict.fromkeys(wanted.intersection(one.contact.invoices) - found.keys(), one)
        if len(found) == len(wanted):
            break
    return found


def _coming(
    account: Account, schedule: Schedule, law: Law, calendar: Calendar, today: date, horizon_days: int
) -> Iterator[Next]:
    """The contacts to come, one after the other."""
    day, last = today, today + timedelta(horizon_days)
    account = account._replace(approval_required=False, delivery_trouble=False)
    for _ in range(MOST_LOOKS):
        decision = decide(account, schedule, law, calendar, day)
        if decision.contact:
            yield Next(day, decision.contact)
            account = after(account, decision.contact, day)
            day += timedelta(1)
        elif decision.look_again_on is None or decision.look_again_on > last:
            return
        else:
            day = decision.look_again_on


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
