# SPDX-License-Identifier: AGPL-3.0-or-later
"""Discounts for early payment: what pays an invoice on a day, and what the discount does to tax.

What stands on an invoice of ours counts as it stands there. Of others, and of payment requests, the terms that were in
force on the day they are dated; a last day that is no working day moves to the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from babel.languages import get_official_languages

from purring.core import discounts
from purring.core.discounts import Early, Price, Rung
from purring.facts.charges.accruing import law_book
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice, Issued
from purring.facts.offers.terms import TermsBook, terms_book
from purring.facts.organizations.models import LegalEntity, Organization
from purring.kit.prepared import Prepared
from purring.law.book import countries
from purring.law.conventions import payable_until
from purring.law.model import EarlyPayment
from purring.papers.documents.house import labels


def to_pay(invoice: Invoice, on: date) -> Price:
    """What pays an invoice on a day (`amount`), what is taken off (`discount`, 0 without one) and until when."""
    return discounts.price(_gross(invoice), invoice.balance, early_offers([invoice])[invoice.pk], on)


def prices(
    invoices: Sequence[Invoice], on: date, customer: Customer | None = None, book: TermsBook | None = None
) -> dict[int, tuple[Price, ...]]:
    """The discounts still to be had on these invoices of one organization, by invoice, the best first. `customer`: whose
    they all are, with the organization, and `book`: the customer's terms, where they are at hand."""
    offers = early_offers(invoices, customer, book)
    return {one.pk: discounts.prices(_gross(one), one.balance, offers[one.pk], on) for one in invoices}


_ON_PAPER = Prepared(
    lambda organization, invoices: (
        Issued.objects.of(organization)
        .filter(invoice__any_of=invoices)
        .values_list("invoice_id", "facts__early_payment")
    ),
    organization=int,
    invoices=list,
)


def early_offers(
    invoices: Sequence[Invoice], customer: Customer | None = None, book: TermsBook | None = None
) -> dict[int, tuple[Early, ...]]:
    """What is offered with each of these invoices of one organization, in a fixed number of queries."""
    if not invoices:
        return {}
    org = invoices[0].organization_id
    on_paper = dict(_ON_PAPER(organization=org, invoices=[one.pk for one in invoices]))
    rows = Customer.objects.of(org).filter(pk__in={one.customer_id for one in invoices})
    customers = {one.pk: one for one in ([customer] if customer else rows.select_related("organization"))}
    book = book or terms_book(list(customers.values()))
    found: dict[int, tuple[Early, ...]] = {}
    for one in invoices:
        if one.pk in on_paper and (on_paper[one.pk] or one.kind == "invoice"):
            found[one.pk] = tuple(
                Early(int(Decimal(told["percent"]) * 100), date.fromisoformat(told["until"]))
                for told in on_paper[one.pk] or ()
            )
            continue
        whose = customers[one.customer_id]
        ladder = [Rung(*rung) for rung in book.of(whose, one.issued).ladder]
        found[one.pk] = _ladder_from(ladder, one.issued, one.due, whose)
    return found


def early_payment(customer: Customer, issued: date, due: date) -> list[dict[str, str]]:
    """The discounts that a document of that date says, as the invoice facts have them."""
    ladder = [Rung(*rung) for rung in terms_book([customer]).of(customer, issued).ladder]
    offers = _ladder_from(ladder, issued, due, customer)
    return [{"percent": percent_text(one.percent), "until": one.until.isoformat()} for one in offers]


def _ladder_from(ladder: Sequence[Rung], issued: date, due: date, customer: Customer) -> tuple[Early, ...]:
    """The ladder of an invoice; who pays on the last day it is due pays nothing too early."""
    places = (customer.country, customer.organization.country)
    days = [(rung.percent, payable_until(issued + timedelta(rung.days), *places)) for rung in ladder]
    return tuple(Early(percent, until) for percent, until in days if until <= due)


def _gross(invoice: Invoice) -> int:
    return invoice.amount - invoice.credited


def custom_of(country: str) -> EarlyPayment | None:
    """What is usual in a country, and what a discount that is taken does to tax there."""
    return law_book().country(country).early_payment if country in countries() else None


def name_of(invoice: Invoice, percent: int, language: str) -> str:
    """What the discount is called on a credit note: as accounts of the seller's country call it where the paper is in a
    language of that country, else plainly."""
    entities = LegalEntity.objects.of(invoice.organization_id)
    entity = entities.filter(pk=invoice.entity_id).first() if invoice.entity_id else None
    country = entity.country if entity else Organization.objects.get(pk=invoice.organization_id).country
    custom = custom_of(country)
    home = {tag.partition("_")[0] for tag in get_official_languages(country, regional=False, de_facto=True)}
    spoken = language.partition("-")[0]
    named = custom.name if custom and spoken in home and custom.name.replace(" ", "").isalpha() else ""
    return f"{named or labels(language)['discount']} {percent_text(percent)} %"


def percent_text(percent: int) -> str:
    """`2` for 200, `2.5` for 250."""
    return f"{(Decimal(percent) / 100).normalize():f}"
