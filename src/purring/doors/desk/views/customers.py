# SPDX-License-Identifier: AGPL-3.0-or-later
"""Customers: the list, one customer's page with timeline and acts, their data and rules, their contacts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.doors.desk import customer_list, customer_page, timeline
from purring.doors.desk.acts import Act
from purring.doors.desk.customer_forms import CustomerForm, NewCustomerForm
from purring.doors.desk.customer_page import Opened
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.paging import more_link, page_in
from purring.doors.desk.sayings import TIMELINE
from purring.doors.desk.views.lists import offers
from purring.facts.customers.models import Customer
from purring.followup.lists.saving import lists_of
from purring.insight.search.indexing import catch_up
from purring.kit.numbers import whole
from purring.kit.tenancy import reach

PAGE = 50
NEW_AT_MOST = 200
"""Rows so new that the round has not sorted them into the search yet, which a search takes in itself."""


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Customers with what they owe and what comes next; see `customer_list` for what an address may ask."""
    asked = customer_list.Filter.of(request.GET)
    if asked.q:
        catch_up(NEW_AT_MOST)
    rows = customer_list.rows_of(desk, asked).select_related("group")
    customers, key = page_in(rows, asked.order, request.GET.get("after", ""), PAGE)
    context: dict[str, Any] = {
        "here": "customers",
        "asked": asked,
        "rows": customer_list.shown(desk, customers),
        "more": more_link(reverse("desk:customers"), request.GET, key),
        "any": bool(customers) or bool(asked.parts) or bool(request.GET.get("after")),
    }
    if is_fragment(request) and request.headers.get("HX-Target") == "more":
        return render(request, "desk/customers_rows.html", context)
    offered = customer_list.choices(desk)
    context |= {
        "shows": [(code, name, asked.link(show=code)) for code, name in customer_list.SHOWS.items()],
        "sorts": [(code, name) for code, (name, _order) in customer_list.SORTS.items()],
        "offered": offered,
        "chips": customer_list.chips(asked, offered),
        "query": urlencode(asked.parts),
        "saved": lists_of(desk.organization, "customers", desk.user),
        "offers": offers(desk, "customers"),
    }
    template = "desk/customers_list.html" if is_fragment(request) else "desk/customers.html"
    return render(request, template, context)


def one(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    if is_fragment(request):
        name = "timeline.html" if "before" in request.GET else "timeline_of_customer.html"
        return render(request, f"desk/parts/{name}", _timeline(request, desk, customer))
    return page(request, desk, customer)


def act(request: HttpRequest, desk: Desk, customer_id: int, act: Act) -> HttpResponse:
    """One act of the customer's page; a GET shows the page with its form open."""
    customer = reach(Customer, desk.organization, "group", pk=customer_id)
    if request.method == "GET":
        return page(request, desk, customer, Opened(f"act-{act.key}"))
    form = act.form(request.POST, request.FILES, desk=desk, customer=customer, prefix=act.key)
    if form.run():
        messages.success(request, str(form.done))
        return go_on(request, reverse("desk:customer", args=[customer.pk]))
    return page(request, desk, customer, Opened(f"act-{act.key}", form), status=422)


def page(
    request: HttpRequest, desk: Desk, customer: Customer, opened: Opened | None = None, status: int = 200
) -> HttpResponse:
    """The customer's page, perhaps with one form open."""
    customer.organization = desk.organization
    context = customer_page.page_of(desk, customer, opened or Opened()) | _timeline(request, desk, customer)
    return render(request, "desk/customer.html", context, status=status)


def _timeline(request: HttpRequest, desk: Desk, customer: Customer) -> dict[str, Any]:
    before, what = whole(request.GET.get("before")), request.GET.get("what", "")
    what = what if what in timeline.GROUPS else ""
    moments, older = timeline.of_customer(desk, customer, before, what)
    here = reverse("desk:customer", args=[customer.pk])
    query = urlencode([(name, value) for name, value in (("what", what), ("before", older)) if value])
    return {
        "moments": moments,
        "older": f"{here}?{query}" if older else "",
        "what": what,
        "whats": [(key, name, f"{here}?what={key}" if key else here) for key, name in TIMELINE.items()],
        "customer": customer,
    }


def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new customer with one contact."""
    form = NewCustomerForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.run():
        return go_on(request, reverse("desk:customer", args=[form.made.pk]))
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/customer_new.html", {"here": "customers", "form": form}, status=status)


def edit(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """Data and rules (R7) of a customer in one form; beside it their people, each changed alone."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    form = CustomerForm(request.POST or None, desk=desk, customer=customer)
    if request.method == "POST" and form.run():
        messages.success(request, gettext("Kept."))
        return go_on(request, reverse("desk:customer", args=[customer.pk]))
    people = customer_page.people_of(desk, customer)
    context = {"here": "customers", "customer": customer, "form": form, "people": people, "from": "edit"}
    return render(request, "desk/customer_edit.html", context, status=422 if request.method == "POST" else 200)
