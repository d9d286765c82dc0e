# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoices: the list with the why of each, one invoice with its history, documents and acts."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.doors.desk import timeline
from purring.doors.desk.act_forms import ActForm, issued_here, know_issued
from purring.doors.desk.acts import INVOICE_ACTS, Act, State
from purring.doors.desk.charges import charges_of
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.paging import more_link, page_of
from purring.facts.agreements.models import Hold
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Attachment, Closure, CreditNote, Invoice, InvoiceLine, Issued
from purring.facts.offers.models import Settlement
from purring.facts.payments.models import Allocation
from purring.followup.models import ReminderItem
from purring.followup.why import sentences, why_invoice
from purring.kit.tenancy import reach
from purring.kit.together import Question, together

PAGE = 50
SHOWS: dict[str, Lazy | str] = {
    "open": _("Open"),
    "overdue": _("Overdue"),
    "held": _("On hold"),
    "disputed": _("Disputed"),
    "settled": _("Settled"),
    "all": _("All"),
}


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Invoices by due date; `show` filters, `q` searches number, customer and purchase order."""
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    wanted = request.GET.get("q", "").strip()
    rows = _shown(desk, show)
    if wanted:
        rows = rows.filter(
            Q(number__icontains=wanted) | Q(customer__name__icontains=wanted) | Q(po_number__icontains=wanted)
        )
    rows = rows.select_related("customer")
    invoices, key = page_of(rows, ("due", "id"), request.GET.get("after", ""), PAGE, date.fromisoformat)
    why = sentences(desk.organization, [row for row in invoices if not row.settled_on], desk.today)
    context = {
        "here": "invoices",
        "q": wanted,
        "show": show,
        "shows": SHOWS,
        "rows": [{"invoice": row, "why": why.get(row.pk, ""), "late": _late(row, desk.today)} for row in invoices],
        "more": more_link(reverse("desk:invoices"), request.GET, key),
        "any": bool(invoices) or bool(wanted) or show != "open" or bool(request.GET.get("after")),
    }
    return render(request, "desk/invoices_rows.html" if is_fragment(request) else "desk/invoices.html", context)


def _shown(desk: Desk, show: str) -> QuerySet[Invoice]:
    rows = Invoice.objects.of(desk.organization)
    if show == "settled":
        return rows.exclude(settled_on=None)
    if show == "all":
        return rows
    rows = rows.filter(settled_on=None)
    if show == "overdue":
        return rows.filter(due__lt=desk.today)
    if show == "held":
        active = Q(released_at=None) & (Q(until=None) | Q(until__gte=desk.today))
        holds = Hold.objects.of(desk.organization).filter(active)
        return rows.filter(
            Q(pk__in=holds.filter(invoice__isnull=False).values("invoice_id"))
            | Q(customer_id__in=holds.filter(invoice=None).values("customer_id"))
        )
    if show == "disputed":
        return rows.filter(disputes__isnull=False, disputes__resolved_at=None).distinct()
    return rows


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
    disputes, held, closures, lines, documents, received, credits, issued, asked, agreed = together(
        Question(Dispute.objects.of(org).filter(invoice=invoice, resolved_at=None).order_by("id")),
        Question(Hold.objects.of(org).filter(customer=customer, released_at=None).order_by("id")),
        Question(Closure.objects.of(org).filter(invoice=invoice, undone_at=None).order_by("id")),
        Question(InvoiceLine.objects.of(org).filter(invoice=invoice).order_by("position")),
        Question(Attachment.objects.of(org).filter(invoice=invoice).defer("content").order_by("id")),
        Question(paid, *Received._fields),
        Question(CreditNote.objects.of(org).filter(invoice=invoice, cancelled_at=None).order_by("id")),
        Question(Issued.objects.of(org).filter(invoice=invoice).defer("facts")),
        Question(ReminderItem.objects.of(org).filter(invoice=invoice), "reminder_id"),
        Question(Settlement.objects.of(org).filter(invoices=invoice, taken_on=None, ended_at=None), "id"),
    )
    know_issued(invoice, issued[0] if issued else None)
    holds = [hold for hold in held if hold.invoice_id in (None, invoice.pk)]
    why = why_invoice(invoice, today)
    problem = why["why"] if why["code"] == "to_check" else ""
    beside = charges_of(desk, invoice)
    state = State(
        open=invoice.balance > 0,
        held=any(hold.invoice_id == invoice.pk for hold in holds),
        disputed=bool(disputes),
        written_off=any(closure.kind == "write_off" for closure in closures),
        to_check=bool(problem),
        charges=beside.worth_showing,
        charges_payable=beside.payable,
        less_agreed=bool(agreed),
    )
    offered = []
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
        "acts": offered,
        "charges": beside,
        **_timeline(request, desk, invoice, {reminder for (reminder,) in asked}),
    }
    return render(request, "desk/invoice.html", context, status=status)


def _timeline(request: HttpRequest, desk: Desk, invoice: Invoice, asked: set[int] | None = None) -> dict[str, Any]:
    before = request.GET.get("before", "")
    moments, older = timeline.of_invoice(desk, invoice, int(before) if before.isdigit() else None, asked)
    link = f"{reverse('desk:invoice', args=[invoice.pk])}?before={older}" if older else ""
    return {"moments": moments, "older": link}
