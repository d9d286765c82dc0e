# SPDX-License-Identifier: Apache-2.0
"""The decision: may this customer be written to today, with what, and if not, why not.

Pure: no database, clock, network or chance. The daily round, `why`, preview, rehearsal and the tests all call
`decide`. It changes nothing; whoever acts on the answer records the contact, and the next decision sees it.

The rules are numbered as in the scenario contract: 1 budget, 2 in question, 3 ladder, 4 days, 5 delivery,
6 silence, 7 amounts, 8 money on account, 9 the end, 10 approval.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from purring.core.calendar import EVERY_DAY, ONE_DAY, Calendar
from purring.core.facts import NOWHERE, Account, Invoice, Plan, Promise
from purring.core.lawful import Charge, Law
from purring.core.schedule import RANK, Schedule, Step

HOLD_CODES = (
    "settled",
    "excluded",
    "held",
    "disputed",
    "on_plan",
    "promised",
    "pending_payment",
    "awaiting_our_answer",
    "to_check",
    "final_reached",
    "not_due",
    "credit_on_account",
    "below_minimum",
    "bad_address",
    "no_address",
    "delivery_failed",
    "data_stale",
    "budget",
    "quiet_day",
    "approval",
    "unlawful",
)
"""In the order in which they are tried; the first that applies is the answer. `to_check` never comes from a scenario file."""


class Answer(NamedTuple):
    """What one invoice is told today: `send`, or a hold code with the facts of its reason."""

    code: str
    params: Mapping[str, Any] = {}


class Count(NamedTuple):
    """A stage to be counted for one invoice or instalment once the contact has gone."""

    invoices: tuple[str, ...]
    plan: str | None
    instalment: int | None
    stage: str
    amount: int


class Contact(NamedTuple):
    """One contact with the customer today. `channel` may be `phone`: then it is a task for a person."""

    stage: str
    channel: str
    to: str | None
    currency: str
    asked: int
    """Minor units: everything carried, less money on account."""
    invoices: tuple[str, ...]
    counts: tuple[Count, ...]
    oldest: str
    due: date
    """Due date of the oldest."""
    repeated: bool
    broken_promise: Promise | None
    charges: tuple[Charge, ...] = ()


class Wanted(NamedTuple):
    """A one-time task for a person. (`code`, `subjects`) go into `Account.raised` once it is recorded."""

    code: str
    invoices: tuple[str, ...]
    subjects: tuple[str, ...]
    params: Mapping[str, Any] = {}


class Decision(NamedTuple):
    answers: dict[str, Answer]
    """By invoice, in account order."""
    contact: Contact | None
    tasks: tuple[Wanted, ...]
    look_again_on: date | None
    """The first later day on which the answer could differ without any new fact; None when only a fact can change it."""


SEND = Answer("send")
SETTLED = Answer("settled")
EXCLUDED = Answer("excluded")
NOT_DUE = Answer("not_due")
AWAITING = Answer("awaiting_our_answer")
PENDING = Answer("pending_payment")


class _Item:
    """Something that is asked for by itself: an invoice, or one instalment of a plan."""

    __slots__ = (
        "ask", "counted", "currency", "due", "generation", "instalment", "invoices", "issued",
        "known_on", "order", "plan", "schedule", "start", "step", "subject", "when",
    )  # fmt: skip

    def __init__(self, invoice: Invoice, order: int, ask: int, schedule: Schedule) -> None:
        self.invoices: tuple[str, ...] = (invoice.ref,)
        self.subject = f"{invoice.ref}#{invoice.generation}"
        self.plan: str | None = None
        self.instalment: int | None = None
        self.due = invoice.due
        self.start = invoice.counts_from or invoice.due
        self.issued = invoice.issued
        self.known_on = invoice.known_on
        self.order = order
        self.ask = ask
        self.currency = invoice.currency
        self.counted = invoice.counted
        self.schedule = invoice.schedule or schedule
        self.step: Step | None = None
        self.when = invoice.due

    def key(self) -> tuple[date, date, int]:
        return (self.due, self.issued, self.order)


def decide(account: Account, schedule: Schedule, law: Law, calendar: Calendar, today: date) -> Decision:
    """Decide for one customer and one day.

    `schedule` is the customer's; `calendar` that of the customer's country (ignored when the schedule does not
    keep to working days); `today` the day in the customer's place. Never raises on well-formed facts.
    """
    if not schedule.working_days_only:
        calendar = EVERY_DAY
    answers: dict[str, Answer] = {}
    tasks: list[Wanted] = []
    later: list[date] = []
    items = _silences(account, schedule, today, answers, tasks, later)
    if account.promises:
        _broken_twice(account, schedule, today, tasks, later)

    candidates: list[tuple[tuple[date, date, int], list[_Item], _Item, bool]] = []
    for group in _by_currency(items):
        candidate = _candidate(group, calendar, today, answers, tasks, later, account)
        if candidate:
            candidates.append(candidate)
    candidates.sort(key=lambda candidate: candidate[0])  # stable: file order breaks the tie (rule 2)

    contact: Contact | None = None
    for _, carried, oldest, quiet in candidates:
        answer, wanted, made = _check(account, schedule, law, today, carried, oldest, quiet, contact is not None)
        if made:
            contact = made
        if wanted:
            tasks.append(wanted)
        for item in carried:
            for ref in item.invoices:
                if answer is SEND or answers[ref].code != "on_plan":  # a plan in good order stays the answer
                    answers[ref] = answer
        if answer.code not in _CHANGED_BY_FACTS or any(item.step and item.step.days <= 0 for item in carried):
            later.append(today + ONE_DAY)  # a step before or on the due date is carried on its day only
    look = min((day for day in later if day > today), default=None)
    return Decision(answers, contact, tuple(tasks), look)


_CHANGED_BY_FACTS = frozenset(("credit_on_account", "below_minimum", "bad_address", "no_address"))
"""Answers that no passing of time changes by itself; a younger invoice falling due is looked at on its own day."""


# --- rule 6: silence -------------------------------------------------------------------------------------


def _silences(
    account: Account,
    schedule: Schedule,
    today: date,
    answers: dict[str, Answer],
    tasks: list[Wanted],
    later: list[date],
) -> list[_Item]:
    """Fill in the answer of every silenced invoice; return what may be asked for, in account order."""
    items: list[_Item] = []
    plan_of = {ref: plan for plan in account.plans for ref in plan.invoices} if account.plans else {}
    unpaid = {plan.ref: _instalments(account, plan, schedule) for plan in account.plans}
    behind = {ref for ref, own in unpaid.items() if any(item.due < today for item in own)}
    barred: set[str] = set()
    for order, invoice in enumerate(account.invoices):
        ref = invoice.ref
        if invoice.balance <= 0:
            answers[ref] = SETTLED
            continue
        if invoice.issued > today:
            answers[ref] = NOT_DUE
            later.append(invoice.issued)
            continue
        answer = _silence(account, schedule, today, invoice, later)
        plan = plan_of.get(ref)
        if plan:
            if answer is not None:
                barred.add(plan.ref)
            if plan.ref not in behind and (answer is None or answer.code in _AFTER_PLAN):
                answer = Answer("on_plan", {"plan": plan.ref})
        if answer is None:
            answers[ref] = NOT_DUE
            if not plan:
                items.append(_Item(invoice, order, invoice.balance - invoice.disputed, schedule))
        else:
            answers[ref] = answer
            if invoice.attention and answer.code == "to_check":
                subject = f"{ref}#{invoice.generation}"
                if (invoice.attention, subject) not in account.raised:
                    tasks.append(Wanted(invoice.attention, (ref,), (subject,)))
    for plan in account.plans:
        later.extend(item.due + ONE_DAY for item in unpaid[plan.ref])
        if plan.ref not in barred:
            items.extend(unpaid[plan.ref])
    return items


_AFTER_PLAN = frozenset(("promised", "pending_payment", "awaiting_our_answer", "to_check"))


def _silence(account: Account, schedule: Schedule, today: date, invoice: Invoice, later: list[date]) -> Answer | None:
    """The first silence that covers this open invoice today, or None."""
    if account.excluded:
        return EXCLUDED
    ref = invoice.ref
    if account.holds:
        hold = _last_hold(account, ref, today)
        if hold is not _NO_HOLD:
            until = hold
            if until is not None:
                later.append(until + ONE_DAY)
            return Answer("held", {"until": until})
    if invoice.disputed and invoice.disputed >= invoice.balance:
        return Answer("disputed", {"invoice": ref})
    if account.promises:
        best: Promise | None = None
        for promise in account.promises:
            if ref in promise.invoices and (best is None or promise.pay_on > best.pay_on):
                best = promise
        if best:
            until = best.pay_on + timedelta(schedule.grace_days)
            if today <= until:
                later.append(until + ONE_DAY)
                return Answer("promised", {"pay_on": best.pay_on, "grace": schedule.grace_days, "until": until})
    if invoice.pending:
        return PENDING
    if account.awaiting_our_answer:
        return AWAITING
    if invoice.attention:
        return Answer("to_check", {"problem": invoice.attention})
    return None


_NO_HOLD = date.min


def _last_hold(account: Account, ref: str, today: date) -> date | None:
    """Last silent day of the holds on this invoice; None without an end; `_NO_HOLD` when there is none."""
    last = _NO_HOLD
    for hold in account.holds:
        if hold.invoice is None or hold.invoice == ref:
            if hold.until is None:
                return None
            if hold.until >= today and hold.until > last:
                last = hold.until
    return last


def _instalments(account: Account, plan: Plan, schedule: Schedule) -> list[_Item]:
    """The unpaid instalments of a plan; what is still owed is the tail, since payments fill them in order."""
    covered = [
        (order, invoice)
        for order, invoice in enumerate(account.invoices)
        if invoice.ref in plan.invoices and invoice.balance > 0
    ]
    owed = sum(invoice.balance for _, invoice in covered)
    refs = tuple(invoice.ref for _, invoice in covered)
    filled = max(sum(instalment.amount for instalment in plan.instalments) - owed, 0)
    items = []
    for number, instalment in enumerate(plan.instalments):
        paid = min(filled, instalment.amount)
        filled -= paid
        if instalment.amount > paid:
            order, invoice = covered[0]
            item = _Item(invoice, order, min(instalment.amount - paid, owed), schedule)
            item.invoices = refs
            item.plan = plan.ref
            item.instalment = number
            item.subject = f"{plan.ref}/{number}"
            item.due = item.start = item.when = instalment.due
            item.issued = item.known_on = plan.since
            item.counted = instalment.counted
            items.append(item)
    return items


def is_broken(promise: Promise, grace_days: int, today: date, open_refs: frozenset[str] | set[str]) -> bool:
    """True when the promise's day and grace are over and it was not kept.

    Kept: nothing promised is open, or the promised amount was received by the last silent day.
    """
    if today <= promise.pay_on + timedelta(grace_days) or not (promise.invoices & open_refs):
        return False
    return promise.amount is None or promise.received < promise.amount


def _broken_twice(account: Account, schedule: Schedule, today: date, tasks: list[Wanted], later: list[date]) -> None:
    open_refs = {invoice.ref for invoice in account.invoices if invoice.balance > 0}
    broken = [p for p in account.promises if is_broken(p, schedule.grace_days, today, open_refs)]
    later.extend(p.pay_on + timedelta(schedule.grace_days + 1) for p in account.promises)
    if len(broken) < 2 or account.excluded:
        return
    refs = tuple(
        invoice.ref
        for invoice in account.invoices
        if invoice.balance > 0
        and ("promise_broken_twice", invoice.ref) not in account.raised
        and sum(invoice.ref in promise.invoices for promise in broken) >= 2
    )
    if refs:
        tasks.append(Wanted("promise_broken_twice", refs, refs))


# --- rules 2, 3, 4, 9: what is in question, and which stage has come --------------------------------------


def _by_currency(items: list[_Item]) -> list[list[_Item]]:
    if not items:
        return []
    first = items[0].currency
    if all(item.currency == first for item in items):
        return [items]
    groups: dict[str, list[_Item]] = {}
    for item in items:
        groups.setdefault(item.currency, []).append(item)
    return list(groups.values())


def _candidate(
    group: list[_Item],
    calendar: Calendar,
    today: date,
    answers: dict[str, Answer],
    tasks: list[Wanted],
    later: list[date],
    account: Account,
) -> tuple[tuple[date, date, int], list[_Item], _Item, bool] | None:
    """The contact this currency asks for today: sort key, what it carries, the oldest, and whether the day is quiet."""
    in_question: list[_Item] = []
    oldest: _Item | None = None
    for item in group:
        if item.due >= today:
            later.append(item.due + ONE_DAY)
        elif _next_overdue(item):
            in_question.append(item)
            if oldest is None or item.key() < oldest.key():
                oldest = item
        elif item.counted:
            _final(item, today, answers, tasks, later, account)
    if oldest is None:
        return _early(group, calendar, today, later)
    if oldest.when > today:
        later.append(oldest.when)
        later.extend(item.start for item in in_question if item.start > today)  # a pay run has its step on that day
        if all(_on_its_due_step(item, calendar, today) for item in in_question):
            return _early(in_question, calendar, today, later)
        return None
    for item in group:  # an invoice due today rides along only when its own step falls today
        later.append(item.due)
        if item.due == today and (step := _early_step(item, calendar, today)) and step.days == 0:
            item.step = step
            in_question.append(item)
    return oldest.key(), in_question, oldest, not calendar.is_working(today)


def _next_overdue(item: _Item) -> bool:
    """Set the item's next overdue step and the day it comes; False when it is through its last stage (rule 3)."""
    schedule = item.schedule
    last = item.counted[-1] if item.counted else None
    top = max(RANK[counted.stage] for counted in item.counted) if last else -1
    for step in schedule.overdue:
        if RANK[step.stage] > top:
            item.step = step
            item.when = item.start + timedelta(step.days)
            if last and last.on >= item.when and (before := schedule.step_of.get(last.stage)):
                item.when = last.on + timedelta(step.days - before.days)
            return True
    if last and schedule.repeat_every:
        item.step = schedule.overdue[-1]
        item.when = last.on + timedelta(schedule.repeat_every)
        return True
    return False


def _final(
    item: _Item, today: date, answers: dict[str, Answer], tasks: list[Wanted], later: list[date], account: Account
) -> None:
    """Rule 9: through the last stage, and the gap has passed."""
    ends = item.counted[-1].on + timedelta(item.schedule.gap_days)
    if today < ends:
        later.append(ends)
        return
    for ref in item.invoices:
        if answers[ref] is NOT_DUE:
            answers[ref] = Answer("final_reached", {"on": item.counted[-1].on, "stage": item.counted[-1].stage})
    if ("final_reached", item.subject) not in account.raised:
        tasks.append(Wanted("final_reached", item.invoices, (item.subject,)))


def _early_step(item: _Item, calendar: Calendar, today: date) -> Step | None:
    """The step before or on the due date that would go today but for a quiet day (rules 3 and 4)."""
    schedule = item.schedule
    if not schedule.early:
        return None
    top = max((RANK[counted.stage] for counted in item.counted), default=-1)
    for step in schedule.early:
        day = item.start + timedelta(step.days)
        if day > today:
            return None
        if RANK[step.stage] <= top or day < item.known_on:
            continue
        shifted = calendar.shift(day)
        if shifted < today or (step.days < 0 and shifted >= item.start):
            continue
        return step
    return None


def _on_its_due_step(item: _Item, calendar: Calendar, today: date) -> bool:
    """True for an invoice past due whose step on the due date was moved by a weekend or holiday, to today or later.

    It does not stand in its own way: the step goes out on the day it moved to, unless something else is in question.
    """
    step = _early_step(item, calendar, today)
    return step is not None and step.days == 0


def _early(
    group: list[_Item], calendar: Calendar, today: date, later: list[date]
) -> tuple[tuple[date, date, int], list[_Item], _Item, bool] | None:
    carried: list[_Item] = []
    oldest: _Item | None = None
    for item in group:
        step = _early_step(item, calendar, today)
        if step:
            item.step = step
            carried.append(item)
            if oldest is None or item.key() < oldest.key():
                oldest = item
        for coming in item.schedule.early:
            day = item.start + timedelta(coming.days)
            if day > today:
                later.append(day)
                break
    if oldest is None:
        return None
    return oldest.key(), carried, oldest, not calendar.is_working(today)


# --- rules 1, 5, 7, 8, 10: may it go ----------------------------------------------------------------------


def _check(
    account: Account,
    schedule: Schedule,
    law: Law,
    today: date,
    carried: list[_Item],
    oldest: _Item,
    quiet: bool,
    taken: bool,
) -> tuple[Answer, Wanted | None, Contact | None]:
    """Try the codes after `not_due` in their order; the contact when none applies. `taken`: another currency goes today."""
    step = oldest.step
    assert step is not None
    currency = oldest.currency
    refs = tuple(dict.fromkeys(ref for item in carried for ref in item.invoices))
    total = sum(item.ask for item in carried)
    credit = account.credit.get(currency, 0)
    if credit >= total:
        wanted = None
        if ("unmatched_receipt", currency) not in account.raised:
            wanted = Wanted("unmatched_receipt", refs, (currency,), {"credit": credit, "currency": currency})
        return Answer("credit_on_account", {"credit": credit, "asked": total, "currency": currency}), wanted, None
    asked = total - credit
    if asked < (minimum := schedule.minimum(currency)):
        return Answer("below_minimum", {"asked": asked, "minimum": minimum, "currency": currency}), None, None
    channel = step.channel
    if account.preferred_channel and channel in ("email", "sms"):
        channel = account.preferred_channel
    reach = account.reach.get(channel, NOWHERE)
    if channel != "phone" and reach.to is None:
        if reach.spoiled:
            return Answer("bad_address", {"channel": channel}), None, None
        wanted = (
            None if ("no_address", "") in account.raised else Wanted("no_address", refs, ("",), {"channel": channel})
        )
        return Answer("no_address", {"channel": channel}), wanted, None
    if account.data_stale_until and today <= account.data_stale_until:
        wanted = None if ("data_stale", "") in account.raised else Wanted("data_stale", refs, ("",))
        return Answer("data_stale", {"until": account.data_stale_until}), wanted, None
    last = account.last_contact_on
    if last and today < last + timedelta(schedule.gap_days):
        return Answer("budget", {"last": last, "until": last + timedelta(schedule.gap_days - 1)}), None, None
    if taken:
        return Answer("budget", {"last": today, "until": today + timedelta(schedule.gap_days - 1)}), None, None
    if quiet:
        return Answer("quiet_day", {"on": today}), None, None
    if account.approval_required and channel != "phone":
        return Answer("approval", {"stage": step.stage, "channel": channel}), None, None
    counted_on = oldest.counted[-1].on if oldest.counted else None
    if rule := law.forbids(step.stage, channel, today, counted_on):
        return Answer("unlawful", {"rule": rule}), None, None
    if account.delivery_trouble and channel != "phone":
        return Answer("delivery_failed", {"channel": channel}), None, None
    contact = Contact(
        stage=step.stage,
        channel=channel,
        to=reach.to,
        currency=currency,
        asked=asked,
        invoices=refs,
        counts=tuple(
            Count(item.invoices, item.plan, item.instalment, item.step.stage, item.ask) for item in carried if item.step
        ),
        oldest=oldest.invoices[0],
        due=oldest.due,
        repeated=bool(oldest.counted) and oldest.counted[-1].stage == step.stage,
        broken_promise=_to_mention(account, schedule, carried, refs, today) if account.promises else None,
    )
    return SEND, None, contact


def _to_mention(
    account: Account, schedule: Schedule, carried: list[_Item], refs: tuple[str, ...], today: date
) -> Promise | None:
    """The latest broken promise on what is carried that no message has gone out after (rule 6)."""
    last = max((counted.on for item in carried for counted in item.counted), default=date.min)
    open_refs = set(refs)
    broken = [p for p in account.promises if is_broken(p, schedule.grace_days, today, open_refs)]
    latest = max(broken, key=lambda promise: promise.pay_on, default=None)
    return latest if latest and latest.pay_on >= last else None
