# SPDX-License-Identifier: AGPL-3.0-or-later
"""The customer's page: what is open, where to pay with which reference, whom to ask. GET only; it changes nothing,
sets no cookie, is found by no search engine, and tells no other site where the reader came from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from purring.core.errors import Refused
from purring.doors.portal.labels import labels_of, language_of, spoken
from purring.doors.portal.statement import statement
from purring.facts.customers.models import Customer
from purring.facts.organizations.models import Organization
from purring.kit import links
from purring.kit.tenancy import reach
from purring.language import formats

OWN_NAMES = {
    "en": "English", "af": "Afrikaans", "fr": "Français", "es": "Español", "nb": "Norsk", "da": "Dansk", "de": "Deutsch",
    "it": "Italiano", "nl": "Nederlands", "pt-PT": "Português (Portugal)", "pt-BR": "Português (Brasil)", "sv": "Svenska",
}  # fmt: skip


@require_safe
def account(request: HttpRequest, token: str) -> HttpResponse:
    """One customer's open invoices, in the customer's language or the one chosen on the page."""
    now = timezone.now()
    try:
        organization_id, customer_id = links.read(links.PORTAL, token, now.date())
        organization = Organization.objects.get(pk=organization_id)
        customer = reach(Customer, organization, pk=customer_id)
    except (Refused, ValueError, Organization.DoesNotExist):
        return _closed(request)
    language = language_of(request.GET.get("language", ""), customer.language, organization.language)
    today = organization.today(now)
    words = Words(language, customer.country, organization.name)
    found = statement(customer, today)
    context = {
        "w": words,
        "organization": organization,
        "customer": customer,
        "statement": found,
        "today": today,
        "languages": [(code, OWN_NAMES[code]) for code in spoken() if code != language],
        "several": sum(len(section.invoices) for section in found.sections) > 1,
    }
    return _private(render(request, "portal/account.html", context), language)


def _closed(request: HttpRequest) -> HttpResponse:
    """The link is wrong or too old: told without telling which, in the browser's language."""
    language = language_of(get_language_from_request(request))
    context = {"w": Words(language, "", "")}
    return _private(render(request, "portal/closed.html", context, status=404), language)


def _private(response: HttpResponse, language: str) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Language"] = language
    return response


class Words:
    """The page's labels, money and days in one language: `{{ w.label.to_pay }}`, `{% say w "due_on" date=… %}`."""

    def __init__(self, language: str, country: str, organization: str) -> None:
        self.language = language
        self.label = labels_of(language, country, organization)
        self.locale = formats.locale_for(language, country or None)

    def say(self, key: str, **values: Any) -> str:
        return self.label.say(key, **values)
