# SPDX-License-Identifier: AGPL-3.0-or-later
"""The round that asks providers for the truth: for every notice, every attempt something may come of, and every change of what
is booked. Requests lie between transactions; a claim keeps two workers from asking the same.

Trouble puts a look off, ever longer and at most a day, or as long as the provider asks; it never loses one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from purring.core.errors import Refused, Trouble
from purring.facts.checkout.accounts import provider_of
from purring.facts.checkout.attempts import owed_still
from purring.facts.checkout.booking import apply_truth
from purring.facts.checkout.models import (
    LOOKED_AFTER,
    PAYABLE,
    Attempt,
    AttemptPart,
    AttemptState,
    Booking,
    Notice,
    ProviderAccount,
)
from purring.plugins.payment import Completing, Provider, State, Truth

log = logging.getLogger("purring.checkout")

CLAIM = timedelta(minutes=5)
AT_MOST = 200
LONGEST_PASS_SECONDS = 30.0
"""A provider that does not answer takes 20 seconds each time."""
CHANGES_EVERY = timedelta(hours=1)
OVERLAP = timedelta(minutes=10)
NEVER_LONGER = timedelta(days=1)
LOOKS = (1, 2, 5, 10, 30, 60, 180, 360)
"""Minutes from one look at an open attempt to the next; the last one goes on."""
GIVEN_UP_AFTER = timedelta(days=30)

Clock = Callable[[], datetime]
Connect = Callable[[ProviderAccount], Provider]


def look(now: datetime, *, clock: Clock, connect: Connect = provider_of, most: int = AT_MOST) -> int:
    """One pass; how many truths were fetched. Pages that nobody needs any more are closed at the provider."""
    mark_needless(now)
    providers = _Providers(connect)
    return (
        _look_at_notices(now, providers, clock, most)
        + _look_at_attempts(now, providers, clock, most)
        + _look_for_changes(now, providers, clock)
    )


def look_at_attempt(attempt: Attempt, provider: Provider, clock: Clock) -> Attempt:
    """Ask about one attempt now (the payer has come back). Raises `Trouble` and `Refused` of the provider."""
    _ask(attempt.account, provider, attempt.ref, clock)
    return Attempt.objects.of(attempt.organization_id).get(pk=attempt.pk)


class _Providers:
    """Each account is connected once a pass; one that cannot be is told once, and its looks wait.

    A pass ends when it has lasted long enough: other rounds wait behind it, and what is left is looked at by the next.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._known: dict[int, Provider | Refused] = {}
        self._ends = time.monotonic() + LONGEST_PASS_SECONDS

    def tired(self) -> bool:
        return time.monotonic() > self._ends

    def of(self, account: ProviderAccount) -> Provider:
        if account.pk not in self._known:
            try:
                self._known[account.pk] = self._connect(account)
            except Refused as error:
                log.warning("account %s of %s cannot be asked: %s", account.pk, account.provider, error.message)
                self._known[account.pk] = error
        found = self._known[account.pk]
        if isinstance(found, Refused):
            raise found
        return found


def _claimed(row: QuerySet[Any], look_at: datetime | None, now: datetime) -> bool:
    """True for the one worker that may look at a row now; the others find its time moved on."""
    return bool(row.filter(look_at=look_at).update(look_at=now + CLAIM, looks=F("looks") + 1))


def _look_at_notices(now: datetime, providers: _Providers, clock: Clock, most: int) -> int:
    rows = Notice.objects.everywhere("the round of the providers").filter(look_at__lte=now)
    done = 0
    for notice in rows.select_related("account").order_by("look_at", "id")[:most]:
        mine = Notice.objects.of(notice.organization_id).filter(pk=notice.pk)
        if providers.tired():
            break
        if not _claimed(mine, notice.look_at, now):
            continue
        try:
            _ask(notice.account, providers.of(notice.account), notice.ref, clock)
            same = Notice.objects.of(notice.organization_id).filter(account=notice.account_id, ref=notice.ref)
            same.filter(Q(look_at__lte=now) | Q(pk=notice.pk)).update(look_at=None, error="")  # one truth answers all
            done += 1
        except (Trouble, Refused) as error:
            lost = isinstance(error, Trouble) and error.permanent
            mine.update(look_at=None if lost else now + _later(notice.looks, error), error=error.message[:300])
    return done


def _look_at_attempts(now: datetime, providers: _Providers, clock: Clock, most: int) -> int:
    rows = Attempt.objects.everywhere("the round of the providers").filter(look_at__lte=now)
    done = 0
    for attempt in rows.select_related("account").order_by("look_at", "id")[:most]:
        mine = Attempt.objects.of(attempt.organization_id).filter(pk=attempt.pk)
        if providers.tired():
            break
        if not _claimed(mine, attempt.look_at, now):
            continue
        if not attempt.ref:  # the provider never answered with a page: nobody can pay there
            mine.update(look_at=None, state=AttemptState.ENDED)
            continue
        over = now - attempt.started_at > GIVEN_UP_AFTER
        try:
            provider = providers.of(attempt.account)
            if (attempt.needless or over) and attempt.url and attempt.state != AttemptState.PENDING:
                provider.end(attempt.ref)
            found = _ask(attempt.account, provider, attempt.ref, clock)
            now_so = found if found and found.pk == attempt.pk else mine.get()
            mine.update(look_at=_next_look(now_so, attempt.looks + 1, now))
            done += 1
        except (Trouble, Refused) as error:
            mine.update(look_at=None if over else now + _later(attempt.looks, error))
        if over:
            mine.filter(state__in=PAYABLE).update(state=AttemptState.ENDED)
    return done


def mark_needless(now: datetime) -> int:
    """Pages that somebody could still pay though a newer one took their place, or less is open by now than they ask: they
    are looked at now, and closed. How many."""
    could_be_paid = Attempt.objects.everywhere("the round of the providers").filter(
        state__in=PAYABLE, needless=False, look_at__isnull=False
    )
    part = AttemptPart.objects.everywhere("parts of these attempts").filter(attempt=OuterRef("pk"))
    newer = Q(invoice__attempt_parts__attempt__url__gt="") | Q(invoice__attempt_parts__attempt__debit__isnull=False)
    elsewhere = part.filter(newer, invoice__attempt_parts__attempt_id__gt=OuterRef("pk"))
    open_now = F("invoice__amount") - F("invoice__credited") - F("invoice__forgiven") - F("invoice__allocated")
    less = part.filter(amount__gt=open_now)
    found = could_be_paid.filter(url__gt="").filter(Exists(elsewhere) | Exists(less)).values_list("pk", flat=True)
    keys = list(found.order_by("pk")[:AT_MOST])
    return could_be_paid.filter(pk__in=keys).update(needless=True, look_at=now) if keys else 0


def _look_for_changes(now: datetime, providers: _Providers, clock: Clock) -> int:
    """What changed at providers that could not tell us: refunds and disputes of what is booked."""
    due = Q(asked_until=None) | Q(asked_until__lte=now - CHANGES_EVERY)
    accounts = ProviderAccount.objects.everywhere("the round of the providers").filter(due, enabled=True)
    done = 0
    for account in accounts.order_by("id"):
        bookings = Booking.objects.of(account.organization_id).filter(account=account)
        mine = ProviderAccount.objects.of(account.organization_id).filter(pk=account.pk)
        if providers.tired():
            break
        if not mine.filter(asked_until=account.asked_until).update(asked_until=now):
            continue
        if not bookings.exists():
            continue
        try:
            provider = providers.of(account)
            refs = list(provider.changed_since((account.asked_until or account.created_at) - OVERLAP))
        except (Trouble, Refused) as error:
            log.warning("changes of account %s could not be asked for: %s", account.pk, error.message)
            mine.filter(asked_until=now).update(asked_until=account.asked_until)
            continue
        for ref in refs:
            if bookings.filter(Q(payment_ref=ref.rpartition(":")[2]) | Q(attempt__ref=ref)).exists():
                done += _ask_again(account, provider, ref, clock)
    return done


def _ask_again(account: ProviderAccount, provider: Provider, ref: str, clock: Clock) -> bool:
    """Ask about a change. In trouble, the attempt is looked at again soon: the change is not lost."""
    try:
        _ask(account, provider, ref, clock)
        return True
    except (Trouble, Refused) as error:
        log.warning("a change at account %s could not be asked for: %s", account.pk, error.message)
        again = Q(ref=ref) | Q(bookings__payment_ref=ref.rpartition(":")[2])
        found = Attempt.objects.of(account.organization_id).filter(again, account=account).values_list("pk", flat=True)
        soon = clock() + timedelta(minutes=LOOKS[0])
        Attempt.objects.of(account.organization_id).filter(pk__in=list(found)).update(look_at=soon)
        return False


def _ask(account: ProviderAccount, provider: Provider, ref: str, clock: Clock) -> Attempt | None:
    """Fetch the truth and apply it; the attempt as it stands now, when it is about one of ours."""
    asked_at = clock()
    try:
        truth = provider.fetch(ref)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        log.exception("account %s answered about %s in a form that cannot be read", account.pk, ref)
        raise Trouble(f"the provider's answer cannot be read ({type(error).__name__})") from error
    attempt = apply_truth(account, truth, asked_at=asked_at, now=clock())
    if attempt and truth.state is State.AGREED and isinstance(provider, Completing):
        return _complete(account, provider, attempt, truth, clock)
    return attempt


def _complete(
    account: ProviderAccount, provider: Completing, attempt: Attempt, truth: Truth, clock: Clock
) -> Attempt | None:
    """The payer agreed: take the money if all of it is still owed. If not, it stays with the payer."""
    parts = list(attempt.parts.select_related("invoice"))
    asked = (truth.amount, truth.currency) == (attempt.amount, attempt.currency)
    today = attempt.customer.organization.today(clock())
    if attempt.state == AttemptState.ENDED or not asked or not owed_still(parts, today):
        return attempt
    asked_at = clock()
    taken = provider.complete(truth.ref, attempt.key)
    return apply_truth(account, taken, asked_at=asked_at, now=clock())


def _next_look(attempt: Attempt, looks: int, now: datetime) -> datetime | None:
    if attempt.state not in LOOKED_AFTER or now - attempt.started_at > GIVEN_UP_AFTER:
        return None
    return now + timedelta(minutes=LOOKS[min(looks, len(LOOKS) - 1)])


def _later(looks: int, error: Trouble | Refused) -> timedelta:
    """Twice as long each time from half a minute on; what the provider asked for, when that is longer."""
    asked = error.retry_after_seconds if isinstance(error, Trouble) else None
    return min(max(timedelta(seconds=30 * 2 ** min(looks, 12)), timedelta(seconds=asked or 0)), NEVER_LONGER)
