# SPDX-License-Identifier: AGPL-3.0-or-later
"""A payer presses "pay": the attempt is stored first, then the provider is asked for a page under the attempt's key. Whatever
breaks in between, the same form finds the same attempt, and the same key the same page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from purring.core.errors import Refused, Trouble
from purring.facts.charges.asked import standing
from purring.facts.checkout.mandates import Consent, note_consent
from purring.facts.checkout.models import Attempt, AttemptPart, AttemptState, ProviderAccount
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.plugins.payment import Provider, Wanted

FIRST_LOOK = timedelta(minutes=1)
SAME_PAGE_FOR = timedelta(minutes=30)
"""So long the same wish, from another tab or another opening of the page, leads to the page that is open already."""
STANDING = (AttemptState.OPEN, AttemptState.PENDING, AttemptState.PAID)
"""States of an attempt to which the same form leads again."""
PAYER = "customer"
TAKING = "round:autopay"


@dataclass(frozen=True, slots=True)
class Part:
    """What is paid of one invoice, and of the charges asked beside it."""

    invoice: Invoice
    amount: int
    charges: int = 0


def split(invoices: Sequence[Invoice], amount: int, asked: Mapping[int, tuple[int, int]] | None = None) -> list[Part]:
    """Set a sum against invoices, the oldest due first, and what is left then against the charges beside them.

    `asked`: by invoice id what pays the invoice (less than its balance where something is taken off for paying early) and
    what is asked beside it; without, its balance and nothing. Refuses more than they ask, and nothing.
    """
    in_turn = sorted(invoices, key=lambda one: (one.due, one.pk))
    most = {one.pk: (asked or {}).get(one.pk, (one.balance, 0)) for one in in_turn}
    if not 0 < amount <= sum(map(sum, most.values())):
        raise Refused("bad_amount", "a payment is more than zero and at most what is open", field="amount")
    left = amount
    given: dict[int, list[int]] = {one.pk: [] for one in in_turn}
    for at in (0, 1):
        for invoice in in_turn:
            part = min(left, most[invoice.pk][at])
            given[invoice.pk].append(part)
            left -= part
    return [Part(one, *given[one.pk]) for one in in_turn if any(given[one.pk])]


@transaction.atomic
def begin_attempt(
    account: ProviderAccount,
    customer: Customer,
    parts: Sequence[Part],
    *,
    now: datetime,
    form_key: str = "",
    consent: Consent | None = None,
    by_payer: bool = True,
) -> Attempt:
    """Store the attempt; the same form again returns the one that is there, unless its page is closed by now or the form
    says something else; and so does the same wish in another tab. With `consent` the provider is asked to keep the way of paying. Not `by_payer`: we take it from a kept one (`debits`).

    Refuses invoices of another customer, of several currencies, with less open than the part, or with money on its way.
    """
    touch(account.organization_id, [customer.pk])
    mine = Attempt.objects.of(account.organization_id)
    if form_key:
        known = mine.filter(form_key=form_key).first()
        if known:
            if known.customer_id != customer.pk:
                raise Refused("not_found", "this form belongs to another page")
            same_keep = known.state != AttemptState.OPEN or known.keep == (consent is not None)
            alive = known.state in STANDING and not known.needless and same_keep
            if alive and known.account_id == account.pk and _parts_of(known) == _wish(parts):
                return known
            form_key = ""  # the form came back into view and says something else now, or its page is closed
    currencies = {part.invoice.currency for part in parts}
    if len(currencies) != 1:
        raise Refused("bad_amount", "one payment is in one currency", field="amount")
    _refuse_unless_owed(customer, parts, now)
    on_its_way = mine.filter(
        customer=customer, state=AttemptState.PENDING, parts__invoice__in=[p.invoice for p in parts]
    )
    if on_its_way.exists():
        raise Refused("on_its_way", "a payment for this is on its way already")
    if by_payer and (same := _same_wish(account, customer, parts, consent is not None, now)):
        return same
    attempt = Attempt(
        organization_id=account.organization_id,
        key=secrets.token_hex(16),
        account=account,
        customer=customer,
        amount=sum(part.amount + part.charges for part in parts),
        currency=currencies.pop(),
        form_key=form_key,
        keep=consent is not None,
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
            organization_id=account.organization_id,
            attempt=attempt,
            invoice=part.invoice,
            amount=part.amount,
            charges=part.charges,
        ).save(force_insert=True)
    if consent:
        note_consent(attempt, consent, now)
    write(
        attempt.organization_id,
        "attempt.started" if by_payer else "debit.tried",
        at=now,
        actor=PAYER if by_payer else TAKING,
        customer_id=customer.pk,
        attempt=attempt.pk,
        amount=attempt.amount,
        currency=attempt.currency,
        provider=account.provider,
    )
    return attempt


def owed_still(parts: Sequence[Part | AttemptPart], today: date) -> bool:
    """Whether every part is still asked for, of the invoices as they are now and of the charges beside them."""
    with_charges = [part.invoice for part in parts if part.charges]
    beside = standing(with_charges, today) if with_charges else {}
    return all(
        part.amount <= part.invoice.balance and (not part.charges or part.charges <= beside[part.invoice.pk].open)
        for part in parts
    )


def _refuse_unless_owed(customer: Customer, parts: Sequence[Part], now: datetime) -> None:
    for part in parts:
        part.invoice.refresh_from_db()
        if part.invoice.customer_id != customer.pk or part.amount < 0 or part.charges < 0:
            raise Refused("settled", f"of invoice {part.invoice.number} less is open by now", field="amount")
    if any(not part.amount + part.charges for part in parts):
        raise Refused("bad_amount", "a payment is more than zero", field="amount")
    if not owed_still(parts, customer.organization.today(now)):
        raise Refused("settled", "less is open by now", field="amount")


def _same_wish(
    account: ProviderAccount, customer: Customer, parts: Sequence[Part], keep: bool, now: datetime
) -> Attempt | None:
    """An attempt whose page is still open, for the same parts by the same account: two tabs are one payment."""
    lately = Attempt.objects.of(account.organization_id).filter(
        account=account,
        customer=customer,
        state=AttemptState.OPEN,
        needless=False,
        keep=keep,
        debit=None,
        started_at__gt=now - SAME_PAGE_FOR,
    )
    wanted = _wish(parts)
    for one in lately.prefetch_related("parts").order_by("-id")[:20]:
        if one.expires_at and one.expires_at - now < SAME_PAGE_FOR / 6:
            continue
        if _parts_of(one) == wanted:
            return one
    return None


def _wish(parts: Sequence[Part]) -> set[tuple[int, int, int]]:
    return {(part.invoice.pk, part.amount, part.charges) for part in parts}


def _parts_of(attempt: Attempt) -> set[tuple[int, int, int]]:
    return {(part.invoice_id, part.amount, part.charges) for part in attempt.parts.all()}


def open_page(attempt: Attempt, provider: Provider, wanted: Wanted, now: datetime) -> str:
    """The provider's page for an attempt, made once. Call it outside of any transaction.

    Raises `Trouble`, and what the provider refuses. When no page can ever come of it, the attempt is over, so that the
    next press begins another.
    """
    if attempt.url:
        return attempt.url
    mine = Attempt.objects.of(attempt.organization_id)
    try:
        started = provider.start(wanted)
    except (Trouble, Refused) as error:
        if isinstance(error, Refused) or error.permanent:
            mine.filter(pk=attempt.pk, ref="").update(
                state=AttemptState.ENDED, look_at=None, why=error.message[:300], form_key=""
            )
        raise
    mine.filter(pk=attempt.pk).update(
        ref=started.ref,
        url=started.url,
        expires_at=started.expires_at,
        state=AttemptState.OPEN,
        look_at=now + FIRST_LOOK,
    )
    attempt.ref, attempt.url, attempt.expires_at = started.ref, started.url, started.expires_at
    return started.url
