# SPDX-License-Identifier: AGPL-3.0-or-later
"""Automatic payments before and after the money: which invoices a mandate covers, the announcement, the next try, the end.

From the first plan on, a covered invoice has a debit that has not ended, and while it has one the decision sees a payment
on its way: no reminder asks for it. Each end gives the invoice back to the ordinary reminders, never on a day on which
taking was tried. The announcement is a message like any other: planned, approved, released once. The money is `taking`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from purring.core import reasons
from purring.core.answers import Answer
from purring.core.decide import quiet_day
from purring.core.facts import Account
from purring.facts.checkout.accounts import offered
from purring.facts.checkout.models import AttemptState, Debit, DebitPart, Mandate
from purring.facts.customers.actions import touch
from purring.facts.customers.models import Customer
from purring.facts.invoices.models import Invoice
from purring.facts.journal.actions import write
from purring.facts.organizations.models import Organization
from purring.followup.accounts import Loaded, load_accounts
from purring.followup.debit_parts import amounts_of, is_ours, parts_of
from purring.followup.hours import send_after
from purring.followup.models import GONE, WAITING, Reminder, State
from purring.followup.plan_debits import cover_plans, is_over
from purring.kit.zones import zone_of

STAGE = "autopay"
ACTOR = "round:autopay"
UNSAID_FOR = timedelta(days=10)
"""An announcement that cannot be said so long after the due date is given up; then the customer is asked as usual."""


def plan_debits(organization: Organization, now: datetime, today: date | None = None) -> None:
    """Bring every debit of an organization to where it belongs today. Cheap where nobody has given a mandate."""
    today = today or organization.today(now)
    live = list(_live(organization))
    for debit in live:
        _follow(organization, debit, today, now)
    cover(organization, today, now)
    unsaid = list(_live(organization).filter(said_on=None)) if live or _mandates(organization) else []
    if unsaid:
        _announce(organization, unsaid, today, now)


def _live(organization: Organization) -> QuerySet[Debit]:
    rows = (
        Debit.objects.of(organization)
        .filter(ended_at=None)
        .select_related("mandate__account", "customer", "attempt", "instalment__plan")
    )
    return rows.prefetch_related("parts__invoice").order_by("id")


def _mandates(organization: Organization) -> dict[int, Mandate]:
    rows = Mandate.objects.of(organization).filter(ended_at=None).exclude(given_at=None).select_related("account")
    return {mandate.customer_id: mandate for mandate in rows}


# --- what is covered ------------------------------------------------------------------------------------------------


def cover(organization: Organization, today: date, now: datetime) -> int:
    """A debit for every open invoice that falls due under a mandate, one for each due date and currency; how many.

    What was due before the consent and what its account does not take is asked for as usual; of a plan the next instalment
    is taken where the customer agreed to that (`plan_debits`).
    """
    mandates = _mandates(organization)
    if not mandates:
        return 0
    cover_plans(organization, mandates, today, now)
    once = {"invoice": OuterRef("pk"), "generation": OuterRef("generation"), "of_plan": False}
    taken = DebitPart.objects.of(organization).filter(**once)
    rows = Invoice.objects.of(organization).filter(
        ~Exists(taken), customer_id__any_of=list(mandates), settled_on=None, issued__lte=today
    )
    groups: dict[tuple[int, str, date], list[Invoice]] = defaultdict(list)
    for invoice in rows.exclude(plans__cancelled_at=None, plans__isnull=False).order_by("id"):
        mandate = mandates[invoice.customer_id]
        given = organization.today(mandate.given_at or now)
        fits = any(one.pk == mandate.account_id for one in offered(organization, invoice.currency, [invoice.entity_id]))
        if invoice.balance > 0 and invoice.due >= given and fits:
            groups[invoice.customer_id, invoice.currency, invoice.due].append(invoice)
    for (customer_id, currency, due), invoices in groups.items():
        _plan(organization, mandates[customer_id], currency, due, invoices, now)
    return len(groups)


@transaction.atomic
def _plan(
    organization: Organization, mandate: Mandate, currency: str, due: date, invoices: Sequence[Invoice], now: datetime
) -> None:
    touch(organization.pk, [mandate.customer_id])
    mine = Debit.objects.of(organization).filter(mandate=mandate, currency=currency, due=due, ended_at=None)
    debit = mine.filter(said_on=None, reminders=None, instalment=None).first()
    if debit is None:
        debit = Debit(
            organization=organization, mandate=mandate, customer_id=mandate.customer_id, currency=currency, due=due,
            planned_at=now,
        )  # fmt: skip
        debit.save(force_insert=True)
    for invoice in invoices:
        DebitPart(
            organization=organization,
            debit=debit,
            invoice=invoice,
            generation=invoice.generation,
            amount=invoice.balance,
        ).save(force_insert=True)
    _tell(debit, "debit.planned", now, invoices=[invoice.pk for invoice in invoices], due=due.isoformat())


# --- what became of it ----------------------------------------------------------------------------------------------


def _follow(organization: Organization, debit: Debit, today: date, now: datetime) -> None:
    """One debit after what happened since: paid, failed, not wanted any more, or to be tried again."""
    attempt = debit.attempt
    if attempt and attempt.state == AttemptState.PAID:
        return end_debit(debit, "paid", now)
    if attempt and (attempt.state == AttemptState.PENDING or (attempt.state == AttemptState.OPEN and debit.take_at)):
        return None
    if debit.mandate.ended_at:
        return end_debit(debit, "mandate_over", now)
    for part in parts_of(debit):
        if part.invoice.settled_on or part.invoice.balance <= 0 or part.generation != part.invoice.generation:
            leave_out(part, "settled" if part.generation == part.invoice.generation else "moved", now)
    if not parts_of(debit) or is_over(debit, today):
        return end_debit(debit, "settled", now)
    if debit.said_on is None:
        if today > debit.due + UNSAID_FOR:
            end_debit(debit, "not_said", now)
        return None
    if attempt is None:
        if Reminder.objects.of(organization).filter(debit=debit, state=State.BOUNCED, on__gte=debit.said_on).exists():
            end_debit(debit, "not_said", now)
        return None
    if debit.take_at is None:
        _try_again(organization, debit, organization.today(attempt.started_at), today, now)
    return None


def _try_again(organization: Organization, debit: Debit, tried: date, today: date, now: datetime) -> None:
    """The day of the next try after one that failed. When there is none left, it ends, and not on the day of a try."""
    first = debit.on or tried
    plan = [int(days) for days in organization.autopay_retries]
    if debit.tries <= len(plan):
        day = max(first + timedelta(plan[debit.tries - 1]), tried + timedelta(1))
        at = hour_of(organization, debit, max(day, today))
        Debit.objects.of(organization).filter(pk=debit.pk, take_at=None, ended_at=None).update(take_at=at)
    elif today > tried:
        end_debit(debit, "failed", now)


@transaction.atomic
def leave_out(part: DebitPart, why: str, now: datetime) -> None:
    """One invoice is not taken after all; it is asked for as usual."""
    touch(part.organization_id, [part.debit.customer_id])
    DebitPart.objects.of(part.organization_id).filter(pk=part.pk).update(left_out=why)
    part.left_out = why
    _tell(part.debit, "debit.left_out", now, invoice_id=part.invoice_id, why=why)


@transaction.atomic
def end_debit(debit: Debit, outcome: str, now: datetime) -> None:
    """It is over; its invoices are asked for as usual, as far as they are open."""
    touch(debit.organization_id, [debit.customer_id])
    mine = Debit.objects.of(debit.organization_id).filter(pk=debit.pk, ended_at=None)
    if mine.update(ended_at=now, outcome=outcome, take_at=None):
        waiting = Reminder.objects.of(debit.organization_id).filter(debit=debit, state__in=WAITING)
        waiting.update(state=State.WITHDRAWN, detail="it is over", lease="", lease_until=None)
        _tell(debit, "debit.ended", now, outcome=outcome)


# --- the announcement -----------------------------------------------------------------------------------------------


@dataclass
class _Day:
    """One day of announcements: the accounts, and to whom something is said already."""

    organization: Organization
    today: date
    now: datetime
    loaded: dict[int, Loaded]
    spoken_to: dict[int, int | None]
    """By customer; the debit that is announced today, or None for anything else."""


def _announce(organization: Organization, unsaid: Sequence[Debit], today: date, now: datetime) -> None:
    mine: dict[int | None, list[Reminder]] = defaultdict(list)
    for row in Reminder.objects.of(organization).filter(debit__in=unsaid).order_by("id"):
        mine[row.debit_id].append(row)
    ids = {debit.customer_id for debit in unsaid}
    others = Reminder.objects.of(organization).filter(customer_id__in=ids, on=today, payment=None)
    spoken_to: dict[int, int | None] = dict(
        others.exclude(state__in=(State.WITHDRAWN, State.SKIPPED)).values_list("customer_id", "debit_id")
    )
    day = _Day(organization, today, now, load_accounts(organization, ids, today), spoken_to)
    for debit in unsaid:
        _announce_one(day, debit, mine.get(debit.pk, []))


def _announce_one(day: _Day, debit: Debit, planned: list[Reminder]) -> None:
    today = day.today
    if gone := next((row for row in planned if row.state in GONE), None):
        return _said(day.organization, debit, gone, day.now)
    if any(
        row.state in (State.FAILED, State.BOUNCED) or (row.state == State.SKIPPED and row.detail) for row in planned
    ):
        return end_debit(debit, "not_said", day.now)
    if today < debit.due - timedelta(day.organization.autopay_days):
        return None
    one = day.loaded[debit.customer_id]
    answers = one.decide(today).answers
    for part in parts_of(debit):
        code = answers[part.invoice.number].code if part.invoice.number in answers else "settled"
        if code in _OTHERWISE and not is_ours(one, debit, part, answers, today):
            if debit.instalment:  # it is taken as a whole or not at all
                return end_debit(debit, "in_the_way", day.now)
            leave_out(part, code, day.now)
    waiting = next((row for row in planned if row.state in WAITING), None)
    busy = day.spoken_to.get(debit.customer_id, debit.pk) != debit.pk
    answer = in_the_way(one, today, debit.currency)
    if busy or not parts_of(debit) or answer:
        quiet = answer is not None and answer.code == "quiet_day"  # an approval holds over the weekend
        if waiting and not waiting.lease and not quiet:
            Reminder.objects.of(day.organization).filter(pk=waiting.pk, state__in=WAITING, lease="").update(
                state=State.WITHDRAWN, detail="something stands in the way today; decided afresh"
            )
    elif not any(row.on == today for row in planned):
        _intend(day, debit, one, waiting)
        day.spoken_to[debit.customer_id] = debit.pk
    return None


_OTHERWISE = frozenset({"disputed", "promised", "on_plan", "settled"})
"""Another way was found with the customer: it takes the place of the debit."""


def in_the_way(one: Loaded, today: date, currency: str) -> Answer | None:
    """Why nothing can be announced to this customer today, or None. No contact budget: an announcement asks for nothing,
    and a late one would make the money late."""
    account: Account = one.account
    if answer := stopped(one, currency):
        return answer
    reach = account.reach["email"]
    if reach.to is None:
        return Answer("bad_address" if reach.spoiled else "no_address", {"channel": "email"})
    calendar = one.calendar if one.schedule.working_days_only else one.calendar.every_day()
    return None if calendar.is_working(today) else quiet_day(calendar, today)


def stopped(one: Loaded, currency: str) -> Answer | None:
    """Why nothing may be taken from this customer now, whatever was announced, or None."""
    account = one.account
    if account.excluded:
        return Answer("excluded")
    if whole := next((hold for hold in account.holds if hold.invoice is None), None):
        return Answer("held", {"until": whole.until})
    if account.awaiting_our_answer:
        return Answer("awaiting_our_answer")
    credit = account.credit.get(currency, 0)
    return Answer("credit_on_account", {"credit": credit, "currency": currency}) if credit else None


def taken_on(debit: Debit, said_on: date, organization: Organization) -> date:
    """The day the money is taken when it is announced on `said_on`: the due date, or later when it was said late."""
    return max(debit.due, said_on + timedelta(organization.autopay_days))


def _intend(day: _Day, debit: Debit, one: Loaded, waiting: Reminder | None) -> None:
    organization, customer = day.organization, debit.customer
    leaves = hour_of(organization, debit, day.today)
    if waiting:
        mine = Reminder.objects.of(organization).filter(pk=waiting.pk, state__in=WAITING)
        mine.update(on=day.today, send_after=leaves)
        return
    numbers = tuple(part.invoice.number for part in parts_of(debit))
    Reminder.objects.of(organization).get_or_create(
        debit=debit,
        on=day.today,
        defaults={
            "organization": organization,
            "customer": customer,
            "stage": STAGE,
            "channel": "email",
            "address": one.account.reach["email"].to or "",
            "language": customer.language,
            "currency": debit.currency,
            "asked": sum(amounts_of(one, debit).values()),
            "why": reasons.tell("announced", {"invoices": numbers})[:300],
            "send_after": leaves,
            "planned_at": day.now,
        },
    )


@transaction.atomic
def _said(organization: Organization, debit: Debit, reminder: Reminder, now: datetime) -> None:
    """The announcement has left: from now on the day is fixed, and more than it said is never taken."""
    touch(organization.pk, [debit.customer_id])
    one = load_accounts(organization, [debit.customer_id], organization.today(now))[debit.customer_id]
    amounts = amounts_of(one, debit)
    if sum(amounts.values()) > reminder.asked:
        return end_debit(debit, "in_the_way", now)
    for key, amount in amounts.items():
        if amount:
            DebitPart.objects.of(organization).filter(pk=key).update(amount=amount)
    said_on = organization.today(reminder.released_at or now)
    on = taken_on(debit, said_on, organization)
    debit.said_on, debit.on, debit.take_at = said_on, on, hour_of(organization, debit, on)
    debit.save(update_fields=["said_on", "on", "take_at"])
    _tell(debit, "debit.announced", now, on=on.isoformat(), amount=reminder.asked, currency=debit.currency)
    return None


def hour_of(organization: Organization, debit: Debit, day: date) -> datetime:
    """A good hour of a day, as a message's."""
    customer: Customer = debit.customer
    zone = zone_of(customer.timezone, customer.country, organization.timezone)
    who = f"{organization.slug}/{customer.ref}/debit {debit.pk}"
    return send_after(day, zone, organization.sending_from, organization.sending_until, who)


def _tell(debit: Debit, kind: str, now: datetime, *, invoice_id: int | None = None, **data: Any) -> None:
    write(
        debit.organization_id, kind, at=now, actor=ACTOR, customer_id=debit.customer_id, invoice_id=invoice_id,
        debit=debit.pk, **data,
    )  # fmt: skip
