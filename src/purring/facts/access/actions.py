# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts around links: one is made to be passed on, one is revoked, all of a customer are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.access.models import Closing, Link, Purpose
from purring.facts.access.tokens import digest_of, expiry
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write

ONE_PRESS = timedelta(seconds=10)


@transaction.atomic
def make_link(
    customer: Customer,
    token: str,
    *,
    now: datetime,
    actor: str,
    purpose: str = Purpose.SHARED,
    invoices: Sequence[Invoice] = (),
    good_for: timedelta | None = None,
) -> Link:
    """A link that shows these invoices, or all that is open, for as long as links open here (`PURRING_LINK_DAYS`) or for
    `good_for`. The same token again is the same link."""
    if any(one.customer_id != customer.pk for one in invoices):
        raise Refused("not_found", "this invoice is not the customer's", field="invoices")
    org, digest = customer.organization_id, digest_of(token)
    touch(org, [customer.pk])  # first: it locks the account, so that two presses come one by one
    if known := Link.objects.of(org).filter(customer=customer, digest=digest).first():
        return known
    made = Link(
        organization_id=org,
        customer=customer,
        digest=digest,
        purpose=purpose,
        invoices=[one.pk for one in invoices],
        made_at=now,
        expires_at=now + good_for if good_for else expiry(now),
    )
    made.save(force_insert=True)
    write(
        org,
        "link.made",
        at=now,
        actor=actor,
        customer_id=customer.pk,
        invoice_id=invoices[0].pk if len(invoices) == 1 else None,
        link=digest,
        purpose=str(purpose),
        invoices=made.invoices,
        expires=made.expires_at.isoformat(),
    )
    return made


@transaction.atomic
def revoke_link(link: Link, *, now: datetime, actor: str) -> None:
    """From now on it opens nothing."""
    if not Link.objects.of(link.organization_id).filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        return
    link.revoked_at = now
    touch(link.organization_id, [link.customer_id])
    write(
        link.organization_id,
        "link.revoked",
        at=now,
        actor=actor,
        customer_id=link.customer_id,
        invoice_id=link.invoices[0] if len(link.invoices) == 1 else None,
        link=link.digest,
    )


@transaction.atomic
def revoke_links(customer: Customer, *, now: datetime, actor: str) -> int:
    """All of the customer's links open nothing from now on, the signed ones that have no row too; how many rows were open.
    Pressed twice it is done once."""
    org = customer.organization_id
    touch(org, [customer.pk])
    rows = Link.objects.of(org).filter(customer=customer, revoked_at=None, expires_at__gt=now)
    count = rows.update(revoked_at=now)
    closed = Closing.objects.of(org).filter(customer=customer).first()
    if not count and closed and now - closed.at < ONE_PRESS:
        return 0
    Closing.objects.of(org).update_or_create(organization_id=org, customer=customer, defaults={"at": now})
    write(org, "links.revoked", at=now, actor=actor, customer_id=customer.pk, count=count)
    return count
