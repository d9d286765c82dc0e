# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a late charge comes about, for whoever keeps the books; and the legal notices of a country, for whoever sends one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from purring.core.errors import Refused
from purring.doors.desk.charges import charges_of, day_table, source_titles
from purring.doors.desk.desk import Desk
from purring.facts.invoices.models import Invoice
from purring.followup.notices import ReadyNotice, ready_notices
from purring.followup.schedules import schedule_of
from purring.kit.tenancy import reach


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
    }
    return render(request, "desk/charges.html", context)


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
