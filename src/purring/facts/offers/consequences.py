# SPDX-License-Identifier: AGPL-3.0-or-later
"""What money that comes or goes means for what was offered: a discount is taken, a settlement is met, or neither holds
any more. Runs in the transaction of the payment and never keeps money from being booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from purring.core import discounts
from purring.core.discounts import Price
from purring.core.errors import Refused
from purring.facts.invoices.models import CreditNote, Invoice, Issued
from purring.facts.invoices.papers import paper_language
from purring.facts.invoices.telling import tell
from purring.facts.journal.actions import write
from purring.facts.offers.early import custom_of, early_offers, name_of
from purring.facts.offers.models import DiscountTaken, OfferTerms, Settlement
from purring.facts.organizations.models import Organization
from purring.facts.payments.crediting import issue_credit_note
from purring.facts.payments.following import Arrived
from purring.facts.payments.models import Allocation
from purring.facts.payments.settling import WRITE_OFF, cancel_credit_note, close, closed_as, credit_note, reopen


def money_came(organization_id: int, arrived: Sequence[Arrived], now: datetime, actor: str) -> None:
    """Money was set against invoices: what is missing of one may be its discount, or what a settlement gives up."""
    paid_on: dict[int, date] = {}
    for one in arrived:
        paid_on[one.invoice_id] = max(one.paid_on, paid_on.get(one.invoice_id, one.paid_on))
    mine = Invoice.objects.of(organization_id).filter(pk__any_of=sorted(paid_on))
    _take_discounts(list(mine.filter(settled_on=None).select_related("customer")), paid_on, now, actor)
    _meet_settlements(organization_id, sorted(paid_on), now, actor)


def _take_discounts(invoices: Sequence[Invoice], paid_on: dict[int, date], now: datetime, actor: str) -> None:
    if not invoices or not _offers_any(invoices[0].organization_id, invoices):
        return
    for invoice, offers in zip(invoices, early_offers(invoices).values(), strict=True):
        price = discounts.price(invoice.amount - invoice.credited, invoice.balance, offers, paid_on[invoice.pk])
        if price.discount and not price.amount:
            _take(invoice, price, paid_on[invoice.pk], now, actor)


def _offers_any(organization_id: int, invoices: Sequence[Invoice]) -> bool:
    """Whether the organization has ever offered a discount at all: most do not, and their money is booked without more
    questions."""
    if OfferTerms.objects.of(organization_id).exclude(ladder=[]).exists():
        return True
    told = Issued.objects.of(organization_id).filter(invoice__in=[one.pk for one in invoices])
    return any(told.values_list("facts__early_payment", flat=True))


def _take(invoice: Invoice, price: Price, paid_on: date, now: datetime, actor: str) -> None:
    """Credit what is missing, with its tax where the invoice is ours."""
    assert price.until
    organization = Organization.objects.get(pk=invoice.organization_id)
    language = paper_language(invoice.customer.language, organization)
    reason = name_of(invoice, price.percent, language)
    note = _credited(invoice, price.discount, organization.today(now), now, actor, reason)
    taken = DiscountTaken(
        organization_id=invoice.organization_id,
        invoice=invoice,
        credit_note=note,
        percent=price.percent,
        until=price.until,
        paid_on=paid_on,
    )
    taken.save(force_insert=True)
    custom = custom_of(organization.country)
    tell(
        invoice,
        "discount.taken",
        now,
        actor,
        currency=invoice.currency,
        amount=note.amount,
        credit_note=note.pk,
        percent=price.percent,
        until=price.until.isoformat(),
        paid_on=paid_on.isoformat(),
        tax=custom.tax if custom else "",
    )


def _credited(invoice: Invoice, amount: int, today: date, now: datetime, actor: str, reason: str) -> CreditNote:
    """A numbered credit note with its tax for an invoice of ours. Where no sum of net and tax comes to it, one of a minor
    unit more (the unit goes on account); where none can be issued, it is recorded, and the paper is a person's to make."""
    if Issued.objects.of(invoice.organization_id).filter(invoice=invoice, invoice__kind="invoice").exists():
        for whole in (amount, amount + 1):
            try:
                with transaction.atomic():
                    return issue_credit_note(invoice, whole, on=today, now=now, actor=actor, reason=reason, shared=True)
            except Refused:
                continue
    return credit_note(invoice, amount, on=today, now=now, actor=actor, reason=reason)


def _meet_settlements(organization_id: int, invoice_ids: Sequence[int], now: datetime, actor: str) -> None:
    waiting = Settlement.objects.of(organization_id).filter(taken_on=None, ended_at=None)
    if not waiting.exists():
        return
    for one in waiting.filter(invoices__id__any_of=list(invoice_ids)).distinct():
        today = one.customer.organization.today(now)
        if paid_by(one) < one.amount:
            continue
        for invoice in one.invoices.filter(settled_on=None).order_by("due", "id"):
            close(invoice, WRITE_OFF, on=today, now=now, actor=actor, reason=one.reason)
        one.taken_on = today
        one.save(update_fields=["taken_on"])
        _told(one, "settlement.met", now, actor)


def paid_by(one: Settlement) -> int:
    """What came in on a settlement's invoices since it was agreed and not later than its last day."""
    rows = Allocation.objects.of(one.organization_id).filter(
        invoice__in=one.invoices.values("pk"), payment__on__gte=one.agreed_on, payment__on__lte=one.until
    )
    return sum(rows.values_list("amount", flat=True))


def money_went(organization_id: int, invoice_ids: Sequence[int], now: datetime, actor: str) -> None:
    """Money went back: a discount or a settlement that rested on it falls, and the invoice asks for all of it again."""
    taken = DiscountTaken.objects.of(organization_id).filter(invoice__in=list(invoice_ids), undone_at=None)
    for one in taken.select_related("invoice", "credit_note"):
        if closed_as(one.invoice):  # nothing is asked for there any more, whatever becomes of the discount
            continue
        one.undone_at = now
        one.save(update_fields=["undone_at"])
        today = Organization.objects.get(pk=organization_id).today(now)
        cancel_credit_note(one.credit_note, on=today, now=now, actor=actor)
        tell(one.invoice, "discount.undone", now, actor, currency=one.invoice.currency, amount=one.credit_note.amount)
    met = Settlement.objects.of(organization_id).filter(invoices__in=list(invoice_ids)).exclude(taken_on=None)
    for settlement in met.distinct():
        if paid_by(settlement) >= settlement.amount:
            continue
        today = settlement.customer.organization.today(now)
        for invoice in settlement.invoices.order_by("due", "id"):
            if closed_as(invoice) == WRITE_OFF:
                reopen(invoice, on=today, now=now, actor=actor)
        settlement.taken_on = None
        settlement.save(update_fields=["taken_on"])
        _told(settlement, "settlement.undone", now, actor)


def _told(one: Settlement, kind: str, now: datetime, actor: str) -> None:
    write(
        one.organization_id,
        kind,
        at=now,
        actor=actor,
        customer_id=one.customer_id,
        invoices=list(one.invoices.order_by("pk").values_list("pk", flat=True)),
        settlement=one.pk,
        amount=one.amount,
        currency=one.currency,
        until=one.until.isoformat(),
    )
