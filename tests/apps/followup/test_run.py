# SPDX-License-Identifier: AGPL-3.0-or-later
"""One pass by hand, as `purring run` makes it: what it tells, whom it thanks, and that it tries again at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from purring.facts.agreements.actions import record_promise
from purring.facts.disputes.actions import open_dispute, resolve_disputes
from purring.facts.payments.actions import record_payment
from purring.followup.drafting import Sender
from purring.followup.models import Task
from purring.followup.run import run_once
from purring.kit.mailsink import Sink, messages
from tests.apps.cast import Studio, mail_channel

pytestmark = pytest.mark.django_db


def run(studio: Studio, sink: Sink, on: date | None = None) -> dict[str, Any]:
    sender = Sender("post@studio.example", {"email": mail_channel(sink.port)})
    return run_once(studio.organization, on or studio.today, studio.now, sender)


def test_once_the_mail_server_is_back_the_next_run_sends(studio: Studio, sink: Sink) -> None:
    studio.invoice()
    nowhere = Sender("post@studio.example", {"email": mail_channel(1)})
    (reminder,) = run_once(studio.organization, studio.today, studio.now, nowhere)["reminders"]
    assert reminder["state"] == "deferred"
    (reminder,) = run(studio, sink)["reminders"]
    assert reminder["state"] == "sent"
    assert run(studio, sink)["reminders"] == []
    assert len(messages(sink.keeper.folder)) == 1


def test_a_payment_of_an_earlier_day_is_thanked_for_in_the_run_of_that_day(studio: Studio, sink: Sink) -> None:
    day = studio.today - timedelta(days=30)
    paid = studio.invoice(late=40)
    told = {"on": day, **studio.told}
    record_payment(paid.customer, 50_000, "NOK", invoice=paid, **told)
    assert run(studio, sink, day - timedelta(days=1))["thanks"] == []
    (thanks,) = run(studio, sink, day)["thanks"]
    assert (thanks["invoices"], thanks["amounts"], thanks["state"]) == ([paid.number], {"NOK": "500.00"}, "sent")
    assert run(studio, sink, day)["thanks"] == []
    assert run(studio, sink)["thanks"] == []


def test_a_thank_you_and_the_reminder_of_the_day_both_leave_whichever_is_first(studio: Studio, sink: Sink) -> None:
    overdue = [studio.invoice() for _ in range(12)]  # each message has a moment of its own
    for late in overdue:
        studio.pay(studio.invoice(late.customer, late=-20))
    result = run(studio, sink)
    assert {row["state"] for row in (*result["thanks"], *result["reminders"])} == {"sent"}
    assert len(result["thanks"]) == len(overdue)
    assert sorted(row["invoices"] for row in result["reminders"]) == sorted([late.number] for late in overdue)
    assert len(messages(sink.keeper.folder)) == 2 * len(overdue)


def test_what_is_held_for_different_reasons_says_so(studio: Studio, sink: Sink) -> None:
    first = studio.invoice()
    second = studio.invoice(first.customer)
    for invoice, days in ((first, 3), (second, 8)):
        pay_on = studio.today + timedelta(days=days)
        record_promise(first.customer, pay_on, invoices=[invoice], on=studio.today, **studio.told)
    held = run(studio, sink)["held"]
    assert [(row["code"], row["invoices"]) for row in held] == [("promised", ["I1"]), ("promised", ["I2"])]
    assert held[0]["why"] != held[1]["why"]


def test_every_dispute_is_a_task_until_it_is_resolved(studio: Studio, sink: Sink) -> None:
    invoice = studio.invoice()
    for _ in range(2):
        open_dispute(invoice, amount=10_000, on=studio.today, **studio.told)
    for _ in range(2):
        studio.plan()
    assert studio.tasks() == ["dispute", "dispute"]
    assert [list(task.invoices.all()) for task in Task.objects.of(studio.organization)] == [[invoice], [invoice]]
    resolve_disputes(invoice, **studio.told)
    studio.plan()
    assert not Task.objects.of(studio.organization).filter(done_at=None).exists()
