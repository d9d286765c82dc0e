# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a customer wants corrected on their page, beside how it stands: a person accepts or declines it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.desk import Desk, go_on
from purring.facts.customers.details import accept_details, decline_details, details_of, open_proposal
from purring.facts.customers.models import Customer, DetailProposal
from purring.followup.models import Task
from purring.followup.tasks import finish_task
from purring.kit.numbers import whole
from purring.kit.tenancy import reach

NAMES: dict[str, Lazy] = {
    "contact.name": _("Contact person"),
    "contact.email": _("E-mail address"),
    "contact.phone": _("Phone"),
    "address_lines": _("Address"),
    "postcode": _("Postcode"),
    "city": _("City"),
}


def proposed(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """How it stands, and how they want it."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    waiting = open_proposal(customer)
    there = details_of(customer, waiting.contact) if waiting else {}
    rows = [(NAMES[name], there[name], value) for name, value in waiting.new.items()] if waiting else []
    context = {"here": "customers", "customer": customer, "proposal": waiting, "rows": rows}
    return render(request, "desk/details.html", context)


def decide(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """Yes or no to the proposal that was looked at; pressed twice it counts once."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    key = whole(request.POST.get("proposal")) or 0
    proposal = reach(DetailProposal, desk.organization, pk=key, customer=customer)
    yes = request.POST.get("decision") == "accept"
    act = accept_details if yes else decline_details
    done = act(proposal, now=desk.now, actor=desk.actor, user_id=desk.user.pk)
    if open_proposal(customer) is None:
        for task in Task.objects.of(desk.organization).filter(customer=customer, code="details", done_at=None):
            finish_task(task, now=desk.now, actor=desk.actor, user_id=desk.user.pk)
    if not done:
        messages.warning(request, gettext("This was decided already, or they have asked for something else since."))
    elif yes:
        messages.success(request, gettext("Kept. From now on we write there."))
    else:
        messages.success(request, gettext("Everything stays as it is."))
    return go_on(request, reverse("desk:customer", args=[customer.pk]))
