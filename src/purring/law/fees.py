# SPDX-License-Identifier: Apache-2.0
"""Reminder fees: how many letters may carry one, from which day, how much. Letters without a fee are always free."""

from __future__ import annotations

from datetime import date, timedelta

from purring.law.claim import Claim, Denied, Fee
from purring.law.compiled import Rule
from purring.law.days import months_after, working_day_after
from purring.law.rates import CONFIDENCES


def fees_of(rule: Rule, claim: Claim, due: int) -> tuple[tuple[Fee, ...], Denied | None]:
    """The fees of letters that went out and were late enough, then of those that may follow.

    A letter to come is taken to go out on the day asked for, or on its earliest day when that is later. `due`:
    ordinal of the due date, moved off days off.
    """
    if rule.no_fees:
        return (), rule.no_fees
    fees = rule.kind.fees
    if fees.ground == "agreement" and claim.agreed_fee is None:
        return (), Denied("fee", fees.why_not, rule.fee_rule)
    doubt, why = credit_days(fees.needs_credit_days, claim, rule.fee_doubt)
    if why:
        return (), Denied("fee", why, rule.fee_rule)
    letters = sorted({*(d.toordinal() for d in claim.reminders), *(d.toordinal() for d in claim.demands)})
    letters = [day for day in letters if day > due]
    earliest = due + fees.days_after_due
    if fees.first_letter_free:
        if not letters:
            return (), Denied("fee", "the first reminder is free", rule.fee_rule)
        earliest = working_day_after(rule.calendar, letters.pop(0), fees.wait_working_days) + fees.wait_days
    made: list[Fee] = []
    taken = _Taken(rule, earliest)
    for day in letters:
        taken.letter(day, claim, doubt, made)
    most = fees.most_letters if fees.most_letters is not None else taken.count + 1
    day = claim.on.toordinal()
    while taken.count < most:
        day = max(taken.bound, day)
        if not taken.letter(day, claim, doubt, made):
            break
    if not made:
        return (), Denied("fee", _why_none(rule), rule.fee_rule)
    return tuple(made), None


def _why_none(rule: Rule) -> str:
    if rule.fee_until is not None:
        return f"no fee is known for letters after {date.fromordinal(rule.fee_until)}"
    return "no further letter may carry a fee"


class _Taken:
    """The letters so far: how many carried a fee, and the first day the next may."""

    def __init__(self, rule: Rule, earliest: int) -> None:
        self.rule = rule
        self.bound = earliest
        self.count = 0
        self.sum = 0
        self.last = 0

    def letter(self, day: int, claim: Claim, doubt: int, made: list[Fee]) -> bool:
        """Judge a letter of that day; True when it may carry a fee, which is then noted."""
        fees = self.rule.kind.fees
        reset = fees.counter_resets_months
        if reset and self.count and day > months_after(self.last, reset):
            self.count = 0
        amount = self._amount(day, claim)
        allowed = (
            day >= self.bound
            and (fees.most_letters is None or self.count < fees.most_letters)
            and amount
            and (self.rule.fee_most_in_all is None or self.sum + amount <= self.rule.fee_most_in_all)
        )
        if allowed and amount:
            earliest = date.fromordinal(self.bound)
            made.append(Fee(amount, earliest, self.rule.fee_rule, CONFIDENCES[doubt]))
            self.count += 1
            self.sum += amount
            self.last = day
        if allowed or fees.counted_from == "any_reminder":
            self.bound = max(self.bound, day + fees.days_between)
        return bool(allowed)

    def _amount(self, day: int, claim: Claim) -> int | None:
        """The most a letter of that day may carry, or None when nothing is known of that day."""
        rule = self.rule
        if day < rule.fee_since or (rule.fee_until is not None and day > rule.fee_until):
            return None
        amount = rule.fee_amount
        if rule.fee_series:
            row = rule.fee_series.row_at(day)
            amount = rule.minor_of(row.text) if row else None
        if amount is not None and claim.agreed_fee is not None and rule.kind.fees.ground == "agreement":
            amount = min(amount, claim.agreed_fee)
        return amount


def credit_days(needed: int | None, claim: Claim, doubt: int) -> tuple[int, str]:
    """Some claims need so many days between invoice and due date; when the invoice went out is unknown, it is not sure."""
    if needed is None:
        return doubt, ""
    if claim.issued is None:
        return max(doubt, 1), ""
    if claim.due - claim.issued < timedelta(needed):
        return doubt, f"the invoice went out less than {needed} days before it fell due"
    return doubt, ""
