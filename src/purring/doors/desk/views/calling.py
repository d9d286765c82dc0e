# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page beside the telephone: number, what is open, what was said and delivered, points in their order, and what came
of the call."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk import timeline
from purring.doors.desk.act_forms import open_invoices
from purring.doors.desk.call_forms import CallForm
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import sentence
from purring.facts.agreements.models import Promise
from purring.facts.customers.models import Customer
from purring.facts.messages.models import Outcome
from purring.followup.beginnings import people_of
from purring.followup.calls import sheet_of
from purring.followup.models import GONE, Reminder
from purring.followup.saying import language_for
from purring.kit.tenancy import reach

DELIVERED = 4
MOMENTS = 6


def call(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """The sheet, and the form of what came of the call. `number` chooses among several."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    customer.organization = desk.organization
    form = CallForm(request.POST or None, desk=desk, customer=customer)
    if request.method == "POST" and form.run():
        return _done(request, customer, str(form.cleaned_data["outcome"]))
    return _page(request, desk, customer, form, 422 if request.method == "POST" else 200)


def _done(request: HttpRequest, customer: Customer, outcome: str) -> HttpResponse:
    if request.POST.get("then") == "summary":
        return go_on(request, f"{reverse('desk:customer-write', args=[customer.pk])}?begin=call_summary")
    said = gettext("The call is noted.")
    if outcome == Outcome.NO_ANSWER:
        said = gettext("Noted: nobody answered. It does not count as a contact.")
    messages.success(request, said)
    return go_on(request, reverse("desk:customer", args=[customer.pk]))


def _page(request: HttpRequest, desk: Desk, customer: Customer, form: CallForm, status: int) -> HttpResponse:
    troubles = dict(customer.address_troubles.values_list("address", "why"))
    people = people_of(customer)
    numbers = [one for one in people if one.phone and one.phone not in troubles]
    wanted = request.GET.get("number") or request.POST.get("number", "")
    chosen = next(
        (one for one in numbers if str(one.pk) == wanted or one.phone == wanted), numbers[0] if numbers else None
    )
    if chosen:
        form.initial = {**form.initial, "number": chosen.phone, "person": chosen.name}
    invoices = open_invoices(customer)
    invoices = [row for row in invoices if row.currency == invoices[0].currency]
    open_sum = sum(row.balance for row in invoices)
    sheet: Any = None
    problem = ""
    try:
        sheet = sheet_of(customer, invoices[:20], desk.today, chosen.phone if chosen else "")
    except Refused as refused:
        problem = sentence(refused.message)
    reached = Reminder.objects.of(desk.organization).filter(customer=customer, state__in=GONE, message__isnull=False)
    promises = Promise.objects.of(desk.organization).filter(customer=customer, withdrawn_at=None)
    context = {
        "here": "customers",
        "customer": customer,
        "form": form,
        "sheet": sheet,
        "problem": problem,
        "language": language_for(customer.language, desk.organization.language, country=customer.country),
        "chosen": chosen,
        "others": [one for one in numbers if one is not chosen],
        "open": open_sum,
        "currency": invoices[0].currency if invoices else "",
        "invoices": [{"invoice": row, "late": (desk.today - row.due).days} for row in invoices[:20]],
        "delivered": reached.select_related("message").order_by("-on", "-id")[:DELIVERED],
        "promises": promises.filter(pay_on__gte=desk.today).order_by("pay_on")[:3],
        "moments": timeline.of_customer(desk, customer)[0][:MOMENTS],
    }
    return render(request, "desk/customer_call.html", context, status=status)
