# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on organizations, their entities and members."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from purring.core.errors import Refused
from purring.facts.journal.actions import write
from purring.facts.organizations.logos import draw, keep_mail_logo
from purring.facts.organizations.models import LegalEntity, Letterhead, Membership, Organization, Role, User


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


def sit_at(user: User, organization_id: int) -> None:
    """Remember where the person sits, for the next time they come in. Nothing of the organization changes by it."""
    if user.sat_at_id != organization_id:
        user.sat_at_id = organization_id
        user.save(update_fields=["sat_at"])


@transaction.atomic
def change_organization(organization: Organization, *, now: datetime, actor: str, **fields: Any) -> None:
    changed = {name: value for name, value in fields.items() if getattr(organization, name) != value}
    for name, value in changed.items():
        setattr(organization, name, value)
    if changed:
        organization.save(update_fields=list(changed))
        write(organization.pk, "organization.changed", at=now, actor=actor, fields=sorted(changed))


LOGO_TYPES = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


def letterhead_of(entity: LegalEntity) -> Letterhead:
    """The entity's letterhead; the plain one, not stored, while nobody has made another."""
    kept = Letterhead.objects.of(entity.organization_id).filter(entity=entity).first()
    return kept or Letterhead(organization_id=entity.organization_id, entity=entity)


def keep_letterhead(letterhead: Letterhead, *, now: datetime, actor: str, **fields: Any) -> None:
    """Change how the entity's papers look. Refuses (`bad_colour`, `bad_font`, `bad_logo`, `bad_window`, `unknown_profile`) what cannot
    be printed; papers that are printed already stay as they are. Its mails show the logo from now on, unless `in_mails` is off."""
    from purring.papers.documents import Brand, Printer  # fonts and typesetter: only when something is printed
    from purring.papers.einvoice import profile_names

    fresh = {name: value for name, value in fields.items() if getattr(letterhead, name) != value}
    if "logo" in fresh:
        fresh["logo_type"] = _media_type(fresh["logo"]) if fresh["logo"] else ""
    wanted = {
        name: fresh.get(name, getattr(letterhead, name)) for name in ("colour", "font", "logo", "window", "e_invoice")
    }
    if wanted["e_invoice"] and wanted["e_invoice"] not in profile_names("cii"):
        raise Refused("unknown_profile", f"{wanted['e_invoice']} is no kind of e-invoice known here", path="e_invoice")
    logo = bytes(wanted["logo"]) if wanted["logo"] else None
    brand = Brand(colour=wanted["colour"], font=wanted["font"], logo=logo, window=wanted["window"])
    printer = Printer(brand)  # proves the logo
    if not fresh:
        return
    for name, value in fresh.items():
        setattr(letterhead, name, value)
    shown = brand.drawn_logo if letterhead.in_mails else None
    drawn = draw(printer, shown.width / shown.height) if shown and fresh.keys() & {"logo", "in_mails"} else None
    with transaction.atomic():
        letterhead.save()
        if fresh.keys() & {"logo", "in_mails"}:
            entity = letterhead.entity
            entity.mail_logo = keep_mail_logo(letterhead, *drawn, now) if drawn else ""
            entity.save(update_fields=["mail_logo"])
        write(
            letterhead.organization_id,
            "letterhead.changed",
            at=now,
            actor=actor,
            entity=letterhead.entity_id,
            fields=sorted(fresh.keys() - {"logo_type"}),
        )


def _media_type(logo: bytes) -> str:
    return next((name for magic, name in LOGO_TYPES if logo.startswith(magic)), "image/svg+xml")


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
