# SPDX-License-Identifier: AGPL-3.0-or-later
"""The truth of a provider becomes payments and reversals, each once. The same truth again, or an older one, changes nothing.

Money counts for an invoice only when it comes from our attempt, by our account, in the amount and currency asked for. Any
other money of ours waits on account, and a person is told (`Discrepancy`).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from purring.facts.charges.actions import pay_charges
from purring.facts.charges.asked import standing
from purring.facts.checkout.mandates import give_mandate
from purring.facts.checkout.models import (
    Attempt,
    AttemptPart,
    AttemptState,
    Booking,
    Discrepancy,
    MoneyBack,
    ProviderAccount,
)
from purring.facts.customers.actions import touch
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.payments.actions import (
    allocate_payment,
    fail_payment,
    record_payment,
    reverse_payment,
    settle_payment,
)
from purring.facts.payments.models import Payment
from purring.plugins.payment import State, Truth

Code = Discrepancy.Code
_STATES = {
    State.OPEN: AttemptState.OPEN,
    State.AGREED: AttemptState.OPEN,
    State.PENDING: AttemptState.PENDING,
    State.PAID: AttemptState.PAID,
    State.FAILED: AttemptState.FAILED,
    State.ENDED: AttemptState.ENDED,
}


def actor_of(account: ProviderAccount) -> str:
    """Who tells: stands in the journal and as the payments' source."""
    return f"{account.provider}:{account.pk}"[:30]


@transaction.atomic
def apply_truth(account: ProviderAccount, truth: Truth, *, asked_at: datetime, now: datetime) -> Attempt | None:
    """Book what the provider says, asked at `asked_at`. None when it is no business of ours."""
    attempt = _attempt(account, truth)
    if attempt is None:
        if truth.key and truth.payment_ref:
            _tell_a_person(account, Code.UNKNOWN_ATTEMPT, truth.payment_ref, now, detail=f"key {truth.key}")
        return None
    seen = hashlib.sha256(repr(replace(truth, ref="")).encode()).hexdigest()  # by whichever name it was asked for
    if attempt.seen == seen:  # known already; it only is newer
        again = Attempt.objects.of(attempt.organization_id).filter(pk=attempt.pk, seen=seen)
        again.filter(asked_at__lt=asked_at).update(asked_at=asked_at)
        return attempt
    touch(attempt.organization_id, [attempt.customer_id])  # locks the account: one truth of it at a time
    attempt = Attempt.objects.of(attempt.organization_id).select_for_update().get(pk=attempt.pk)
    if attempt.asked_at and asked_at < attempt.asked_at:
        return attempt
    if not _is_ours(account, attempt, truth, now):
        return attempt
    booking = _booking(account, truth)
    if truth.payment_ref and truth.state in {State.PENDING, State.PAID}:
        booking = _book(account, attempt, booking, truth, now)
        _give_up(attempt, account, now, but=booking)
    elif truth.state in {State.FAILED, State.ENDED}:
        _give_up(attempt, account, now)
    if booking:
        if truth.fee is not None and truth.fee != booking.fee:
            booking.fee = truth.fee
            booking.save(update_fields=["fee"])
        _take_back(account, booking, truth, now)
    _follow(attempt, truth, booking, seen, asked_at, account, now)
    if truth.kept and truth.state is State.PAID:
        give_mandate(attempt, truth.kept, now=now, actor=actor_of(account))
    return attempt


def _attempt(account: ProviderAccount, truth: Truth) -> Attempt | None:
    mine = Attempt.objects.of(account.organization_id).filter(account=account)
    if truth.key:
        return mine.filter(key=truth.key).first()
    return mine.exclude(ref="").filter(ref=truth.ref).first()


def _booking(account: ProviderAccount, truth: Truth) -> Booking | None:
    if not truth.payment_ref:
        return None
    mine = Booking.objects.of(account.organization_id).select_related("payment")
    return mine.filter(account=account, payment_ref=truth.payment_ref).first()


def _is_ours(account: ProviderAccount, attempt: Attempt, truth: Truth, now: datetime) -> bool:
    """Whether it is this account's own money, and real. What is not is told once, and never booked."""
    ref = truth.payment_ref or truth.ref
    if account.account and truth.account and truth.account != account.account:
        _tell_a_person(account, Code.OTHER_ACCOUNT, ref, now, attempt=attempt, detail=f"account {truth.account}")
        return False
    if account.live and truth.live is False:
        _tell_a_person(account, Code.TEST_MONEY, ref, now, attempt=attempt)
        return False
    return True


def _book(account: ProviderAccount, attempt: Attempt, booking: Booking | None, truth: Truth, now: datetime) -> Booking:
    on = _day(attempt, truth.paid_at or now)
    paid = truth.state is State.PAID
    if booking and (booking.payment.settled_on or (not paid and not booking.payment.failed_on)):
        return booking
    if booking and not booking.payment.failed_on and _same(booking.payment, truth):
        settle_payment(booking.payment, on=on, now=now, actor=actor_of(account))
        booking.payment.refresh_from_db()
    else:
        booking = _new(account, attempt, booking, truth, on, now)
    if paid:
        _allocate(account, attempt, booking.payment, truth, on, now)
    return booking


def _same(payment: Payment, truth: Truth) -> bool:
    return (payment.amount, payment.currency) == (truth.amount, truth.currency)


def _new(
    account: ProviderAccount,
    attempt: Attempt,
    booking: Booking | None,
    truth: Truth,
    on: date,
    now: datetime,
) -> Booking:
    actor = actor_of(account)
    if booking and not booking.payment.failed_on:  # on its way in one amount, here in another
        fail_payment(booking.payment, on=on, now=now, actor=actor)
    tries = booking.tries + 1 if booking else 1
    payment = record_payment(
        attempt.customer,
        truth.amount,
        truth.currency,
        on=on,
        now=now,
        actor=actor,
        invoice=_only_invoice(attempt) if _asked(attempt, truth) else None,
        pending=truth.state is State.PENDING,
        method=truth.method[:20],
        source=actor,
        external_ref=truth.payment_ref if tries == 1 else f"{truth.payment_ref}#{tries}",
    )
    if booking:
        booking.payment, booking.tries = payment, tries
        booking.save(update_fields=["payment", "tries"])
        return booking
    made = Booking(
        organization_id=account.organization_id,
        account=account,
        payment_ref=truth.payment_ref,
        attempt=attempt,
        payment=payment,
    )
    made.save(force_insert=True)
    return made


def _asked(attempt: Attempt, truth: Truth) -> bool:
    return (attempt.amount, attempt.currency) == (truth.amount, truth.currency)


def _only_invoice(attempt: Attempt) -> Invoice | None:
    parts = list(attempt.parts.select_related("invoice")[:2])
    return parts[0].invoice if len(parts) == 1 else None


def _allocate(
    account: ProviderAccount, attempt: Attempt, payment: Payment, truth: Truth, on: date, now: datetime
) -> None:
    """Set a settled payment against the invoices of its attempt. What they do not need any more stays on account."""
    if not _asked(attempt, truth):
        code = Code.WRONG_AMOUNT if attempt.currency == truth.currency else Code.WRONG_CURRENCY
        _tell_a_person(account, code, truth.payment_ref, now, attempt=attempt, payment=payment)
        return
    over = 0
    for part in attempt.parts.select_related("invoice").order_by("id"):
        left = part.amount + part.charges - _given(payment, part.invoice)
        if left > 0 and part.invoice.balance:
            left -= allocate_payment(payment, part.invoice, left, on=on, now=now, actor=actor_of(account))
        if left > 0 and part.charges:
            left -= _pay_beside(payment, part, left, on, now, actor_of(account))
        over += max(left, 0)
    if over:
        _tell_a_person(account, Code.PAID_TWICE, truth.payment_ref, now, attempt=attempt, payment=payment)


def _given(payment: Payment, invoice: Invoice) -> int:
    """What the payment gave an invoice and the charges beside it."""
    paid = payment.allocations.filter(invoice=invoice).values_list("amount", flat=True)
    return sum(paid) + sum(payment.charge_allocations.filter(invoice=invoice).values_list("amount", flat=True))


def _pay_beside(payment: Payment, part: AttemptPart, left: int, on: date, now: datetime, actor: str) -> int:
    """Set what was meant for charges against them, as far as they are still asked; how much. While something of the
    invoice is open again, a person decides."""
    invoice = Invoice.objects.of(payment.organization_id).get(pk=part.invoice_id)
    wanted = min(left, part.charges, standing([invoice], on)[invoice.pk].open)
    if invoice.balance or wanted <= 0:
        return 0
    pay_charges(payment, invoice, wanted, on=on, now=now, actor=actor)
    return wanted


def _give_up(attempt: Attempt, account: ProviderAccount, now: datetime, *, but: Booking | None = None) -> None:
    """Money that was on its way by this attempt will not come. One payment at a time: another one's coming ends it too."""
    for booking in attempt.bookings.select_related("payment"):
        if booking != but and not booking.payment.settled_on and not booking.payment.failed_on:
            fail_payment(booking.payment, on=_day(attempt, now), now=now, actor=actor_of(account))


def _take_back(account: ProviderAccount, booking: Booking, truth: Truth, now: datetime) -> None:
    known = {one.ref: one for one in booking.money_back.all()}
    for told in truth.returned:
        one = known.get(told.ref)
        if one is None:
            one = MoneyBack(
                organization_id=account.organization_id,
                booking=booking,
                ref=told.ref,
                why=told.why,
                amount=told.amount,
                noticed_at=now,
            )
            one.save(force_insert=True)
        if not told.done and one.done_on is None and one.why == "chargeback":
            _tell_a_person(account, Code.DISPUTED, told.ref, now, attempt=booking.attempt, payment=booking.payment)
        if told.done and one.done_on is None and booking.payment.settled_on:
            one.done_on = _day(booking.attempt, told.on or now)
            one.save(update_fields=["done_on"])
            reverse_payment(
                booking.payment, told.amount, on=one.done_on, now=now, actor=actor_of(account), reason=one.why
            )
    standing = {told.ref for told in truth.returned}
    for ref, one in known.items():
        if ref in standing or one.ended_at:
            continue
        if one.done_on is not None:
            _tell_a_person(account, Code.CAME_BACK, ref, now, attempt=booking.attempt, payment=booking.payment)
            continue
        one.ended_at = now
        one.save(update_fields=["ended_at"])


def _follow(
    attempt: Attempt,
    truth: Truth,
    booking: Booking | None,
    seen: str,
    asked_at: datetime,
    account: ProviderAccount,
    now: datetime,
) -> None:
    """The attempt's own state. What is paid stays paid: later money troubles are the booking's."""
    state = _STATES[truth.state]
    attempt.asked_at, attempt.seen = asked_at, seen
    if attempt.state in {state, AttemptState.PAID}:
        attempt.save(update_fields=["asked_at", "seen"])
        return
    attempt.state, attempt.why = state, truth.why[:300]
    attempt.save(update_fields=["asked_at", "seen", "state", "why"])
    write(
        attempt.organization_id,
        f"attempt.{state}",
        at=now,
        actor=actor_of(account),
        customer_id=attempt.customer_id,
        attempt=attempt.pk,
        amount=attempt.amount,
        currency=attempt.currency,
        payment=booking.payment_id if booking else None,
    )


def _tell_a_person(
    account: ProviderAccount,
    code: str,
    ref: str,
    now: datetime,
    *,
    attempt: Attempt | None = None,
    payment: Payment | None = None,
    detail: str = "",
) -> None:
    """Tell a person, once."""
    _, made = Discrepancy.objects.of(account.organization_id).get_or_create(
        account=account,
        code=code,
        ref=ref[:200],
        defaults={
            "organization_id": account.organization_id,
            "attempt": attempt,
            "payment": payment,
            "customer_id": attempt.customer_id if attempt else None,
            "detail": detail[:300],
            "noticed_at": now,
        },
    )
    if made:
        write(
            account.organization_id,
            "checkout.discrepancy",
            at=now,
            actor=actor_of(account),
            customer_id=attempt.customer_id if attempt else None,
            code=str(code),
            ref=ref,
        )


def _day(attempt: Attempt, moment: datetime) -> date:
    return attempt.customer.organization.today(moment)
