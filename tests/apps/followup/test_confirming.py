# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was agreed comes in writing, and that a plan cannot be is said kindly: in the customer's language, once, by the rounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from purring.core.errors import Refused
from purring.core.plans import Wish
from purring.facts.agreements.models import PaymentPlan
from purring.facts.answers.actions import give_answer
from purring.facts.customers.models import Customer
from purring.facts.messages.models import Message
from purring.facts.offers.actions import Agreed, ask_for_plan
from purring.facts.offers.models import PlanProposal
from purring.followup.confirming import (
    agree_and_say,
    agree_day_and_say,
    confirm_day,
    confirm_plan,
    decline_and_say,
    decline_day_and_say,
    settle_and_say,
)
from purring.followup.models import OwnMessage
from purring.followup.own_messages import follow_messages
from purring.followup.writing import write
from purring.language.compose import LANGUAGES
from purring.language.formats import locale_for, long_date, money
from tests.apps.facts.cast import NOW, TODAY, ana, bill, fjord, sender

pytestmark = pytest.mark.django_db
TOLD: dict[str, Any] = {"now": NOW, "actor": "user:1"}
SAID: dict[str, Any] = {"today": TODAY, "user_id": None, **TOLD}


def customer_in(language: str) -> Customer:
    customer = ana(fjord())
    Customer.objects.of(customer.organization).filter(pk=customer.pk).update(language=language, country="")
    customer.refresh_from_db()
    bill(customer, "26-1", 300_00, due=TODAY - timedelta(3), issued=TODAY - timedelta(20), **TOLD)
    return customer


def asks(customer: Customer) -> PlanProposal:
    wish = Wish(3, "monthly", TODAY + timedelta(5))
    made = ask_for_plan(
        customer, list(customer.invoices.all()), wish, Agreed("3 times", "en", "key-1"), on=TODAY, now=NOW
    )
    assert isinstance(made, PlanProposal)
    return made


def left(customer: Customer) -> list[Message]:
    """What went out, after a round."""
    write(customer.organization, NOW, sender()[0], any_hour=True)
    follow_messages(customer.organization, NOW, TODAY)
    return list(Message.objects.of(customer.organization).filter(direction="out", customer=customer).order_by("id"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_that_cannot_be_is_answered_kindly_in_their_language(language: str) -> None:
    customer = customer_in(language)
    proposal = asks(customer)
    decline_and_say(proposal, **SAID)
    (message,) = left(customer)
    assert "26-1" in message.text
    assert "http" in message.html or message.text
    assert message.language.partition("-")[0] == language.partition("-")[0]
    proposal.message.refresh_from_db()
    assert proposal.message.answered_at
    assert message.in_reply_to == proposal.message.message_id or not proposal.message.message_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_that_is_too_far_off_is_answered_kindly_and_a_day_that_is_not_is_noted(language: str) -> None:
    customer = customer_in(language)
    for key, days, decide in (("first", 60, decline_day_and_say), ("second", 50, agree_day_and_say)):
        day = TODAY + timedelta(days)
        asked, _ = give_answer(customer, "promise", key=key, now=NOW, on=TODAY, day=day, amount=100_00)
        decide(asked, **SAID)
        message = left(customer)[-1]
        assert "26-1" in message.text
        assert message.language.partition("-")[0] == language.partition("-")[0]
        assert asked.message
        asked.message.refresh_from_db()
        assert asked.message.answered_at
    assert len(left(customer)) == 2
    assert long_date(day, locale_for(language)) in message.text
    assert money(100_00, "EUR", locale_for(language)) in message.text


def test_a_person_s_own_word_stands_first_and_is_guarded() -> None:
    customer = customer_in("en")
    proposal = asks(customer)
    with pytest.raises(Refused) as refused:
        decline_and_say(proposal, said="You are a liar and we will sue you, you thief!", **SAID)
    assert refused.value.code == "unkind"
    proposal.refresh_from_db()
    assert proposal.state == "open", "declined and said together, or neither"
    decline_and_say(proposal, said="We spoke about it at the fair.", **SAID)
    (message,) = left(customer)
    paragraphs = message.text.split("\n\n")
    assert paragraphs[1].strip() == "We spoke about it at the fair."


def test_a_plan_that_was_agreed_to_comes_with_days_and_amounts_once() -> None:
    customer = customer_in("en")
    agree_and_say(asks(customer), **SAID)
    plan = PaymentPlan.objects.of(customer.organization).get()
    assert confirm_plan(plan, **SAID), "again is the same message"
    (message,) = left(customer)
    assert message.text.count("€100.00") == 3
    assert left(customer) == [message]


def test_a_later_day_and_a_smaller_sum_come_in_writing() -> None:
    customer = customer_in("en")
    invoice = customer.invoices.get()
    confirm_day(invoice, **SAID)
    settle_and_say(customer, [invoice], 200_00, TODAY + timedelta(9), **SAID)
    texts = [one.text for one in left(customer)]
    assert len(texts) == 1, "the second changed the account: the first is read again by a person"
    assert "€200.00" in texts[0]
    assert OwnMessage.objects.of(customer.organization).filter(ended_at=None, note=None).count() == 1


def test_a_question_that_waits_is_not_answered_by_a_confirmation_that_nobody_wrote() -> None:
    from purring.facts.messages.actions import record_reply

    customer = customer_in("en")
    record_reply(customer, "Is that with tax?", now=NOW, actor="mailbox", address="x@y.example")
    confirm_day(customer.invoices.get(), today=TODAY, now=NOW, actor="customer")
    assert len(left(customer)) == 1
    assert Message.objects.of(customer.organization).filter(direction="in", answered_at=None).count() == 1


def test_nobody_to_write_to() -> None:
    customer = customer_in("en")
    customer.contacts.update(email="")
    assert confirm_day(customer.invoices.get(), **SAID) is None
