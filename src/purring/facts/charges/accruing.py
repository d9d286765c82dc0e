# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the law gives beside an invoice on a day: worked out when asked, with the rates known now, and never stored."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from purring.core.errors import Refused
from purring.facts.charges.debts import known_debts
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity, Organization
from purring.law.account import AccountLaw
from purring.law.book import LawBook, book
from purring.law.charges import late_charges
from purring.law.claim import Charges
from purring.law.rate_file import OVERLAY


def law_book() -> LawBook:
    """The law with the rates that come with the program and the newer ones of the data folder laid over them. Newer ones
    that cannot be read are left out; `purring doctor` says so."""
    folder = Path(settings.DATA_FOLDER)
    try:
        there = (folder / OVERLAY).stat()
    except OSError:
        return book()
    return _newer(folder, there.st_mtime_ns, there.st_size)


@lru_cache(2)
def _newer(folder: Path, changed: int, size: int) -> LawBook:
    """Read once for each state of the file."""
    try:
        return book(folder)
    except Refused:
        return book()


class Creditors:
    """Where the business is: the country of the legal entity that billed, else of the usual one, else of the house."""

    def __init__(self, organization: Organization) -> None:
        rows = list(LegalEntity.objects.of(organization).values_list("id", "country", "is_default"))
        self._countries = {key: country for key, country, _ in rows}
        usual = next((country for _, country, is_default in rows if is_default), "")
        self.usual = usual or organization.country

    def of(self, entity_id: int | None) -> str:
        return self._countries.get(entity_id or 0) or self.usual


def accrued(invoice: Invoice, day: date) -> Charges:
    """Everything the law says beside this invoice on a day: items with rule and source, and what is not allowed and why.

    Refuses `unknown_country` where there is no law data, `rate_unknown` when a rate of these days is not known, and
    `bad_date` for a day before a payment or letter.
    """
    customer = invoice.customer
    creditor = Creditors(invoice.organization).of(invoice.entity_id)
    law = AccountLaw(creditor, customer.country, customer.kind, book=law_book())
    return late_charges(law.claim(known_debts(invoice.organization_id, [invoice])[invoice.pk].debt, day), law.book)
