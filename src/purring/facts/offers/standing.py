# SPDX-License-Identifier: AGPL-3.0-or-later
"""How plans stand: which instalments are paid, which is next, whether one was missed. Nothing of it is stored; payments
fill instalments in order, as the decision reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from purring.core.money import to_text
from purring.facts.agreements.models import Instalment, PaymentPlan
from purring.facts.invoices.issuing import buyer_facts, seller_facts
from purring.facts.invoices.models import Invoice
from purring.facts.invoices.papers import paper_language, printer_of
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity
from purring.papers.documents import Document
from purring.papers.facts import read_facts


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment; `open` is what is not paid of it."""

    number: int
    due: date
    amount: int
    open: int


@dataclass(frozen=True, slots=True)
class PlanStanding:
    plan: PaymentPlan
    invoices: Sequence[Invoice]
    parts: Sequence[Part]
    today: date

    @property
    def currency(self) -> str:
        return self.invoices[0].currency

    @property
    def count(self) -> int:
        return len(self.parts)

    @property
    def paid(self) -> int:
        """Instalments paid in full."""
        return sum(not part.open for part in self.parts)

    @property
    def total(self) -> int:
        return sum(part.amount for part in self.parts)

    @property
    def open(self) -> int:
        return sum(part.open for part in self.parts)

    @property
    def next(self) -> Part | None:
        """The first that is not paid."""
        return next((part for part in self.parts if part.open), None)

    @property
    def state(self) -> str:
        """`ended` (cancelled or replaced), `kept` (all paid), `missed` (one is past its day) or `running`."""
        if self.plan.cancelled_at:
            return "ended"
        if not self.next:
            return "kept"
        return "missed" if self.next.due < self.today else "running"


def plans_standing(plans: Sequence[PaymentPlan], today: date) -> list[PlanStanding]:
    """How these plans of one organization stand, in two queries and one for the invoices."""
    if not plans:
        return []
    org = plans[0].organization_id
    keys = [plan.pk for plan in plans]
    parts: dict[int, list[Instalment]] = {key: [] for key in keys}
    for part in Instalment.objects.of(org).filter(plan_id__in=keys).order_by("plan_id", "number"):
        parts[part.plan_id].append(part)
    covered: dict[int, list[Invoice]] = {key: [] for key in keys}
    for invoice in (
        Invoice.objects.of(org).filter(plans__in=keys).annotate(of_plan=F("plans__id")).order_by("due", "id")
    ):
        covered[invoice.of_plan].append(invoice)
    return [
        PlanStanding(plan, covered[plan.pk], _filled(parts[plan.pk], covered[plan.pk]), today)
        for plan in plans
        if covered[plan.pk]
    ]


def _filled(instalments: Sequence[Instalment], invoices: Sequence[Invoice]) -> list[Part]:
    """What is still owed on the invoices is the plan's tail."""
    filled = max(sum(one.amount for one in instalments) - sum(one.balance for one in invoices), 0)
    parts = []
    for one in instalments:
        paid = min(filled, one.amount)
        filled -= paid
        parts.append(Part(one.number + 1, one.due, one.amount, one.amount - paid))
    return parts


def plan_paper(standing: PlanStanding) -> Document:
    """The plan as PDF, on the letterhead of whoever is owed; what is paid under the oldest invoice's reference finds its
    way. The box that says how to pay is left out once the first
    instalment, which it asks for, is paid."""
    plan, first, currency = standing.plan, standing.invoices[0], standing.currency
    customer = plan.customer
    entities = LegalEntity.objects.of(plan.organization_id)
    entity = (entities.filter(pk=first.entity_id).first() if first.entity_id else None) or entities.order_by(
        "-is_default", "id"
    )[0]
    seller = seller_facts(entity)
    numbers = ", ".join(one.number for one in standing.invoices)
    document = {
        "kind": "payment_request",
        "seller": seller if not standing.paid else {**seller, "accounts": []},
        "buyer": buyer_facts(customer) | {"language": paper_language(customer.language, customer.organization)},
        "number": numbers if len(numbers) <= 60 else first.number,
        "issued": plan.since.isoformat(),
        "due": standing.parts[-1].due.isoformat(),
        "currency": currency,
        "lines": [{"description": numbers, "unit_price": to_text(standing.total, currency)}],
        "reference": first.reference or first.number,
        "instalments": [
            {"due": one.due.isoformat(), "amount": to_text(one.amount, currency)} for one in standing.parts
        ],
    }
    facts = read_facts("plan", document)
    return printer_of(letterhead_of(entity)).pdf(facts)
