# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who comes in by which link, in which language they are spoken to, and what every page of theirs has in common."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_from_request

from purring.core.errors import Refused
from purring.doors.portal import sessions
from purring.doors.portal.labels import Labels, language_of
from purring.doors.portal.there import There, there
from purring.facts.access.models import Link
from purring.facts.access.signed import read_signed
from purring.facts.access.tokens import PREVIEW, is_token
from purring.facts.access.visits import find_link
from purring.facts.codes.models import Code
from purring.facts.customers.models import Customer
from purring.facts.organizations.models import Organization
from purring.followup.own_wordings import own_pages
from purring.kit.rates import Failures
from purring.language import formats

SECONDS_A_WRONG_LINK = 10
WRONG_LINKS = Failures(burst=100, seconds=SECONDS_A_WRONG_LINK)
"""By network address. Nobody guesses 128 bits; this keeps those who try from costing more than a look at a counter."""


_MACHINES = re.compile(
    r"bot|crawl|spider|slurp|scan|preview|fetch|monitor|headless|lighthouse|curl|wget|python|java/|go-http|okhttp", re.I
)


def is_person(request: HttpRequest) -> bool:
    """Whether a browser with somebody before it seems to open the page: not a mail scanner, a chat program that draws a
    preview, or a browser that fetches ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}".strip()
    wanted = request.headers.get("Sec-Fetch-Mode", "navigate")
    return bool(
        request.method == "GET" and not ahead and wanted == "navigate" and agent and not _MACHINES.search(agent)
    )


class Words:
    """The page's labels, money and days in one language: `{{ w.label.to_pay }}`, `{% say w "due_on" date=… %}`."""

    def __init__(self, language: str, country: str, organization: Organization | None = None) -> None:
        self.language = language
        own = own_pages(organization, language) if organization else None
        self.label = Labels(language, country, organization.name if organization else "", own)
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
    invoices: frozenset[int] | None = None
    """Ids of the invoices the link shows; None: all of the customer."""
    link: Link | None = None
    """The row of the link; None for a link that carries its values under a signature."""
    known: Code | None = None
    """The code by which this visitor showed to read the customer's mail: then everything of the customer is shown."""

    @cached_property
    def there(self) -> There:
        """What there is at all of this customer."""
        return there(self.customer)

    def shows(self, invoice_id: int) -> bool:
        """Whether this invoice may be seen here; the customer's it must be anyway."""
        return self.invoices is None or invoice_id in self.invoices

    @property
    def link_digest(self) -> str:
        """SHA-256 of the token: says which link it was, and opens nothing."""
        return hashlib.sha256(self.token.encode()).hexdigest()

    def to(self, page: str, *arguments: str) -> str:
        """The address of another page under this link."""
        query = f"?language={self.chosen}" if self.chosen else ""
        return reverse(f"portal:{page}", args=[self.token, *arguments]) + query


def visit(request: HttpRequest, token: str) -> Visit | None:
    """What the link opens; None when it is wrong, revoked or too old, or when too many wrong ones came from this address.
    Changes nothing; that somebody came is noted when the page has left (`sessions.kept`)."""
    now = timezone.now()
    address = str(request.META.get("REMOTE_ADDR", ""))
    if WRONG_LINKS.too_many(address):
        return None
    link = find_link(token) if is_token(token) else None
    try:
        customer = link.customer if link else read_signed(token, now)
    except Refused as refused:
        if refused.code == "bad_link" and token != PREVIEW:
            WRONG_LINKS.add(address)
        return None
    if link and not link.opens(now):
        return None
    organization = link.organization if link else customer.organization
    customer.organization = organization
    if link and is_person(request):
        request.portal_came = link, now  # type: ignore[attr-defined]  # for `sessions.kept`
    wanted = request.GET.get("language", "")
    language = language_of(wanted, customer.language, organization.language)
    words = Words(language, customer.country, organization)
    chosen = language if wanted else ""
    known = sessions.read(request, customer, now)
    if known:
        request.portal_visit = known, now  # type: ignore[attr-defined]  # for `sessions.kept`
    shown = frozenset(link.invoices) if link and link.invoices and not known else None
    return Visit(token, organization, customer, now, organization.today(now), words, chosen, shown, link, known)


def with_query(to: str, query: str) -> str:
    """The address with one thing more to say."""
    return f"{to}{'&' if '?' in to else '?'}{query}"


def closed(request: HttpRequest) -> HttpResponse:
    """The link is wrong or too old: told without telling which, in the browser's language."""
    language = language_of(get_language_from_request(request))
    wait = WRONG_LINKS.too_many(str(request.META.get("REMOTE_ADDR", "")))
    context = {"w": Words(language, ""), "wait": wait}
    response = render(request, "portal/closed.html", context, status=429 if wait else 404)
    if wait:
        response["Retry-After"] = str(SECONDS_A_WRONG_LINK)
    return private(response, language)


def private(response: HttpResponse, language: str) -> HttpResponse:
    """For this reader alone: kept by no cache, found by no search engine, told to no other site."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Language"] = language
    return response
