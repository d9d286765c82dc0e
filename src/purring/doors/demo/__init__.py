# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sample businesses to look at: two years of customers, invoices, payments and talk, made by a seeded script.

`seed` fills an empty database through the same acts and rounds that real work uses, so that what a visitor sees is
what Purring does. Everything is relative to today and invented. Not here: the mailbox, the web server, the sign-in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from purring.core.errors import Refused
from purring.doors.demo.businesses import BUSINESSES
from purring.doors.demo.founding import EMAIL, make_user
from purring.doors.demo.playing import Story, seal_all, wait_for_nothing_but_approval
from purring.doors.demo.post import sender_into, sender_nowhere
from purring.facts.customers.models import Customer
from purring.facts.organizations.models import Organization, User
from purring.followup.deliveries import carry_over_notices, plan_thanks
from purring.followup.drafting import Sender
from purring.followup.planning import plan
from purring.kit.links import PORTAL, token

__all__ = ["ADDRESS", "SeededDemo", "seed", "sender_into"]

ADDRESS = "invoices@purring-demo.example"
"""From whom the demo's mail comes."""

Progress = Callable[[int, int], None]
"""(businesses done, businesses in all)"""


class SeededDemo(NamedTuple):
    """How to look at it: who signs in, and the page of the customer that shows most."""

    email: str
    organization_slugs: tuple[str, ...]
    portal_organization_id: int
    portal_customer_id: int
    portal_path: str


def seed(
    now: datetime, *, password: str, sender: Sender | None, rng_seed: int = 1, progress: Progress | None = None
) -> SeededDemo:
    """Make the demo, all of it or nothing; a second call only brings what is there up to today.

    `sender` carries the messages of the last weeks (`sender_into` puts them into a mailbox folder with their own
    dates); without one they are in the customers' histories alone. Facts are the same for the same seed and day.
    Refuses (`not_a_demo`) a database that holds organizations of somebody's own.
    """
    user = User.objects.filter(email=EMAIL).first()
    slugs = tuple(business.slug for business in BUSINESSES)
    if user is None:
        if Organization.objects.exists():
            raise Refused("not_a_demo", "this database is in use; choose an empty data folder for the demo")
        with transaction.atomic():
            user = make_user(password)
            way_out = sender or sender_nowhere(ADDRESS)
            for number, business in enumerate(BUSINESSES):
                Story(business, user, now, way_out, rng_seed).play()
                if progress:
                    progress(number + 1, len(BUSINESSES))
    else:
        if not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
        for organization in Organization.objects.filter(slug__in=slugs).order_by("id"):
            _up_to_today(organization, now)
    return _shown(now, slugs)


def _up_to_today(organization: Organization, now: datetime) -> None:
    """What the rounds would do after a pause: plan today; nothing of the days between is made up."""
    with transaction.atomic():
        plan(organization, now)
        carry_over_notices(organization, now)
        plan_thanks(organization, now)
        wait_for_nothing_but_approval(organization, now)
        seal_all(organization)


def _shown(now: datetime, slugs: tuple[str, ...]) -> SeededDemo:
    first = BUSINESSES[0]
    organization = Organization.objects.get(slug=first.slug)
    customer = Customer.objects.of(organization).get(ref=first.ref(first.clients[0]))
    link = token(PORTAL, [organization.pk, customer.pk], organization.today(now))
    return SeededDemo(EMAIL, slugs, organization.pk, customer.pk, PORTAL.path.format(token=link))
