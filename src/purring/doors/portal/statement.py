# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a customer may know about what is open: per currency the sum, the invoices, and where to pay. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from purring.facts.charges.accruing import law_book
from purring.facts.charges.asked import Standing, standing
from purring.facts.charges.models import AskedCharge, Choice, Handling
from purring.facts.customers.models import Customer
from purring.facts.disputes.models import Dispute
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.models import LegalEntity, Organization
from purring.facts.payments.models import ChargeAllocation, Credit
from purring.kit.prepared import Prepared
from purring.law.conventions import PART_OF

MOST_INVOICES = 500


@dataclass(frozen=True)
class OpenInvoice:
    """One open invoice; amounts in minor units of its section's currency."""

    pk: int
    entity: int | None
    number: str
    is_request: bool
    issued: date
    due: date
    is_due: bool
    amount: int
    received: int
    balance: int
    reference: str
    po_number: str
    description: str
    disputed: bool
    pay_link: str
    charges: Sequence[tuple[str, str, int]]
    """Asked beside the invoice, (kind, its name there or nothing, amount), never part of the balance; empty when nothing
    of them is open."""
    charges_open: int
    charges_received: int
    charges_waived_by: date | None
    """Paid by this day, they fall away."""


@dataclass(frozen=True)
class Section:
    """Everything open in one currency, the oldest due first."""

    currency: str
    total: int
    due_now: int
    beside: int
    """Charges a person asks for beside invoices that are paid."""
    credit: int
    invoices: Sequence[OpenInvoice]


@dataclass(frozen=True)
class Statement:
    sections: Sequence[Section]
    entities: Sequence[LegalEntity]
    """Who is owed and where to pay: the entities of the open invoices, else the default one."""
    all_entities: Sequence[LegalEntity] = ()
    """The default one first, with their letterheads but the logos, and `logo_size`."""
    rows: Sequence[Invoice] = ()
    """The invoices of all sections, the oldest due first."""


def _open_ones(organization: int, customer: int, today: date, shown: list[int] | None = None) -> QuerySet[Any]:
    found = Invoice.objects.of(organization).filter(
        Q(settled_on=None) | Q(charge_handling__choice=Choice.PURSUE), customer=customer, issued__lte=today
    )
    if shown is not None:
        found = found.filter(pk__any_of=shown)
    disputes = Dispute.objects.of(organization).filter(invoice=OuterRef("pk"), resolved_at=None)
    return found.annotate(disputed=Exists(disputes)).order_by("due", "id")[:MOST_INVOICES]


def _charged(organization: int, invoices: list[int]) -> QuerySet[Any]:
    """Whether anything was ever asked, decided or paid beside these invoices."""
    asked, decided, paid = (
        Exists(model.objects.of(organization).filter(invoice__any_of=invoices))
        for model in (AskedCharge, Handling, ChargeAllocation)
    )
    return Organization.objects.filter(asked | decided | paid, pk=organization).values_list("pk")


_ALL = Prepared(_open_ones, organization=int, customer=int, today=date)
_SHOWN = Prepared(_open_ones, organization=int, customer=int, today=date, shown=list)
_CHARGED = Prepared(_charged, organization=int, invoices=list)
_ENTITIES = Prepared(
    lambda organization: (
        LegalEntity.objects.of(organization)
        .select_related("letterhead")
        .defer("letterhead__logo")
        .annotate(logo_size=Length("letterhead__logo"))
        .order_by("-is_default", "id")
    ),
    organization=int,
)


def _beside(rows: Sequence[Invoice], today: date) -> dict[int, Standing]:
    """The charges that stand beside these invoices; most have none."""
    if rows and not _CHARGED(organization=rows[0].organization_id, invoices=[row.pk for row in rows]):
        return {row.pk: Standing((), 0, None, None) for row in rows}
    return standing(rows, today)


def statement(customer: Customer, today: date, language: str, shown: frozenset[int] | None = None) -> Statement:
    """What is open for the customer on a day: invoices, and beside paid ones the charges a person decided to ask for.

    `shown`: only these invoices, and nothing of the account beside them; none of it said: all."""
    org, whose = customer.organization_id, {"organization": customer.organization_id, "customer": customer.pk}
    rows = _ALL(**whose, today=today) if shown is None else _SHOWN(**whose, today=today, shown=[*shown])
    beside = _beside(rows, today)
    rows = [row for row in rows if row.balance or beside[row.pk].open]
    names = _names(customer, language)
    on_account = Credit.objects.of(org).filter(customer=customer, amount__gt=0)
    credits = dict(on_account.values_list("currency", "amount")) if shown is None else {}
    sections = []
    for currency in dict.fromkeys([*(row.currency for row in rows), *credits]):
        mine = [_open(row, today, row.disputed, beside[row.pk], names) for row in rows if row.currency == currency]
        total = sum(invoice.balance for invoice in mine)
        due_now = sum(invoice.balance for invoice in mine if invoice.is_due)
        paid_ones = sum(invoice.charges_open for invoice in mine if not invoice.balance)
        sections.append(Section(currency, total, due_now, paid_ones, credits.get(currency, 0), mine))
    wanted = {row.entity_id for row in rows}
    entities = _ENTITIES(organization=org)
    named = [entity for entity in entities if entity.pk in wanted or (entity.is_default and wanted <= {None})]
    return Statement(sections, named or entities[:1], entities, rows)


def _names(customer: Customer, language: str) -> dict[str, str]:
    """What charges are called where the customer is; without those that have no name of their own in the language."""
    law = law_book()
    named = {charge: law.charge_name(customer.country, customer.kind, charge, language) for charge in PART_OF}
    return {charge: name for charge, name in named.items() if name}


def _open(row: Invoice, today: date, disputed: bool, beside: Standing, names: dict[str, str]) -> OpenInvoice:
    sums: dict[str, int] = {}
    for charge in beside.asked if beside.open else ():
        sums[charge.kind] = sums.get(charge.kind, 0) + charge.whole
    return OpenInvoice(
        pk=row.pk,
        entity=row.entity_id,
        number=row.number,
        is_request=row.kind == "payment_request",
        issued=row.issued,
        due=row.due,
        is_due=row.due < today,
        amount=row.amount,
        received=row.allocated,
        balance=row.balance,
        reference=row.reference or row.number,
        po_number=row.po_number,
        description=row.description,
        disputed=disputed,
        pay_link=row.pay_link,
        charges=[(kind, names.get(kind, ""), amount) for kind, amount in sums.items()],
        charges_open=beside.open,
        charges_received=beside.paid if sums else 0,
        charges_waived_by=beside.waived_by if sums else None,
    )
