# SPDX-License-Identifier: AGPL-3.0-or-later
"""Instalments of a plan that are taken automatically: only where the customer agreed to that, announced before, one at a
time, never beside a reminder; and one that fails is asked for as the plan's own steps say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from purring.core.plans import Wish
from purring.facts.agreements.actions import cancel_plan
from purring.facts.agreements.models import PaymentPlan
from purring.facts.checkout.mandates import end_mandate
from purring.facts.checkout.models import Debit, Mandate
from purring.facts.disputes.actions import open_dispute
from purring.facts.messages.models import Message
from purring.facts.offers.actions import Agreed, ask_for_plan
from purring.facts.offers.terms import KEPT, keep_terms
from purring.facts.payments.actions import record_payment
from purring.followup.models import GONE, Reminder
from purring.plugins.payment import State as Told
from tests.apps.followup.test_autopay import Firm

pytestmark = pytest.mark.django_db
TERMS = {
    **dict.fromkeys(KEPT, 0), "whom": "all", "plan_most": 6, "plan_first_days": 60, "plan_last_days": 400,
    "plan_smallest": "1", "plan_rhythms": [], "ladder": [], "instalments_at_start": False, "autopay": True,
    "autopay_at_start": False,
}  # fmt: skip


def planned(firm: Firm, *, automatic: bool = True, number: int = 3) -> PaymentPlan:
    """Ana owes 300 on two invoices and agrees to three instalments, the first in a week."""
    keep_terms(firm.organization, TERMS, on=firm.today, **firm.told)
    invoices = [firm.bill(-2, 100_00), firm.bill(-1, 200_00)]
    wish = Wish(number, "monthly", firm.today + timedelta(7))
    agreed = Agreed("three times 100.00", "en", f"key-{firm.today}", automatic=automatic)
    plan = ask_for_plan(firm.customer, invoices, wish, agreed, on=firm.today, now=firm.now)
    assert isinstance(plan, PaymentPlan)
    return plan


def covered(firm: Firm) -> list[Debit]:
    return list(Debit.objects.of(firm.organization).exclude(instalment=None).order_by("id"))


def days_of(plan: PaymentPlan) -> list[date]:
    return [one.due for one in plan.instalments.order_by("number")]


def asked(firm: Firm) -> list[str]:
    """Stages of reminders that left."""
    return [stage for stage, _ in firm.said() if stage != "autopay"]


def pays(firm: Firm, **sums: int) -> None:
    """By bank transfer."""
    how = {"on": firm.today, "method": "transfer", "source": "manual", **firm.told}
    for number, amount in sums.items():
        record_payment(firm.customer, amount, "EUR", invoice=firm.customer.invoices.get(number=number), **how)


def test_each_instalment_is_announced_and_taken_on_its_day_and_nothing_is_asked() -> None:
    firm = Firm()
    firm.agrees()
    plan = planned(firm)
    firm.days(80)
    assert [amount for _, amount in firm.till.moved] == [100_00, 100_00, 100_00]
    for due, day in zip(days_of(plan), firm.tried(), strict=True):
        assert due <= day <= due + timedelta(1), "Easter Monday says nothing, and what is said late is taken late"
    assert [debit.outcome for debit in covered(firm)] == ["paid"] * 3
    assert asked(firm) == [], "no reminder beside it"
    announced = [on for stage, on in firm.said() if stage == "autopay"]
    assert len(announced) == 3
    for day, said in zip(firm.tried(), announced, strict=True):
        assert said <= day - timedelta(firm.organization.autopay_days)
    assert not firm.customer.invoices.filter(settled_on=None).exclude(number="F0").exists()


def test_the_announcement_names_the_instalment_and_its_amount() -> None:
    firm = Firm()
    firm.agrees()
    planned(firm)
    firm.days(8)
    row = Reminder.objects.of(firm.organization).filter(stage="autopay", state__in=GONE).get()
    assert row.message_id
    text = Message.objects.of(firm.organization).get(pk=row.message_id).text
    assert "100,00\u00a0€" in text
    assert "1 of 3" in text
    assert "300,00" not in text


@pytest.mark.parametrize("by_mandate", [False, True])
def test_only_who_agreed_to_it(by_mandate: bool) -> None:
    firm = Firm()
    mandate = firm.agrees()
    Mandate.objects.of(firm.organization).filter(pk=mandate.pk).update(instalments=by_mandate)
    planned(firm, automatic=False)
    firm.days(12)
    assert bool(covered(firm)) is by_mandate
    assert bool(asked(firm)) is not by_mandate, "else each instalment is reminded of by itself"


def test_one_that_fails_is_asked_for_kindly_and_the_next_waits_until_it_is_paid() -> None:
    firm = Firm()
    firm.agrees()
    plan = planned(firm)
    firm.till.answers = [Told.FAILED, Told.FAILED, Told.FAILED]
    firm.days(30)
    (debit,) = covered(firm)
    assert debit.outcome == "failed"
    assert asked(firm), "the plan's own steps go on"
    assert plan.cancelled_at is None
    first = firm.said().index(("autopay", next(on for stage, on in firm.said() if stage == "autopay")))
    assert all(on > max(firm.tried()) for _, on in firm.said()[first + 1 :]), "never on the day of a try"
    firm.days(25)
    assert len(covered(firm)) == 1, "nothing more is taken of it"
    pays(firm, F1=100_00, F2=100_00)
    firm.days(20)
    assert [one.outcome for one in covered(firm)[1:]] == ["paid"], "caught up: the next is taken again"


def test_paid_by_another_way_before_its_day_nothing_is_taken() -> None:
    firm = Firm()
    firm.agrees()
    planned(firm, number=2)
    firm.days(3)
    pays(firm, F1=100_00, F2=50_00)
    firm.days(8)
    assert covered(firm)[0].outcome == "settled"
    assert firm.till.moved == []


@pytest.mark.parametrize("change", ["cancelled", "ended", "disputed"])
def test_what_stands_in_the_way_takes_nothing(change: str) -> None:
    firm = Firm()
    mandate = firm.agrees()
    plan = planned(firm)
    firm.days(5)
    if change == "cancelled":
        cancel_plan(plan, **firm.told)
    elif change == "ended":
        end_mandate(mandate, **firm.told)
    else:
        open_dispute(firm.customer.invoices.get(number="F2"), on=firm.today, **firm.told)
    firm.days(10)
    assert firm.till.moved == []
    assert all(one.ended_at for one in covered(firm))
