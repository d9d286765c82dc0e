# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a late charge comes about, for whoever keeps the books; and the legal notices of a country, for whoever sends one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from purring.core.errors import Refused
from purring.doors.desk.charge_forms import PolicyForm
from purring.doors.desk.charges import charges_of, day_table, source_titles
from purring.doors.desk.desk import Desk
from purring.doors.desk.views.settings import kept, show
from purring.facts.charges.accruing import law_book
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import User
from purring.followup.notices import ReadyNotice, ready_notices
from purring.followup.open_charges import open_charges_text
from purring.followup.schedules import schedule_of
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.law.book import countries


def explain(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    """Day table, rules, sources, what is less than sure, and what is not allowed and why."""
    invoice = reach(Invoice, desk.organization, pk=invoice_id)
    shown = charges_of(desk, invoice)
    context = {
        "here": "invoices",
        "invoice": invoice,
        "customer": invoice.customer,
        "charges": shown,
        "asks": schedule_of(invoice).charges == "lawful",
        "days": day_table(desk, shown.law) if shown.law else [],
        "sources": source_titles(shown.law) if shown.law else [],
        "letter": open_charges_text(invoice, desk.today, request.GET.get("language", "")),
    }
    return render(request, "desk/charges.html", context)


def policy(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What a payment fills first, and how sure the law data must be before a sum stands on a message."""
    form = PolicyForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.run():
        return kept(request, "desk:settings-charges")
    status = 422 if request.method == "POST" else 200
    own = desk.organization.country
    law = law_book().country(own) if own in countries() else None
    context = {"form": form, "policy": form.policy, "law": law, "said_by": _name_of(form.policy.less_sure_by)}
    return show(request, "charges", "charges", status, **context)


def _name_of(actor: str) -> str:
    """A person's name for what the journal calls them; a command line's own name as it is."""
    kind, _, key = actor.partition(":")
    person = User.objects.filter(pk=whole(key) or 0).first() if kind == "user" else None
    return (person.name or person.email) if person else actor


def notices(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    """The lawful text, ready to be read, completed and sent by a person. `language` chooses among those it is written in."""
    invoice = reach(Invoice, desk.organization, pk=invoice_id)
    refused = ""
    ready: list[ReadyNotice] = []
    try:
        ready = ready_notices(invoice, desk.today, request.GET.get("language", ""))
    except Refused as why:
        refused = why.message
    context = {
        "here": "invoices",
        "invoice": invoice,
        "customer": invoice.customer,
        "notices": ready,
        "refused": refused,
    }
    return render(request, "desk/notices.html", context)
