# SPDX-License-Identifier: Apache-2.0
"""Who is left alone, and why: rule 6 (silence), promises kept and broken, and what a payment plan asks for instead."""

from __future__ import annotations

from datetime import date, timedelta

from purring.core.answers import AWAITING, EXCLUDED, NOT_DUE, PENDING, SETTLED, Answer, Wanted
from purring.core.calendar import ONE_DAY
from purring.core.facts import Account, Invoice, Plan, Promise
from purring.core.ladder import Item
from purring.core.schedule import Schedule

_OWN_TASK = frozenset(("purchase_order_missing", "check_account"))
"""What a person must see that is a task of its own kind; all else is one invoice to look at."""


def silences(
    account: Account,
    schedule: Schedule,
    today: date,
    answers: dict[str, Answer],
    tasks: list[Wanted],
    later: list[date],
) -> list[Item]:
    """Fill in the answer of every silenced invoice; return what may be asked for, in account order."""
    items: list[Item] = []
    plan_of = {ref: plan for plan in account.plans for ref in plan.invoices} if account.plans else {}
    unpaid = {plan.ref: instalments_of(account, plan, schedule) for plan in account.plans}
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
                items.append(Item(invoice, order, invoice.balance - invoice.disputed, schedule))
        else:
            answers[ref] = answer
            if invoice.attention and answer.code == "to_check":
                code = invoice.attention if invoice.attention in _OWN_TASK else "check_invoice"
                subject = f"{ref}#{invoice.generation}"
                if (code, subject) not in account.raised:
                    tasks.append(Wanted(code, (ref,), (subject,), {"problem": invoice.attention}))
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


def instalments_of(account: Account, plan: Plan, schedule: Schedule) -> list[Item]:
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
            item = Item(invoice, order, min(instalment.amount - paid, owed), schedule)
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


def broken_twice(account: Account, schedule: Schedule, today: date, tasks: list[Wanted], later: list[date]) -> None:
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
