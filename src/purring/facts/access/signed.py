# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links that carry their customer under a signature and need no row: the desk's own look at a customer's page, and older
ones that are out there. They show all that is open, expire by themselves, and are closed with the customer's other links.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from purring.core.errors import Refused
from purring.facts.access.models import Closing
from purring.facts.customers.models import Customer
from purring.kit import links


def page_address(customer: Customer, today: date, now: datetime) -> str:
    """The address of the customer's page; it opens nothing any more once the customer's links were closed after `now`."""
    return links.url(links.PORTAL, [customer.organization_id, customer.pk, int(now.timestamp())], today)


def read_signed(token: str, now: datetime) -> Customer:
    """Whose page a signed token opens, with the organization. Refuses `bad_link`, `expired_link` and `closed_link`."""
    try:
        organization_id, customer_id, *made = links.read(links.PORTAL, token, now.date())
        customer = Customer.objects.of(organization_id).select_related("organization").get(pk=customer_id)
    except (ValueError, Customer.DoesNotExist) as error:
        raise Refused("bad_link", "this link is not complete") from error
    closed = Closing.objects.of(organization_id).filter(customer=customer).first()
    if closed and int(closed.at.timestamp()) >= (made[0] if made else _day_made(token, now)):
        raise Refused("closed_link", "this link was closed")
    return customer


def _day_made(token: str, now: datetime) -> int:
    """When a token without a moment was made, as a timestamp: the beginning of its day."""
    day = links.until(links.PORTAL, token) - timedelta(links.PORTAL.days)
    return int(datetime.combine(day, time(), now.tzinfo).timestamp())
