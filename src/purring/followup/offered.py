# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the first messages of a batch may offer: a discount for paying early, instalments, automatic payment. Loaded when a
message first speaks of it, for the whole batch; a reminder of what is overdue offers none of it by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from purring.core.calendar import working_days
from purring.core.plans import gentlest
from purring.facts.checkout.mandates import can_keep
from purring.facts.checkout.models import Mandate, ProviderAccount
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.offers.early import prices
from purring.facts.offers.terms import TermsBook, limits_of, rhythms_of, terms_book
from purring.facts.organizations.models import Organization
from purring.language.facts import Discount, MessageFacts

EARLY = ("request", "courtesy")
"""Messages before the due date."""


class Offered:
    """The offers for these customers and invoices on a day."""

    def __init__(
        self, organization: Organization, customers: Iterable[Customer], invoice_ids: Iterable[int], today: date
    ) -> None:
        self._org, self._today = organization, today
        self._customers = {one.pk: one for one in customers}
        self._invoice_ids = list(invoice_ids)

    @cached_property
    def _book(self) -> TermsBook:
        return terms_book(list(self._customers.values()))

    @cached_property
    def _invoices(self) -> dict[int, Invoice]:
        rows = Invoice.objects.of(self._org).filter(
            id__any_of=self._invoice_ids, settled_on=None, issued__lte=self._today
        )
        return {one.pk: one for one in rows.filter(due__gte=self._today)}

    @cached_property
    def _prices(self) -> dict[int, tuple[Discount, ...]]:
        found = prices(list(self._invoices.values()), self._today)
        return {
            key: tuple(Discount(Decimal(one.percent) / 100, one.until, one.amount) for one in mine if one.until)
            for key, mine in found.items()
        }

    @cached_property
    def _keeps_ways(self) -> bool:
        """Whether any account can take money automatically."""
        accounts = ProviderAccount.objects.of(self._org).filter(enabled=True)
        return any(can_keep(one) for one in accounts)

    @cached_property
    def _automatic(self) -> set[int]:
        """Customers who pay automatically already."""
        given = Mandate.objects.of(self._org).filter(customer__in=list(self._customers), ended_at=None)
        return set(given.exclude(given_at=None).values_list("customer_id", flat=True))

    def put(self, facts: MessageFacts, stage: str, customer_id: int, invoice_ids: list[int]) -> MessageFacts:
        """The facts of a message with what it may offer."""
        if stage not in EARLY:
            return facts
        customer = self._customers[customer_id]
        terms = self._book.of(customer, self._today)
        only = self._invoices.get(invoice_ids[0]) if len(invoice_ids) == 1 else None
        if only and facts.total_minor == only.balance and (mine := self._prices[only.pk]):
            facts = replace(facts, discount=mine[0])
        if stage != "request":
            return facts
        if terms.instalments_at_start and facts.total_minor:
            limits = limits_of(terms, customer, facts.currency)
            calendar = working_days(customer.country)
            wish = gentlest(facts.total_minor, limits, self._today, calendar, rhythms_of(terms))
            facts = replace(facts, instalments_offered=wish.number if wish else 0)
        if terms.autopay and terms.autopay_at_start and customer_id not in self._automatic and self._keeps_ways:
            facts = replace(facts, autopay_offered=True)
        return facts
