# SPDX-License-Identifier: AGPL-3.0-or-later
"""The round that takes announced money from kept ways of paying. Each try is an attempt with a key of its own: asked again
after trouble, the provider takes nothing twice. What came of it is applied like any other truth, and `debits` follows.

Right before it takes, the account is decided once more: what was promised, disputed, put on hold, paid or settled since
the announcement is not taken, and an invoice that was asked for today waits for another day. Requests lie between
transactions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from purring.core.errors import Refused, Trouble
from purring.facts.checkout.accounts import provider_of
from purring.facts.checkout.attempts import FIRST_LOOK, Part, begin_attempt
from purring.facts.checkout.booking import apply_truth
from purring.facts.checkout.mandates import kept_of
from purring.facts.checkout.models import Attempt, AttemptState, Debit, ProviderAccount
from purring.facts.customers.actions import touch
from purring.facts.organizations.models import Organization
from purring.followup.accounts import load_accounts
from purring.followup.debit_parts import amounts_of, is_ours, parts_of
from purring.followup.debits import end_debit, hour_of, leave_out, stopped
from purring.followup.models import GONE, ReminderItem
from purring.plugins.payment import Charging, Kept, Provider, State, Truth, Wanted

log = logging.getLogger("purring.autopay")

AT_MOST = 200
CLAIM = timedelta(minutes=5)
LATEST = timedelta(days=3)
"""Money that could not be taken by so long after its hour is not taken any more: nobody expects it then."""
SAME_KEY_FOR = timedelta(hours=20)
"""Providers remember a key for a day; so long one try is asked for again."""
LONGEST_PAUSE = timedelta(hours=1)

Clock = Callable[[], datetime]
Connect = Callable[[ProviderAccount], Provider]


def take(now: datetime, *, clock: Clock, connect: Connect = provider_of, most: int = AT_MOST) -> int:
    """One pass; how many tries were made or made again."""
    due = Debit.objects.everywhere("the round of automatic payments").filter(take_at__lte=now, ended_at=None)
    done = 0
    for debit in due.select_related("mandate__account", "customer", "organization", "attempt").order_by(
        "take_at", "id"
    )[:most]:
        mine = Debit.objects.of(debit.organization_id).filter(pk=debit.pk, ended_at=None)
        if not mine.filter(take_at=debit.take_at).update(take_at=now + CLAIM):
            continue  # another worker has it
        attempt = _attempt(debit, now)
        if attempt is None:
            continue
        _charge(debit, attempt, clock, connect)
        done += 1
    return done


def _attempt(debit: Debit, now: datetime) -> Attempt | None:
    """The try that is to be made now: a new one, or the one whose answer never came. None when nothing is taken now."""
    mine = Debit.objects.of(debit.organization_id).filter(pk=debit.pk)
    last = debit.attempt
    if last and last.state == AttemptState.OPEN and not last.ref:
        if now - last.started_at <= SAME_KEY_FOR:
            return last
        _not_taken(last, "the provider did not answer")
        mine.update(take_at=None)
        return None
    if last and last.state in {AttemptState.PENDING, AttemptState.PAID}:
        mine.update(take_at=None)  # what became of it is being followed already
        return None
    return _new_attempt(debit, debit.organization, now)


@transaction.atomic
def _new_attempt(debit: Debit, organization: Organization, now: datetime) -> Attempt | None:
    touch(organization.pk, [debit.customer_id])  # locks the account: nothing changes while it is decided
    today = organization.today(now)
    mine = Debit.objects.of(organization).filter(pk=debit.pk)
    one = load_accounts(organization, [debit.customer_id], today)[debit.customer_id]
    if debit.mandate.ended_at or not debit.mandate.account.enabled:
        end_debit(debit, "mandate_over", now)
        return None
    if stopped(one, debit.currency) or _too_late(debit, now):
        end_debit(debit, "in_the_way", now)
        return None
    answers = one.decide(today).answers
    for part in parts_of(debit):
        if not is_ours(one, debit, part, answers, today):
            if debit.instalment:  # it is taken as a whole or not at all
                end_debit(debit, "in_the_way", now)
                return None
            answer = answers.get(part.invoice.number)
            leave_out(part, answer.code if answer else "settled", now)
    amounts = amounts_of(one, debit)
    parts = [Part(part.invoice, min(part.amount, amounts[part.pk])) for part in parts_of(debit)]
    parts = [part for part in parts if part.amount > 0]
    if not parts:
        end_debit(debit, "in_the_way", now)
        return None
    if _paused(organization, now) or _asked_today(organization, [part.invoice.pk for part in parts], now):
        mine.update(take_at=hour_of(organization, debit, today + timedelta(1)))
        return None
    try:
        attempt = begin_attempt(
            debit.mandate.account,
            debit.customer,
            parts,
            now=now,
            form_key=f"debit-{debit.pk}-{debit.tries + 1}",
            by_payer=False,
        )
    except Refused as refused:  # another payment is on its way: it may settle everything
        log.info("debit %s waits: %s", debit.pk, refused.message)
        mine.update(take_at=hour_of(organization, debit, today + timedelta(1)))
        return None
    Attempt.objects.of(organization).filter(pk=attempt.pk).update(look_at=None)
    mine.update(attempt=attempt, tries=debit.tries + 1, asks=0)
    return attempt


def _too_late(debit: Debit, now: datetime) -> bool:
    """The hour of the first try passed long ago: nobody expects the money to go today."""
    return bool(debit.tries == 0 and debit.on and debit.organization.today(now) - debit.on > LATEST)


def _paused(organization: Organization, now: datetime) -> bool:
    return bool(organization.paused_until and organization.today(now) <= organization.paused_until)


def _asked_today(organization: Organization, invoice_ids: list[int], now: datetime) -> bool:
    """A reminder asked for one of them today: money is taken another day."""
    items = ReminderItem.objects.of(organization).filter(invoice_id__in=invoice_ids, reminder__state__in=GONE)
    return items.filter(reminder__on=organization.today(now)).exists()


def _charge(debit: Debit, attempt: Attempt, clock: Clock, connect: Connect) -> None:
    """Ask the provider, outside of any transaction, and apply what it says."""
    account, mine = debit.mandate.account, Debit.objects.of(debit.organization_id).filter(pk=debit.pk)
    asked_at = clock()
    try:
        provider = connect(account)
        if not isinstance(provider, Charging):
            raise Trouble("this provider takes nothing from kept ways", permanent=True)
        truth = _truth(provider, kept_of(debit.mandate), _wanted(debit, attempt))
    except (Trouble, Refused) as error:
        if isinstance(error, Trouble) and error.permanent:
            _not_taken(attempt, error.message)
            mine.update(take_at=None)
            return
        log.warning("debit %s by account %s was not answered: %s", debit.pk, account.pk, error.message)
        pause = min(timedelta(minutes=2 ** min(debit.asks, 6)), LONGEST_PAUSE)
        mine.update(take_at=clock() + pause, asks=debit.asks + 1)
        return
    now = clock()
    apply_truth(account, truth, asked_at=asked_at, now=now)
    kept = Attempt.objects.of(attempt.organization_id).filter(pk=attempt.pk)
    kept.update(ref=truth.ref[:200], look_at=now + FIRST_LOOK if truth.state is State.PENDING else None)
    if truth.state in {State.OPEN, State.AGREED}:  # the payer's bank wants to see the payer, who is not here
        kept.update(state=AttemptState.FAILED, why=truth.why[:300] or "the payer would have to agree once more")
    mine.update(take_at=None)


def _truth(provider: Charging, kept: Kept, wanted: Wanted) -> Truth:
    try:
        return provider.charge(kept, wanted)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Trouble(f"the provider's answer cannot be read ({type(error).__name__})") from error


def _wanted(debit: Debit, attempt: Attempt) -> Wanted:
    numbers = [part.invoice.number for part in attempt.parts.select_related("invoice").order_by("id")]
    return Wanted(
        key=attempt.key,
        amount=attempt.amount,
        currency=attempt.currency,
        description=f"{debit.organization.name} · {', '.join(numbers)}"[:200],
        reference=" ".join(numbers)[:60],
        return_url=settings.BASE_URL,
        cancel_url=settings.BASE_URL,
        language=debit.customer.language,
    )


def _not_taken(attempt: Attempt, why: str) -> None:
    mine = Attempt.objects.of(attempt.organization_id).filter(pk=attempt.pk, state=AttemptState.OPEN)
    mine.update(state=AttemptState.FAILED, why=why[:300], look_at=None)
