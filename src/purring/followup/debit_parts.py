# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an automatic payment may take of each invoice, as the account stands now: of an invoice what is open, of a plan's
instalment what is open of the instalment, set against the plan's invoices, the oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from purring.core.answers import NOT_DUE, SETTLED, Answer
from purring.core.silence import instalments_of
from purring.facts.checkout.models import Debit, DebitPart
from purring.followup.accounts import Loaded, plan_ref

OURS = "pending_payment"
"""What the decision answers for an invoice when nothing but its debit keeps it silent."""
ON_PLAN = "on_plan"
"""What it answers instead for invoices of a plan of which nothing is overdue."""

_UNTOUCHED = frozenset((OURS, ON_PLAN, SETTLED.code, NOT_DUE.code))


def parts_of(debit: Debit) -> list[DebitPart]:
    """What it is still meant to take."""
    return [part for part in debit.parts.all() if not part.left_out]


def open_part(one: Loaded, part: DebitPart) -> int:
    """What is open of one invoice and not disputed."""
    number = part.invoice.number
    found = next((invoice for invoice in one.account.invoices if invoice.ref == number), None)
    return max(found.balance - found.disputed, 0) if found else 0


def amounts_of(one: Loaded, debit: Debit) -> dict[int, int]:
    """What may be taken now, by the id of the part; 0 where nothing is."""
    parts = parts_of(debit)
    if debit.instalment is None:
        return {part.pk: open_part(one, part) for part in parts}
    left, amounts = open_instalment(one, debit), {}
    for part in parts:
        amounts[part.pk] = min(open_part(one, part), left)
        left -= amounts[part.pk]
    return amounts


def open_instalment(one: Loaded, debit: Debit) -> int:
    """What is open of the instalment that a debit takes; 0 when it is paid, or its plan is over."""
    assert debit.instalment
    plan = next((plan for plan in one.account.plans if plan.ref == plan_ref(debit.instalment.plan_id)), None)
    unpaid = instalments_of(one.account, plan, one.schedule) if plan else ()
    return next((item.ask for item in unpaid if item.instalment == debit.instalment.number), 0)


def is_ours(one: Loaded, debit: Debit, part: DebitPart, answers: Mapping[str, Answer], today: date) -> bool:
    """Whether nothing but the debit itself keeps this part of it silent."""
    if debit.instalment is None:
        return answers.get(part.invoice.number, SETTLED).code == OURS
    plan = next((plan for plan in one.account.plans if plan.ref == plan_ref(debit.instalment.plan_id)), None)
    covered = {*plan.invoices} & {row.ref for row in one.account.invoices} if plan else set()
    grace = timedelta(one.schedule.grace_days)
    promised = any(covered & said.invoices and today <= said.pay_on + grace for said in one.account.promises)
    whole = all(answers[ref].code in _UNTOUCHED for ref in covered if ref in answers)
    return bool(covered) and whole and not promised
