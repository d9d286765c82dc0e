# SPDX-License-Identifier: AGPL-3.0-or-later
"""A payer presses "pay": the attempt is stored first, then the provider is asked for a page under the attempt's key. Whatever
breaks in between, the same form finds the same attempt, and the same key the same page."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from purring.core.errors import Refused
from purring.facts.checkout.models import LOOKED_AFTER, Attempt, AttemptPart, AttemptState, ProviderAccount
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.plugins.payment import Provider, Wanted

FIRST_LOOK = timedelta(minutes=1)
PAYER = "customer"


@dataclass(frozen=True, slots=True)
class Part:
    invoice: Invoice
    amount: int


def split(invoices: Sequence[Invoice], amount: int) -> list[Part]:
    """Set a sum against invoices, the oldest due first. Refuses more than they ask, and nothing."""
    if not 0 < amount <= sum(invoice.balance for invoice in invoices):
        raise Refused("bad_amount", "a payment is more than zero and at most what is open", field="amount")
    parts, left = [], amount
    for invoice in sorted(invoices, key=lambda one: (one.due, one.pk)):
        part = min(left, invoice.balance)
        if part:
            parts.append(Part(invoice, part))
            left -= part
    return parts


@transaction.atomic
def begin_attempt(
    account: ProviderAccount,
    customer: Customer,
    parts: Sequence[Part],
    *,
    now: datetime,
    form_key: str = "",
    keep: bool = False,
) -> Attempt:
    """Store the attempt; the same form again returns the one that is there.

    Refuses invoices of another customer, of several currencies, with less open than the part, or with money on its way.
    """
    touch(account.organization_id, [customer.pk])
    mine = Attempt.objects.of(account.organization_id)
    if form_key:
        known = mine.filter(form_key=form_key).first()
        if known:
            if known.customer_id != customer.pk:
                raise Refused("not_found", "this form belongs to another page")
            return known
    currencies = {part.invoice.currency for part in parts}
    if len(currencies) != 1:
        raise Refused("bad_amount", "one payment is in one currency", field="amount")
    for part in parts:
        part.invoice.refresh_from_db()
        if part.invoice.customer_id != customer.pk or not 0 < part.amount <= part.invoice.balance:
            raise Refused("settled", f"of invoice {part.invoice.number} less is open by now", field="amount")
    on_its_way = mine.filter(
        customer=customer, state=AttemptState.PENDING, parts__invoice__in=[p.invoice for p in parts]
    )
    if on_its_way.exists():
        raise Refused("on_its_way", "a payment for this is on its way already")
    attempt = Attempt(
        organization_id=account.organization_id,
        key=secrets.token_hex(16),
        account=account,
        customer=customer,
        amount=sum(part.amount for part in parts),
        currency=currencies.pop(),
        form_key=form_key,
        keep=keep,
        started_at=now,
        look_at=now + FIRST_LOOK,
    )
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:  # the same form in the same instant
        return mine.get(form_key=form_key)
    for part in parts:
        AttemptPart(
            organization_id=account.organization_id, attempt=attempt, invoice=part.invoice, amount=part.amount
        ).save(force_insert=True)
    write(
        attempt.organization_id,
        "attempt.started",
        at=now,
        actor=PAYER,
        customer_id=customer.pk,
        attempt=attempt.pk,
        amount=attempt.amount,
        currency=attempt.currency,
        provider=account.provider,
    )
    return attempt


def open_page(attempt: Attempt, provider: Provider, wanted: Wanted, now: datetime) -> str:
    """The provider's page for an attempt, made once. Call it outside of any transaction. Raises `Trouble`."""
    if attempt.url:
        return attempt.url
    started = provider.start(wanted)
    mine = Attempt.objects.of(attempt.organization_id)
    mine.filter(pk=attempt.pk).update(
        ref=started.ref,
        url=started.url,
        expires_at=started.expires_at,
        state=AttemptState.OPEN,
        look_at=now + FIRST_LOOK,
    )
    attempt.ref, attempt.url, attempt.expires_at = started.ref, started.url, started.expires_at
    return started.url


def superseded(attempt: Attempt) -> list[Attempt]:
    """Older attempts for the same invoices whose page is still open: to be closed, so that nobody pays twice."""
    invoices = list(attempt.parts.values_list("invoice_id", flat=True))
    return list(
        Attempt.objects.of(attempt.organization_id)
        .filter(customer_id=attempt.customer_id, state__in=LOOKED_AFTER, parts__invoice_id__in=invoices)
        .exclude(state=AttemptState.PENDING)
        .exclude(ref="")
        .exclude(pk=attempt.pk)
        .select_related("account")
        .distinct()
    )
