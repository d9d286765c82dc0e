# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first owner: when sign-up is open, and what it makes."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.text import slugify

from purring.core.errors import Refused
from purring.facts.organizations.actions import add_member, found_organization
from purring.facts.organizations.models import Membership, Organization, Role, User
from purring.followup.schedules import default_schedule
from purring.kit.zones import main_zone


def ownerless() -> bool:
    """True until somebody owns something here."""
    return not Membership.objects.everywhere("sign-up is open until the first owner").filter(role=Role.OWNER).exists()


def ownerless_organization() -> Organization | None:
    """The one organization that was made on the command line and waits for its owner."""
    waiting = list(Organization.objects.all()[:2])
    return waiting[0] if len(waiting) == 1 and ownerless() else None


def found(
    user: User,
    organization: Organization | None,
    *,
    name: str,
    country: str,
    language: str,
    currency: str,
    now: datetime,
) -> Organization:
    """The organization with its legal entity, owner and default schedule, in the caller's transaction.

    Refuses (`closed`) when another first owner was quicker.
    """
    if connection.vendor == "postgresql":  # SQLite takes one writer at a time anyway
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Membership._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    if not ownerless():
        raise Refused("closed", "this Purring has an owner already; ask for an invitation")
    if organization is None:
        organization, _ = found_organization(
            free_slug(name),
            name,
            country,
            language=language,
            currency=currency,
            timezone=main_zone(country) or "UTC",
            now=now,
            actor=f"user:{user.pk}",
        )
    add_member(organization, user, Role.OWNER, now=now, actor=f"user:{user.pk}")
    default_schedule(organization)
    return organization


def free_slug(name: str) -> str:
    """A short name for addresses and the command line that no other organization has."""
    base = slugify(name)[:50] or "business"
    slug, number = base, 2
    while Organization.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
