# SPDX-License-Identifier: AGPL-3.0-or-later
"""The customer's page: what is open, where to pay with which reference, whom to ask, what to answer. GET only; it changes
nothing, sets no cookie, is found by no search engine, and tells no other site where the reader came from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from purring.doors.portal.answering import offered
from purring.doors.portal.labels import spoken
from purring.doors.portal.opening import closed, private, visit
from purring.doors.portal.statement import statement

OWN_NAMES = {
    "en": "English", "af": "Afrikaans", "fr": "Français", "es": "Español", "nb": "Norsk", "da": "Dansk", "de": "Deutsch",
    "it": "Italiano", "nl": "Nederlands", "pt-PT": "Português (Portugal)", "pt-BR": "Português (Brasil)", "sv": "Svenska",
}  # fmt: skip


@require_safe
def account(request: HttpRequest, token: str) -> HttpResponse:
    """One customer's open invoices, in the customer's language or the one chosen on the page."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    words = found.words
    owed = statement(found.customer, found.today, words.language)
    context = {
        "w": words,
        "organization": found.organization,
        "customer": found.customer,
        "statement": owed,
        "today": found.today,
        "answers": offered(found, bool(owed.sections and any(section.total for section in owed.sections))),
        "languages": [(code, OWN_NAMES[code]) for code in spoken() if code != words.language],
        "several": sum(len(section.invoices) for section in owed.sections) > 1,
    }
    return private(render(request, "portal/account.html", context), words.language)
