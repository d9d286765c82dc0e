# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money fills charges before the principal: only where the business follows the law in that, and the law has it so.

Only what a message asked for by the day the money came, and what no longer falls away when the invoice is paid. Nothing
beside a disputed invoice or one in a payment plan: there the money is meant for what was agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from purring.core.errors import Refused
from purring.facts.agreements.models import PaymentPlan
from purring.facts.charges.accruing import Creditors, law_book
from purring.facts.charges.asked import Standing, standing
from purring.facts.charges.models import AskedCharge, Order, Policy
from purring.facts.charges.policy import policy_of
from purring.facts.customers.models import Customer
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.payments.filling import NOTHING, Beside, Money
from purring.law.conventions import PART_OF, Ahead, ahead_of_principal


def beside_first(organization_id: int, money: Sequence[Money]) -> list[Beside]:
    """What of each sum goes to the charges beside its invoice. One query where the principal comes first."""
    policy = policy_of(organization_id)
    if policy.order != Order.LAW or not money:
        return [NOTHING] * len(money)
    invoices = _with_charges(organization_id, money)
    ahead = _ahead(organization_id, list(invoices.values()), policy) if invoices else {}
    by_day: dict[date, dict[int, Standing]] = {}
    given: dict[int, int] = {}
    found = []
    for invoice, amount, on in money:
        law = ahead.get(invoice.pk)
        if law is None or not law.parts:
            found.append(NOTHING)
            continue
        if on not in by_day:
            by_day[on] = standing(invoices.values(), on)
        open_ahead = _open_ahead(by_day[on][invoice.pk], law, on) - given.get(invoice.pk, 0)
        part = max(min(amount, open_ahead), 0)
        given[invoice.pk] = given.get(invoice.pk, 0) + part
        found.append(Beside(part, law.rule) if part else NOTHING)
    return found


def _with_charges(organization_id: int, money: Sequence[Money]) -> dict[int, Invoice]:
    """The invoices beside which something was asked, without those in dispute or in a plan."""
    ids = {one.invoice.pk: one.invoice for one in money}
    asked = set(
        AskedCharge.objects.of(organization_id)
        .filter(invoice_id__any_of=list(ids), withdrawn_at=None)
        .values_list("invoice_id", flat=True)
    )
    if not asked:
        return {}
    other = set(
        Dispute.objects.of(organization_id)
        .filter(invoice_id__any_of=list(asked), resolved_at=None)
        .values_list("invoice_id", flat=True)
    )
    planned = PaymentPlan.objects.of(organization_id).filter(cancelled_at=None, invoices__in=list(asked))
    other |= set(planned.values_list("invoices", flat=True))
    return {key: ids[key] for key in sorted(asked - other)}


def _ahead(organization_id: int, invoices: Sequence[Invoice], policy: Policy) -> dict[int, Ahead]:
    """What the laws of both sides fill before the principal of each invoice."""
    creditors = Creditors(policy.organization)
    people = Customer.objects.of(organization_id).filter(id__any_of=[invoice.customer_id for invoice in invoices])
    countries = dict(people.values_list("id", "country"))
    laws = law_book()
    found = {}
    for invoice in invoices:
        codes = dict.fromkeys((creditors.of(invoice.entity_id), countries[invoice.customer_id]))
        try:
            found[invoice.pk] = ahead_of_principal([laws.country(code) for code in codes], policy.least)
        except Refused:  # no law data for one of them: the principal first
            continue
    return found


def _open_ahead(beside: Standing, law: Ahead, on: date) -> int:
    """What of the charges is open on a day and comes before the principal. What was paid of them before filled them in
    the same order."""
    if beside.waived_by:
        return 0
    asked = sum(charge.whole for charge in beside.asked if charge.on <= on and PART_OF[charge.kind] in law.parts)
    return max(asked - beside.paid, 0)
