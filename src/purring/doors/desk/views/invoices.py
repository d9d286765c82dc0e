# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoices: the list with the why of each, one invoice with its history, documents and acts."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from purring.doors.desk import invoice_list, timeline
from purring.doors.desk.act_forms import ActForm, issued_here, know_issued
from purring.doors.desk.acts import INVOICE_ACTS, Act, State
from purring.doors.desk.charges import charges_of
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.paging import more_link, page_in
from purring.doors.desk.views.lists import offers
from purring.facts.agreements.models import Hold, PaymentPlan, Promise
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Attachment, Closure, CreditNote, Invoice, InvoiceLine, Issued
from purring.facts.offers.models import Settlement
from purring.facts.payments.models import Allocation
from purring.followup.lists.saving import lists_of
from purring.followup.models import ReminderItem
from purring.followup.why import sentences, why_invoice
from purring.insight.search.indexing import catch_up
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.kit.together import Question, together

PAGE = 50
NEW_AT_MOST = 200
"""Rows so new that the round has not sorted them into the search yet, which a search takes in itself."""


FIRST_ACTS = ("checked", "payment", "promise", "release", "hold", "resolve", "dispute", "reopen")
"""What one does most days; the rest stands below, folded."""


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Invoices with their state and their why; see `invoice_list` for what an address may ask."""
    asked = invoice_list.Filter.of(request.GET)
    if asked.q:
        catch_up(NEW_AT_MOST)
    rows = invoice_list.rows_of(desk, asked).select_related("customer")
    invoices, key = page_in(rows, asked.order, request.GET.get("after", ""), PAGE)
    why = sentences(desk.organization, [row for row in invoices if not row.settled_on], desk.today)
    context: dict[str, Any] = {
        "here": "invoices",
        "asked": asked,
        "rows": invoice_list.shown(desk, invoices, why),
        "more": more_link(reverse("desk:invoices"), request.GET, key),
        "any": bool(invoices) or bool(asked.parts) or bool(request.GET.get("after")),
        "pickable": asked.show not in ("settled", "written_off"),
    }
    if is_fragment(request) and request.headers.get("HX-Target") == "more":
        return render(request, "desk/invoices_rows.html", context)
    offered = invoice_list.choices(desk)
    context |= {
        "shows": [(code, name, asked.link(show=code)) for code, name in invoice_list.SHOWS.items()],
        "bands": [(code, invoice_list.band_name(code)) for code in invoice_list.BANDS],
        "sorts": [(code, name) for code, (name, _order) in invoice_list.SORTS.items()],
        "offered": offered,
        "chips": invoice_list.chips(desk, asked, offered),
        "wrong": invoice_list.wrong(desk, asked),
        "query": urlencode(asked.parts),
        "saved": lists_of(desk.organization, "invoices", desk.user),
        "offers": offers(desk, "invoices"),
    }
    return render(request, "desk/invoices_list.html" if is_fragment(request) else "desk/invoices.html", context)


def _late(invoice: Invoice, today: date) -> bool:
    return invoice.settled_on is None and invoice.due < today


def one(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    invoice = _reach(desk, invoice_id)
    if is_fragment(request) and "before" in request.GET:
        return render(request, "desk/parts/timeline.html", _timeline(request, desk, invoice))
    return _page(request, desk, invoice)


def act(request: HttpRequest, desk: Desk, invoice_id: int, act: Act) -> HttpResponse:
    """One act of the invoice's page; a GET shows the page with its form open."""
    invoice = _reach(desk, invoice_id)
    if request.method == "GET":
        return _page(request, desk, invoice, act.key)
    form = act.form(request.POST, request.FILES, desk=desk, customer=invoice.customer, invoice=invoice, prefix=act.key)
    if form.run():
        messages.success(request, str(form.done))
        return go_on(request, reverse("desk:invoice", args=[invoice.pk]))
    return _page(request, desk, _reach(desk, invoice_id), act.key, form, status=422)


def document(request: HttpRequest, desk: Desk, attachment_id: int) -> HttpResponse:
    """The document itself, to be saved; never shown inside our own pages."""
    kept = reach(Attachment, desk.organization, pk=attachment_id)
    response = HttpResponse(bytes(kept.content), content_type="application/pdf")
    safe = "".join(char if char.isalnum() or char in "._- " else "_" for char in kept.filename)
    response["Content-Disposition"] = (
        f'attachment; filename="{safe.encode("ascii", "replace").decode().replace("?", "_")}"'
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _reach(desk: Desk, invoice_id: int) -> Invoice:
    invoice = reach(Invoice, desk.organization, "customer", "entity", "charge_handling", pk=invoice_id)
    invoice.organization = invoice.customer.organization = desk.organization
    return invoice


class Received(NamedTuple):
    """Money set against the invoice, or taken off it."""

    on: date
    amount: int
    payment_id: int
    payment__method: str


def _page(
    request: HttpRequest, desk: Desk, invoice: Invoice, opened: str = "", form: ActForm | None = None, status: int = 200
) -> HttpResponse:
    today, customer = desk.today, invoice.customer
    org = desk.organization
    paid = Allocation.objects.of(org).filter(invoice=invoice).order_by("on", "id")
    promised = Promise.objects.of(org).filter(invoices=invoice, withdrawn_at=None, pay_on__gte=today)
    disputes, held, closures, lines, documents, received, credits, issued, asked, agreed, promises, plans = together(
        Question(Dispute.objects.of(org).filter(invoice=invoice, resolved_at=None).order_by("id")),
        Question(Hold.objects.of(org).filter(customer=customer, released_at=None).order_by("id")),
        Question(Closure.objects.of(org).filter(invoice=invoice, undone_at=None).order_by("id")),
        Question(InvoiceLine.objects.of(org).filter(invoice=invoice).order_by("position")),
        Question(Attachment.objects.of(org).filter(invoice=invoice).defer("content").order_by("id")),
        Question(paid, *Received._fields),
        Question(CreditNote.objects.of(org).filter(invoice=invoice, cancelled_at=None).order_by("id")),
        Question(Issued.objects.of(org).filter(invoice=invoice).defer("facts")),
        Question(ReminderItem.objects.of(org).filter(invoice=invoice), "reminder_id", "reminder__message_id"),
        Question(Settlement.objects.of(org).filter(invoices=invoice, taken_on=None, ended_at=None), "id"),
        Question(promised.order_by("pay_on"), "pay_on", "note"),
        Question(PaymentPlan.objects.of(org).filter(invoices=invoice, cancelled_at=None), "id", "since"),
    )
    know_issued(invoice, issued[0] if issued else None)
    holds = [hold for hold in held if hold.invoice_id in (None, invoice.pk)]
    why = why_invoice(invoice, today)
    problem = why["why"] if why["code"] == "to_check" else ""
    beside = charges_of(desk, invoice)
    invoice.__dict__["charges_shown"] = beside  # no form need ask again
    state = State(
        open=invoice.balance > 0,
        held=any(hold.invoice_id == invoice.pk for hold in holds),
        disputed=bool(disputes),
        written_off=any(closure.kind == "write_off" for closure in closures),
        to_check=bool(problem),
        charges=beside.worth_showing,
        charges_payable=beside.payable,
        imported=not issued,
        less_agreed=bool(agreed),
    )
    offered: list[dict[str, Any]] = []
    for offer in INVOICE_ACTS:
        if not desk.may(offer.permission) or not (offer.when(state) or offer.key == opened):
            continue
        fresh = offer.form(desk=desk, customer=customer, invoice=invoice, prefix=offer.key)
        own = form if form and offer.key == opened else fresh
        to = reverse(f"desk:invoice-{offer.key}", args=[invoice.pk])
        offered.append({"act": offer, "form": own, "open": offer.key == opened, "to": to})
    context = {
        "here": "invoices",
        "invoice": invoice,
        "customer": customer,
        "why": why,
        "next_on": date.fromisoformat(why["next"]["on"]) if why["next"] else None,
        "late": _late(invoice, today),
        "problem": problem,
        "disputes": disputes,
        "holds": holds,
        "closures": closures,
        "lines": lines,
        "issued": issued_here(invoice),
        "documents": documents,
        "paid": [Received(*row) for row in received],
        "credits": credits,
        "acts": [one for one in offered if one["act"].key in FIRST_ACTS],
        "more_acts": [one for one in offered if one["act"].key not in FIRST_ACTS],
        "more_open": bool(opened) and opened not in FIRST_ACTS,
        "promises": promises,
        "plans": plans,
        "age": invoice_list.age_of(invoice, today),
        "charges": beside,
        **_timeline(request, desk, invoice, dict(asked)),
    }
    return render(request, "desk/invoice.html", context, status=status)


def _timeline(
    request: HttpRequest, desk: Desk, invoice: Invoice, asked: dict[int, int | None] | None = None
) -> dict[str, Any]:
    moments, older = timeline.of_invoice(desk, invoice, whole(request.GET.get("before")), asked)
    link = f"{reverse('desk:invoice', args=[invoice.pk])}?before={older}" if older else ""
    return {"moments": moments, "older": link}
