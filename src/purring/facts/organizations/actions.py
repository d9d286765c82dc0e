# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on organizations, their entities and members."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.models import LegalEntity, Membership, Organization, Role, User


@transaction.atomic
def found_organization(
    slug: str, name: str, country: str, *, language: str, currency: str, timezone: str, now: datetime, actor: str
) -> tuple[Organization, bool]:
    """The organization with this slug, made when it does not exist (with one legal entity of its name), and whether it was."""
    found = Organization.objects.filter(slug=slug).first()
    if found:
        return found, False
    organization = Organization.objects.create(
        slug=slug, name=name, country=country, language=language, currency=currency, timezone=timezone, created_at=now
    )
    LegalEntity(organization=organization, name=name, country=country, is_default=True).save(force_insert=True)
    write(organization.pk, "organization.founded", at=now, actor=actor, slug=slug)
    return organization, True


@transaction.atomic
def add_member(organization: Organization, user: User, role: str, *, now: datetime, actor: str) -> Membership:
    if role not in Role.values:
        raise Refused("unknown_role", f"{role} is not a role; use one of {', '.join(Role.values)}")
    member = Membership(organization=organization, user=user, role=role)
    member.save(force_insert=True)
    write(organization.pk, "member.added", at=now, actor=actor, user=user.pk, role=role)
    return member


@transaction.atomic
def change_organization(organization: Organization, *, now: datetime, actor: str, **fields: Any) -> None:
    changed = {name: value for name, value in fields.items() if getattr(organization, name) != value}
    for name, value in changed.items():
        setattr(organization, name, value)
    if changed:
        organization.save(update_fields=list(changed))
        write(organization.pk, "organization.changed", at=now, actor=actor, fields=sorted(changed))


@transaction.atomic
def approve_first_day(organization: Organization, *, now: datetime, actor: str) -> None:
    """A person has seen what would go out (R23): from now on messages may leave."""
    if organization.first_day_approved_at is None:
        organization.first_day_approved_at = now
        organization.save(update_fields=["first_day_approved_at"])
        write(organization.pk, "first_day.approved", at=now, actor=actor)


def data_stale_until(organization: Organization, today: date) -> date | None:
    """The day up to which sending must wait because bank or ledger data is too old, or None when it is fresh."""
    if organization.data_checked_on is None or organization.data_fresh_days is None:
        return None
    return today if (today - organization.data_checked_on).days > organization.data_fresh_days else None
