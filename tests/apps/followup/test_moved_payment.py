# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money that is moved, taken off or sent back is spoken of rightly: nobody is thanked for another's money, and what opens again is
asked for again, kindly."""

from __future__ import annotations

from typing import Any

from purring.facts.payments.actions import move_payment, unallocate_payment
from purring.kit.mailsink import Sink
from tests.apps.cast import Studio


def told(studio: Studio) -> dict[str, Any]:
    return {"on": studio.today, **studio.told}


def test_nobody_is_thanked_for_another_s_money(studio: Studio, sink: Sink) -> None:
    wrong, right = studio.customer(), studio.customer()
    payment = studio.pay(studio.invoice(wrong, late=-20))
    studio.plan_notices()
    move_payment(payment, right, **told(studio))
    studio.write(sink)
    assert studio.states() == ["withdrawn"]


def test_what_opens_again_is_asked_for_from_the_next_softest_step(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice(late=4)
    payment = studio.pay(invoice)
    studio.plan()
    assert studio.reminders(payment=None) == []
    unallocate_payment(payment, invoice, **told(studio))
    move_payment(payment, studio.customer(), **told(studio))
    studio.plan()
    (reminder,) = studio.reminders(payment=None)
    assert reminder.stage == "friendly"
