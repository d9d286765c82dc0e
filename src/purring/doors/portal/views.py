# SPDX-License-Identifier: AGPL-3.0-or-later
"""The customer's page: what is open and since when, how to pay it, what to answer, documents, payments so far, help. GET only;
it changes nothing, sets no cookie, is found by no search engine, and tells no other site where the reader came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from purring.doors.portal.answering import offered
from purring.doors.portal.coming_in import LEAVE, bound
from purring.doors.portal.details import LANGUAGE
from purring.doors.portal.documents import papers_of, statements_of
from purring.doors.portal.history import latest
from purring.doors.portal.labels import OWN_NAMES, language_of, spoken
from purring.doors.portal.offering import offers
from purring.doors.portal.opening import Visit, closed, private, visit, with_query
from purring.doors.portal.paying import PayOffer, pay_offer
from purring.doors.portal.statement import Section, Statement, statement
from purring.kit import forms

SHOWN = 20
"""Invoices of one currency at first, so that the page is light on the road; the sums are of all."""


@require_safe
def account(request: HttpRequest, token: str) -> HttpResponse:
    """What the link shows, or after a code everything, in the customer's language or the one chosen on the page."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    words = found.words
    owed = statement(found.customer, found.today, words.language, found.invoices)
    pay = pay_offer(found, owed)
    payments, more_payments = latest(found)
    context = {
        "w": words,
        "organization": found.organization,
        "customer": found.customer,
        "today": found.today,
        "statement": owed,
        "sections": _sections(found, owed, whole="all" in request.GET),
        "pay": pay,
        "offers": offers(found, owed, pay.early),
        "answers": offered(found, any(section.total for section in owed.sections)),
        "several": sum(len(section.invoices) for section in owed.sections) > 1,
        "payments": payments,
        "more_payments": more_payments,
        "statements": statements_of(found, [section.currency for section in owed.sections]),
        "howtos": _howtos(found, pay),
        "to": {page: found.to(page) for page in ("documents", "history", "more", "details", "leave", "language")},
        "to_all": with_query(found.to("account"), "all=1"),
        "known": found.known,
        "leave_form": forms.token(LEAVE, bound(found), found.now) if found.known else "",
        "signed_out": "bye" in request.GET,
        **_languages(request, found),
    }
    return private(render(request, "portal/account.html", context), words.language)


def _sections(found: Visit, owed: Statement, *, whole: bool) -> list[dict[str, Any]]:
    """Each currency with the invoices that are shown and their documents, and since when the oldest is due."""
    shown = {
        section.currency: list(section.invoices if whole else section.invoices[:SHOWN]) for section in owed.sections
    }
    papers = papers_of(found, [one.pk for rows in shown.values() for one in rows])
    return [
        {
            "sums": section,
            "invoices": [(one, papers.get(one.pk, ())) for one in shown[section.currency]],
            "show_all": found.words.label.say("show_all", len(section.invoices))
            if len(section.invoices) > len(shown[section.currency])
            else "",
            "since": _since(section),
        }
        for section in owed.sections
    ]


def _since(section: Section) -> Any:
    """The first due day of what is due; none when nothing is."""
    return min((one.due for one in section.invoices if one.is_due and one.balance), default=None)


def _howtos(found: Visit, pay: PayOffer) -> Sequence[str]:
    """One sentence for each way that is offered."""
    ways = [way for offer in pay.offers for way in offer.ways]
    kinds = dict.fromkeys("online" if way.account else way.key for way in ways)
    return [found.words.say(f"howto_{kind}") for kind in kinds if f"howto_{kind}" in found.words.label]


def _languages(request: HttpRequest, found: Visit) -> dict[str, Any]:
    """The others to choose, and whether to write in the chosen one from now on."""
    now_in = language_of(found.customer.language, found.organization.language)
    wished = found.chosen and found.chosen != now_in
    name = OWN_NAMES[found.words.language]
    return {
        "languages": [(code, OWN_NAMES[code]) for code in spoken() if code != found.words.language],
        "wish": found.words.say("always_language", language=name) if wished else "",
        "wish_form": forms.token(LANGUAGE, bound(found), found.now) if wished else "",
        "language_kept": found.words.say("language_kept", language=name)
        if "kept" in request.GET and not wished
        else "",
    }
