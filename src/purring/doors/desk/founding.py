# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first owner: when sign-up is open, and what it makes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.facts.organizations.actions import add_member, found_organization
from purring.facts.organizations.models import Membership, Organization, Role, User
from purring.followup.schedules import default_schedule
from purring.kit.zones import main_zone

SAME_PRESS = timedelta(minutes=1)


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
    _one_at_a_time()
    if not ownerless():
        raise Refused("closed", "this Purring has an owner already; ask for an invitation")
    if organization is None:
        organization = _made(user, name, country, language, currency, now)
    _owned(organization, user, now)
    return organization


@transaction.atomic
def found_another(user: User, now: datetime, *, name: str, country: str, language: str, currency: str) -> Organization:
    """One more organization for somebody who owns one already. Asked for twice within a minute, it is one.

    Refuses (`not_owner`) anybody else: who comes into this Purring is for its owners to say; and (`same_name`) a name that
    one of the person's own organizations has.
    """
    _one_at_a_time()
    mine = Membership.objects.everywhere("a person's own memberships").filter(user=user, role=Role.OWNER)
    owned = [member.organization for member in mine.select_related("organization")]
    if not owned:
        raise Refused("not_owner", gettext("only an owner opens another organization"))
    same = next((one for one in owned if one.name.casefold() == name.strip().casefold()), None)
    if same and now - same.created_at < SAME_PRESS and same.first_day_approved_at is None:
        return same
    if same:
        raise Refused("same_name", gettext("you have an organization of this name already"), field="name")
    organization = _made(user, name.strip(), country, language, currency, now)
    _owned(organization, user, now)
    return organization


def _one_at_a_time() -> None:
    if connection.vendor == "postgresql":  # SQLite takes one writer at a time anyway
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Membership._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _made(user: User, name: str, country: str, language: str, currency: str, now: datetime) -> Organization:
    made, _ = found_organization(
        free_slug(name),
        name,
        country,
        language=language,
        currency=currency,
        timezone=main_zone(country) or "UTC",
        now=now,
        actor=f"user:{user.pk}",
    )
    return made


def _owned(organization: Organization, user: User, now: datetime) -> None:
    add_member(organization, user, Role.OWNER, now=now, actor=f"user:{user.pk}")
    default_schedule(organization)


def free_slug(name: str) -> str:
    """A short name for addresses and the command line that no other organization has."""
    base = slugify(name)[:50] or "business"
    slug, number = base, 2
    while Organization.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
