# SPDX-License-Identifier: AGPL-3.0-or-later
"""Founds a sample business: organization, the entity that asks, schedules, customers. No invoices yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress

from purring.doors.demo.cast import Business
from purring.doors.demo.schedules import set_up
from purring.facts.customers.actions import add_customer
from purring.facts.customers.models import Customer
from purring.facts.offers.terms import keep_terms
from purring.facts.organizations.actions import add_member, found_organization, keep_letterhead, letterhead_of
from purring.facts.organizations.models import LegalEntity, Organization, Role, User

ACTOR = "import"
EMAIL = "demo@purring.example"
NAME = "Nora Quinn"
"""The bookkeeper who looks after all five businesses: the visitor."""
OFFERED: dict[str, Any] = {
    "whom": "all",
    "plan_most": 4,
    "plan_first_percent": 20,
    "plan_first_days": 14,
    "plan_last_days": 150,
    "plan_smallest": "50",
    "plan_rhythms": ["fortnightly", "monthly"],
    "deferral_days": 14,
    "ladder": [],
    "instalments_at_start": False,
    "autopay": True,
    "autopay_at_start": False,
}
"""What customers may agree to by themselves on their page."""


def make_user(password: str) -> User:
    user = User.objects.create_user(EMAIL, password, name=NAME, language="en")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def found_business(business: Business, user: User, now: datetime) -> Organization:
    """The organization as it began, two years ago."""
    organization, _ = found_organization(
        business.slug,
        business.name,
        business.country,
        language=business.language,
        currency=business.currency,
        timezone=business.timezone,
        now=now,
        actor=f"user:{user.pk}",
    )
    street, postcode, city = business.place
    LegalEntity.objects.of(organization).filter(is_default=True).update(
        address_lines=street,
        postcode=postcode,
        city=city,
        email=business.email,
        phone=business.phone,
        accounts=list(business.accounts),
        sender_name=business.sender,
        sender_title=business.sender_title,
    )
    letterhead = letterhead_of(LegalEntity.objects.of(organization).get(is_default=True))
    keep_letterhead(letterhead, colour=business.colour, logo=_logo(business).encode(), now=now, actor=f"user:{user.pk}")
    add_member(organization, user, Role.OWNER, now=now, actor=f"user:{user.pk}")
    keep_terms(organization, OFFERED, on=organization.today(now), now=now, actor=f"user:{user.pk}")
    return organization


def _logo(business: Business) -> str:
    """Their initial on their colour, and their name beside it."""
    written = 'font-family="Inter" font-weight="600"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {62 + 13 * len(business.name)} 44">'
        f'<rect width="44" height="44" rx="12" fill="{business.colour}"/>'
        f'<text x="22" y="31" {written} font-size="26" fill="#fff" text-anchor="middle">{business.name[0]}</text>'
        f'<text x="56" y="30" {written} font-size="22" fill="{business.colour}">{business.name}</text></svg>'
    )


def add_customers(business: Business, organization: Organization, now: datetime) -> dict[str, Customer]:
    """Every customer with contacts and rules, by name."""
    groups = set_up(organization, {client.group for client in business.clients if client.group}, now)
    customers = {}
    for client in business.clients:
        street, postcode, city = client.place
        customers[client.name] = add_customer(
            organization,
            ref=business.ref(client),
            name=client.name,
            now=now,
            actor=ACTOR,
            contacts=[person.fields(client.domain) for person in client.people],
            kind=client.kind,
            country=business.home(client).country,
            language=business.home(client).language,
            group=groups.get(client.group),
            address_lines=street,
            postcode=postcode,
            city=city,
            terms_days=client.terms,
            po_required=client.po_required,
            pay_run_days=list(client.pay_run_days),
            closeness=client.closeness,
            formality=client.formality,
        )
    return customers
