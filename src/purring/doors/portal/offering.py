# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the account's page shows of what is offered and agreed: discounts for early payment, the plan that runs, a smaller
sum, instalments and a later day (`portal/parts/offers.html`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purring.core.discounts import Price
from purring.doors.portal.opening import Visit
from purring.doors.portal.planning import running_plans, waiting_proposals
from purring.doors.portal.statement import Statement
from purring.facts.invoices.models import Invoice
from purring.facts.offers.actions import deferral_until
from purring.facts.offers.early import to_pay
from purring.facts.offers.models import Settlement
from purring.facts.offers.standing import PlanStanding
from purring.facts.offers.terms import TermsBook, may_agree_alone, terms_book, terms_of

__all__ = ["Offers", "may_plan", "offers", "to_pay"]


@dataclass(frozen=True)
class Discounted:
    """An invoice that costs less when it is paid early; the best price first."""

    invoice: Invoice
    prices: Sequence[Price]


@dataclass(frozen=True)
class Offers:
    discounts: Sequence[Discounted]
    plans: Sequence[PlanStanding]
    settlements: Sequence[Settlement]
    asked: bool
    """A plan was asked for and waits for our answer."""
    to_plan: str
    """Where a plan is built; empty where none is offered."""
    to_running: str
    to_later: str

    def __bool__(self) -> bool:
        return bool(self.discounts or self.plans or self.settlements or self.asked or self.to_plan or self.to_later)


def offers(found: Visit, owed: Statement, early: Mapping[int, Sequence[Price]]) -> Offers:
    """For the account's page; nothing where nothing is open. `early`: what paying early takes off."""
    if not any(section.total for section in owed.sections):
        return Offers((), (), (), False, "", "", "")
    invoices = [row for row in owed.rows if row.settled_on is None]
    running = running_plans(found) if found.there.plans else []
    waiting = waiting_proposals(found) if found.there.proposals else []
    bound_up = {one.pk for standing in running for one in standing.invoices}
    free = [one for one in invoices if one.pk not in bound_up]
    terms = (terms_book([found.customer]) if found.there.terms else TermsBook([])).of(found.customer, found.today)
    alone = may_agree_alone(terms, found.customer)
    may_wait = alone and any(deferral_until(one, terms.deferral_days, found.today) for one in free)
    return Offers(
        discounts=[Discounted(one, early[one.pk]) for one in free if early.get(one.pk)],
        plans=running,
        settlements=_settlements(found) if found.there.settlements else [],
        asked=bool(waiting),
        to_plan=found.to("plan") if free and not waiting and alone and terms.plan_most > 1 else "",
        to_running=found.to("plan"),
        to_later=found.to("later") if may_wait else "",
    )


def may_plan(found: Visit, invoices: Sequence[Invoice]) -> bool:
    """Whether there is something to pay, and instalments are agreed to without a person."""
    terms = terms_of(found.customer, found.today)
    return bool(invoices) and terms.plan_most > 1 and may_agree_alone(terms, found.customer)


def _settlements(found: Visit) -> list[Settlement]:
    rows = Settlement.objects.of(found.organization).filter(
        customer=found.customer, taken_on=None, ended_at=None, until__gte=found.today
    )
    waiting = list(rows.prefetch_related("invoices").order_by("until", "id"))
    return [one for one in waiting if all(found.shows(invoice.pk) for invoice in one.invoices.all())]
