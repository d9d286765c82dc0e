# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who comes in by which link, in which language they are spoken to, and what every page of theirs has in common."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_from_request

from purring.core.errors import Refused
from purring.doors.portal.labels import Labels, language_of
from purring.facts.customers.models import Customer
from purring.facts.organizations.models import Organization
from purring.kit import links
from purring.kit.tenancy import reach
from purring.language import formats


class Words:
    """The page's labels, money and days in one language: `{{ w.label.to_pay }}`, `{% say w "due_on" date=… %}`."""

    def __init__(self, language: str, country: str, organization: str) -> None:
        self.language = language
        self.label = Labels(language, country, organization)
        self.locale = formats.locale_for(language, country or None)

    def say(self, key: str, **values: Any) -> str:
        return self.label.say(key, **values)


@dataclass(frozen=True)
class Visit:
    """One opening of a customer's link."""

    token: str
    organization: Organization
    customer: Customer
    now: datetime
    today: date
    words: Words
    chosen: str
    """The language chosen on the page, or nothing; it goes along from page to page."""

    @property
    def link_digest(self) -> str:
        """SHA-256 of the token: says which link it was, and opens nothing."""
        return hashlib.sha256(self.token.encode()).hexdigest()

    def to(self, page: str, *arguments: str) -> str:
        """The address of another page under this link."""
        query = f"?language={self.chosen}" if self.chosen else ""
        return reverse(f"portal:{page}", args=[self.token, *arguments]) + query


def visit(request: HttpRequest, token: str) -> Visit | None:
    """What the link opens; None when it is wrong or too old."""
    now = timezone.now()
    try:
        organization_id, customer_id = links.read(links.PORTAL, token, now.date())
        organization = Organization.objects.get(pk=organization_id)
        customer = reach(Customer, organization, pk=customer_id)
    except (Refused, ValueError, Organization.DoesNotExist):
        return None
    wanted = request.GET.get("language", "")
    language = language_of(wanted, customer.language, organization.language)
    words = Words(language, customer.country, organization.name)
    chosen = language if wanted else ""
    return Visit(token, organization, customer, now, organization.today(now), words, chosen)


def closed(request: HttpRequest) -> HttpResponse:
    """The link is wrong or too old: told without telling which, in the browser's language."""
    language = language_of(get_language_from_request(request))
    context = {"w": Words(language, "", "")}
    return private(render(request, "portal/closed.html", context, status=404), language)


def private(response: HttpResponse, language: str) -> HttpResponse:
    """For this reader alone: kept by no cache, found by no search engine, told to no other site."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Language"] = language
    return response
