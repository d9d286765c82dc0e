# SPDX-License-Identifier: AGPL-3.0-or-later
"""Putting a due date off: once for an invoice, within the days that are offered, agreed to by POST."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from purring.core.errors import Refused
from purring.doors.portal.opening import Visit, closed, private, visit
from purring.doors.portal.paying import go
from purring.doors.portal.planning import agreed_here, day_in, in_writing, open_invoices, with_query
from purring.facts.agreements.models import PaymentPlan
from purring.facts.invoices.models import Invoice
from purring.facts.offers.actions import defer, deferral_until
from purring.facts.offers.models import Consent
from purring.facts.offers.terms import may_agree_alone, terms_of
from purring.followup.confirming import confirm_day
from purring.kit import forms
from purring.language import formats

FORM = "later"


@csrf_exempt  # the token of the form does what the cookie would
@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest, token: str) -> HttpResponse:
    """Putting off a due date, once and within the days that are offered."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    offered = deferrable(found, open_invoices(found))
    noted = _noted(found, day_in(request.GET.get("agreed", "")))
    asked = request.POST.get("invoice", "")
    chosen = next((pair for pair in offered if asked in ("", str(pair[0].pk))), None)
    if chosen is None and request.method == "POST":
        sent = _noted(found, day_in(request.POST.get("day", "")))  # pressed once more: it is agreed already
        return go(found, _thanks(found, sent) if sent else found.to("account"))
    if chosen is None and noted is None:
        return go(found, found.to("account"))
    errors: dict[str, str] = {}
    if chosen and request.method == "POST":
        day = day_in(request.POST.get("day", ""))
        if day is None or not chosen[0].due < day <= chosen[1] or day < found.today:
            errors["day"] = found.words.say("defer_day", date=chosen[1])
        if not request.POST.get("agreed"):
            errors["agreed"] = found.words.say("required")
        try:
            key = forms.read(FORM, request.POST.get("form", ""), [found.link_digest], found.now)
            if day and not errors:
                text = f"{chosen[0].number}: {formats.long_date(day, found.words.locale)}. {found.words.say('defer_consent')}"
                key = f"{key}-{chosen[0].pk}"  # a form that came back into view may speak of another invoice
                defer(chosen[0], day, agreed_here(request, found, key, text), on=found.today, now=found.now)
                put_off = Invoice.objects.of(found.organization).select_related("customer__organization")
                in_writing(confirm_day, put_off.get(pk=chosen[0].pk), found)
                return go(found, _thanks(found, day))
        except Refused:
            errors["page"] = found.words.say("pay_changed")
    context = {
        "w": found.words,
        "organization": found.organization,
        "offered": offered,
        "chosen": chosen,
        "day": request.POST.get("day", ""),
        "earliest": max([found.today, *(invoice.due + timedelta(1) for invoice, _ in offered[:1])]),
        "latest": max((until for _, until in offered), default=None),
        "noted": noted,
        "errors": errors,
        "form": forms.token(FORM, [found.link_digest], found.now),
        "back": found.to("account"),
    }
    response = render(request, "portal/later.html", context, status=422 if errors else 200)
    return private(response, found.words.language)


def _thanks(found: Visit, day: date) -> str:
    return with_query(found.to("later"), f"agreed={day.isoformat()}")


def _noted(found: Visit, day: date | None) -> date | None:
    """The new day that was agreed to, for saying so once; whatever stands in the address must be true."""
    if day is None:
        return None
    mine = Consent.objects.of(found.organization).filter(customer=found.customer, kind="deferral", invoice__due=day)
    return day if any(found.shows(key) for key in mine.values_list("invoice_id", flat=True) if key) else None


def deferrable(found: Visit, invoices: Sequence[Invoice]) -> list[tuple[Invoice, date]]:
    """The invoices whose due date may be put off, and the latest day of each."""
    terms = terms_of(found.customer, found.today)
    if not terms.deferral_days or not may_agree_alone(terms, found.customer):
        return []
    bound_up = set(
        PaymentPlan.objects.of(found.organization)
        .filter(customer=found.customer, cancelled_at=None)
        .values_list("invoices", flat=True)
    )
    days = [(one, deferral_until(one, terms.deferral_days, found.today)) for one in invoices if one.pk not in bound_up]
    return [(one, until) for one, until in days if until]
