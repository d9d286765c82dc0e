# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a customer agreed to on their own pages, as evidence: the words that were shown, when, from where, by which browser;
plans, later days and automatic payment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.desk import Desk
from purring.facts.checkout.models import Mandate
from purring.facts.customers.models import Customer
from purring.facts.offers.models import Consent
from purring.kit.tenancy import reach

MOST = 100
KINDS: dict[str, Lazy | str] = {
    "plan": _("Payment plan"),
    "deferral": _("A later day"),
    "autopay": _("Automatic payment"),
}


@dataclass(frozen=True)
class Agreed:
    """One consent, wherever it was given."""

    kind: Lazy | str
    text: str
    language: str
    at: datetime
    address: str
    agent: str
    state: str
    """`running`, `ended`, `asked` (waits for us, or we declined), or nothing."""
    to: str
    """Where what came of it is; empty when nothing is to be seen."""
    name: str
    """What is to be seen there."""


def listing(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    customer = reach(Customer, desk.organization, pk=customer_id)
    rows = Consent.objects.of(desk.organization).filter(customer=customer).select_related("plan", "invoice", "proposal")
    given = Mandate.objects.of(desk.organization).filter(customer=customer)
    found = [*map(_consent, rows.order_by("-at", "-id")[:MOST]), *_mandates(given.order_by("-id")[:MOST])]
    found.sort(key=lambda one: one.at, reverse=True)
    context = {"here": "customers", "customer": customer, "rows": found[:MOST], "most": MOST}
    return render(request, "desk/consents.html", context)


def _consent(row: Consent) -> Agreed:
    state, to, name = "", "", ""
    if row.plan:
        state = "ended" if row.plan.cancelled_at else "running"
        to, name = reverse("desk:plan-paper", args=[row.plan.pk]), "plan"
    elif row.invoice:
        to, name = reverse("desk:invoice", args=[row.invoice.pk]), row.invoice.number
    elif hasattr(row, "proposal"):
        state = "asked"
    return Agreed(
        KINDS.get(row.kind, row.kind), row.text, row.language, row.at, row.address, row.agent, state, to, name
    )


def _mandates(rows: Iterable[Mandate]) -> list[Agreed]:
    return [
        Agreed(
            KINDS["autopay"],
            row.text,
            row.language,
            row.agreed_at,
            row.address,
            row.agent,
            "ended" if row.ended_at else "running" if row.given_at else "",
            "",
            row.label,
        )
        for row in rows
    ]
