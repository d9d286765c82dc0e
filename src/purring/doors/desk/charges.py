# SPDX-License-Identifier: AGPL-3.0-or-later
"""Late charges of one invoice, ready to be shown: what the law gives today, what is asked, and each step of the sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk
from purring.doors.desk.refusals import law_words
from purring.facts.charges.accruing import Creditors, accrued, law_book
from purring.facts.charges.asked import Standing, standing
from purring.facts.charges.models import Order
from purring.facts.charges.policy import policy_of
from purring.facts.invoices.models import Invoice
from purring.facts.payments.models import Credit
from purring.law.book import countries, sources
from purring.law.claim import Charges, Segment
from purring.law.conventions import Lapse, limitation
from purring.law.rates import CONFIDENCES, MICRO

SOONEST_LAPSE = timedelta(365)
"""No claim lapses sooner; younger ones need no question."""


@dataclass(frozen=True)
class Item:
    """One thing the law gives."""

    kind: str
    amount: int
    rule: str
    confidence: str
    later: object = None
    """The day from which it may be asked, when that has not come."""
    least: str = "high"
    """How sure the business wants the law data to be."""

    @property
    def counts(self) -> bool:
        """It is sure enough and may be asked today; only such items are summed up and asked."""
        return CONFIDENCES.index(self.confidence) <= CONFIDENCES.index(self.least) and self.later is None


@dataclass(frozen=True)
class Days:
    """Days with one rate and one principal."""

    segment: Segment
    rate: str


@dataclass(frozen=True)
class Shown:
    """Everything about the charges beside one invoice on one day."""

    law: Charges | None
    refused: str
    """Why nothing can be worked out."""
    items: Sequence[Item]
    standing: Standing
    on_account: int
    principal_first: bool
    """Money fills the invoice before anything beside it."""
    is_open: bool
    """The invoice itself is not paid."""
    lapse: Lapse | None
    """When the claim lapses, once that is near or past."""

    @property
    def total(self) -> int:
        return sum(item.amount for item in self.items if item.counts)

    @property
    def payable(self) -> bool:
        """There is money on account that could be set against what is asked."""
        may = not (self.principal_first and self.is_open)
        return may and self.standing.open > 0 and self.on_account > 0

    @property
    def worth_showing(self) -> bool:
        return bool(self.lapse or self.items or self.standing.asked or self.standing.handling or self.standing.paid)


def charges_of(desk: Desk, invoice: Invoice) -> Shown:
    """What the law gives beside the invoice today, and what stands asked."""
    law, refused = None, ""
    if invoice.balance and invoice.due < desk.today:
        try:
            law = accrued(invoice, desk.today)
        except Refused as why:
            refused = why.message
            if why.code == "unknown_country":
                refused = gettext("there is no law data for this country; only the invoice itself is asked for")
    beside = standing([invoice], desk.today)[invoice.pk]
    on_account = 0
    if beside.open:
        credit = Credit.objects.of(desk.organization).filter(customer=invoice.customer_id, currency=invoice.currency)
        on_account = credit.values_list("amount", flat=True).first() or 0
    items = items_of(law) if law else []
    principal_first = True
    if beside.open or any(item.confidence != "high" for item in items):  # else what was decided changes nothing here
        policy = policy_of(desk.organization.pk)
        items = [replace(item, least=policy.least) for item in items]
        principal_first = policy.order == Order.PRINCIPAL
    lapse = _lapse(invoice, desk)
    return Shown(law, refused, items, beside, on_account, principal_first, bool(invoice.balance), lapse)


def _lapse(invoice: Invoice, desk: Desk) -> Lapse | None:
    """The earlier of the days on which the claim lapses where the customer is and where the business is, when it is near."""
    if not invoice.balance or desk.today - invoice.due < SOONEST_LAPSE:
        return None
    customer = invoice.customer
    places = {customer.country, Creditors(desk.organization).of(invoice.entity_id)} & {*countries()}
    laws = [law_book().kind(place, customer.kind) for place in sorted(places)]
    near = [lapse for law in laws if (lapse := limitation(law, invoice.due, desk.today)).soon or lapse.lapsed]
    return min(near, key=lambda lapse: lapse.on or desk.today, default=None)


def items_of(law: Charges) -> list[Item]:
    """Every item above zero, in the order interest, compensation, fees."""
    items = [
        Item(kind, one.amount, one.rule, one.confidence)
        for kind, one in (("interest", law.interest), ("compensation", law.compensation))
    ]
    for fee in law.fees:
        later = fee.earliest_on if fee.earliest_on > law.as_of else None
        items.append(Item("fee", fee.amount, fee.rule, fee.confidence, later))
    return [item for item in items if item.amount]


def day_table(desk: Desk, law: Charges) -> list[Days]:
    """The interest, stretch by stretch."""
    return [
        Days(segment, format_decimal(Decimal(segment.rate) / MICRO, format="#,##0.00####", locale=desk.locale))
        for segment in law.interest.segments
    ]


def source_titles(law: Charges) -> list[tuple[str, str]]:
    """(name and what was found there, address or nothing) of what the rules and rates rest on."""
    known = [one for key in law.sources if (one := sources().get(key))]
    return [(_named(one.title, law_words(one.about)), one.where) for one in known]


def _named(title: str, about: str) -> str:
    """A name stays as it is; without one what is said of it begins the line."""
    return " · ".join(filter(None, (title, about))) if title else about[:1].upper() + about[1:]
