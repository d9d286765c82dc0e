# SPDX-License-Identifier: Apache-2.0
"""The decision: may this customer be written to today, with what, and if not, why not.

Pure: no database, clock, network or chance. The daily round, `why`, preview, rehearsal and the tests all call
`decide`. It changes nothing; whoever acts on the answer records the contact, and the next decision sees it.

The rules are numbered as in the scenario contract: 1 budget, 2 in question, 3 ladder, 4 days, 5 delivery,
6 silence, 7 amounts, 8 money on account, 9 the end, 10 approval.
"""

from __future__ import annotations

from datetime import date, timedelta

from purring.core.answers import SEND, Answer, Contact, Count, Decision, Wanted
from purring.core.calendar import ONE_DAY, Calendar
from purring.core.facts import NOWHERE, Account, Promise
from purring.core.ladder import Item, by_currency, candidate
from purring.core.lawful import Law
from purring.core.schedule import Schedule
from purring.core.silence import broken_twice, is_broken, silences


def decide(account: Account, schedule: Schedule, law: Law, calendar: Calendar, today: date) -> Decision:
    """Decide for one customer and one day.

    `schedule` is the customer's; `calendar` that of the customer's country (of which only our own closed days count when
    the schedule does not keep to working days); `today` the day in the customer's place. Never raises on well-formed facts.
    """
    if not schedule.working_days_only:
        calendar = calendar.every_day()
    answers: dict[str, Answer] = {}
    tasks: list[Wanted] = []
    later: list[date] = []
    items = silences(account, schedule, today, answers, tasks, later)
    if account.promises:
        broken_twice(account, schedule, today, tasks, later)

    candidates: list[tuple[tuple[date, date, int], list[Item], Item, bool]] = []
    for group in by_currency(items):
        if found := candidate(group, calendar, today, answers, tasks, later, account):
            candidates.append(found)
    candidates.sort(key=lambda one: one[0])  # stable: file order breaks the tie (rule 2)

    contact: Contact | None = None
    for _, carried, oldest, quiet in candidates:
        silent = quiet_day(calendar, today) if quiet else None
        answer, wanted, made = _check(account, schedule, law, today, carried, oldest, silent, contact is not None)
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


def _check(
    account: Account,
    schedule: Schedule,
    law: Law,
    today: date,
    carried: list[Item],
    oldest: Item,
    quiet: Answer | None,
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
        return quiet, None, None
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


def quiet_day(calendar: Calendar, today: date) -> Answer:
    """Why nothing goes out on a day that is not a working day: the customer's weekend or holiday, or ours."""
    closed = calendar.closed_until(today)
    return Answer("quiet_day", {"on": today, "closed": closed} if closed else {"on": today})


def _to_mention(
    account: Account, schedule: Schedule, carried: list[Item], refs: tuple[str, ...], today: date
) -> Promise | None:
    """The latest broken promise on what is carried that no message has gone out after (rule 6)."""
    last = max((counted.on for item in carried for counted in item.counted), default=date.min)
    open_refs = set(refs)
    broken = [p for p in account.promises if is_broken(p, schedule.grace_days, today, open_refs)]
    latest = max(broken, key=lambda promise: promise.pay_on, default=None)
    return latest if latest and latest.pay_on >= last else None
