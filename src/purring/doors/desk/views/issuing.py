# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new invoice or payment request: written, looked at with what the check found, then issued, once."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.checking import context_of
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import sentence
from purring.doors.desk.invoice_forms import ROWS, InvoiceForm, LineFormSet
from purring.doors.desk.pictures import picture
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import change_invoice
from purring.facts.invoices.issuing import draft_facts, issue_invoice, next_number, series_of
from purring.facts.invoices.models import Invoice, Issued
from purring.facts.invoices.papers import paper_language, paper_of, printer_of
from purring.facts.organizations.actions import letterhead_of
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.papers.facts import InvoiceFacts, read_invoice
from purring.papers.preflight import Finding, check_request
from purring.papers.totals import Totals, totals


def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Written (GET), looked at (POST), issued (POST with what was looked at)."""
    chosen = whole(request.GET.get("customer"))
    customer = None if chosen is None else reach(Customer, desk.organization, pk=chosen)
    posted = request.POST.copy() if request.method == "POST" else None
    if posted is not None and posted.get("do") == "more":
        posted["lines-TOTAL_FORMS"] = str(min(whole(posted.get("lines-TOTAL_FORMS")) or 0, 97) + ROWS)
    form = InvoiceForm(posted, desk=desk, chosen=customer)
    lines = LineFormSet.of(desk.organization, posted)
    if posted is None or posted.get("do") == "more":
        for one in (form, *lines.forms) if posted is not None else ():
            one.errors.clear()  # nobody has asked yet whether it is right
        return _page(request, form, lines)
    if not (form.is_valid() & lines.is_valid()):
        return _page(request, form, lines, status=422)
    if (there := _issued_with(desk, form.cleaned_data["key"])) is not None:
        return go_on(request, reverse("desk:invoice", args=[there.pk]))
    try:
        looked = _Looked(desk, form, lines)
        if posted.get("do") != "issue" or posted.get("looked_at") != looked.mark:
            return _page(request, form, lines, looked)
        invoice = _issue(desk, form, lines, looked)
    except Refused as refused:
        if not lines.refuse(refused):
            form.refuse(_plain(refused))
        return _page(request, form, lines, status=422)
    messages.success(request, gettext("%(number)s is issued.") % {"number": invoice.number})
    return go_on(request, reverse("desk:invoice", args=[invoice.pk]))


def _issued_with(desk: Desk, key: str) -> Invoice | None:
    """The invoice of this very form, when a click before issued it."""
    there = Issued.objects.of(desk.organization).filter(key=key).select_related("invoice").first()
    return there.invoice if there else None


class _Looked:
    """What a person sees before it is issued. `mark` changes with everything that would stand on the paper."""

    def __init__(self, desk: Desk, form: InvoiceForm, lines: LineFormSet) -> None:
        customer, entity, document = form.customer_found, form.entity_chosen, form.document()
        number = next_number(series_of(entity, document["kind"]), document["issued"])
        drafted = draft_facts(customer, entity, lines.rows(), number=number, **document)
        self.facts: InvoiceFacts = read_invoice(drafted)
        self.sums: Totals = totals(self.facts)
        self.findings: list[Finding] = check_request(self.facts, context_of(desk, customer))
        letterhead = letterhead_of(entity)
        language = paper_language(customer.language, desk.organization)
        made = printer_of(letterhead).pdf(self.facts, language=language)
        self.findings += [Finding(one.field, one.code, one.why, "") for one in made.findings]
        self.findings += _not_electronic(self.facts, letterhead.e_invoice)
        self.picture = picture(made.pdf)
        self.more_pages = made.pages - 1
        said = {name: value for name, value in drafted.items() if name not in ("number", "reference")}
        self.mark = hashlib.sha256(
            json.dumps([customer.pk, entity.pk, said, form.cleaned_data["reference"]], sort_keys=True).encode()
        ).hexdigest()


def _not_electronic(facts: InvoiceFacts, profile: str) -> list[Finding]:
    """What keeps the data out of the PDF, when they should go in."""
    if not profile or facts.kind == "payment_request":
        return []
    from purring.papers.einvoice import write_cii

    try:
        write_cii(facts, profile)
    except Refused as refused:
        return [
            Finding(
                "", refused.code, sentence(refused.message), gettext("The PDF goes without its data for programs then.")
            )
        ]
    return []


def _issue(desk: Desk, form: InvoiceForm, lines: LineFormSet, looked: _Looked) -> Invoice:
    """Numbered in one transaction, printed after it."""
    told: dict[str, Any] = {"now": desk.now, "actor": desk.actor}
    with transaction.atomic():
        invoice = issue_invoice(
            form.customer_found,
            form.entity_chosen,
            lines.rows(),
            key=form.cleaned_data["key"],
            **form.document(),
            **told,
        )
        if looked.findings:  # a person has seen them and goes on
            change_invoice(invoice, checked_at=desk.now, **told)
    paper_of(Issued.objects.of(desk.organization).get(invoice=invoice), **told)
    return invoice


def _plain(refused: Refused) -> Refused:
    """The field of the form instead of the facts' path."""
    path = str(refused.params.get("path", "") or refused.params.get("field", ""))
    field = {"buyer.reference": "order"}.get(path, path)
    return Refused(refused.code, refused.message, field=field)


def _page(
    request: HttpRequest, form: InvoiceForm, lines: LineFormSet, looked: _Looked | None = None, status: int = 200
) -> HttpResponse:
    context = {"here": "invoices", "form": form, "lines": lines, "looked": looked}
    return render(request, "desk/invoice_new.html", context, status=status)
