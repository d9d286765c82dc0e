# SPDX-License-Identifier: AGPL-3.0-or-later
"""Customers: the list, one customer's page with timeline and acts, their data and rules, their contacts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import F as Column
from django.db.models import Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.doors.desk import timeline
from purring.doors.desk.act_forms import ActForm, open_invoices
from purring.doors.desk.acts import CUSTOMER_ACTS, Act, State
from purring.doors.desk.customer_forms import ContactFormSet, CustomerForm, NewCustomerForm
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.paging import more_link, page_of
from purring.doors.desk.sayings import NOTES
from purring.facts.access.models import Link
from purring.facts.agreements.models import CheckIn, Hold, PaymentPlan, Promise
from purring.facts.customers.models import AddressTrouble, Contact, Customer
from purring.facts.invoices.models import Invoice
from purring.facts.messages.models import Message
from purring.facts.offers.models import PlanProposal
from purring.facts.offers.standing import plans_standing
from purring.facts.payments.models import Credit
from purring.facts.payments.statements import currencies_of
from purring.followup.models import Note
from purring.followup.why import sentences
from purring.kit import links
from purring.kit.tenancy import reach
from purring.kit.together import Question, together

PAGE = 50
OPEN = Sum(Column("amount") - Column("allocated") - Column("credited") - Column("forgiven"))


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Customers by name, with what they owe; `q` searches name, reference and addresses."""
    wanted = request.GET.get("q", "").strip()
    rows = Customer.objects.of(desk.organization)
    if wanted:
        people = Q(pk__in=with_contact(desk, wanted))
        rows = rows.filter(Q(name__icontains=wanted) | Q(ref__icontains=wanted) | people)
    if request.GET.get("owing"):
        rows = rows.filter(pk__in=Invoice.objects.of(desk.organization).filter(settled_on=None).values("customer_id"))
    customers, key = page_of(rows, ("name", "id"), request.GET.get("after", ""), PAGE)
    owed = owed_by(desk, [customer.pk for customer in customers])
    context = {
        "here": "customers",
        "q": wanted,
        "owing": request.GET.get("owing", ""),
        "rows": [{"customer": customer, "owed": owed[customer.pk]} for customer in customers],
        "more": more_link(reverse("desk:customers"), request.GET, key),
        "any": bool(customers) or bool(wanted) or bool(request.GET.get("after")),
    }
    template = "desk/customers_rows.html" if is_fragment(request) else "desk/customers.html"
    return render(request, template, context)


def with_contact(desk: Desk, wanted: str) -> Any:
    """Customers with a contact that fits the words."""
    fits = Q(email__icontains=wanted) | Q(name__icontains=wanted)
    return Contact.objects.of(desk.organization).filter(fits).values("customer_id")


def owed_by(desk: Desk, customer_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """What customers owe: per customer a list of {currency, open, since} where something is open."""
    owed: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Invoice.objects.of(desk.organization).filter(customer_id__in=customer_ids, settled_on=None)
    for row in rows.values("customer_id", "currency").annotate(open=OPEN, since=Min("due")).order_by("currency"):
        owed[row["customer_id"]].append(dict(row))
    return owed


def one(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    customer = reach(Customer, desk.organization, pk=customer_id)
    if is_fragment(request) and "before" in request.GET:
        return render(request, "desk/parts/timeline.html", _timeline(request, desk, customer))
    return _page(request, desk, customer)


def act(request: HttpRequest, desk: Desk, customer_id: int, act: Act) -> HttpResponse:
    """One act of the customer's page; a GET shows the page with its form open."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    if request.method == "GET":
        return _page(request, desk, customer, act.key)
    form = act.form(request.POST, request.FILES, desk=desk, customer=customer, prefix=act.key)
    if form.run():
        messages.success(request, str(form.done))
        return go_on(request, reverse("desk:customer", args=[customer.pk]))
    return _page(request, desk, customer, act.key, form, status=422)


def _page(
    request: HttpRequest,
    desk: Desk,
    customer: Customer,
    opened: str = "",
    form: ActForm | None = None,
    status: int = 200,
) -> HttpResponse:
    invoices = open_invoices(customer)[:100]
    why = sentences(desk.organization, invoices, desk.today)
    org = desk.organization
    promised = Promise.objects.of(org).filter(customer=customer, withdrawn_at=None, pay_on__gte=desk.today)
    unanswered = Message.objects.of(org).filter(customer=customer, needs_answer=True, answered_at=None)
    running = PaymentPlan.objects.of(org).filter(customer=customer, cancelled_at=None)
    proposed = PlanProposal.objects.of(org).filter(customer=customer, state="open").order_by("id")
    holds, promises, waiting, notes, asked, contacts, spoiled, credits, running_plans, proposals, shared = together(
        Question(Hold.objects.of(org).filter(customer=customer, released_at=None).order_by("id")),
        Question(promised.order_by("pay_on")),
        Question(unanswered[:1], "id"),
        Question(Note.objects.of(org).filter(customer=customer, ended_at=None).order_by("id"), "kind"),
        Question(CheckIn.objects.of(org).filter(customer=customer, answer="")[:1], "id"),
        Question(Contact.objects.of(org).filter(customer=customer).order_by("position", "id")),
        Question(AddressTrouble.objects.of(org).filter(customer=customer), "address"),
        Question(Credit.objects.of(org).filter(customer=customer, amount__gt=0).order_by("currency")),
        Question(running.order_by("-id")),
        Question(proposed, "currency", "instalments"),
        Question(Link.objects.of(org).filter(customer=customer, revoked_at=None, expires_at__gt=desk.now), "id"),
    )
    plans = [one for one in plans_standing(running_plans, desk.today) if one.open]
    state = State(
        open=bool(invoices),
        held=any(hold.invoice_id is None and not hold.exclusion for hold in holds),
        excluded=any(hold.exclusion for hold in holds),
        promised=bool(promises),
        unanswered=bool(waiting),
        noted=bool(notes),
        asked=bool(asked),
        planned=bool(plans),
        plan_asked=bool(proposals),
    )
    offered = []
    for offer in CUSTOMER_ACTS:
        if not desk.may(offer.permission) or not (offer.when(state) or offer.key == opened):
            continue
        own = form if form and offer.key == opened else offer.form(desk=desk, customer=customer, prefix=offer.key)
        to = reverse(f"desk:customer-{offer.key}", args=[customer.pk])
        offered.append({"act": offer, "form": own, "open": offer.key == opened, "to": to})
    context = {
        "here": "customers",
        "customer": customer,
        "contacts": contacts,
        "spoiled": {address for (address,) in spoiled},
        "owed": owed_by(desk, [customer.pk])[customer.pk],
        "credits": credits,
        "invoices": [{"invoice": row, "why": why.get(row.pk, ""), "late": row.due < desk.today} for row in invoices],
        "holds": holds,
        "promises": promises,
        "state": state,
        "notes": [NOTES[kind] for (kind,) in notes],
        "plans": plans,
        "proposals": [
            {"currency": currency, "rows": [(date.fromisoformat(day), amount) for day, amount in instalments]}
            for currency, instalments in proposals
        ],
        "acts": offered,
        "currencies": currencies_of(customer),
        "links": len(shared),
        "portal": links.url(links.PORTAL, [desk.organization.pk, customer.pk], desk.today),
        **_timeline(request, desk, customer),
    }
    return render(request, "desk/customer.html", context, status=status)


def _timeline(request: HttpRequest, desk: Desk, customer: Customer) -> dict[str, Any]:
    before = request.GET.get("before", "")
    moments, older = timeline.of_customer(desk, customer, int(before) if before.isdigit() else None)
    link = f"{reverse('desk:customer', args=[customer.pk])}?before={older}" if older else ""
    return {"moments": moments, "older": link}


def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new customer with one contact."""
    form = NewCustomerForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.run():
        return go_on(request, reverse("desk:customer", args=[form.made.pk]))
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/customer_new.html", {"here": "customers", "form": form}, status=status)


def edit(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """Data, rules (R7) and contacts of a customer."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    form = CustomerForm(request.POST or None, desk=desk, customer=customer)
    people = ContactFormSet.of(customer, request.POST or None)
    if request.method == "POST" and people.is_valid() and form.run(people):
        messages.success(request, gettext("Kept."))
        return go_on(request, reverse("desk:customer", args=[customer.pk]))
    context = {"here": "customers", "customer": customer, "form": form, "people": people}
    return render(request, "desk/customer_edit.html", context, status=422 if request.method == "POST" else 200)
